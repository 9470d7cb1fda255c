import { type Failure, mapConcurrently, settleAll } from '../core/collections.js';
import { CredentialsError, isInterruption, messageOf } from '../core/errors.js';
import { evaluateTrail, type Finding } from '../core/evaluate-trail.js';
import { cacheKeys } from '../core/key.js';
import type { ReportError } from '../core/report.js';
import type { RuleParameters } from '../core/rule-parameters.js';
import { type ObservedTrail, observedIn, type Trail } from '../core/trail.js';
import type { AccountToScan, LiveAccount } from '../ports.js';

/** A scan of several accounts, and who is told how it goes. */
export type ScanRun = ScanSettings & {
  /** Ends the scan early; what was judged until then counts. */
  readonly signal: AbortSignal;
  readonly onAccountDone: () => void;
};

const ACCOUNTS_AT_ONCE = 8;
const NOTHING: Scanned = { observedTrails: [], findings: [], errors: [] };

/**
 * Scans accounts, several at once. One that fails does not hide the others.
 *
 * @throws CredentialsError where no account can be opened
 */
export const scanAccounts = async (
  accounts: readonly AccountToScan[],
  { signal, onAccountDone, ...settings }: ScanRun,
): Promise<Scanned> => {
  const outcomes = await mapConcurrently(accounts, ACCOUNTS_AT_ONCE, async (account) => {
    if (signal.aborted) return NOTHING;
    const outcome = await openAndScan(account, settings);
    if (!signal.aborted) onAccountDone();
    return outcome;
  });
  return {
    observedTrails: outcomes.flatMap(({ observedTrails }) => observedTrails),
    findings: outcomes.flatMap(({ findings }) => findings),
    errors: outcomes.flatMap(({ errors }) => errors),
  };
};

const openAndScan = async ({ name, open }: AccountToScan, settings: ScanSettings): Promise<Scanned> => {
  try {
    return await scanAccount(await open(), settings);
  } catch (error) {
    // Without credentials no account can be opened: that is not said of each.
    if (error instanceof CredentialsError) throw error;
    if (isInterruption(error)) return NOTHING;
    return { ...NOTHING, errors: [{ source: name, message: messageOf(error) }] };
  }
};

/** How an account is scanned. `now` is in milliseconds since 1970. */
export type ScanSettings = {
  readonly parameters: RuleParameters;
  readonly now: number;
  /** Trails are looked for in these Regions alone; undefined for all. */
  readonly regions: readonly string[] | undefined;
};

/** What a scan found: also trails that it could not judge. */
export type Scanned = {
  readonly observedTrails: readonly ObservedTrail[];
  readonly findings: readonly Finding[];
  readonly errors: readonly ReportError[];
};

/**
 * Judges the trails of one account by what CloudTrail and KMS say now. CloudTrail is asked in the Regions where trails live, and in
 * the account's own: whether an organization's trails are listed to its members is not documented, so copies tell of them.
 */
export const scanAccount = async (account: LiveAccount, settings: ScanSettings): Promise<Scanned> => {
  const isWanted = (region: string) => settings.regions?.includes(region) ?? true;
  const look = lookerFor(account, settings);
  const [list, here] = await Promise.all([
    attempt(account.accountId, account.listed),
    look([account.region].filter(isWanted)),
  ]);
  const listed = list.found.filter(({ homeRegion }) => isWanted(homeRegion));
  const atHome = await look(homesOf(listed).filter(isWanted));
  const trails = [here, atHome].flatMap(({ observedTrails }) => observedTrails.map(({ trail }) => trail));
  const ofCopies = await look(homesOf(trails).filter(isWanted));
  const looks = [here, atHome, ofCopies];
  const observedTrails = looks.flatMap((one) => one.observedTrails);
  return {
    observedTrails: [...observedTrails, ...unseen(listed, observedTrails, account)],
    findings: looks.flatMap(({ findings }) => findings),
    errors: [...list.errors, ...looks.flatMap(({ errors }) => errors)],
  };
};

const homesOf = (trails: readonly Trail[]): readonly string[] => [
  ...new Set(trails.map(({ homeRegion }) => homeRegion)),
];

type Attempted<T> = { readonly found: readonly T[]; readonly errors: readonly ReportError[] };

/** A call that fails is said, and does not hide what the others tell. That somebody interrupted is said elsewhere, once. */
const attempt = async <T>(source: string, ask: () => Promise<readonly T[]>): Promise<Attempted<T>> => {
  try {
    return { found: await ask(), errors: [] };
  } catch (error) {
    return { found: [], errors: isInterruption(error) ? [] : [{ source, message: messageOf(error) }] };
  }
};

/** Looks into Regions, each once, and judges what each shows as soon as it does: one that hangs does not hold up the others. */
const lookerFor = (account: LiveAccount, settings: ScanSettings) => {
  const judge = evaluatorFor(account, settings);
  const asked = new Set<string>();
  return async (regions: readonly string[]): Promise<Scanned> => {
    const unasked = regions.filter((region) => !asked.has(region));
    for (const region of unasked) asked.add(region);
    const looks = await Promise.all(
      unasked.map(async (region) => {
        const { accountId } = account;
        const { found, errors } = await attempt(`${accountId} ${region}`, () => account.seenFrom(region));
        const observedTrails = found.map((trail) => observedIn({ accountId, region }, trail));
        const judged = await judge(observedTrails);
        return { observedTrails, findings: judged.findings, errors: [...errors, ...judged.errors] };
      }),
    );
    return {
      observedTrails: looks.flatMap(({ observedTrails }) => observedTrails),
      findings: looks.flatMap(({ findings }) => findings),
      errors: looks.flatMap(({ errors }) => errors),
    };
  };
};

/** Trails that are listed and that no Region showed: they are named, and not judged. */
const unseen = (
  listed: readonly Trail[],
  observedTrails: readonly ObservedTrail[],
  { accountId, region }: LiveAccount,
): readonly ObservedTrail[] => {
  const seen = new Set(observedTrails.map(({ trail }) => trail.arn));
  return listed.filter(({ arn }) => !seen.has(arn)).map((trail) => observedIn({ accountId, region }, trail));
};

const evaluatorFor = (account: LiveAccount, { parameters, now }: ScanSettings) => {
  const { checkKeyPolicy, requireKeyRotation: rotation } = parameters;
  const policy = checkKeyPolicy !== 'false';
  const keys = cacheKeys(account.keys({ policy, rotation, accountId: account.accountId }));
  return async (observedTrails: readonly ObservedTrail[]): Promise<Pick<Scanned, 'findings' | 'errors'>> => {
    const { results, failures } = await settleAll(observedTrails, (observed) =>
      evaluateTrail(observed, { keys, parameters, now }),
    );
    return { findings: results, errors: failures.filter(({ error }) => !isInterruption(error)).map(errorOf) };
  };
};

const errorOf = ({ item, error }: Failure<ObservedTrail>): ReportError => ({
  source: `${item.accountId} ${item.region}`,
  message: `Trail ${item.trail.name} was not evaluated: ${messageOf(error)}`,
});
