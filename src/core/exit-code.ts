import { isJudged, type Report } from './report.js';

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
  if (report.errors.length > 0 || nothingWasJudged(report)) return 2;
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
export const nothingWasJudged = ({ findings, unjudged }: Report): boolean =>
  unjudged.length > 0 && !findings.some(isJudged);
