import { isJudged, type Report } from './report.js';

/** What makes a run fail: a non-compliant finding, or nothing (`never`). Errors fail it always. */
export type FailOn = 'NON_COMPLIANT' | 'never';

/** The choices of `--fail-on`. */
export const FAIL_ON: readonly FailOn[] = ['NON_COMPLIANT', 'never'];

/** 0: all is well. 1: something is non-compliant. 2: the report is not the whole truth, or nothing was judged at all. */
export type ExitCode = 0 | 1 | 2;

/** The exit code of a judging command, the highest that applies. */
export const exitCodeOf = (report: Report, failOn: FailOn): ExitCode => {
  if (report.errors.length > 0 || nothingWasJudged(report)) return 2;
  return failOn === 'NON_COMPLIANT' && report.summary.NON_COMPLIANT > 0 ? 1 : 0;
};

/** True where trails were seen, and all of them as copies or members' views: a report that looks clean and says nothing. */
export const nothingWasJudged = ({ findings, unjudged }: Report): boolean =>
  unjudged.length > 0 && !findings.some(isJudged);
