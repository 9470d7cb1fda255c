import {
  type ChangedParameter,
  type Comparison,
  type DiffStatus,
  identityOf,
} from '../../core/comparison.js';
import type { Finding, FindingWaiver } from '../../core/evaluate-trail.js';
import { isInterrupted, type Mode, nothingEvaluated, type Report } from '../../core/report.js';
import { count, formatNumber } from './findings.js';

/** The conclusion of a report where an error occurred before any trail was evaluated. */
export const NOTHING_EVALUATED = 'No trail was evaluated because of errors.';

/** The conclusion of a report in one sentence. Evaluated trails are those that are COMPLIANT or NON_COMPLIANT. */
export const conclusionOf = (report: Report): string => {
  const { COMPLIANT, NON_COMPLIANT, waived } = report.summary;
  const evaluated = COMPLIANT + NON_COMPLIANT;
  if (evaluated === 0) return whyNothing(report);
  const skipped = report.notEvaluated.length;
  const noun = skipped > 0 ? 'evaluated trail' : 'trail';
  const trails = count(evaluated, report.filter === undefined ? noun : 'shown trail');
  const rest =
    skipped > 0 ? `; ${count(skipped, 'trail')} ${skipped === 1 ? 'was' : 'were'} not evaluated` : '';
  const [amount, compliance] =
    NON_COMPLIANT > 0 ? [NON_COMPLIANT, 'NON_COMPLIANT'] : [COMPLIANT, 'COMPLIANT'];
  const accepted = waived > 0 ? ` (${formatNumber(waived)} waived)` : '';
  return `${formatNumber(amount)} of ${trails} ${amount === 1 ? 'is' : 'are'} ${compliance}${accepted}${rest}.`;
};

const whyNothing = (report: Report): string => {
  if (report.filter && report.findings.length === 0) return 'No finding matches the filter of this report.';
  if (report.errors.length > 0) return NOTHING_EVALUATED;
  if (nothingEvaluated(report)) {
    return 'No trail was evaluated: only shadow trails, organization trails in member accounts, or deleted trails were found.';
  }
  return report.findings.length === 0
    ? 'No CloudTrail trail was found.'
    : 'No trail was evaluated: every finding is NOT_APPLICABLE.';
};

/** A trail that was not evaluated: the reason with the next step, and both in one text. They contain text from outside. */
export type ExplainedTrail = {
  readonly trailArn: string;
  readonly inScope: boolean;
  readonly reason: string;
  readonly sentence: string;
};

/** Explains the trails that were not evaluated. */
export const unevaluatedTrails = ({
  notEvaluated,
  errors,
}: Pick<Report, 'notEvaluated' | 'errors'>): readonly ExplainedTrail[] => {
  const wasInterrupted = isInterrupted({ errors });
  // A report does not say which trails an error affects.
  const orError = errors.length > 0 ? ', or an error occurred' : '';
  return notEvaluated.map(({ trailArn, homeRegion, ownerAccountId, inScope }) => {
    const reason = wasInterrupted
      ? 'The run was interrupted before. Run the command again.'
      : inScope
        ? `It was not found in its home Region${orError}. Add the data of account ${ownerAccountId} in ${homeRegion}, or scan the account.`
        : `It is an organization trail of account ${ownerAccountId}, which was not evaluated. Evaluate that account, or, in a CloudTrail delegated administrator account, set organizationTrails to everywhere.`;
    return { trailArn, inScope, reason, sentence: `Trail ${trailArn} was not evaluated. ${reason}` };
  });
};

/** The number of findings of each compliance type: "1 NON_COMPLIANT, 2 COMPLIANT, ...". */
export const countCompliances = (summary: Report['summary']): string =>
  (['NON_COMPLIANT', 'COMPLIANT', 'NOT_APPLICABLE'] as const)
    .map((compliance) => `${formatNumber(summary[compliance])} ${compliance}`)
    .join(', ');

/** The results of a comparison with an earlier report, those that need attention first. */
export const DIFF_STATUSES = [
  { status: 'new', label: 'New', meaning: 'NON_COMPLIANT now and not before.' },
  {
    status: 'notEvaluatedBefore',
    label: 'Not evaluated before',
    meaning: 'NON_COMPLIANT now. The earlier report did not evaluate the trail.',
  },
  { status: 'changed', label: 'Changed', meaning: 'NON_COMPLIANT in both reports, with another code.' },
  { status: 'stillOpen', label: 'Still open', meaning: 'NON_COMPLIANT in both reports, with the same code.' },
  {
    status: 'fixed',
    label: 'Fixed',
    meaning: 'NON_COMPLIANT before. The trail is now compliant or deleted.',
  },
  {
    status: 'notEvaluatedNow',
    label: 'Not evaluated now',
    meaning: 'NON_COMPLIANT before. This report does not show whether the trail was fixed.',
  },
] as const satisfies readonly {
  readonly status: DiffStatus;
  readonly label: string;
  readonly meaning: string;
}[];

/** What changed for a finding since an earlier report. `codeBefore` is null where the trail was not NON_COMPLIANT. */
export type FindingChange = { readonly status: DiffStatus; readonly codeBefore: string | null };

/** Returns a function that returns what changed for a finding. Undefined without an earlier report, or where nothing is to report. */
export const changesIn = ({
  comparison,
}: Pick<Report, 'comparison'>): ((finding: Finding) => FindingChange | undefined) => {
  const changes = new Map(
    DIFF_STATUSES.flatMap(({ status }) =>
      (comparison?.[status] ?? []).map(
        (trail) => [identityOf(trail), { status, codeBefore: trail.codeBefore }] as const,
      ),
    ),
  );
  return (finding) => changes.get(identityOf(finding));
};

/** The number of trails of each status: "1 new, 0 changed, ...". */
export const countChanges = (comparison: Comparison): string =>
  DIFF_STATUSES.map(({ status, label }) => ({ label, amount: comparison[status].length, status }))
    // Most earlier reports evaluated every trail.
    .filter(({ status, amount }) => status !== 'notEvaluatedBefore' || amount > 0)
    .map(({ label, amount }) => `${formatNumber(amount)} ${label.toLowerCase()}`)
    .join(', ');

/** The limitations of a comparison, in sentences that contain text from outside. */
export const comparisonRemarks = (comparison: Comparison): readonly string[] => {
  const { changedParameters, earlierErrors, earlierNotEvaluated } = comparison;
  return [
    ...(earlierErrors > 0
      ? [
          `The earlier report has ${count(earlierErrors, 'error')} and is incomplete: findings that are listed as new may have existed before.`,
        ]
      : []),
    ...(earlierNotEvaluated > 0
      ? [
          `The earlier report did not evaluate ${count(earlierNotEvaluated, 'trail')}: findings on these trails are not listed as new.`,
        ]
      : []),
    ...(changedParameters.length > 0
      ? [
          `The rule parameters differ from those of the earlier report (${changedParameters.map(describeChange).join('; ')}). ` +
            'Findings that depend on these parameters are not listed as fixed, and can be new only because of the change.',
        ]
      : []),
  ];
};

const describeChange = ({ name, before, now }: ChangedParameter): string =>
  `${name}: ${before ?? 'not set'} before, ${now ?? 'not set'} now`;

const DAY_MS = 86_400_000;

/** The waiver of a finding in a sentence that contains text from outside. */
export const waiverSentence = ({ reason, owner, expires }: FindingWaiver): string =>
  `Accepted risk until ${expires}, by ${owner}: ${reason.replace(/\.?$/, '.')}`;

/** What a stale report says of its data: the current state of the trails and keys can differ from the findings. */
export const STALE_DATA =
  'This data is older than 24 hours, and the current state can differ: run trailkey scan, or use newer data.';

/** Where the data of a report comes from. */
const ORIGINS = {
  offline: 'from files',
  live: 'in the live accounts',
  aggregator: 'from an AWS Config aggregator',
} as const satisfies Record<Mode, string>;

/** When and how the trails were evaluated. It contains text from outside. */
export const evaluationOf = ({ evaluatedAt, mode, caller }: Report): string => {
  const evaluated = `Evaluated at ${evaluatedAt} ${ORIGINS[mode]}`;
  return caller === undefined ? `${evaluated}.` : `${evaluated}, as ${caller}.`;
};

/** The age of the data that AWS Config recorded; undefined where all data was read during the run. */
export const ageOfData = ({
  recorded,
  evaluatedAt,
}: Pick<Report, 'recorded' | 'evaluatedAt'>): string | undefined => {
  if (!recorded) return undefined;
  // The clock of this machine can be slow.
  const ageOf = (time: string) =>
    Math.max(0, Math.floor((Date.parse(evaluatedAt) - Date.parse(time)) / DAY_MS));
  const days = (amount: number) => (amount === 0 ? 'less than 1 day' : count(amount, 'day'));
  const { oldest, newest, stale } = recorded;
  const [least, most] = [ageOf(newest), ageOf(oldest)];
  const age = least === most ? days(most) : `${least === 0 ? days(0) : least} to ${days(most)}`;
  const times = oldest === newest ? oldest : `${oldest} to ${newest}`;
  return `AWS Config recorded this data ${age} ago (${times}). Later changes are not included.${stale ? ` ${STALE_DATA}` : ''}`;
};
