import type { ComparedTrail } from '../../core/comparison.js';
import type { Report } from '../../core/report.js';
import { comparisonRemarks } from './comparison-remarks.js';
import type { Section } from './markdown-sections.js';
import { codeSpan, prose } from './markdown-text.js';

/** What is said of each fate; what needs attention comes first. */
const FATES = {
  new: 'new',
  notSeenBefore: 'not judged last time',
  changed: 'non-compliant for another reason',
  stillOpen: 'still open',
  fixed: 'fixed',
  notSeen: 'not judged this time',
} as const;

/** The changes since an earlier report as a section, where the report tells them. */
export const comparisonIn = ({ comparison }: Report): readonly Section[] => {
  if (comparison === undefined) return [];
  const { since, ...fates } = comparison;
  const remarks = comparisonRemarks(comparison).map((remark) => `\n${prose(remark)}\n`);
  // Most earlier reports left no trail unjudged.
  const counted = FATE_NAMES.filter((fate) => fate !== 'notSeenBefore' || fates[fate].length > 0);
  const counts = counted.map((fate) => `${fates[fate].length} ${FATES[fate]}`).join(', ');
  const rows = FATE_NAMES.flatMap((fate) => fates[fate].map((trail) => rowOf(trail, FATES[fate])));
  const open = `\n### Since ${codeSpan(since)}: ${counts}\n${remarks.join('')}`;
  return [
    {
      name: 'changes',
      open: rows.length > 0 ? `${open}\n${TABLE_HEAD}` : open,
      rows,
      close: '',
      share: 0.25,
    },
  ];
};

const FATE_NAMES = ['new', 'notSeenBefore', 'changed', 'stillOpen', 'fixed', 'notSeen'] as const;

const TABLE_HEAD = '| account | Region | trail | | before | now |\n| --- | --- | --- | --- | --- | --- |\n';

const rowOf = (
  { accountId, region, trailName, codeBefore, codeNow }: ComparedTrail,
  fate: string,
): string => {
  const names = [accountId, region, trailName].map(codeSpan);
  const codes = [codeBefore ?? '', codeNow ?? ''].map(codeSpan);
  return `| ${[...names, fate, ...codes].join(' | ')} |\n`;
};
