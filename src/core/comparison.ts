import { FormatError } from './errors.js';
import type { Finding } from './evaluate-trail.js';
import { describeType, isJsonObject, type JsonObject, textOf } from './json-value.js';
import { DEFAULT_PARAMETERS, PARAMETER_NAMES, type RuleParameters } from './rule-parameters.js';
import type { VerdictCode } from './verdict.js';

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
  readonly earlierNotEvaluated: number;
  /** Non-compliant now, and not before. */
  readonly new: readonly ComparedTrail[];
  /** Non-compliant now, and left notEvaluated before. */
  readonly notEvaluatedBefore: readonly ComparedTrail[];
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
  readonly notEvaluatedNow: readonly ComparedTrail[];
};

/** What of a report is compared: its findings, and the parameters of the rule as they were given. */
export type Compared = { readonly parameters: GivenTexts; readonly findings: readonly Finding[] };

/** Compares findings with an earlier report, trail by trail, as each account and Region shows it. */
export const compareWith = (earlier: EarlierReport, { parameters, findings }: Compared): Comparison => {
  const changes = {
    parameters: changedParameters(earlier.parameters, parameters),
    unevaluatedBefore: new Set(earlier.notEvaluated),
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
  const those = (fate: DiffStatus) => pairs.filter((pair) => pair.fate === fate).map(({ trail }) => trail);
  return {
    since: earlier.evaluatedAt,
    changedParameters: changes.parameters,
    earlierErrors: earlier.errors,
    earlierNotEvaluated: earlier.notEvaluated.length,
    new: those('new'),
    notEvaluatedBefore: those('notEvaluatedBefore'),
    changed: those('changed'),
    stillOpen: those('stillOpen'),
    fixed: those('fixed'),
    notEvaluatedNow: those('notEvaluatedNow'),
  };
};

type DiffStatus = 'new' | 'notEvaluatedBefore' | 'changed' | 'stillOpen' | 'fixed' | 'notEvaluatedNow';
type Changes = {
  readonly parameters: readonly ChangedParameter[];
  readonly unevaluatedBefore: ReadonlySet<string>;
};
type Pair = { readonly fate: DiffStatus; readonly trail: ComparedTrail };
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

const arrivalOf = (trailArn: string, { unevaluatedBefore }: Changes): DiffStatus =>
  unevaluatedBefore.has(trailArn) ? 'notEvaluatedBefore' : 'new';

const fateOf = (
  before: EarlierFinding,
  now: Finding | undefined,
  changed: readonly ChangedParameter[],
): DiffStatus => {
  if (now === undefined) return 'notEvaluatedNow';
  if (now.compliance === 'NON_COMPLIANT') return now.code === before.code ? 'stillOpen' : 'changed';
  return isFixed(before, now, changed) ? 'fixed' : 'notEvaluatedNow';
};

/** Only what was looked at is fixed. Every other verdict that does not count against a trail tells that nobody did. */
const isFixed = (before: EarlierFinding, now: Finding, changed: readonly ChangedParameter[]): boolean => {
  if (now.unchecked !== undefined) return false;
  return now.code === 'TRAIL_NOT_FOUND' || (now.code === 'CMK_USABLE' && !dependsOn(before.code, changed));
};

/** Of what is non-compliant; one that is not known counts as the lowest. */
const SEVERITIES = ['LOW', 'MEDIUM', 'HIGH'];

const isWorse = (before: EarlierFinding | undefined, now: Finding | undefined): boolean =>
  before !== undefined &&
  now?.compliance === 'NON_COMPLIANT' &&
  SEVERITIES.indexOf(now.severity) > SEVERITIES.indexOf(before.severity);

/** A parameter of the rule by which two reports differ: its value in each, null where it was not given. */
export type ChangedParameter = {
  readonly name: string;
  readonly before: string | null;
  readonly now: string | null;
};

/** Parameters as they were given. */
export type GivenTexts = Readonly<Record<string, string>>;

/** The parameters by which two reports differ. A default that is given and one that is not mean the same. */
export const changedParameters = (before: GivenTexts, now: GivenTexts): readonly ChangedParameter[] =>
  [...new Set([...PARAMETER_NAMES, ...Object.keys(before), ...Object.keys(now)])]
    .filter((name) => meaningOf(name, before) !== meaningOf(name, now))
    .map((name) => ({ name, before: before[name] ?? null, now: now[name] ?? null }));

const DEFAULTS: Readonly<Record<string, unknown>> = DEFAULT_PARAMETERS;

/** A list means the same in any order. */
const meaningOf = (name: string, given: GivenTexts): string => {
  // Stryker disable next-line StringLiteral: what stands for a name without a default stands for it on both sides.
  const text = given[name] || String(DEFAULTS[name] ?? '');
  const entries = text.split(',').map((entry) => entry.trim());
  return entries.toSorted().join(',');
};

/** The parameters without which a verdict is not raised, or not for some of its reasons: a rotation status or policy that is not verified. */
const RAISED_BY = {
  KEY_NOT_ALLOWED: ['kmsKeyArns'],
  KEY_POLICY_BLOCKS_CLOUDTRAIL: ['checkKeyPolicy'],
  KEY_POLICY_OPEN: ['checkKeyPolicy'],
  KEY_MATERIAL_EXPIRING: ['keyMaterialExpiryDays'],
  KEY_ROTATION_OFF: ['requireKeyRotation'],
  KEY_UNVERIFIABLE: ['requireKeyRotation', 'checkKeyPolicy'],
} as const satisfies Partial<Record<VerdictCode, readonly (keyof RuleParameters)[]>>;

const PARAMETERS_BEHIND: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(RAISED_BY));

/** Tells whether a verdict may have come, or absent, with a change of parameters alone. */
export const dependsOn = (code: string, changed: readonly ChangedParameter[]): boolean =>
  changed.some(({ name }) => PARAMETERS_BEHIND.get(code)?.includes(name));

/** A finding of an earlier report, as far as it is compared. Codes that a later Trailkey added are taken as they are. */
export type EarlierFinding = {
  readonly accountId: string;
  readonly region: string;
  readonly trailArn: string;
  readonly trailName: string;
  readonly code: string;
  readonly severity: string;
  readonly compliance: string;
};

/** An earlier JSON report, as far as it is compared. */
export type EarlierReport = {
  readonly evaluatedAt: string;
  /** The rule's parameters, as they were given. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly findings: readonly EarlierFinding[];
  /** The ARNs of the trails that it knows of and did not judge. */
  readonly notEvaluated: readonly string[];
  /** How many errors it has: with any, it is not the whole truth. */
  readonly errors: number;
};

/**
 * Reads an earlier JSON report of any version 1.
 *
 * @throws FormatError where it is none
 */
export const parseEarlierReport = (report: unknown): EarlierReport => {
  if (!isJsonObject(report)) throw new FormatError(`expected a report and found ${describeType(report)}`);
  const version = required(report, 'schemaVersion');
  if (!version.startsWith('1.')) {
    throw new FormatError(`field "schemaVersion" should be 1.0 or another 1.x and is "${version}"`);
  }
  return {
    evaluatedAt: required(report, 'evaluatedAt'),
    parameters: parametersIn(report),
    findings: listIn(report, 'findings').map((finding) => findingIn(objectFrom(finding, 'a finding'))),
    notEvaluated: listIn({ notEvaluated: [], ...report }, 'notEvaluated').map((trail) =>
      required(objectFrom(trail, 'an notEvaluated trail'), 'trailArn'),
    ),
    errors: listIn({ errors: [], ...report }, 'errors').length,
  };
};

const listIn = (report: JsonObject, name: string): readonly unknown[] => {
  const list = report[name];
  if (Array.isArray(list)) return list;
  throw new FormatError(`field "${name}" should be an array and is ${describeType(list)}`);
};

const parametersIn = ({ parameters = {} }: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(objectFrom(parameters, 'field "parameters"')).map(([name, value]) => {
      if (typeof value === 'string') return [name, value];
      throw new FormatError(`field "${name}" should be text and is ${describeType(value)}`);
    }),
  );

const objectFrom = (value: unknown, what: string): JsonObject => {
  if (isJsonObject(value)) return value;
  throw new FormatError(`${what} should be an object and is ${describeType(value)}`);
};

const findingIn = (finding: JsonObject): EarlierFinding => ({
  accountId: required(finding, 'accountId'),
  region: required(finding, 'region'),
  trailArn: required(finding, 'trailArn'),
  trailName: required(finding, 'trailName'),
  code: required(finding, 'code'),
  severity: required(finding, 'severity'),
  compliance: required(finding, 'compliance'),
});

const required = (object: JsonObject, name: string): string => {
  const value = textOf(object, [name]);
  if (value !== undefined) return value;
  throw new FormatError(`field "${name}" is absent: expected a JSON report of trailkey`);
};
