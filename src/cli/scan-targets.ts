import { accountsByRole, type Identity, identityOf, ownAccount, type Session } from '../aws/session.js';
import { isAccountId, isRegion, parseArn } from '../core/arn.js';
import type { ReportError } from '../core/report.js';
import type { AccountToScan } from '../ports.js';
import type { ScanTarget } from '../scan/scan-accounts.js';
import type { RawLiveOptions } from './command-options.js';
import type { RawEvaluationOptions } from './evaluation-options.js';
import { didYouMean, UsageError } from './usage-error.js';

/** The options of `trailkey scan`, as commander returns them. */
export type RawScanOptions = RawEvaluationOptions &
  RawLiveOptions & {
    readonly regions?: readonly string[];
    readonly roleArn?: readonly string[];
    readonly organization?: boolean;
    readonly roleName?: string;
    readonly externalId?: string;
    readonly aggregator?: string;
    readonly requireTrail?: boolean;
  };

/**
 * Parses the options that select what to scan.
 *
 * @throws UsageError for options that exclude each other, or values that are not valid in AWS
 */
export const parseScanTarget = ({
  roleArn = [],
  organization = false,
  roleName,
  externalId,
  aggregator,
}: RawScanOptions): ScanTarget => {
  if (organization !== (roleName !== undefined)) {
    throw new UsageError('--organization and --role-name NAME must be used together.');
  }
  if (externalId !== undefined && roleName === undefined && roleArn.length === 0) {
    throw new UsageError('--external-id requires --role-arn ARN, or --organization with --role-name NAME.');
  }
  const roleOptions = externalId === undefined ? {} : { externalId: checkExternalId(externalId) };
  if (roleName !== undefined)
    return { kind: 'organization', roleName: checkRoleName(roleName), ...roleOptions };
  if (aggregator !== undefined) return { kind: 'aggregator', aggregator: checkAggregator(aggregator) };
  return roleArn.length > 0
    ? { kind: 'roles', roleArns: checkRoleArns(roleArn), ...roleOptions }
    : { kind: 'account' };
};

/**
 * Parses `--regions`. Returns undefined for all Regions.
 *
 * @throws UsageError for a value that is not a Region code
 */
export const parseRegions = ({ regions }: RawScanOptions): readonly string[] | undefined => {
  const names = regions?.flatMap((list) => list.split(',')).map((name) => name.trim());
  for (const name of names ?? []) {
    if (!isRegion(name)) {
      throw new UsageError(`--regions must contain Region codes, such as eu-west-1; received "${name}".`);
    }
  }
  return names;
};

const ROLE_NAME = /^([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/;

const checkRoleName = (name: string): string => {
  if (ROLE_NAME.test(name)) return name;
  throw new UsageError(
    `--role-name must be the name of an IAM role, with its path if it has one; received "${name}".`,
  );
};

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const checkExternalId = (id: string): string => {
  if (/^[\w+=,.@:/-]{2,1224}$/.test(id)) return id;
  throw new UsageError(
    `--external-id must have 2 to 1224 letters, digits or characters of _+=,.@:/-; received "${id}".`,
  );
};

const checkAggregator = (name: string): string => {
  if (/^[\w-]{1,256}$/.test(name)) return name;
  throw new UsageError(`--aggregator must be the name of an AWS Config aggregator; received "${name}".`);
};

const checkRoleArns = (roleArns: readonly string[]): readonly string[] => {
  const accounts = new Set<string>();
  for (const roleArn of roleArns) {
    const { service, accountId = '', resource } = parseArn(roleArn) ?? {};
    if (service !== 'iam' || !isAccountId(accountId) || !resource?.startsWith('role/')) {
      throw new UsageError(
        `--role-arn must be the ARN of an IAM role, such as arn:aws:iam::111122223333:role/audit; received "${roleArn}".`,
      );
    }
    if (accounts.has(accountId)) {
      throw new UsageError(
        `--role-arn contains two roles of account ${accountId}. Use one role for each account.`,
      );
    }
    accounts.add(accountId);
  }
  return roleArns;
};

/** The accounts to scan, and notes for the report on accounts that are left out. */
export type Accounts = {
  /** The ARN of the principal whose credentials are used. */
  readonly caller: string;
  readonly accounts: readonly AccountToScan[];
  readonly notes: readonly string[];
  /** The names of accounts, by account ID. Only AWS Organizations returns them. */
  readonly accountNames?: ReadonlyMap<string, string>;
};

/**
 * Returns the accounts of a target.
 *
 * @throws CredentialsError, AccessDeniedError, ServiceFaultError if they cannot be listed
 */
export const accountsIn = async (
  target: Exclude<ScanTarget, { kind: 'aggregator' }>,
  session: Session,
): Promise<Accounts> => {
  // First, because AWS Organizations does not report invalid credentials clearly.
  const identity = await identityOf(session);
  const caller = identity.arn;
  switch (target.kind) {
    case 'account': {
      const own = { name: identity.accountId, open: async () => ownAccount(session, identity) };
      return { caller, accounts: [own], notes: [] };
    }
    case 'roles': {
      const open = accountsByRole(session, target);
      const accounts = target.roleArns.map((name) => ({ name, open: () => open(name) }));
      return { caller, accounts, notes: [] };
    }
    case 'organization':
      return { caller, ...(await accountsWithRole(target, session, identity)) };
  }
};

/** The session's own account is scanned with the session's credentials, without a role. */
const accountsWithRole = async (
  { roleName, ...options }: Extract<ScanTarget, { kind: 'organization' }>,
  session: Session,
  identity: Identity,
): Promise<Omit<Accounts, 'caller'>> => {
  const { accountsOfOrganization } = await import('../aws/organizations.js');
  const organization = await accountsOfOrganization(session);
  const byRole = accountsByRole(session, options);
  const accounts = organization.open.map((name) => ({
    name,
    open: async () =>
      name === identity.accountId
        ? ownAccount(session, identity)
        : byRole(`arn:${identity.partition}:iam::${name}:role/${roleName}`),
  }));
  const notes = organization.closed.length === 0 ? [] : [closedNote(organization.closed)];
  return { accounts, notes, accountNames: organization.names };
};

const closedNote = (accounts: readonly string[]): string =>
  `Accounts that are suspended or closed were not scanned: ${accounts.join(', ')}.`;

/** The source as shown in a report: an account or aggregator, with the Regions if not all were scanned. */
export const sourceName = (name: string, regions: readonly string[] | undefined): string =>
  regions === undefined ? name : `${name}, only ${regions.join(', ')}`;

/** The note in the report if not all trails were selected. */
export const regionNotes = (regions: readonly string[] | undefined): readonly string[] =>
  regions === undefined ? [] : [`Only trails that log these Regions were evaluated: ${regions.join(', ')}.`];

/** Adds a suggestion to the error of a Region in `--regions` that can be misspelled. */
export const suggestRegion = (
  error: ReportError,
  regions: readonly string[] | undefined = [],
): ReportError => {
  const region = regions.find((name) => error.source.endsWith(` ${name}`) && !REGIONS.includes(name));
  return region === undefined ? error : { ...error, message: error.message + didYouMean(region, REGIONS) };
};

/** Only for suggestions: a Region that is not listed here is called like any other. */
const REGIONS: readonly string[] = (
  'af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ' +
  'ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 cn-north-1 cn-northwest-1 ' +
  'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 eusc-de-east-1 il-central-1 ' +
  'me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1 us-west-2'
).split(' ');

/** What is said of accounts without a trail. With `--require-trail`, it is an error. */
export const withoutTrail = (
  accounts: readonly string[],
  { regions, required }: { readonly regions: readonly string[] | undefined; readonly required: boolean },
): { readonly errors: readonly ReportError[]; readonly notes: readonly string[] } => {
  const what = regions === undefined ? 'no trail' : 'no trail that logs the selected Regions';
  if (!required) return { errors: [], notes: accounts.map((account) => `Account ${account} has ${what}.`) };
  const step = 'Create a trail, or omit --require-trail.';
  return {
    errors: accounts.map((source) => ({ source, message: `The account has ${what}. ${step}` })),
    notes: [],
  };
};
