import { createHash } from 'node:crypto';
import type { Finding } from '../../core/evaluate-trail.js';
import { VERDICT_CODES, type VerdictCode } from '../../core/verdict.js';
import { sanitize } from '../terminal.js';

/** The ranks of findings, the worst first: the severity where something is wrong, else the compliance. */
export const RANKS = ['HIGH', 'MEDIUM', 'LOW', 'COMPLIANT', 'NOT_APPLICABLE'] as const;

/** One of the ranks. */
export type Rank = (typeof RANKS)[number];

/** Findings of one verdict and rank: KEY_UNVERIFIABLE may have two, by its parameter. */
export type Group = {
  readonly rank: Rank;
  readonly code: VerdictCode;
  readonly findings: readonly Finding[];
};

/** Findings grouped by verdict, the worst first, within a rank in the order of precedence; no group is empty. */
export const bySeverity = (findings: readonly Finding[]): readonly Group[] =>
  RANKS.flatMap((rank) => {
    const ranked = findings.filter((finding) => rankOf(finding) === rank);
    return VERDICT_CODES.map((code) => ({
      rank,
      code,
      findings: ranked.filter((finding) => finding.code === code),
    }));
  }).filter((group) => group.findings.length > 0);

/** The rank of a finding. */
export const rankOf = ({ compliance, severity }: Pick<Finding, 'compliance' | 'severity'>): Rank => {
  if (compliance !== 'NON_COMPLIANT') return compliance;
  return severity === 'INFORMATIONAL' ? 'LOW' : severity;
};

/** How much is in a group: what is not applicable, such as a copy, is a finding and no trail of its own. */
export const countIn = ({ rank, findings }: Group): string =>
  count(findings.length, rank === 'NOT_APPLICABLE' ? 'finding' : 'trail');

/** Findings grouped by the account and Region in which they were seen; no group is empty. */
export const byPlace = (findings: readonly Finding[]): readonly (readonly Finding[])[] => {
  const places = new Map<string, Finding[]>();
  for (const finding of findings) {
    const place = JSON.stringify([finding.accountId, finding.region]);
    const group = places.get(place) ?? [];
    group.push(finding);
    places.set(place, group);
  }
  return [...places.values()];
};

/**
 * What a finding is known by from run to run: the same for a trail, as seen from one account and Region, whatever the verdict.
 * 64 hexadecimal digits.
 */
export const fingerprintOf = ({ accountId, region, trailArn }: Finding): string =>
  createHash('sha256')
    .update(JSON.stringify([accountId, region, trailArn]))
    .digest('hex');

/** A finding in which no text from outside can act: control characters and their like are spelled out. */
export const sanitizeFinding = (finding: Finding): Finding => ({
  ...finding,
  accountId: sanitize(finding.accountId),
  region: sanitize(finding.region),
  resourceId: sanitize(finding.resourceId),
  trailArn: sanitize(finding.trailArn),
  trailName: sanitize(finding.trailName),
  homeRegion: sanitize(finding.homeRegion),
  message: sanitize(finding.message),
  kmsKeyId: sanitizeOrNull(finding.kmsKeyId),
  key: finding.key && {
    arn: sanitizeOrNull(finding.key.arn),
    state: sanitizeOrNull(finding.key.state),
    manager: sanitizeOrNull(finding.key.manager),
  },
});

const sanitizeOrNull = (text: string | null): string | null => (text === null ? null : sanitize(text));

/** A number for people: "10,000". Node.js would load all that it knows of languages for it, which takes longer than most reports. */
export const formatNumber = (amount: number): string => String(amount).replace(/\B(?=(\d{3})+$)/g, ',');

/** A number and its noun: "1 trail", "10,000 trails". */
export const count = (amount: number, noun: string): string =>
  `${formatNumber(amount)} ${noun}${amount === 1 ? '' : 's'}`;
