import {
  type Evidence,
  type Finding,
  findingOf,
  type Precheck,
  precheckTrail,
} from '../core/evaluate-trail.js';
import type { Key, KeyLookupResult, KeyReference } from '../core/key.js';
import type { Recorded } from '../core/report.js';
import type { RuleParameters } from '../core/rule-parameters.js';
import type { ObservedTrail } from '../core/trail.js';
import { SEVERITIES, VERDICT_CODES } from '../core/verdict.js';
import { formatPlace, type Place, type SourcedFact, splitByCurrent } from './facts.js';
import { type Inventory, keyIdOf, type RecordedKey, type RecordedTrail, withDefaults } from './inventory.js';
import { policyFor } from './planned.js';

/** What the evaluation depends on besides the inventory. `now` is in milliseconds since 1970. */
type Context = { readonly parameters: RuleParameters; readonly now: number };

/** The evaluation of the trails in an inventory. */
export type EvaluatedInventory = {
  readonly observedTrails: readonly ObservedTrail[];
  /** One for each observed trail. */
  readonly findings: readonly Finding[];
  /** A sentence for each trail on which the facts in the inventory lead to different verdicts. */
  readonly conflicts: readonly string[];
  /**
   * When AWS Config recorded the trails, and the keys that their verdicts are based on. Undefined if AWS Config recorded none of them, as
   * with output of the AWS CLI.
   */
  readonly recorded: Recorded | undefined;
};

/**
 * Evaluates the trails in an inventory with its keys. If there are several facts about a trail or a key, the finding is the one with the
 * worse verdict, unless the user states which fact is current.
 */
export const evaluateInventory = (
  inventory: Inventory,
  context: Context,
  includes: (observed: ObservedTrail) => boolean = () => true,
): EvaluatedInventory => {
  const evaluated = [...inventory.trails.values()]
    .map((facts) => facts.flatMap((fact) => outcomesOf(fact, inventory, context)))
    .map((outcomes) => ({ outcomes, worst: worstOf(outcomes) }))
    .flatMap(({ outcomes, worst }) => (worst && includes(worst.observed) ? [{ outcomes, worst }] : []));
  return {
    observedTrails: evaluated.map(({ worst }) => worst.observed),
    findings: evaluated.map(({ worst }) => datedFinding(worst)),
    conflicts: conflictsIn(evaluated),
    recorded: recordedPeriod(evaluated.flatMap(({ worst }) => worst.capturedAt)),
  };
};

/** A verdict is as old as the oldest data that it is based on. */
const datedFinding = ({ finding, capturedAt }: Outcome): Finding => {
  const recorded = recordedPeriod(capturedAt);
  return recorded === undefined ? finding : { ...finding, recordedAt: recorded.oldest };
};

/** A possible finding on a trail, and the facts that it is based on. */
type Outcome = {
  readonly observed: ObservedTrail;
  readonly finding: Finding;
  readonly places: readonly Place[];
  readonly capturedAt: readonly number[];
  /** Whether another fact is current. */
  readonly isReplaced: boolean;
};

const outcomesOf = (
  { value: { observed, plannedKey, location, definedAs }, place, capturedAt }: SourcedFact<RecordedTrail>,
  inventory: Inventory,
  context: Context,
): readonly Outcome[] => {
  const precheck = precheckPlanned(precheckTrail(observed, context.parameters), { observed, plannedKey });
  const times = capturedAt === undefined ? [] : [capturedAt];
  const outcome = (evidence: Evidence) => ({
    observed,
    finding: { ...findingOf(observed, evidence, context), ...(location && { location }) },
  });
  const alone = { places: [place], capturedAt: times, isReplaced: false };
  if (precheck.kind === 'verdict') return [{ ...outcome(precheck), ...alone }];
  if (plannedKey) return [{ ...outcome({ ...precheck, lookup: plannedKey }), ...alone }];
  return lookUp(inventory, precheck.reference).map(({ lookup, ...key }) => ({
    ...outcome({ ...precheck, lookup: definedAs === undefined ? lookup : forDeployment(lookup, observed) }),
    places: [place, ...key.places],
    capturedAt: [...times, ...key.capturedAt],
    isReplaced: key.isReplaced,
  }));
};

/** The key of a planned trail has no identifier yet, so it is known by its name in the template. */
const precheckPlanned = (
  precheck: Precheck,
  { observed, plannedKey }: Pick<RecordedTrail, 'observed' | 'plannedKey'>,
): Precheck => {
  const { accountId, region, trail } = observed;
  const isInvalid = precheck.kind === 'verdict' && precheck.verdict.code === 'KEY_NOT_FOUND';
  if (plannedKey === undefined || trail.kmsKeyId === undefined) return precheck;
  if (!isInvalid && precheck.kind === 'verdict') return precheck;
  const reference = {
    kind: 'key',
    kmsKeyId: trail.kmsKeyId,
    arn: trail.kmsKeyId,
    accountId,
    region,
  } as const;
  return { kind: 'lookup', reference };
};

/** A key outside a template can have a policy that depends on where the template is deployed. */
const forDeployment = (
  lookup: KeyLookupResult,
  { accountId, region, trail }: ObservedTrail,
): KeyLookupResult => {
  if (lookup.kind !== 'found' || lookup.key.policy.kind === 'unavailable') return lookup;
  const policy = policyFor(lookup.key.policy.value, { accountId, region, partition: trail.partition });
  return { kind: 'found', key: { ...lookup.key, policy } };
};

/** A possible result of a key lookup, and the facts that it is based on. */
type Candidate = Omit<Outcome, 'observed' | 'finding'> & { readonly lookup: KeyLookupResult };

const lookUp = (inventory: Inventory, { kind, arn }: KeyReference): readonly Candidate[] => {
  if (kind === 'key') return lookUpKey(inventory, arn);
  const facts = inventory.aliases.get(arn);
  if (facts === undefined) return [resultWithoutPlace({ kind: 'unreadable', why: 'alias-not-in-input' })];
  const { current, dated, undated } = splitByCurrent(facts);
  return [...current, ...dated, ...undated].flatMap((fact) =>
    lookUpTarget(inventory, fact, current.length > 0 && !current.includes(fact)),
  );
};

/** A deleted alias has no target: KMS would report that the key does not exist. */
const lookUpTarget = (
  inventory: Inventory,
  { value, place }: SourcedFact<string | null>,
  isReplaced: boolean,
): readonly Candidate[] => {
  const results =
    value === null ? [resultWithoutPlace({ kind: 'missing', why: 'unknown' })] : lookUpKey(inventory, value);
  return results.map((result) => ({
    ...result,
    places: [place, ...result.places],
    isReplaced: isReplaced || result.isReplaced,
  }));
};

const lookUpKey = (inventory: Inventory, arn: string): readonly Candidate[] => {
  const { current, dated, undated } = splitByCurrent(inventory.keys.get(keyIdOf(arn)) ?? []);
  const recorded = combinations(undated.map(candidateOf), dated.map(candidateOf));
  const stated = current.map(candidateOf);
  if (stated.length === 0) return recorded.length > 0 ? recorded : [resultWithoutPlace(NOT_IN_INPUT)];
  if (recorded.length === 0) return stated;
  return [
    ...stated.flatMap((one) => recorded.map((other) => over(one, other))),
    ...recorded.map((one) => ({ ...one, isReplaced: true })),
  ];
};

const NOT_IN_INPUT = { kind: 'unreadable', why: 'not-in-input' } as const;

const resultWithoutPlace = (lookup: KeyLookupResult): Candidate => ({
  lookup,
  places: [],
  capturedAt: [],
  isReplaced: false,
});

const candidateOf = ({ value, place, capturedAt }: SourcedFact<RecordedKey>): Candidate => ({
  lookup: value,
  places: [place],
  capturedAt: capturedAt === undefined ? [] : [capturedAt],
  isReplaced: false,
});

/** Each undated fact, with what it lacks from each dated one, and the other way around. */
const combinations = (undated: readonly Candidate[], dated: readonly Candidate[]): readonly Candidate[] => {
  if (undated.length === 0 || dated.length === 0) return [...undated, ...dated];
  return undated.flatMap((one) => dated.flatMap((other) => [over(one, other), over(other, one)]));
};

/** A key, with the values that it lacks from another source. A deleted key lacks nothing. */
const over = (one: Candidate, other: Candidate): Candidate => {
  if (one.lookup.kind !== 'found' || other.lookup.kind !== 'found') return one;
  const hasState = one.lookup.key.state !== undefined;
  const defaults: Key = hasState
    ? { ...other.lookup.key, deletionDate: undefined, validTo: undefined }
    : other.lookup.key;
  return {
    lookup: { kind: 'found', key: withDefaults(one.lookup.key, defaults) },
    places: hasState ? one.places : [...one.places, ...other.places],
    capturedAt: hasState ? one.capturedAt : [...one.capturedAt, ...other.capturedAt],
    isReplaced: false,
  };
};

const worstOf = (outcomes: readonly Outcome[]): Outcome | undefined =>
  outcomes
    .filter(({ isReplaced }) => !isReplaced)
    .reduce<Outcome | undefined>(
      (worst, one) => (worst === undefined || rankOf(one) < rankOf(worst) ? one : worst),
      undefined,
    );

/** A lower rank is worse: by severity, then by precedence. A trail that was deleted must not pass. */
const rankOf = ({ finding: { severity, code, unchecked = [] } }: Outcome): number =>
  SEVERITIES.indexOf(severity) * 1000 + VERDICT_CODES.indexOf(code) * 10 - unchecked.length;

type EvaluatedTrail = { readonly outcomes: readonly Outcome[]; readonly worst: Outcome };

/** More of them have the same cause: a file that does not belong to the input. */
const MAX_CONFLICTS = 20;

const conflictsIn = (evaluated: readonly EvaluatedTrail[]): readonly string[] => {
  const conflicts = evaluated.flatMap(({ outcomes, worst }) => {
    const other = outcomes.find(({ finding }) => finding.code !== worst.finding.code);
    return other ? [conflictBetween(worst, other)] : [];
  });
  const others = conflicts.length - MAX_CONFLICTS;
  return others > 0
    ? [...conflicts.slice(0, MAX_CONFLICTS), `The input contradicts itself about ${others} more trails.`]
    : conflicts;
};

const conflictBetween = (worst: Outcome, other: Outcome): string => {
  const { trailName, accountId, region } = worst.finding;
  const reason = other.isReplaced
    ? 'The first is reported, because --keys states what is current.'
    : 'The first is reported, because it is worse, and data without a time does not replace it.';
  return `The input contradicts itself about trail ${trailName} (${accountId}, ${region}): ${basisOf(worst)}, ${basisOf(other)}. ${reason}`;
};

const basisOf = ({ finding, places }: Outcome): string =>
  `${finding.code} by ${[...new Set(places.map(formatPlace))].join(' and ')}`;

const recordedPeriod = (times: readonly number[]): Recorded | undefined => {
  if (times.length === 0) return undefined;
  const [oldest, newest] = times.reduce(
    ([first, last], time) => [Math.min(first, time), Math.max(last, time)],
    [Infinity, -Infinity],
  );
  return { oldest: new Date(oldest).toISOString(), newest: new Date(newest).toISOString() };
};
