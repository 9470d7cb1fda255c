import { countBy } from './collections.js';
import { type Comparison, compareWith, type EarlierReport } from './comparison.js';
import type { Finding } from './evaluate-trail.js';
import type { ObservedTrail } from './trail.js';
import { type Compliance, isEvaluated, VERDICT_CODES } from './verdict.js';

/** The version of the JSON report's shape; `report.schema.json` describes it. */
const SCHEMA_VERSION = '1.0';

/** The name of the rule, as it is deployed. */
export const RULE_NAME = 'cloudtrail-cmk-usable';

/** A trail that is known of and was not judged: seen only as copies or members' views, or where something went wrong. */
export type UnevaluatedTrail = {
  readonly trailArn: string;
  readonly homeRegion: string;
  readonly ownerAccountId: string;
};

/** When AWS Config recorded the facts of a report, the oldest and the newest of them: ISO 8601, UTC. */
export type Recorded = { readonly oldest: string; readonly newest: string };

/** Something that went wrong: its source (a file, an account) and what to do about it. */
export type ReportError = { readonly source: string; readonly message: string };

/** All that a run found. This is the shape of the JSON report: its fields are public API. */
export type Report = {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly tool: { readonly name: 'trailkey'; readonly version: string };
  readonly rule: typeof RULE_NAME;
  /** What was read, as the user named it. */
  readonly sources: readonly string[];
  /** ISO 8601, UTC. */
  readonly evaluatedAt: string;
  /** The rule's parameters, as given. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly summary: Summary;
  /** What was left out as asked, or had nothing to be judged: there only where something was. Nothing went wrong with it. */
  readonly notes?: readonly string[];
  /** There where some of the facts are what AWS Config recorded, and nobody asked for them since. */
  readonly recorded?: Recorded;
  /** There only where an earlier report was given. */
  readonly comparison?: Comparison;
  /** Sorted by account, Region and trail name. */
  readonly findings: readonly Finding[];
  readonly notEvaluated: readonly UnevaluatedTrail[];
  readonly errors: readonly ReportError[];
};

/** The number of findings by compliance and by code; every code is there, also with 0. */
export type Summary = Readonly<Record<Compliance, number>> & {
  readonly codes: Readonly<Record<string, number>>;
};

/** What a run hands over to be reported. `evaluatedAt` is in milliseconds since 1970. */
export type Outcome = {
  readonly version: string;
  readonly sources: readonly string[];
  readonly evaluatedAt: number;
  readonly parameters: Readonly<Record<string, string>>;
  readonly observedTrails: readonly ObservedTrail[];
  readonly findings: readonly Finding[];
  readonly errors: readonly ReportError[];
  readonly notes?: readonly string[];
  readonly recorded?: Recorded | undefined;
  readonly earlier?: EarlierReport | undefined;
};

/** Makes the report of a run. */
export const createReport = (outcome: Outcome): Report => {
  const { parameters, earlier } = outcome;
  const findings = outcome.findings.toSorted(byPlace);
  return {
    schemaVersion: SCHEMA_VERSION,
    tool: { name: 'trailkey', version: outcome.version },
    rule: RULE_NAME,
    sources: outcome.sources,
    evaluatedAt: new Date(outcome.evaluatedAt).toISOString(),
    parameters,
    summary: summaryOf(findings),
    ...(outcome.notes && outcome.notes.length > 0 && { notes: outcome.notes }),
    ...(outcome.recorded && { recorded: outcome.recorded }),
    ...(earlier && { comparison: compareWith(earlier, { parameters, findings }) }),
    findings,
    notEvaluated: notEvaluatedAmong(outcome.observedTrails, findings),
    errors: outcome.errors,
  };
};

const summaryOf = (findings: readonly Finding[]): Summary => {
  const compliances = countBy(findings, ({ compliance }) => compliance);
  const codes = countBy(findings, ({ code }) => code);
  return {
    COMPLIANT: compliances.get('COMPLIANT') ?? 0,
    NON_COMPLIANT: compliances.get('NON_COMPLIANT') ?? 0,
    NOT_APPLICABLE: compliances.get('NOT_APPLICABLE') ?? 0,
    codes: Object.fromEntries(VERDICT_CODES.map((code) => [code, codes.get(code) ?? 0])),
  };
};

const notEvaluatedAmong = (
  observedTrails: readonly ObservedTrail[],
  findings: readonly Finding[],
): readonly UnevaluatedTrail[] => {
  const seen = new Map(observedTrails.map(({ trail }) => [trail.arn, trail]));
  // Settled: judged, or gone where it lived. A copy that is gone says nothing of the trail itself.
  for (const finding of findings) {
    if (isEvaluated(finding) || isDeletedAtHome(finding)) seen.delete(finding.trailArn);
  }
  return [...seen.values()]
    .map(({ arn: trailArn, homeRegion, ownerAccountId }) => ({ trailArn, homeRegion, ownerAccountId }))
    .toSorted((a, b) => compare(a.trailArn, b.trailArn));
};

const isDeletedAtHome = ({ code, region, homeRegion }: Finding): boolean =>
  code === 'TRAIL_NOT_FOUND' && region === homeRegion;

const byPlace = (a: Finding, b: Finding): number =>
  compare(a.accountId, b.accountId) ||
  compare(a.region, b.region) ||
  compare(a.trailName, b.trailName) ||
  compare(a.trailArn, b.trailArn);

/** By code unit, so that the order is the same on every machine, whatever its language. */
const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);

/**
 * What makes a run fail: a non-compliant finding, one that an earlier report lacks or has as less severe (`new`), or nothing
 * (`never`). Errors fail it always.
 */
export type FailOn = 'NON_COMPLIANT' | 'new' | 'never';

/** The choices of `--fail-on`. */
export const FAIL_ON: readonly FailOn[] = ['NON_COMPLIANT', 'new', 'never'];

/** 0: all is well. 1: something is non-compliant. 2: the report is not the whole truth, or nothing was judged at all. */
export type ExitCode = 0 | 1 | 2;

/** The exit code of a judging command, the highest that applies. */
export const exitCodeOf = (report: Report, failOn: FailOn): ExitCode => {
  if (report.errors.length > 0 || nothingEvaluated(report)) return 2;
  return isFailure(report, failOn) ? 1 : 0;
};

const isFailure = ({ summary, comparison }: Report, failOn: FailOn): boolean => {
  switch (failOn) {
    case 'NON_COMPLIANT':
      return summary.NON_COMPLIANT > 0;
    case 'new':
      return comparison === undefined
        ? summary.NON_COMPLIANT > 0
        : comparison.new.length > 0 || comparison.changed.some(({ worse }) => worse);
    // Stryker disable next-line ConditionalExpression,StringLiteral: without this case nothing is given, which counts as no.
    case 'never':
      return false;
  }
};

/** True where trails were seen, and all of them as copies or members' views: a report that looks clean and says nothing. */
export const nothingEvaluated = ({ findings, notEvaluated }: Report): boolean =>
  notEvaluated.length > 0 && !findings.some(isEvaluated);
