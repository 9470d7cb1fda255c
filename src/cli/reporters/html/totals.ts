import type { Finding } from '../../../core/finding.js';
import { RANKS, type Rank, rankOf } from '../worst-first.js';

/** How many findings of an account, a Region or a verdict have which rank. */
export type Total = { readonly name: string; readonly counts: ReadonlyMap<Rank, number> };

/** Adds findings up by what they have in common: those with most to repair first, then by name. */
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
  return [...totals].map(([name, counts]) => ({ name, counts })).toSorted(byWork);
};

const byWork = (a: Total, b: Total): number =>
  badIn(b) - badIn(a) || judgedIn(b) - judgedIn(a) || (a.name < b.name ? -1 : 1);

const sumOf = ({ counts }: Total, ranks: readonly Rank[]): number =>
  ranks.reduce((sum, rank) => sum + (counts.get(rank) ?? 0), 0);

/** The ranks of trails that were judged. */
export const JUDGED_RANKS = ['HIGH', 'MEDIUM', 'LOW', 'COMPLIANT'] as const;

/** How many need work. */
export const badIn = (total: Total): number => sumOf(total, ['HIGH', 'MEDIUM', 'LOW']);

/** How many are COMPLIANT or NON_COMPLIANT. */
export const judgedIn = (total: Total): number => sumOf(total, JUDGED_RANKS);

/** How many there are. */
export const allIn = (total: Total): number => sumOf(total, RANKS);
