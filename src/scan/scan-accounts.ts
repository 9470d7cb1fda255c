import { type Failure, mapConcurrently, settleAll } from '../core/collections.js';
import { CredentialsError, isInterruption, messageOf } from '../core/errors.js';
import { type EvaluationContext, evaluateTrail, type Finding } from '../core/evaluate-trail.js';
import { cacheKeys } from '../core/key.js';
import type { Mode, Recorded, ReportError } from '../core/report.js';
import type { RuleParameters } from '../core/rule-parameters.js';
import { type ObservedTrail, observedIn, type Trail } from '../core/trail.js';
import type { AccountToScan, LiveAccount, RoleOptions, SessionOptions } from '../ports.js';

/** How an account is scanned. `now` is in milliseconds since 1970. */
export type ScanSettings = {
  readonly parameters: RuleParameters;
  readonly now: number;
  /** Only trails that log events of these Regions are evaluated. Undefined for all trails. */
  readonly regions: readonly string[] | undefined;
};

/** What to scan: the account of the credentials, the accounts of IAM roles, an organization, or an AWS Config aggregator. */
export type ScanTarget =
  | { readonly kind: 'account' }
  | ({ readonly kind: 'roles'; readonly roleArns: readonly string[] } & RoleOptions)
  | ({ readonly kind: 'organization'; readonly roleName: string } & RoleOptions)
  | { readonly kind: 'aggregator'; readonly aggregator: string };

/** How live accounts are scanned. Credentials and Region are found as in the AWS CLI. */
export type ScanOptions = SessionOptions & {
  /** By default, the account of the credentials. */
  readonly target?: ScanTarget;
  /** Only trails that log events of these Regions are evaluated. By default, all trails. */
  readonly regions?: readonly string[] | undefined;
  readonly parameters?: RuleParameters;
  /** Milliseconds since 1970. By default, the current time. */
  readonly now?: number;
  /** Ends the scan early. The result contains what was evaluated before. */
  readonly signal?: AbortSignal;
};

/** The result of a scan, with what a report contains about it. */
export type ScanResult = Scanned & {
  readonly mode: Mode;
  /** The accounts or the aggregator, with the Regions if not all were scanned. */
  readonly sources: readonly string[];
  readonly notes: readonly string[];
  readonly recorded?: Recorded | undefined;
  /** The ARN of the principal whose credentials were used. */
  readonly caller?: string;
  /** The names of accounts, by account ID. */
  readonly accountNames?: ReadonlyMap<string, string>;
};

/** A scan of several accounts. */
export type ScanRun = ScanSettings & {
  /** Ends the scan early. The result contains what was evaluated before. */
  readonly signal: AbortSignal;
  readonly onAccountDone: () => void;
};

/** The result of a scan. It contains also the trails that could not be evaluated. */
export type Scanned = {
  readonly observedTrails: readonly ObservedTrail[];
  readonly findings: readonly Finding[];
  readonly errors: readonly ReportError[];
  /** The accounts in which no trail was found, although nothing failed. */
  readonly accountsWithoutTrail: readonly string[];
};

/**
 * Scans accounts, several at once. An account that fails does not affect the others.
 *
 * @throws CredentialsError if AWS rejects the caller's credentials
 */
export const scanAccounts = async (
  accounts: readonly AccountToScan[],
  { signal, onAccountDone, ...settings }: ScanRun,
): Promise<Scanned> =>
  combine(
    await mapConcurrently(accounts, CONCURRENT_ACCOUNTS, async (account) => {
      if (signal.aborted) return NOTHING;
      const result = await openAndScan(account, settings);
      if (!signal.aborted) onAccountDone();
      return result;
    }),
  );

/**
 * Evaluates the trails of one account, as CloudTrail and KMS return them. CloudTrail is called in the account's own Region, or in each of
 * `regions`, and in the home Regions of the listed trails. AWS does not document whether ListTrails returns organization trails in a
 * member account, so the home Regions of shadow trails are called as well.
 */
export const scanAccount = async (account: LiveAccount, settings: ScanSettings): Promise<Scanned> => {
  const { regions } = settings;
  const scanRegions = regionScanner(account, settings);
  const [list, first] = await Promise.all([
    tryCall(account.accountId, account.listTrails),
    scanRegions(regions ?? [account.region]),
  ]);
  const listed = list.trails.filter(({ homeRegion }) => regions?.includes(homeRegion) ?? true);
  const isSelected = selection(regions, first.observedTrails);
  const second = await scanRegions(homeRegionsOf([...listed, ...trailsIn(first)]), isSelected);
  const third = await scanRegions(homeRegionsOf(trailsIn(second)), isSelected);
  const scanned = combine([first, second, third]);
  const observedTrails = [...scanned.observedTrails, ...unobserved(listed, scanned.observedTrails, account)];
  const errors = [...list.errors, ...scanned.errors];
  const isWithoutTrail = observedTrails.length + errors.length === 0;
  return {
    ...scanned,
    observedTrails,
    errors,
    accountsWithoutTrail: isWithoutTrail ? [account.accountId] : [],
  };
};

type IsSelected = (trail: Trail, region: string) => boolean;

/** Of a home Region that is not in `regions`, only the trails that the Regions in `regions` show are evaluated. */
const selection = (
  regions: readonly string[] | undefined,
  observedTrails: readonly ObservedTrail[],
): IsSelected => {
  const arns = new Set(observedTrails.map(({ trail }) => trail.arn));
  return ({ arn, homeRegion }, region) => regions === undefined || (arns.has(arn) && homeRegion === region);
};

const trailsIn = ({ observedTrails }: Scanned): readonly Trail[] => observedTrails.map(({ trail }) => trail);

/** Most of the time of an account is waiting. The quotas of CloudTrail and AWS STS allow far more. */
const CONCURRENT_ACCOUNTS = 32;
const NOTHING: Scanned = { observedTrails: [], findings: [], errors: [], accountsWithoutTrail: [] };

const openAndScan = async ({ name, open }: AccountToScan, settings: ScanSettings): Promise<Scanned> => {
  try {
    return await scanAccount(await open(), settings);
  } catch (error) {
    // Applies to all accounts, so it is not reported for each.
    if (error instanceof CredentialsError) throw error;
    if (isInterruption(error)) return NOTHING;
    return { ...NOTHING, errors: [{ source: name, message: messageOf(error) }] };
  }
};

const combine = (results: readonly Scanned[]): Scanned => ({
  observedTrails: results.flatMap(({ observedTrails }) => observedTrails),
  findings: results.flatMap(({ findings }) => findings),
  errors: results.flatMap(({ errors }) => errors),
  accountsWithoutTrail: results.flatMap(({ accountsWithoutTrail }) => accountsWithoutTrail),
});

const homeRegionsOf = (trails: readonly Trail[]): readonly string[] => [
  ...new Set(trails.map(({ homeRegion }) => homeRegion)),
];

/** A call that fails becomes an error in the report. The command reports an interruption once for all calls. */
const tryCall = async (
  source: string,
  call: () => Promise<readonly Trail[]>,
): Promise<{ readonly trails: readonly Trail[]; readonly errors: readonly ReportError[] }> => {
  try {
    return { trails: await call(), errors: [] };
  } catch (error) {
    return { trails: [], errors: isInterruption(error) ? [] : [{ source, message: messageOf(error) }] };
  }
};

/** Scans Regions, each once. The trails of a Region are evaluated immediately, so a slow Region does not delay the others. */
const regionScanner = (account: LiveAccount, { parameters, now }: ScanSettings) => {
  const { accountId } = account;
  const context = { keys: cacheKeys(account.keys({ ...parameters, accountId })), parameters, now };
  const scanned = new Set<string>();
  const scanRegion = async (region: string, isSelected: IsSelected): Promise<Scanned> => {
    const { trails, errors } = await tryCall(`${accountId} ${region}`, () => account.trailsIn(region));
    const observedTrails = trails
      .filter((trail) => isSelected(trail, region))
      .map((trail) => observedIn({ accountId, region }, trail));
    const evaluated = await evaluate(observedTrails, context);
    return {
      ...NOTHING,
      observedTrails,
      findings: evaluated.findings,
      errors: [...errors, ...evaluated.errors],
    };
  };
  return async (regions: readonly string[], isSelected: IsSelected = () => true): Promise<Scanned> => {
    const remaining = regions.filter((region) => !scanned.has(region));
    for (const region of remaining) scanned.add(region);
    return combine(await Promise.all(remaining.map((region) => scanRegion(region, isSelected))));
  };
};

/** Trails that are listed but were not observed in any Region. The report contains them as not evaluated. */
const unobserved = (
  listed: readonly Trail[],
  observedTrails: readonly ObservedTrail[],
  { accountId, region }: LiveAccount,
): readonly ObservedTrail[] => {
  const observed = new Set(observedTrails.map(({ trail }) => trail.arn));
  return listed
    .filter(({ arn }) => !observed.has(arn))
    .map((trail) => observedIn({ accountId, region }, trail));
};

/** A trail that cannot be evaluated does not affect the others. An interruption is not an error of a trail. */
const evaluate = async (
  observedTrails: readonly ObservedTrail[],
  context: EvaluationContext,
): Promise<Pick<Scanned, 'findings' | 'errors'>> => {
  const { results, failures } = await settleAll(observedTrails, (observed) =>
    evaluateTrail(observed, context),
  );
  return {
    findings: results,
    errors: failures.filter(({ error }) => !isInterruption(error)).map(reportErrorOf),
  };
};

const reportErrorOf = ({ item, error }: Failure<ObservedTrail>): ReportError => ({
  source: `${item.accountId} ${item.region}`,
  message: `Trail ${item.trail.name} was not evaluated: ${messageOf(error)}`,
});
