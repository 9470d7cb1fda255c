import type { ComparedTrail } from '../../../core/comparison.js';
import type { Report } from '../../../core/report.js';
import { count, formatNumber } from '../findings.js';
import { comparisonRemarks } from '../sentences.js';
import { formatTimestamp, html, type Markup, NOTHING, renderTable } from './markup.js';

const STATUSES = [
  { fate: 'new', title: 'New', meaning: 'Non-compliant now, and not before.' },
  {
    fate: 'notEvaluatedBefore',
    title: 'Not judged last time',
    meaning: 'Non-compliant now: the earlier report knows the trail and did not judge it.',
  },
  { fate: 'changed', title: 'Changed', meaning: 'Non-compliant in both, for another reason.' },
  { fate: 'stillOpen', title: 'Still open', meaning: 'Non-compliant in both, for the same reason.' },
  { fate: 'fixed', title: 'Fixed', meaning: 'Non-compliant before, and well or deleted now.' },
  {
    fate: 'notEvaluatedNow',
    title: 'Not judged this time',
    meaning: 'Non-compliant before: nothing shows that it is mended.',
  },
] as const;

/** What has become of the non-compliant trails of an earlier report; nothing where there was none to compare with. */
export const renderComparison = ({ comparison }: Report): Markup => {
  if (comparison === undefined) return NOTHING;
  return html`<section id="comparison" aria-labelledby="comparison-heading">
<h2 id="comparison-heading">Since the earlier report</h2>
<p>Compared with the report of ${formatTimestamp(comparison.since)}.</p>
${comparisonRemarks(comparison).map((remark) => html`<p>${remark}</p>\n`)}<dl class="fates">${STATUSES.map(
    ({ fate, title, meaning }) =>
      html`<div><dt>${title}</dt><dd>${formatNumber(comparison[fate].length)}</dd><dd class="note">${meaning}</dd></div>\n`,
  )}</dl>
${STATUSES.map(({ fate, title }) => renderFate(title, comparison[fate]))}</section>
`;
};

/** Folded up: a first comparison may list every trail. */
const renderFate = (title: string, trails: readonly ComparedTrail[]): Markup =>
  trails.length === 0
    ? NOTHING
    : html`<details class="numbers"><summary>${title}: ${count(trails.length, 'trail')}</summary>
${renderTable({
  caption: title,
  head: ['Trail', 'Account', 'Region', 'Before', 'Now'],
  rows: trails.map(({ trailName, accountId, region, codeBefore, codeNow, worse }) => [
    trailName,
    accountId,
    region,
    codeBefore ?? 'compliant or unknown',
    html`${codeNow ?? 'not in this report'}${worse ? ', worse' : ''}`,
  ]),
})}</details>
`;
