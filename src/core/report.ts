import { countBy } from './collections.js';
import { commandsFor } from './commands.js';
import {
  type Comparison,
  compareWith,
  type EarlierReport,
  identityOf,
  isNonCompliant,
} from './comparison.js';
import type { Finding } from './evaluate-trail.js';
import type { ObservedTrail } from './trail.js';
import { type Compliance, isEvaluated, SEVERITIES, type Severity, VERDICT_CODES } from './verdict.js';
import { applyWaivers, type WaiverEntry, type WaiverProblem } from './waiver.js';

/** The version of the JSON report; `report.schema.json` is its schema. */
const SCHEMA_VERSION = '1.0';

/** The name of the deployed rule. */
export const RULE_NAME = 'cloudtrail-cmk-usable';

/** A trail that was not evaluated: observed only as a shadow trail or in a member account, or affected by an error. */
export type UnevaluatedTrail = {
  /** Whether its account was evaluated, so that the report is incomplete without it. */
  readonly inScope: boolean;
  readonly trailArn: string;
  readonly homeRegion: string;
  readonly ownerAccountId: string;
};

/** What was evaluated: files, live accounts, or the data of an AWS Config aggregator. */
export type Mode = 'offline' | 'live' | 'aggregator';

/** The choices of `--severity`. */
export const FILTER_SEVERITIES = ['HIGH', 'MEDIUM', 'LOW'] as const;

/** What a report shows. Without a field, it is not limited by it. */
export type Filter = {
  /** Only NON_COMPLIANT findings of this severity or higher. */
  readonly severity?: (typeof FILTER_SEVERITIES)[number];
  /** Only the findings of these accounts. */
  readonly accounts?: readonly string[];
};

/** When AWS Config recorded the oldest and the newest data in a report: ISO 8601, UTC. */
export type Recorded = { readonly oldest: string; readonly newest: string };

/** An error: its source (a file, an account), and a message that says what to do. */
export type ReportError = { readonly source: string; readonly message: string };

/** The error of a run that the user ended with Ctrl-C. */
export const INTERRUPTED: ReportError = {
  source: 'trailkey',
  message: 'Interrupted: the rest was not evaluated. Run the command again.',
};

/** Whether the user ended the run. */
export const isInterrupted = ({ errors }: Pick<Report, 'errors'>): boolean =>
  errors.some(({ message }) => message === INTERRUPTED.message);

/** The result of a run, in the shape of the JSON report. Its fields are public API. */
export type Report = {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly tool: { readonly name: 'trailkey'; readonly version: string };
  readonly rule: typeof RULE_NAME;
  readonly mode: Mode;
  /** The ARN of the principal whose credentials were used. Absent for an offline report, or where AWS did not return it. */
  readonly caller?: string;
  /** The inputs, as they were given. */
  readonly sources: readonly string[];
  /** ISO 8601, UTC. */
  readonly evaluatedAt: string;
  /** The rule parameters, as they were given. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly summary: Summary;
  /** What was excluded on request, or could not contain a trail. Absent where nothing was excluded. */
  readonly notes?: readonly string[];
  /** Which findings are shown. Absent where all are. */
  readonly filter?: Filter;
  /** Absent where all data was read from the services during the run. With `stale`, an offline report has data older than 24 hours. */
  readonly recorded?: Recorded & { readonly stale: boolean };
  /** Absent where no earlier report was given. */
  readonly comparison?: Comparison;
  /** The waivers that are not valid, expired, or not used. Absent where there is none. */
  readonly waiverProblems?: readonly WaiverProblem[];
  /** Sorted by account, Region and trail name. */
  readonly findings: readonly Finding[];
  readonly notEvaluated: readonly UnevaluatedTrail[];
  readonly errors: readonly ReportError[];
};

/** The number of findings by compliance and by code. Every code is present. */
export type Summary = Readonly<Record<Compliance, number>> & {
  /** The NON_COMPLIANT findings whose risk is accepted by a waiver. */
  readonly waived: number;
  readonly codes: Readonly<Record<string, number>>;
};

/** The input of a report. `evaluatedAt` is in milliseconds since 1970. */
export type Outcome = {
  readonly version: string;
  readonly mode: Mode;
  readonly caller?: string | undefined;
  readonly sources: readonly string[];
  readonly evaluatedAt: number;
  readonly parameters: Readonly<Record<string, string>>;
  readonly observedTrails: readonly ObservedTrail[];
  readonly findings: readonly Finding[];
  readonly errors: readonly ReportError[];
  readonly notes?: readonly string[];
  readonly recorded?: Recorded | undefined;
  /** The names of accounts, by account ID. */
  readonly accountNames?: ReadonlyMap<string, string> | undefined;
  readonly earlier?: EarlierReport | undefined;
  readonly waivers?: readonly WaiverEntry[] | undefined;
};

/** Creates the report of a run. */
export const createReport = (outcome: Outcome): Report => {
  const { parameters, earlier, waivers = [] } = outcome;
  const completed = outcome.findings.map(completion(outcome)).toSorted(byAccountRegionAndName);
  const { findings, problems } = applyWaivers(completed, waivers, outcome.evaluatedAt);
  return {
    schemaVersion: SCHEMA_VERSION,
    tool: { name: 'trailkey', version: outcome.version },
    rule: RULE_NAME,
    mode: outcome.mode,
    ...(outcome.caller && { caller: outcome.caller }),
    sources: outcome.sources,
    evaluatedAt: new Date(outcome.evaluatedAt).toISOString(),
    parameters,
    summary: summarize(findings),
    ...(outcome.notes && outcome.notes.length > 0 && { notes: outcome.notes }),
    ...(outcome.recorded && {
      recorded: { ...outcome.recorded, stale: isStale(outcome.recorded.oldest, outcome) },
    }),
    ...(earlier && { comparison: compareWith(earlier, { parameters, findings }) }),
    ...(problems.length > 0 && { waiverProblems: problems }),
    findings,
    notEvaluated: unevaluatedTrails(outcome, findings),
    errors: outcome.errors,
  };
};

/** How a report from a file changes. `now` is in milliseconds since 1970. */
export type Revision = {
  readonly earlier?: EarlierReport | undefined;
  readonly waivers?: readonly WaiverEntry[] | undefined;
  readonly now: number;
};

/** Compares a report from a file with an earlier one, and applies waivers to it. What is not given stays as it is in the file. */
export const reviseReport = (report: Report, { earlier, waivers, now }: Revision): Report => {
  const { comparison: oldComparison, waiverProblems: oldProblems = [], ...rest } = report;
  const { parameters } = report;
  const revised = report.findings.map(revision(report, waivers === undefined));
  const { findings, problems } =
    waivers === undefined
      ? { findings: revised, problems: oldProblems }
      : applyWaivers(revised, waivers, now);
  const comparison = earlier ? compareWith(earlier, { parameters, findings }) : oldComparison;
  return {
    ...rest,
    summary: summarize(findings),
    ...(comparison && { comparison }),
    ...(problems.length > 0 && { waiverProblems: problems }),
    findings,
  };
};

/** The commands are written again: they are run, and a file can come from anywhere. */
const revision = (report: Report, keepsWaiver: boolean) => {
  const complete = completion(report);
  return ({ commands: _, waiver, ...finding }: Finding): Finding =>
    complete({ ...finding, ...(keepsWaiver && waiver && { waiver }) });
};

/** Adds what the report knows about a finding, and the evaluation does not. */
const completion = ({ parameters, accountNames }: Pick<Outcome, 'parameters' | 'accountNames'>) => {
  // Stryker disable next-line StringLiteral: any text but a key ARN is ignored.
  const kmsKeyArns = (parameters['kmsKeyArns'] ?? '').split(',').map((arn) => arn.trim());
  return (finding: Finding): Finding => {
    const accountName = accountNames?.get(finding.accountId);
    const commands = commandsFor(finding, kmsKeyArns);
    return { ...finding, ...(accountName && { accountName }), ...(commands.length > 0 && { commands }) };
  };
};

const MAX_AGE_MS = 24 * 60 * 60 * 1000;

/**
 * Whether data in files is older than 24 hours. An aggregator returns what is recorded now: there, an old time means that nothing has
 * changed since.
 */
export const isStale = (
  recordedAt: string,
  { mode, evaluatedAt }: { readonly mode: Mode; readonly evaluatedAt: number | string },
): boolean => mode === 'offline' && new Date(evaluatedAt).getTime() - Date.parse(recordedAt) > MAX_AGE_MS;

/** Counts findings by compliance and by code. */
export const summarize = (findings: readonly Finding[]): Summary => {
  const compliances = countBy(findings, ({ compliance }) => compliance);
  const codes = countBy(findings, ({ code }) => code);
  return {
    COMPLIANT: compliances.get('COMPLIANT') ?? 0,
    NON_COMPLIANT: compliances.get('NON_COMPLIANT') ?? 0,
    NOT_APPLICABLE: compliances.get('NOT_APPLICABLE') ?? 0,
    waived: findings.filter(({ waiver }) => waiver !== undefined).length,
    codes: Object.fromEntries(VERDICT_CODES.map((code) => [code, codes.get(code) ?? 0])),
  };
};

const unevaluatedTrails = (
  { observedTrails, parameters }: Outcome,
  findings: readonly Finding[],
): readonly UnevaluatedTrail[] => {
  const accounts = new Set(observedTrails.map(({ accountId }) => accountId));
  const isEveryAccount = parameters['organizationTrails'] === 'everywhere';
  const unevaluated = new Map(observedTrails.map(({ trail }) => [trail.arn, trail]));
  // A shadow trail that no longer exists does not show that the trail itself was deleted.
  for (const finding of findings) {
    if (isEvaluated(finding) || isDeletedAtHome(finding)) unevaluated.delete(finding.trailArn);
  }
  return [...unevaluated.values()]
    .map(({ arn: trailArn, homeRegion, ownerAccountId }) => ({
      trailArn,
      homeRegion,
      ownerAccountId,
      inScope: isEveryAccount || accounts.has(ownerAccountId),
    }))
    .toSorted((a, b) => compare(a.trailArn, b.trailArn));
};

const isDeletedAtHome = ({ code, region, homeRegion }: Finding): boolean =>
  code === 'TRAIL_NOT_FOUND' && region === homeRegion;

const byAccountRegionAndName = (a: Finding, b: Finding): number =>
  compare(a.accountId, b.accountId) ||
  compare(a.region, b.region) ||
  compare(a.trailName, b.trailName) ||
  compare(a.trailArn, b.trailArn);

/** By code unit, so that the order does not depend on the locale. */
const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);

/**
 * What makes a run fail: any NON_COMPLIANT finding, one of a severity or higher, one that is new or more severe than in the earlier
 * report, or whose waiver ended (`new`), or no finding (`never`). Waived findings do not count. An error always does.
 */
export type FailOn = 'NON_COMPLIANT' | 'HIGH' | 'MEDIUM' | 'LOW' | 'new' | 'never';

/** The choices of `--fail-on`. */
export const FAIL_ON: readonly FailOn[] = ['NON_COMPLIANT', 'HIGH', 'MEDIUM', 'LOW', 'new', 'never'];

/** 0: success. 1: there are findings that fail the run. 2: the report is incomplete. */
export type ExitCode = 0 | 1 | 2;

/**
 * The exit code of `check` and `scan`: the highest that applies. With `allowIncomplete`, a trail that was not evaluated in an account in
 * scope does not matter.
 */
export const exitCodeOf = (
  report: Report,
  failOn: FailOn,
  { allowIncomplete = false }: { readonly allowIncomplete?: boolean } = {},
): ExitCode => {
  if (report.errors.length > 0) return 2;
  if (!allowIncomplete && report.notEvaluated.some(({ inScope }) => inScope)) return 2;
  return isFailure(report, failOn) ? 1 : 0;
};

const isFailure = ({ findings, comparison }: Report, failOn: FailOn): boolean => {
  const open = findings.filter((finding) => isNonCompliant(finding) && !finding.waiver);
  switch (failOn) {
    case 'NON_COMPLIANT':
      return open.length > 0;
    case 'HIGH':
    case 'MEDIUM':
    case 'LOW':
      return open.some(({ severity }) => isAtLeast(severity, failOn));
    case 'new':
      return comparison === undefined ? open.length > 0 : open.some(isNewIn(comparison));
    // Stryker disable next-line ConditionalExpression,StringLiteral: without this case the function returns undefined, which is falsy.
    case 'never':
      return false;
  }
};

/** Whether a severity is as high as another, or higher. */
export const isAtLeast = (severity: Severity, other: Severity): boolean =>
  SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(other);

const isNewIn = (comparison: Comparison): ((finding: Finding) => boolean) => {
  const compared = [...comparison.new, ...comparison.changed, ...comparison.stillOpen];
  const counting = new Set(
    compared
      .filter(({ codeBefore, worse, waiverEnded }) => codeBefore === null || worse || waiverEnded)
      .map(identityOf),
  );
  return (finding) => counting.has(identityOf(finding));
};

/** True where trails were observed and none was evaluated: the report has no NON_COMPLIANT finding but proves nothing. */
export const nothingEvaluated = ({ findings, notEvaluated }: Report): boolean =>
  notEvaluated.length > 0 && !findings.some(isEvaluated);
