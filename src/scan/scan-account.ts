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
  const look = lookerFor(account, settings);
  const [list, here] = await Promise.all([
    attempt(account.accountId, account.listed),
    look([account.region].filter(isWanted)),
  ]);
  const listed = list.found.filter(({ homeRegion }) => isWanted(homeRegion));
  const atHome = await look(homesOf(listed).filter(isWanted));
  const trails = [here, atHome].flatMap(({ sightings }) => sightings.map(({ trail }) => trail));
  const ofCopies = await look(homesOf(trails).filter(isWanted));
  const looks = [here, atHome, ofCopies];
  const sightings = looks.flatMap((one) => one.sightings);
  return {
    sightings: [...sightings, ...unseen(listed, sightings, account)],
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

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Looks into Regions, each once, and judges what each shows as soon as it does: one that hangs does not hold up the others. */
const lookerFor = (account: LiveAccount, settings: ScanSettings) => {
  const judge = judgeOf(account, settings);
  const asked = new Set<string>();
  return async (regions: readonly string[]): Promise<Scanned> => {
    const unasked = regions.filter((region) => !asked.has(region));
    for (const region of unasked) asked.add(region);
    const looks = await Promise.all(
      unasked.map(async (region) => {
        const { accountId } = account;
        const { found, errors } = await attempt(`${accountId} ${region}`, () => account.seenFrom(region));
        const sightings = found.map((trail) => sightFrom({ accountId, region }, trail));
        const judged = await judge(sightings);
        return { sightings, findings: judged.findings, errors: [...errors, ...judged.errors] };
      }),
    );
    return {
      sightings: looks.flatMap(({ sightings }) => sightings),
      findings: looks.flatMap(({ findings }) => findings),
      errors: looks.flatMap(({ errors }) => errors),
    };
  };
};

/** Trails that are listed and that no Region showed: they are named, and not judged. */
const unseen = (
  listed: readonly Trail[],
  sightings: readonly TrailSighting[],
  { accountId, region }: LiveAccount,
): readonly TrailSighting[] => {
  const seen = new Set(sightings.map(({ trail }) => trail.arn));
  return listed.filter(({ arn }) => !seen.has(arn)).map((trail) => sightFrom({ accountId, region }, trail));
};

const judgeOf = (account: LiveAccount, { parameters, now }: ScanSettings) => {
  const { checkKeyPolicy: policy, requireKeyRotation: rotation } = parameters;
  const keys = oncePerKey(account.keys({ policy, rotation, accountId: account.accountId }));
  return async (sightings: readonly TrailSighting[]): Promise<Pick<Scanned, 'findings' | 'errors'>> => {
    const { done, failures } = await attemptEach(sightings, (sighting) =>
      judgeTrail(sighting, { keys, parameters, now }),
    );
    return { findings: done, errors: failures.filter(({ error }) => !isInterruption(error)).map(errorOf) };
  };
};

const errorOf = ({ sighting, error }: Failure): ReportError => ({
  source: `${sighting.accountId} ${sighting.region}`,
  message: `Trail ${sighting.trail.name} is not judged: ${messageOf(error)}`,
});
