import { isAccountId, isRegion, parseArn } from '../core/arn.js';
import type { RawJudgingOptions } from './judging-options.js';
import { UsageError } from './usage-error.js';

/** The options of `trailkey scan`, as the command line has them. */
export type RawScanOptions = RawJudgingOptions & {
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
