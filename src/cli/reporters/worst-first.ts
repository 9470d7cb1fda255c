import { VERDICT_CODES } from '../../core/catalogue.js';
import type { Finding } from '../../core/finding.js';
import type { VerdictCode } from '../../core/verdict.js';

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
export const worstFirst = (findings: readonly Finding[]): readonly Group[] =>
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

/** A number of things in words, such as `1 trail` or `2 trails`. */
export const count = ({ length }: { readonly length: number }, noun: string): string =>
  `${length} ${noun}${length === 1 ? '' : 's'}`;

/** How much is in a group: what is not applicable, such as a copy, is a finding and no trail of its own. */
export const countIn = ({ rank, findings }: Group): string =>
  count(findings, rank === 'NOT_APPLICABLE' ? 'finding' : 'trail');
