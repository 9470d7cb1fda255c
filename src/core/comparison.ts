import { type ChangedParameter, changedParameters, type GivenTexts, hangsOn } from './changed-parameters.js';
import type { EarlierFinding, EarlierReport } from './earlier-report.js';
import type { Finding } from './finding.js';

/**
 * A trail that is non-compliant in one report or both. `codeBefore` is null where it was not so before, `codeNow` where this report
 * lacks the trail.
 */
export type ComparedTrail = {
  readonly accountId: string;
  readonly region: string;
  readonly trailArn: string;
  readonly trailName: string;
  readonly codeBefore: string | null;
  readonly codeNow: string | null;
  /** True where it was non-compliant before and is so more severely now. */
  readonly worse: boolean;
};

/** What became of the non-compliant trails of an earlier report, and which have come since. */
export type Comparison = {
  /** The time of the earlier report: ISO 8601, UTC. */
  readonly since: string;
  /** The parameters of the rule that are not as they were. */
  readonly changedParameters: readonly ChangedParameter[];
  /** How many errors the earlier report has: with any, what is new here may have been there then. */
  readonly earlierErrors: number;
  /** How many trails the earlier report knows of and did not judge. */
  readonly earlierUnjudged: number;
  /** Non-compliant now, and not before. */
  readonly new: readonly ComparedTrail[];
  /** Non-compliant now, and left unjudged before. */
  readonly notSeenBefore: readonly ComparedTrail[];
  /** Non-compliant in both, for another reason. */
  readonly changed: readonly ComparedTrail[];
  /** Non-compliant in both, for the same reason. */
  readonly stillOpen: readonly ComparedTrail[];
  /** Non-compliant before, and now well by all that the rule asks for, or deleted. */
  readonly fixed: readonly ComparedTrail[];
  /**
   * Non-compliant before, and now nobody looked: not in this run, not recorded, seen from elsewhere, or without the evidence or the
   * parameter on which the verdict rested.
   */
  readonly notSeen: readonly ComparedTrail[];
};

/** What of a report is compared: its findings, and the parameters of the rule as they were given. */
export type Compared = { readonly parameters: GivenTexts; readonly findings: readonly Finding[] };

/** Compares findings with an earlier report, trail by trail, as each account and Region shows it. */
export const compareWith = (earlier: EarlierReport, { parameters, findings }: Compared): Comparison => {
  const changes = {
    parameters: changedParameters(earlier.parameters, parameters),
    unjudgedBefore: new Set(earlier.unjudged),
  };
  const before = new Map(earlier.findings.filter(isOpen).map((finding) => [placeOf(finding), finding]));
  const now = new Map(findings.map((finding) => [placeOf(finding), finding]));
  const pairs = [
    ...[...now]
      .filter(([place, finding]) => before.has(place) || isOpen(finding))
      .map(([place, finding]) => pairOf(finding, { before: before.get(place), now: finding, changes })),
    ...[...before]
      .filter(([place]) => !now.has(place))
      .map(([, finding]) => pairOf(finding, { before: finding, now: undefined, changes })),
  ];
  const those = (fate: Fate) => pairs.filter((pair) => pair.fate === fate).map(({ trail }) => trail);
  return {
    since: earlier.evaluatedAt,
    changedParameters: changes.parameters,
    earlierErrors: earlier.errors,
    earlierUnjudged: earlier.unjudged.length,
    new: those('new'),
    notSeenBefore: those('notSeenBefore'),
    changed: those('changed'),
    stillOpen: those('stillOpen'),
    fixed: those('fixed'),
    notSeen: those('notSeen'),
  };
};

type Fate = 'new' | 'notSeenBefore' | 'changed' | 'stillOpen' | 'fixed' | 'notSeen';
type Changes = {
  readonly parameters: readonly ChangedParameter[];
  readonly unjudgedBefore: ReadonlySet<string>;
};
type Pair = { readonly fate: Fate; readonly trail: ComparedTrail };
type Comparable = Pick<Finding, 'accountId' | 'region' | 'trailArn' | 'trailName'>;

const isOpen = ({ compliance }: { readonly compliance: string }): boolean => compliance === 'NON_COMPLIANT';

const placeOf = ({ accountId, region, trailArn }: Comparable): string => `${accountId} ${region} ${trailArn}`;

type Sides = {
  readonly before: EarlierFinding | undefined;
  readonly now: Finding | undefined;
  readonly changes: Changes;
};

const pairOf = (
  { accountId, region, trailArn, trailName }: Comparable,
  { before, now, changes }: Sides,
): Pair => {
  const trail = { accountId, region, trailArn, trailName };
  const codes = { codeBefore: before?.code ?? null, codeNow: now?.code ?? null };
  const fate = before === undefined ? arrivalOf(trailArn, changes) : fateOf(before, now, changes.parameters);
  return { fate, trail: { ...trail, ...codes, worse: isWorse(before, now) } };
};

const arrivalOf = (trailArn: string, { unjudgedBefore }: Changes): Fate =>
  unjudgedBefore.has(trailArn) ? 'notSeenBefore' : 'new';

const fateOf = (
  before: EarlierFinding,
  now: Finding | undefined,
  changed: readonly ChangedParameter[],
): Fate => {
  if (now === undefined) return 'notSeen';
  if (now.compliance === 'NON_COMPLIANT') return now.code === before.code ? 'stillOpen' : 'changed';
  return isFixed(before, now, changed) ? 'fixed' : 'notSeen';
};

/** Only what was looked at is fixed. Every other verdict that does not count against a trail tells that nobody did. */
const isFixed = (before: EarlierFinding, now: Finding, changed: readonly ChangedParameter[]): boolean => {
  if (now.unchecked !== undefined) return false;
  return now.code === 'TRAIL_GONE' || (now.code === 'CMK_USABLE' && !hangsOn(before.code, changed));
};

/** Of what is non-compliant; one that is not known counts as the lowest. */
const SEVERITIES = ['LOW', 'MEDIUM', 'HIGH'];

const isWorse = (before: EarlierFinding | undefined, now: Finding | undefined): boolean =>
  before !== undefined &&
  now?.compliance === 'NON_COMPLIANT' &&
  SEVERITIES.indexOf(now.severity) > SEVERITIES.indexOf(before.severity);
