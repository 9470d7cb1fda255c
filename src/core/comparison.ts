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
  /** Non-compliant now, and not before. */
  readonly new: readonly ComparedTrail[];
  /** Non-compliant in both, for another reason. */
  readonly changed: readonly ComparedTrail[];
  /** Non-compliant in both, for the same reason. */
  readonly stillOpen: readonly ComparedTrail[];
  /** Non-compliant before, and judged to be well now, or gone. */
  readonly fixed: readonly ComparedTrail[];
  /** Non-compliant before, and now not judged: deleted, not in this run, or not to be asked. */
  readonly notSeen: readonly ComparedTrail[];
};

/** Compares findings with an earlier report, trail by trail, as each account and Region shows it. */
export const compareWith = (earlier: EarlierReport, findings: readonly Finding[]): Comparison => {
  const before = new Map(earlier.findings.filter(isOpen).map((finding) => [placeOf(finding), finding]));
  const now = new Map(findings.map((finding) => [placeOf(finding), finding]));
  const pairs = [
    ...[...now]
      .filter(([place, finding]) => before.has(place) || isOpen(finding))
      .map(([place, finding]) => pairOf(finding, before.get(place), finding)),
    ...[...before]
      .filter(([place]) => !now.has(place))
      .map(([, finding]) => pairOf(finding, finding, undefined)),
  ];
  const those = (fate: Fate) => pairs.filter((pair) => pair.fate === fate).map(({ trail }) => trail);
  return {
    since: earlier.evaluatedAt,
    new: those('new'),
    changed: those('changed'),
    stillOpen: those('stillOpen'),
    fixed: those('fixed'),
    notSeen: those('notSeen'),
  };
};

type Fate = Exclude<keyof Comparison, 'since'>;
type Pair = { readonly fate: Fate; readonly trail: ComparedTrail };
type Comparable = Pick<Finding, 'accountId' | 'region' | 'trailArn' | 'trailName'>;

const isOpen = ({ compliance }: { readonly compliance: string }): boolean => compliance === 'NON_COMPLIANT';

const placeOf = ({ accountId, region, trailArn }: Comparable): string => `${accountId} ${region} ${trailArn}`;

const pairOf = (
  { accountId, region, trailArn, trailName }: Comparable,
  before: EarlierFinding | undefined,
  now: Finding | undefined,
): Pair => {
  const trail = { accountId, region, trailArn, trailName };
  const codes = { codeBefore: before?.code ?? null, codeNow: now?.code ?? null };
  return { fate: fateOf(before, now), trail: { ...trail, ...codes, worse: isWorse(before, now) } };
};

const fateOf = (before: EarlierFinding | undefined, now: Finding | undefined): Fate => {
  if (before === undefined) return 'new';
  if (now === undefined || isUnknown(now)) return 'notSeen';
  if (now.compliance !== 'NON_COMPLIANT') return 'fixed';
  return now.code === before.code ? 'stillOpen' : 'changed';
};

/** A key that cannot be asked proves nothing, also where the rule's parameters let it pass. */
const isUnknown = ({ code, compliance }: Finding): boolean =>
  code === 'KEY_UNVERIFIABLE' && compliance !== 'NON_COMPLIANT';

/** Of what is non-compliant; one that is not known counts as the lowest. */
const SEVERITIES = ['LOW', 'MEDIUM', 'HIGH'];

const isWorse = (before: EarlierFinding | undefined, now: Finding | undefined): boolean =>
  before !== undefined &&
  now?.compliance === 'NON_COMPLIANT' &&
  SEVERITIES.indexOf(now.severity) > SEVERITIES.indexOf(before.severity);
