import { nothingWasJudged } from '../../core/exit-code.js';
import type { Report } from '../../core/report.js';
import { count, grouped } from './amount.js';

/** What a report comes to where something went wrong before any trail was judged. */
export const NOTHING_JUDGED = 'Nothing was judged: see what went wrong.';

/**
 * What a report comes to, in a sentence that each format for people has. Judged are the trails that are COMPLIANT or
 * NON_COMPLIANT; that all is well is said of these alone.
 */
export const conclusionOf = (report: Report): string => {
  const { COMPLIANT, NON_COMPLIANT } = report.summary;
  const judged = COMPLIANT + NON_COMPLIANT;
  if (judged === 0) return whyNothing(report);
  const bad = NON_COMPLIANT === 0 ? 'None' : grouped(NON_COMPLIANT);
  const work = NON_COMPLIANT > 1 ? 'need work' : 'needs work';
  return `${bad} of ${count(judged, 'judged trail')} ${work}${restOf(report)}.`;
};

const whyNothing = (report: Report): string => {
  if (report.errors.length > 0) return NOTHING_JUDGED;
  if (nothingWasJudged(report)) return 'Nothing was judged: every trail was seen from elsewhere, or is gone.';
  return report.findings.length === 0
    ? 'No CloudTrail trail was found.'
    : `Nothing was judged: every finding is NOT_APPLICABLE.`;
};

const restOf = ({ unjudged }: Report): string =>
  unjudged.length === 0
    ? ''
    : `; ${count(unjudged.length, 'trail')} ${unjudged.length === 1 ? 'was' : 'were'} not judged`;
