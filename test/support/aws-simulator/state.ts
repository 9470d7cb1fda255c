/** A trail as it stands, and how it delivers. Times are milliseconds of virtual time, durations seconds. */
export type SimulatedTrail = {
  name: string;
  arn: string;
  homeRegion: string;
  bucket: string;
  /** A key's ARN. */
  kmsKeyId: string | undefined;
  /** So many seconds pass until a change of the key has spread; until then it delivers under the former one. */
  spreadsAfter: number;
  /** The former key, and in how many seconds it is no longer used. */
  former: { kmsKeyId: string | undefined; for: number } | undefined;
  isMultiRegion: boolean;
  isOrganization: boolean;
  isLogging: boolean;
  startedAt: number | undefined;
  stoppedAt: number | undefined;
  /** Nothing happens that it could log. */
  quiet: boolean;
  deliversEvery: number;
  /** When the next delivery is due; undefined: in `deliversEvery`. */
  deliversAfter: number | undefined;
  /** Errors of the next attempts, whatever the key. */
  nextErrors: readonly string[];
  /** CloudTrail reports the time of the latest attempt. */
  showsAttempts: boolean;
  attemptedAt: number | undefined;
  deliveredAt: number | undefined;
  deliveryError: string | undefined;
};

/** The states that KMS knows. */
export type KeyState =
  | 'Creating'
  | 'Enabled'
  | 'Disabled'
  | 'PendingDeletion'
  | 'PendingImport'
  | 'PendingReplicaDeletion'
  | 'Unavailable'
  | 'Updating';

/** A key as it stands. */
export type SimulatedKey = {
  arn: string;
  state: KeyState;
  /** Milliseconds. Once it is reached, a key that waits for deletion is gone. */
  deletionDate: number | undefined;
  /** The state that it comes to by itself, in so many seconds. */
  becomes: { state: KeyState; after: number } | undefined;
  /** So many seconds pass until a change of its state can be read. */
  settlesAfter: number;
  manager: 'CUSTOMER' | 'AWS';
  spec: string;
  usage: string;
  origin: string;
  rotates: boolean;
  /** Its policy lets CloudTrail use it. */
  admitsCloudTrail: boolean;
  /** Its policy shuts out those who call. */
  closed: boolean;
  /** Members of its metadata that KMS leaves out. */
  lacks: readonly string[];
};

/** Another name of a key, in the account that calls. */
type SimulatedAlias = { name: string; region: string; target: string };

/** A bucket, as far as a delivery meets it. */
export type SimulatedBucket = {
  name: string;
  region: string;
  /** Its policy refuses what is encrypted under any other key. */
  pinnedKey: string | undefined;
  /** Its policy also refuses what names no key. */
  demandsKey: boolean;
  /** Every delivery fails so, whatever the key. */
  deliveryError: string | undefined;
};

/** All that is true at AWS for those who call from one account. */
export type SimulatedAws = {
  /** Milliseconds; moved by `advance` alone. */
  now: number;
  /** The account that calls. */
  accountId: string;
  /** Whether that account is a CloudTrail delegated administrator of the organization. */
  isDelegatedAdministrator: boolean;
  partition: string;
  trails: SimulatedTrail[];
  keys: SimulatedKey[];
  aliases: SimulatedAlias[];
  buckets: SimulatedBucket[];
  /** Names of the rules of AWS Config. */
  rules: string[];
  /** How many trails a page of ListTrails holds. */
  page: number;
  /** The changes made, in order, such as `UpdateTrail audit arn:…`. */
  log: string[];
  /** Told of each change once it is made: a test can then play what somebody else does. */
  onChange: (operation: string) => void;
};

/** A call in a aws: by whom it is signed for which Region, and its body, whose members are known to be legal. */
export type SimulatedCall = {
  readonly aws: SimulatedAws;
  readonly region: string;
  readonly body: Readonly<Record<string, any>>;
};

/** An error that a service answers with. */
export class Refusal extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Writes a change down, and tells who wants to know. */
export const changed = (aws: SimulatedAws, operation: string, ...what: readonly string[]): void => {
  aws.log.push([operation, ...what].join(' '));
  aws.onChange(operation);
};

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const NOW = Date.UTC(2026, 0, 5, 12);
export const TRAIL_ARN = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/audit`;
/** The key that the alias names, and that the trail does not name yet. */
export const TARGET_KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
export const OTHER_KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/99999999-12ab-34cd-56ef-1234567890ab`;

/** A trail that logs and has delivered well, without a key, but for what is said otherwise. */
export const simulatedTrail = (overrides: Partial<SimulatedTrail> = {}): SimulatedTrail => ({
  name: 'audit',
  arn: TRAIL_ARN,
  homeRegion: REGION,
  bucket: 'logs',
  kmsKeyId: undefined,
  spreadsAfter: 0,
  former: undefined,
  isMultiRegion: true,
  isOrganization: false,
  isLogging: true,
  startedAt: NOW - 86_400_000,
  stoppedAt: undefined,
  quiet: false,
  deliversEvery: 300,
  deliversAfter: undefined,
  nextErrors: [],
  showsAttempts: true,
  attemptedAt: NOW - 60_000,
  deliveredAt: NOW - 60_000,
  deliveryError: undefined,
  ...overrides,
});

/** A key that CloudTrail may use, but for what is said otherwise. */
export const simulatedKey = (overrides: Partial<SimulatedKey> = {}): SimulatedKey => ({
  arn: TARGET_KEY,
  state: 'Enabled',
  deletionDate: undefined,
  becomes: undefined,
  settlesAfter: 0,
  manager: 'CUSTOMER',
  spec: 'SYMMETRIC_DEFAULT',
  usage: 'ENCRYPT_DECRYPT',
  origin: 'AWS_KMS',
  rotates: true,
  admitsCloudTrail: true,
  closed: false,
  lacks: [],
  ...overrides,
});

/** A bucket that takes every delivery, but for what is said otherwise. */
export const simulatedBucket = (overrides: Partial<SimulatedBucket> = {}): SimulatedBucket => ({
  name: 'logs',
  region: REGION,
  pinnedKey: undefined,
  demandsKey: false,
  deliveryError: undefined,
  ...overrides,
});

/** An account with a trail, its bucket, two keys and an alias of the first, but for what is said otherwise. */
export const simulatedAws = (overrides: Partial<SimulatedAws> = {}): SimulatedAws => ({
  now: NOW,
  accountId: ACCOUNT,
  isDelegatedAdministrator: false,
  partition: 'aws',
  trails: [simulatedTrail()],
  keys: [simulatedKey(), simulatedKey({ arn: OTHER_KEY })],
  aliases: [{ name: 'alias/trailkey', region: REGION, target: TARGET_KEY }],
  buckets: [simulatedBucket()],
  rules: ['cloudtrail-cmk-usable'],
  page: 100,
  log: [],
  onChange: () => {},
  ...overrides,
});
