import { accountsByRole, identityOf, ownAccount, type Session } from '../aws/session.js';
import { isAccountId, isRegion, parseArn } from '../core/arn.js';
import type { AccountToScan } from '../ports.js';
import type { RawEvaluationOptions } from './evaluation-options.js';
import { UsageError } from './usage-error.js';

/** The options of `trailkey scan`, as the command line has them. */
export type RawScanOptions = RawEvaluationOptions & {
  readonly regions?: readonly string[];
  readonly roleArn?: readonly string[];
  readonly organization?: boolean;
  readonly roleName?: string;
  readonly aggregator?: string;
  readonly debug?: boolean;
};

/** Where a scan looks: one account, several by their roles, an organization, or what an aggregator has recorded. */
export type ScanTarget =
  | { readonly kind: 'account' }
  | { readonly kind: 'roles'; readonly roleArns: readonly string[] }
  | { readonly kind: 'organization'; readonly roleName: string }
  | { readonly kind: 'aggregator'; readonly aggregator: string };

/**
 * Reads where a scan looks.
 *
 * @throws UsageError where the options contradict one another, or are none that AWS knows
 */
export const parseScanTarget = ({
  roleArn = [],
  organization = false,
  roleName,
  aggregator,
}: RawScanOptions): ScanTarget => {
  const ways = [roleArn.length > 0, organization, aggregator !== undefined].filter(Boolean);
  if (ways.length > 1) {
    throw new UsageError('--role-arn, --organization and --aggregator are three ways: use one of them.');
  }
  if (organization !== (roleName !== undefined)) {
    throw new UsageError('--organization and --role-name NAME belong together: give both or neither.');
  }
  if (roleName !== undefined) return { kind: 'organization', roleName: checkedName(roleName) };
  if (aggregator !== undefined) return { kind: 'aggregator', aggregator: checkedAggregator(aggregator) };
  return roleArn.length > 0 ? { kind: 'roles', roleArns: checkedRoles(roleArn) } : { kind: 'account' };
};

/**
 * Reads the Regions that a scan is limited to, undefined for all.
 *
 * @throws UsageError where one looks like no Region
 */
export const parseRegions = ({ regions }: RawScanOptions): readonly string[] | undefined => {
  const names = regions?.flatMap((list) => list.split(',')).map((name) => name.trim());
  for (const name of names ?? []) {
    if (!isRegion(name)) {
      throw new UsageError(`--regions should hold Regions such as eu-west-1 and holds "${name}".`);
    }
  }
  return names;
};

const ROLE_NAME = /^([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/;

const checkedName = (name: string): string => {
  if (ROLE_NAME.test(name)) return name;
  throw new UsageError(
    `--role-name should be the name of a role, with its path if it has one, and is "${name}".`,
  );
};

const checkedAggregator = (name: string): string => {
  if (/^[\w-]{1,256}$/.test(name)) return name;
  throw new UsageError(`--aggregator should be the name of an aggregator of AWS Config and is "${name}".`);
};

const checkedRoles = (roleArns: readonly string[]): readonly string[] => {
  const accounts = new Set<string>();
  for (const roleArn of roleArns) {
    const { service, accountId = '', resource } = parseArn(roleArn) ?? {};
    if (service !== 'iam' || !isAccountId(accountId) || !resource?.startsWith('role/')) {
      throw new UsageError(
        `--role-arn should be the ARN of a role, such as arn:aws:iam::111122223333:role/audit, and is "${roleArn}".`,
      );
    }
    if (accounts.has(accountId)) {
      throw new UsageError(`--role-arn names account ${accountId} twice. Give one role for each account.`);
    }
    accounts.add(accountId);
  }
  return roleArns;
};

/** The accounts that a scan is to open, and what is to be said of those that it leaves out. */
export type Accounts = { readonly accounts: readonly AccountToScan[]; readonly notes: readonly string[] };

/** Finds the accounts of a target that are asked live. */
export const accountsIn = async (
  target: Exclude<ScanTarget, { kind: 'aggregator' }>,
  session: Session,
): Promise<Accounts> => {
  switch (target.kind) {
    case 'account': {
      const identity = await identityOf(session);
      const own = { name: identity.accountId, open: async () => ownAccount(session, identity) };
      return { accounts: [own], notes: [] };
    }
    case 'roles': {
      const open = accountsByRole(session);
      const accounts = target.roleArns.map((name) => ({ name, open: () => open(name) }));
      return { accounts, notes: [] };
    }
    case 'organization':
      return accountsWithRole(target.roleName, session);
  }
};

/** The session's own account needs no role: its credentials are there. */
const accountsWithRole = async (roleName: string, session: Session): Promise<Accounts> => {
  // One after the other: what the organization says to wrong credentials is no help.
  const identity = await identityOf(session);
  const { accountsOfOrganization } = await import('../aws/organizations.js');
  const organization = await accountsOfOrganization(session);
  const byRole = accountsByRole(session);
  const accounts = organization.open.map((name) => ({
    name,
    open: async () =>
      name === identity.accountId
        ? ownAccount(session, identity)
        : byRole(`arn:${identity.partition}:iam::${name}:role/${roleName}`),
  }));
  return { accounts, notes: organization.closed.length === 0 ? [] : [leftOut(organization.closed)] };
};

const leftOut = (accounts: readonly string[]): string =>
  `Left out, as suspended or closed: ${accounts.join(', ')}.`;

/** A source as a report names it: an account or aggregator, with the Regions that alone were looked at. */
export const sourceIn = (name: string, regions: readonly string[] | undefined): string =>
  regions === undefined ? name : `${name}, only ${regions.join(', ')}`;

/** What a report says of the Regions that a scan was limited to. */
export const notesOnRegions = (regions: readonly string[] | undefined): readonly string[] =>
  regions === undefined ? [] : [`Regions other than ${regions.join(', ')} were not looked at.`];
