import { attemptEach, type Failure } from '../core/attempt.js';
import { isInterruption } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import type { ReportError } from '../core/report.js';
import type { RuleParameters } from '../core/rule-parameters.js';
import { sightFrom, type Trail, type TrailSighting } from '../core/trail.js';
import { judgeTrail, oncePerKey } from '../evaluate.js';
import type { LiveAccount } from '../ports.js';

/** How an account is scanned. `now` is in milliseconds since 1970. */
export type ScanSettings = {
  readonly parameters: RuleParameters;
  readonly now: number;
  /** Trails are looked for in these Regions alone; undefined for all. */
  readonly regions: readonly string[] | undefined;
};

/** What a scan found: also trails that it could not judge. */
export type Scanned = {
  readonly sightings: readonly TrailSighting[];
  readonly findings: readonly Finding[];
  readonly errors: readonly ReportError[];
};

/**
 * Judges the trails of one account by what CloudTrail and KMS say now. CloudTrail is asked in the Regions where trails live, and in
 * the account's own: whether an organization's trails are listed to its members is not documented, so copies tell of them.
 */
export const scanAccount = async (account: LiveAccount, settings: ScanSettings): Promise<Scanned> => {
  const isWanted = (region: string) => settings.regions?.includes(region) ?? true;
  const [list, here] = await Promise.all([
    attempt(account.accountId, account.listed),
    look(account, [account.region].filter(isWanted)),
  ]);
  const listed = list.found.filter(({ homeRegion }) => isWanted(homeRegion));
  const atHome = await lookAtHomesOf(listed, { account, isWanted, known: [here] });
  const ofCopies = await lookAtHomesOf(trailsIn([here, atHome]), {
    account,
    isWanted,
    known: [here, atHome],
  });
  const looks = [here, atHome, ofCopies];
  const sightings = looks.flatMap(({ found }) => found);
  const judged = await judge(sightings, account, settings);
  return {
    sightings: [...sightings, ...unseen(listed, sightings, account)],
    findings: judged.findings,
    errors: [...list.errors, ...looks.flatMap(({ errors }) => errors), ...judged.errors],
  };
};

type Attempted<T> = { readonly found: readonly T[]; readonly errors: readonly ReportError[] };
type Look = Attempted<TrailSighting> & { readonly regions: readonly string[] };

/** A call that fails is said, and does not hide what the others tell. That somebody interrupted is said elsewhere, once. */
const attempt = async <T>(source: string, ask: () => Promise<readonly T[]>): Promise<Attempted<T>> => {
  try {
    return { found: await ask(), errors: [] };
  } catch (error) {
    return { found: [], errors: isInterruption(error) ? [] : [{ source, message: messageOf(error) }] };
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const look = async (account: LiveAccount, regions: readonly string[]): Promise<Look> => {
  const { accountId } = account;
  const seen = await Promise.all(
    regions.map((region) =>
      attempt(`${accountId} ${region}`, async () =>
        (await account.seenFrom(region)).map((trail) => sightFrom({ accountId, region }, trail)),
      ),
    ),
  );
  return {
    regions,
    found: seen.flatMap(({ found }) => found),
    errors: seen.flatMap(({ errors }) => errors),
  };
};

type Homes = {
  readonly account: LiveAccount;
  readonly isWanted: (region: string) => boolean;
  readonly known: readonly Look[];
};

const lookAtHomesOf = (trails: readonly Trail[], { account, isWanted, known }: Homes): Promise<Look> => {
  const asked = known.flatMap(({ regions }) => regions);
  const homes = new Set(trails.map(({ homeRegion }) => homeRegion));
  return look(
    account,
    [...homes].filter((region) => isWanted(region) && !asked.includes(region)),
  );
};

const trailsIn = (looks: readonly Look[]): readonly Trail[] =>
  looks.flatMap(({ found }) => found.map(({ trail }) => trail));

/** Trails that are listed and that no Region showed: they are named, and not judged. */
const unseen = (
  listed: readonly Trail[],
  sightings: readonly TrailSighting[],
  { accountId, region }: LiveAccount,
): readonly TrailSighting[] => {
  const seen = new Set(sightings.map(({ trail }) => trail.arn));
  return listed.filter(({ arn }) => !seen.has(arn)).map((trail) => sightFrom({ accountId, region }, trail));
};

const judge = async (
  sightings: readonly TrailSighting[],
  account: LiveAccount,
  { parameters, now }: ScanSettings,
): Promise<Pick<Scanned, 'findings' | 'errors'>> => {
  const { checkKeyPolicy: policy, requireKeyRotation: rotation } = parameters;
  const keys = oncePerKey(account.keys({ policy, rotation, accountId: account.accountId }));
  const { done, failures } = await attemptEach(sightings, (sighting) =>
    judgeTrail(sighting, { keys, parameters, now }),
  );
  return { findings: done, errors: failures.filter(({ error }) => !isInterruption(error)).map(errorOf) };
};

const errorOf = ({ sighting, error }: Failure): ReportError => ({
  source: `${sighting.accountId} ${sighting.region}`,
  message: `Trail ${sighting.trail.name} is not judged: ${messageOf(error)}`,
});
