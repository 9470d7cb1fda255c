import type { ComparedTrail, Comparison } from '../../core/comparison.js';
import { harmless } from '../harmless.js';
import { comparisonRemarks } from './comparison-remarks.js';
import type { Page } from './page.js';

/** The fates of trails, what has come first, and what each is called. */
const FATES = [
  ['new', 'New'],
  ['notSeenBefore', 'Not judged last time'],
  ['changed', 'Changed'],
  ['stillOpen', 'Still open'],
  ['fixed', 'Fixed'],
  ['notSeen', 'Not judged this time'],
] as const;

/** What became of the findings of an earlier report, as text. */
export function* renderComparison(comparison: Comparison, page: Page): Iterable<string> {
  // Most earlier reports left no trail unjudged.
  const shown = FATES.filter(([fate]) => fate !== 'notSeenBefore' || comparison[fate].length > 0);
  const counts = shown.map(([fate, title]) => `${comparison[fate].length} ${title.toLowerCase()}`);
  yield* page.line(`${page.paint('SINCE', 'bold')}  ${harmless(comparison.since)}: ${counts.join(', ')}`);
  for (const remark of comparisonRemarks(comparison)) yield* page.line(harmless(remark), { indent: 2 });
  for (const [fate, title] of FATES) {
    for (const trail of comparison[fate]) yield* page.line(`${title}: ${lineFor(trail)}`, { indent: 2 });
  }
  yield '\n';
}

const lineFor = ({ accountId, region, trailName, codeBefore, codeNow, worse }: ComparedTrail): string => {
  const codes = [codeBefore, codeNow].filter(
    (code, index, all) => code !== null && all.indexOf(code) === index,
  );
  return harmless(`${accountId} ${region} ${trailName} (${codes.join(', now ')}${worse ? ', worse' : ''})`);
};
