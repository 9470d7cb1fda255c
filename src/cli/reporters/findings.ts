import { parseArn } from '../../core/arn.js';
import { groupBy } from '../../core/collections.js';
import type { Finding } from '../../core/evaluate-trail.js';
import { CATALOGUE, VERDICT_CODES, type VerdictCode } from '../../core/verdict.js';
import { sanitize } from '../terminal.js';

/** The ranks of findings, highest severity first: the severity of NON_COMPLIANT findings, else the compliance type. */
export const RANKS = ['HIGH', 'MEDIUM', 'LOW', 'COMPLIANT', 'NOT_APPLICABLE'] as const;

/** One of the ranks. */
export type Rank = (typeof RANKS)[number];

/** The findings of one verdict. A report evaluates all trails with the same parameters, so a verdict has one rank. */
export type Group = {
  readonly rank: Rank;
  readonly code: VerdictCode;
  readonly findings: readonly Finding[];
};

/** Findings grouped by verdict, highest severity first, then by urgency and in the order of precedence. No group is empty. */
export const bySeverity = (findings: readonly Finding[]): readonly Group[] =>
  RANKS.flatMap((rank) => {
    const ranked = findings.filter((finding) => rankOf(finding) === rank);
    return BY_URGENCY.map((code) => ({
      rank,
      code,
      findings: ranked.filter((finding) => finding.code === code).toSorted(byDaysLeft),
    }));
  }).filter((group) => group.findings.length > 0);

/** Deletions come first: after its date, a key cannot be restored. */
const BY_URGENCY: readonly VerdictCode[] = [
  ...new Set<VerdictCode>(['KEY_PENDING_DELETION', ...VERDICT_CODES]),
];

/** A deletion without a date comes last. */
const byDaysLeft = (a: Finding, b: Finding): number =>
  Number(a.daysLeft === undefined) - Number(b.daysLeft === undefined) ||
  (a.daysLeft ?? 0) - (b.daysLeft ?? 0);

/** The time until the key of a finding is deleted: "in 7 days". Undefined where no date is known. */
export const timeLeft = ({ daysLeft }: Pick<Finding, 'daysLeft'>): string | undefined => {
  if (daysLeft === undefined) return undefined;
  if (daysLeft < 0) return `${count(-daysLeft, 'day')} ago`;
  return daysLeft === 0 ? 'in less than 1 day' : `in ${count(daysLeft, 'day')}`;
};

/** Whether the findings of a rank are NON_COMPLIANT. */
export const isOpen = ({ rank }: { readonly rank: Rank }): boolean =>
  rank !== 'COMPLIANT' && rank !== 'NOT_APPLICABLE';

/** The rank of a finding. */
const rankOf = ({ compliance, severity }: Pick<Finding, 'compliance' | 'severity'>): Rank => {
  if (compliance !== 'NON_COMPLIANT') return compliance;
  return severity === 'INFORMATIONAL' ? 'LOW' : severity;
};

/** The size of a group. A NOT_APPLICABLE finding, such as one on a shadow trail, does not count as a trail. */
export const countIn = ({ rank, findings }: Group): string =>
  count(findings.length, rank === 'NOT_APPLICABLE' ? 'finding' : 'trail');

/**
 * The next step that all findings of a group share: that of the catalogue, which is more detailed than a finding's. Undefined where each
 * finding has its own, because it depends on the reason.
 */
export const sharedStepOf = ({ code, rank, findings }: Group): string | undefined => {
  const [step, ...others] = new Set(findings.map(({ nextStep }) => nextStep));
  if (others.length > 0 || code === 'KEY_UNVERIFIABLE') return undefined;
  return rank === 'COMPLIANT' ? step : CATALOGUE[code].nextStep;
};

/** Findings grouped by account and Region. No group is empty. */
export const byAccountAndRegion = (findings: readonly Finding[]): readonly (readonly Finding[])[] => [
  ...groupBy(findings, ({ accountId, region }) => JSON.stringify([accountId, region])).values(),
];

/** The number of findings of each rank for an account, a Region, or a verdict. Ranks without findings are absent. */
export type Total = { readonly name: string; readonly counts: ReadonlyMap<Rank, number> };

/** Counts findings by account or Region: most findings of the highest severity first, then by name. */
export const totalsBy = (
  findings: readonly Finding[],
  nameOf: (finding: Finding) => string,
): readonly Total[] => {
  const totals = new Map<string, Map<Rank, number>>();
  for (const finding of findings) {
    const counts = totals.get(nameOf(finding)) ?? new Map<Rank, number>();
    const rank = rankOf(finding);
    totals.set(nameOf(finding), counts.set(rank, (counts.get(rank) ?? 0) + 1));
  }
  return [...totals].map(([name, counts]) => ({ name, counts })).toSorted(byCounts);
};

/** The names of accounts, by account ID. Accounts without a known name are absent. */
export const namesIn = (findings: readonly Finding[]): ReadonlyMap<string, string> =>
  new Map(
    findings.flatMap(({ accountId, accountName }) =>
      accountName === undefined ? [] : [[accountId, accountName] as const],
    ),
  );

const byCounts = (a: Total, b: Total): number => {
  const differences = RANKS.map((rank) => (b.counts.get(rank) ?? 0) - (a.counts.get(rank) ?? 0));
  return differences.find((difference) => difference !== 0) ?? (a.name < b.name ? -1 : 1);
};

/** The AWS partition of a finding. */
export const partitionOf = ({ trailArn }: Finding): string => parseArn(trailArn)?.partition ?? 'aws';

/** A finding in one line: the code, the message, and the next step. */
export const sentencesOf = ({
  code,
  message,
  nextStep,
}: Pick<Finding, 'code' | 'message' | 'nextStep'>): string => `${code}: ${message} ${nextStep}`;

/** A finding in which control characters and similar characters from outside are spelled out. */
export const sanitizeFinding = (finding: Finding): Finding => ({
  ...finding,
  accountId: sanitize(finding.accountId),
  region: sanitize(finding.region),
  resourceId: sanitize(finding.resourceId),
  trailArn: sanitize(finding.trailArn),
  trailName: sanitize(finding.trailName),
  homeRegion: sanitize(finding.homeRegion),
  message: sanitize(finding.message),
  ...(finding.accountName !== undefined && { accountName: sanitize(finding.accountName) }),
  ...(finding.waiver && {
    waiver: {
      reason: sanitize(finding.waiver.reason),
      owner: sanitize(finding.waiver.owner),
      expires: sanitize(finding.waiver.expires),
    },
  }),
  ...(finding.commands && { commands: finding.commands.map(sanitize) }),
  kmsKeyId: sanitizeOrNull(finding.kmsKeyId),
  key: finding.key && {
    arn: sanitizeOrNull(finding.key.arn),
    state: sanitizeOrNull(finding.key.state),
    manager: sanitizeOrNull(finding.key.manager),
  },
});

const sanitizeOrNull = (text: string | null): string | null => (text === null ? null : sanitize(text));

/** A number with digit grouping: "10,000". Intl.NumberFormat takes longer to load than most reports take to render. */
export const formatNumber = (amount: number): string => String(amount).replace(/\B(?=(\d{3})+$)/g, ',');

/** A number and its noun: "1 trail", "10,000 trails". */
export const count = (amount: number, noun: string): string =>
  `${formatNumber(amount)} ${noun}${amount === 1 ? '' : 's'}`;
