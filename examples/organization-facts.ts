// The fictitious organization that `make.ts` writes as AWS Config snapshots.

/** A KMS key of the organization. Omitted properties have the values of a symmetric customer managed key. */
export type ExampleKey = {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly state?: string;
  readonly configuration?: Readonly<Record<string, unknown>>;
  readonly rotation?: boolean;
  readonly policy?: 'for-trails' | 'root-only' | 'open';
  readonly status?: string;
};

/** A trail of the organization in its home Region. */
export type ExampleTrail = {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly kmsKeyId?: string;
  readonly organization?: boolean;
  readonly status?: string;
};

/** The management account. */
export const MANAGEMENT = '111122223333';
/** The member account with most of the faulty keys. */
export const PAYMENTS = '444455556666';
const RESEARCH = '777788889999';
const GOVCLOUD = '222233334444';
const IRELAND = 'eu-west-1';
const VIRGINIA = 'us-east-1';
const GOV_WEST = 'us-gov-west-1';

/** The accounts and Regions that have a snapshot. */
export const PLACES = [
  ...[MANAGEMENT, PAYMENTS, RESEARCH].flatMap((account) =>
    [IRELAND, VIRGINIA].map((region) => ({ account, region })),
  ),
  { account: GOVCLOUD, region: GOV_WEST },
];

/** The partition of a Region. */
export const partitionOf = (region: string): string => (region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws');

/** The ARN of a key. */
export const keyArn = ({ region, account, id }: Pick<ExampleKey, 'region' | 'account' | 'id'>): string =>
  `arn:${partitionOf(region)}:kms:${region}:${account}:key/${id}`;

const id = (digit: string): string =>
  `${digit.repeat(8)}-${digit.repeat(4)}-4${digit.repeat(3)}-8${digit.repeat(3)}-${digit.repeat(12)}`;

const LONG_AGO = Date.UTC(2020, 0, 1);

const key = (account: string, region: string, rest: Omit<ExampleKey, 'account' | 'region'>): ExampleKey => ({
  account,
  region,
  rotation: true,
  policy: 'for-trails',
  ...rest,
});

/** One key for each problem, and keys without problems. */
export const KEYS = {
  shared: key(MANAGEMENT, IRELAND, { id: id('1') }),
  multiRegion: key(MANAGEMENT, VIRGINIA, {
    id: `mrk-${'2'.repeat(32)}`,
    configuration: { multiRegion: true },
  }),
  gov: key(GOVCLOUD, GOV_WEST, { id: id('3') }),
  awsManaged: key(PAYMENTS, IRELAND, { id: id('4'), configuration: { keyManager: 'AWS' } }),
  signing: key(PAYMENTS, IRELAND, {
    id: id('5'),
    configuration: { keySpec: 'RSA_2048', keyUsage: 'SIGN_VERIFY' },
  }),
  pendingDeletion: key(PAYMENTS, IRELAND, {
    id: id('6'),
    state: 'PendingDeletion',
    configuration: { deletionDate: Date.UTC(2099, 0, 31) },
  }),
  disabled: key(PAYMENTS, IRELAND, { id: id('7'), state: 'Disabled' }),
  unimported: key(PAYMENTS, VIRGINIA, {
    id: id('8'),
    state: 'PendingImport',
    configuration: { origin: 'EXTERNAL' },
  }),
  disconnected: key(PAYMENTS, VIRGINIA, {
    id: id('9'),
    state: 'Unavailable',
    configuration: { origin: 'AWS_CLOUDHSM' },
  }),
  notAllowed: key(PAYMENTS, VIRGINIA, { id: id('a') }),
  rootOnly: key(RESEARCH, IRELAND, { id: id('b'), policy: 'root-only' }),
  open: key(RESEARCH, IRELAND, { id: id('c'), policy: 'open' }),
  expiring: key(RESEARCH, IRELAND, {
    id: id('d'),
    configuration: { origin: 'EXTERNAL', expirationModel: 'KEY_MATERIAL_EXPIRES', validTo: LONG_AGO },
  }),
  unrotated: key(RESEARCH, VIRGINIA, { id: id('e'), rotation: false }),
  deleted: key(RESEARCH, VIRGINIA, { id: id('f'), status: 'ResourceDeleted' }),
  unrecorded: key(RESEARCH, VIRGINIA, { id: id('0') }),
} as const satisfies Record<string, ExampleKey>;

/** The keys that `parameters.json` allows: those with a verdict after KEY_NOT_ALLOWED. */
export const ALLOWED_KEYS: readonly ExampleKey[] = [
  KEYS.shared,
  KEYS.multiRegion,
  KEYS.gov,
  KEYS.rootOnly,
  KEYS.open,
  KEYS.expiring,
  KEYS.unrotated,
];

const trail = (
  account: string,
  region: string,
  rest: Omit<ExampleTrail, 'account' | 'region'>,
): ExampleTrail => ({
  account,
  region,
  ...rest,
});

/** The trails in their home Regions. `make.ts` adds the shadow trails of `global-events` and of the organization trail. */
export const TRAILS: readonly ExampleTrail[] = [
  trail(MANAGEMENT, IRELAND, {
    name: 'organization-audit',
    organization: true,
    kmsKeyId: keyArn(KEYS.shared),
  }),
  trail(MANAGEMENT, VIRGINIA, { name: 'global-events', kmsKeyId: keyArn(KEYS.multiRegion) }),
  trail(PAYMENTS, IRELAND, { name: 'aliased', kmsKeyId: 'alias/trailkey-example' }),
  trail(PAYMENTS, IRELAND, { name: 'aws-managed', kmsKeyId: keyArn(KEYS.awsManaged) }),
  trail(PAYMENTS, IRELAND, { name: 'signing-key', kmsKeyId: keyArn(KEYS.signing) }),
  trail(PAYMENTS, IRELAND, { name: 'pending-deletion', kmsKeyId: keyArn(KEYS.pendingDeletion) }),
  trail(PAYMENTS, IRELAND, { name: 'disabled-key', kmsKeyId: keyArn(KEYS.disabled) }),
  trail(PAYMENTS, VIRGINIA, { name: 'expired-import', kmsKeyId: KEYS.unimported.id }),
  trail(PAYMENTS, VIRGINIA, { name: 'disconnected-store', kmsKeyId: keyArn(KEYS.disconnected) }),
  trail(PAYMENTS, VIRGINIA, { name: 'private-key', kmsKeyId: keyArn(KEYS.notAllowed) }),
  trail(PAYMENTS, VIRGINIA, { name: 'unencrypted' }),
  trail(RESEARCH, IRELAND, { name: 'closed-policy', kmsKeyId: keyArn(KEYS.rootOnly) }),
  trail(RESEARCH, IRELAND, { name: 'open-policy', kmsKeyId: keyArn(KEYS.open) }),
  trail(RESEARCH, IRELAND, { name: 'expiring-import', kmsKeyId: keyArn(KEYS.expiring) }),
  trail(RESEARCH, IRELAND, { name: 'cross-account', kmsKeyId: keyArn(KEYS.shared) }),
  trail(RESEARCH, VIRGINIA, { name: 'never-rotated', kmsKeyId: keyArn(KEYS.unrotated) }),
  trail(RESEARCH, VIRGINIA, { name: 'deleted-key', kmsKeyId: keyArn(KEYS.deleted) }),
  trail(RESEARCH, VIRGINIA, { name: 'unrecorded-key', kmsKeyId: keyArn(KEYS.unrecorded) }),
  trail(RESEARCH, VIRGINIA, { name: 'retired', status: 'ResourceDeleted' }),
  trail(GOVCLOUD, GOV_WEST, { name: 'gov-audit', kmsKeyId: keyArn(KEYS.gov) }),
];
