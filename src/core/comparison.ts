import { FormatError } from './errors.js';
import type { Finding } from './evaluate-trail.js';
import { describeType, fieldOf, isJsonObject, type JsonObject, textOf } from './json-value.js';
import { DEFAULT_PARAMETERS, type RuleParameters } from './rule-parameters.js';
import type { VerdictCode } from './verdict.js';

/**
 * A trail that is NON_COMPLIANT in at least one of two reports. `codeBefore` is null where it was not NON_COMPLIANT before, `codeNow`
 * where this report does not contain the trail.
 */
export type ComparedTrail = {
  readonly accountId: string;
  readonly region: string;
  readonly trailArn: string;
  readonly trailName: string;
  readonly codeBefore: string | null;
  readonly codeNow: string | null;
  /** True where the trail was NON_COMPLIANT before and has a higher severity now. */
  readonly worse: boolean;
  /** True where the trail was waived in the earlier report and is not now. Absent otherwise. */
  readonly waiverEnded?: true;
};

/** The NON_COMPLIANT trails of this report and of an earlier one, by what changed. */
export type Comparison = {
  /** The time of the earlier report: ISO 8601, UTC. */
  readonly since: string;
  /** The rule parameters that differ. */
  readonly changedParameters: readonly ChangedParameter[];
  /** The number of errors in the earlier report. With any, new findings may have existed then. */
  readonly earlierErrors: number;
  /** The number of trails that the earlier report did not evaluate. */
  readonly earlierNotEvaluated: number;
  /** NON_COMPLIANT now and not before. */
  readonly new: readonly ComparedTrail[];
  /** NON_COMPLIANT now and not evaluated before. */
  readonly notEvaluatedBefore: readonly ComparedTrail[];
  /** NON_COMPLIANT in both, with another code. */
  readonly changed: readonly ComparedTrail[];
  /** NON_COMPLIANT in both, with the same code. */
  readonly stillOpen: readonly ComparedTrail[];
  /** NON_COMPLIANT before, and now compliant with every check, or deleted. */
  readonly fixed: readonly ComparedTrail[];
  /**
   * NON_COMPLIANT before and not evaluated now: not in this run, not recorded, a shadow trail, or without the data or the parameter
   * that the earlier finding depends on.
   */
  readonly notEvaluatedNow: readonly ComparedTrail[];
};

/** The parts of this report that are compared. */
export type Compared = { readonly parameters: GivenParameters; readonly findings: readonly Finding[] };

/** Compares findings with an earlier report, by trail, account, and Region. */
export const compareWith = (earlier: EarlierReport, { parameters, findings }: Compared): Comparison => {
  const changes = {
    parameters: changedParameters(earlier.parameters, parameters),
    unevaluatedBefore: new Set(earlier.notEvaluated),
  };
  const before = new Map(
    earlier.findings.filter(isNonCompliant).map((finding) => [identityOf(finding), finding]),
  );
  const now = new Map(findings.map((finding) => [identityOf(finding), finding]));
  const pairs = [
    ...[...now]
      .filter(([identity, finding]) => before.has(identity) || isNonCompliant(finding))
      .map(([identity, finding]) =>
        compareTrail(finding, { before: before.get(identity), now: finding, changes }),
      ),
    ...[...before]
      .filter(([identity]) => !now.has(identity))
      .map(([, finding]) => compareTrail(finding, { before: finding, now: undefined, changes })),
  ];
  const trailsWith = (status: DiffStatus) =>
    pairs.filter((pair) => pair.status === status).map(({ trail }) => trail);
  return {
    since: earlier.evaluatedAt,
    changedParameters: changes.parameters,
    earlierErrors: earlier.errors,
    earlierNotEvaluated: earlier.notEvaluated.length,
    new: trailsWith('new'),
    notEvaluatedBefore: trailsWith('notEvaluatedBefore'),
    changed: trailsWith('changed'),
    stillOpen: trailsWith('stillOpen'),
    fixed: trailsWith('fixed'),
    notEvaluatedNow: trailsWith('notEvaluatedNow'),
  };
};

/** What changed for a trail since an earlier report. */
export type DiffStatus = 'new' | 'notEvaluatedBefore' | 'changed' | 'stillOpen' | 'fixed' | 'notEvaluatedNow';
type Changes = {
  readonly parameters: readonly ChangedParameter[];
  readonly unevaluatedBefore: ReadonlySet<string>;
};
type ComparedPair = { readonly status: DiffStatus; readonly trail: ComparedTrail };
type Comparable = Pick<Finding, 'accountId' | 'region' | 'trailArn' | 'trailName'>;

/** Whether a finding is NON_COMPLIANT. */
export const isNonCompliant = ({ compliance }: { readonly compliance: string }): boolean =>
  compliance === 'NON_COMPLIANT';

/** Identifies a trail as observed in an account and Region, in both reports. */
export const identityOf = ({ accountId, region, trailArn }: Comparable): string =>
  `${accountId} ${region} ${trailArn}`;

type Sides = {
  readonly before: EarlierFinding | undefined;
  readonly now: Finding | undefined;
  readonly changes: Changes;
};

const compareTrail = (
  { accountId, region, trailArn, trailName }: Comparable,
  { before, now, changes }: Sides,
): ComparedPair => {
  const trail = { accountId, region, trailArn, trailName };
  const codes = { codeBefore: before?.code ?? null, codeNow: now?.code ?? null };
  const status =
    before === undefined ? newStatusOf(trailArn, changes) : statusOf(before, now, changes.parameters);
  return {
    status,
    trail: {
      ...trail,
      ...codes,
      worse: isWorse(before, now),
      ...(isWaiverEnded(before, now) && { waiverEnded: true }),
    },
  };
};

const newStatusOf = (trailArn: string, { unevaluatedBefore }: Changes): DiffStatus =>
  unevaluatedBefore.has(trailArn) ? 'notEvaluatedBefore' : 'new';

const statusOf = (
  before: EarlierFinding,
  now: Finding | undefined,
  changed: readonly ChangedParameter[],
): DiffStatus => {
  if (now === undefined) return 'notEvaluatedNow';
  if (isNonCompliant(now)) return now.code === before.code ? 'stillOpen' : 'changed';
  return isFixed(before, now, changed) ? 'fixed' : 'notEvaluatedNow';
};

/** A trail counts as fixed only where it was fully checked or deleted; any other verdict that is not NON_COMPLIANT leaves it unknown. */
const isFixed = (before: EarlierFinding, now: Finding, changed: readonly ChangedParameter[]): boolean => {
  if (now.unchecked !== undefined) return false;
  return now.code === 'TRAIL_NOT_FOUND' || (now.code === 'CMK_USABLE' && !dependsOn(before.code, changed));
};

/** In ascending order. An unknown severity counts as the lowest. */
const SEVERITIES = ['LOW', 'MEDIUM', 'HIGH'];

const isWorse = (before: EarlierFinding | undefined, now: Finding | undefined): boolean =>
  before !== undefined &&
  now?.compliance === 'NON_COMPLIANT' &&
  SEVERITIES.indexOf(now.severity) > SEVERITIES.indexOf(before.severity);

const isWaiverEnded = (before: EarlierFinding | undefined, now: Finding | undefined): boolean =>
  before?.isWaived === true && now?.compliance === 'NON_COMPLIANT' && now.waiver === undefined;

/** A rule parameter that differs between two reports; null where it was not given. */
export type ChangedParameter = {
  readonly name: string;
  readonly before: string | null;
  readonly now: string | null;
};

/** Rule parameters, as they were given. */
export type GivenParameters = Readonly<Record<string, string>>;

/** The parameters that differ between two reports. A default value equals an absent one. */
export const changedParameters = (
  before: GivenParameters,
  now: GivenParameters,
): readonly ChangedParameter[] => {
  // Maps, because names in an earlier report can be those of properties that every object has.
  const [textsBefore, textsNow] = [new Map(Object.entries(before)), new Map(Object.entries(now))];
  return [...new Set([...DEFAULTS.keys(), ...textsBefore.keys(), ...textsNow.keys()])]
    .map((name) => ({ name, before: textsBefore.get(name) ?? null, now: textsNow.get(name) ?? null }))
    .filter(({ name, before: old, now: current }) => normalize(name, old) !== normalize(name, current));
};

const DEFAULTS: ReadonlyMap<string, string> = new Map(
  // Stryker disable next-line ArrowFunction: it throws while the module is loaded, which Stryker does not count.
  Object.entries(DEFAULT_PARAMETERS).map(([name, value]) => [name, String(value)]),
);

/** The order of a list does not matter. */
const normalize = (name: string, given: string | null): string => {
  // Stryker disable next-line StringLiteral: a name without a default gets the same text on both sides.
  const text = given || (DEFAULTS.get(name) ?? '');
  const entries = text.split(',').map((entry) => entry.trim());
  return entries.toSorted().join(',');
};

/** The parameters that enable a verdict, or one of its reasons: KEY_UNVERIFIABLE where the rotation status or the policy is not verified. */
const RAISED_BY = {
  KEY_NOT_ALLOWED: ['kmsKeyArns'],
  KEY_POLICY_BLOCKS_CLOUDTRAIL: ['checkKeyPolicy'],
  KEY_POLICY_OPEN: ['checkKeyPolicy'],
  KEY_MATERIAL_EXPIRING: ['keyMaterialExpiryDays'],
  KEY_ROTATION_OFF: ['requireKeyRotation'],
  KEY_UNVERIFIABLE: ['requireKeyRotation', 'checkKeyPolicy'],
} as const satisfies Partial<Record<VerdictCode, readonly (keyof RuleParameters)[]>>;

const PARAMETERS_BEHIND: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(RAISED_BY));

/** Whether a changed parameter alone can cause a verdict to appear or disappear. */
const dependsOn = (code: string, changed: readonly ChangedParameter[]): boolean =>
  changed.some(({ name }) => PARAMETERS_BEHIND.get(code)?.includes(name));

/** The compared fields of a finding in an earlier report. Codes of later versions are kept as they are. */
type EarlierFinding = {
  readonly accountId: string;
  readonly region: string;
  readonly trailArn: string;
  readonly trailName: string;
  readonly code: string;
  readonly severity: string;
  readonly compliance: string;
  readonly isWaived: boolean;
};

/** The compared fields of an earlier JSON report. */
export type EarlierReport = {
  readonly evaluatedAt: string;
  /** The rule parameters, as they were given. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly findings: readonly EarlierFinding[];
  /** The ARNs of the trails that it did not evaluate. */
  readonly notEvaluated: readonly string[];
  /** The number of errors. With any, the report is incomplete. */
  readonly errors: number;
};

/**
 * Parses an earlier JSON report of version 1.x.
 *
 * @throws FormatError where the value is not such a report
 */
export const parseEarlierReport = (report: unknown): EarlierReport => {
  if (!isJsonObject(report))
    throw new FormatError(`expected a JSON object; received ${describeType(report)}`);
  const version = required(report, 'schemaVersion');
  if (!version.startsWith('1.')) {
    throw new FormatError(`field "schemaVersion" must be 1.0 or another 1.x; received "${version}"`);
  }
  if (fieldOf(report, ['filter']) !== undefined) {
    throw new FormatError(
      'field "filter" must be absent: a report with --severity or --account does not contain all findings',
    );
  }
  return {
    evaluatedAt: required(report, 'evaluatedAt'),
    parameters: parametersIn(report),
    findings: listIn(report, 'findings').map((finding) => findingIn(objectFrom(finding, 'a finding'))),
    notEvaluated: listIn({ notEvaluated: [], ...report }, 'notEvaluated').map((trail) =>
      required(objectFrom(trail, 'a trail that was not evaluated'), 'trailArn'),
    ),
    errors: listIn({ errors: [], ...report }, 'errors').length,
  };
};

const listIn = (report: JsonObject, name: string): readonly unknown[] => {
  const list = fieldOf(report, [name]);
  if (Array.isArray(list)) return list;
  throw new FormatError(`field "${name}" must be an array; received ${describeType(list)}`);
};

const parametersIn = ({ parameters = {} }: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(objectFrom(parameters, 'field "parameters"')).map(([name, value]) => {
      if (typeof value === 'string') return [name, value];
      throw new FormatError(`field "${name}" must be a string; received ${describeType(value)}`);
    }),
  );

const objectFrom = (value: unknown, what: string): JsonObject => {
  if (isJsonObject(value)) return value;
  throw new FormatError(`${what} must be an object; received ${describeType(value)}`);
};

const findingIn = (finding: JsonObject): EarlierFinding => ({
  accountId: required(finding, 'accountId'),
  region: required(finding, 'region'),
  trailArn: required(finding, 'trailArn'),
  trailName: required(finding, 'trailName'),
  code: required(finding, 'code'),
  severity: required(finding, 'severity'),
  compliance: required(finding, 'compliance'),
  isWaived: fieldOf(finding, ['waiver']) !== undefined,
});

const required = (object: JsonObject, name: string): string => {
  const value = textOf(object, [name]);
  if (value !== undefined) return value;
  throw new FormatError(`field "${name}" is required in a JSON report of trailkey; it is absent`);
};
