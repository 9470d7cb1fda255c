import type { Finding } from '../../core/finding.js';

/** What findings are grouped and headed by, the worst first: the severity where something is wrong, else the compliance. */
export const RANKS = ['HIGH', 'MEDIUM', 'LOW', 'COMPLIANT', 'NOT_APPLICABLE'] as const;

/** One of the ranks. */
export type Rank = (typeof RANKS)[number];

/** The rank of a finding. */
export const rankOf = ({ compliance, severity }: Pick<Finding, 'compliance' | 'severity'>): Rank => {
  if (compliance !== 'NON_COMPLIANT') return compliance;
  return severity === 'INFORMATIONAL' ? 'LOW' : severity;
};
