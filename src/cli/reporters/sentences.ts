import type { ChangedParameter, Comparison } from '../../core/comparison.js';
import { nothingEvaluated, type Report } from '../../core/report.js';
import { count, formatNumber } from './findings.js';
import type { Page } from './page.js';

/** What a report comes to where something went wrong before any trail was judged. */
export const NOTHING_EVALUATED = 'Nothing was judged: see what went wrong.';

/**
 * What a report comes to, in a sentence that each format for people has. Judged are the trails that are COMPLIANT or
 * NON_COMPLIANT; that all is well is said of these alone.
 */
export const conclusionOf = (report: Report): string => {
  const { COMPLIANT, NON_COMPLIANT } = report.summary;
  const judged = COMPLIANT + NON_COMPLIANT;
  if (judged === 0) return whyNothing(report);
  const bad = NON_COMPLIANT === 0 ? 'None' : formatNumber(NON_COMPLIANT);
  const work = NON_COMPLIANT > 1 ? 'need work' : 'needs work';
  return `${bad} of ${count(judged, 'judged trail')} ${work}${restOf(report)}.`;
};

const whyNothing = (report: Report): string => {
  if (report.errors.length > 0) return NOTHING_EVALUATED;
  if (nothingEvaluated(report)) return 'Nothing was judged: every trail was seen from elsewhere, or is gone.';
  return report.findings.length === 0
    ? 'No CloudTrail trail was found.'
    : `Nothing was judged: every finding is NOT_APPLICABLE.`;
};

const restOf = ({ notEvaluated }: Report): string =>
  notEvaluated.length === 0
    ? ''
    : `; ${count(notEvaluated.length, 'trail')} ${notEvaluated.length === 1 ? 'was' : 'were'} not judged`;

/** Why trails that are known of were not judged. With problems it is not told which of them a problem is to blame for. */
export const whyNotEvaluated = ({ errors }: Pick<Report, 'errors'>): string =>
  `seen only from elsewhere${errors.length > 0 ? ', or where something went wrong' : ''}`;

/** What lets these trails be judged. */
export const NOT_EVALUATED_STEP =
  'add the snapshot of the account and home Region that the ARN names, or scan that account.';

/** What has to be known to read a comparison right, in sentences: they hold text from outside. */
export const comparisonRemarks = (comparison: Comparison): readonly string[] => {
  const { changedParameters, earlierErrors, earlierNotEvaluated } = comparison;
  return [
    ...(earlierErrors > 0
      ? [
          `The earlier report has ${counted(earlierErrors, 'error')} and is not the whole truth: what is called new may have been there before.`,
        ]
      : []),
    ...(earlierNotEvaluated > 0
      ? [
          `The earlier report left ${counted(earlierNotEvaluated, 'trail')} notEvaluated: what is known of such a trail now is not called new.`,
        ]
      : []),
    ...(changedParameters.length > 0
      ? [
          `The rule's parameters are not those of the earlier report (${changedParameters.map(wordsFor).join('; ')}): a verdict that hangs on one ` +
            'of them is not called fixed, and may be new for that alone.',
        ]
      : []),
  ];
};

const wordsFor = ({ name, before, now }: ChangedParameter): string =>
  `${name} was ${before ?? 'not given'}, and is ${now ?? 'not given'}`;

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const DAY_MS = 86_400_000;

/** How old recorded facts are, in two sentences; undefined for facts of now. */
export const ageOfFacts = ({ recorded, evaluatedAt }: Report): string | undefined => {
  if (!recorded) return undefined;
  const { oldest, newest } = recorded;
  const age = (time: string) => {
    // A clock that is behind must not make facts of tomorrow.
    const days = Math.max(0, Math.floor((Date.parse(evaluatedAt) - Date.parse(time)) / DAY_MS));
    return `${days} ${days === 1 ? 'day' : 'days'} ago (${time})`;
  };
  return (
    `Of these facts AWS Config recorded the oldest ${age(oldest)}, the newest ${age(newest)}. What has changed since is ` +
    'not seen.'
  );
};

/** The same as text; nothing for facts of now. */
export function* renderRecorded(report: Report, page: Page): Iterable<string> {
  const age = ageOfFacts(report);
  if (age !== undefined) yield* page.paragraph(age);
}
