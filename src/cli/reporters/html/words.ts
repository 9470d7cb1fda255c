import { isJudged, type Report } from '../../../core/report.js';

/** A number and its noun: "1 trail", "10,000 trails". */
export const count = (amount: number, noun: string): string =>
  `${amount.toLocaleString('en-US')} ${noun}${amount === 1 ? '' : 's'}`;

/** A moment for people, in UTC: "5 January 2026, 12:00 UTC". What is no moment is given back as it is. */
export const momentOf = (instant: string): string => {
  if (Number.isNaN(Date.parse(instant))) return instant;
  const moment = new Date(instant);
  return `${DAY.format(moment)}, ${moment.toISOString().slice(11, 16)} UTC`;
};

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** What the report comes to, in a sentence. */
export const conclusionOf = ({ findings, summary }: Report): string => {
  const judged = findings.filter(isJudged).length;
  if (findings.length === 0) return 'No CloudTrail trail was found.';
  if (judged === 0) return 'Nothing was judged: every trail was seen from elsewhere, or is gone.';
  if (summary.NON_COMPLIANT === 0) return `None of ${count(judged, 'judged trail')} needs work.`;
  return `${summary.NON_COMPLIANT.toLocaleString('en-US')} of ${count(judged, 'judged trail')} ${summary.NON_COMPLIANT === 1 ? 'needs' : 'need'} work.`;
};
