import type { ComparedTrail } from '../../../core/comparison.js';
import type { Report } from '../../../core/report.js';
import { count, formatNumber } from '../findings.js';
import { comparisonRemarks, DIFF_STATUSES } from '../sentences.js';
import { html, type Markup, NOTHING, renderTable, renderTime } from './markup.js';

/** The comparison with an earlier report; empty where none was given. */
export const renderComparison = ({ comparison }: Report): Markup => {
  if (comparison === undefined) return NOTHING;
  return html`<section id="comparison" aria-labelledby="comparison-heading">
<h2 id="comparison-heading">Changes since the earlier report</h2>
<p>This report is compared with the report of ${renderTime(comparison.since)}.</p>
${comparisonRemarks(comparison).map((remark) => html`<p>${remark}</p>\n`)}<dl class="changes">${DIFF_STATUSES.map(
    ({ status, label, meaning }) =>
      html`<div><dt>${label}</dt><dd>${formatNumber(comparison[status].length)}</dd><dd class="note">${meaning}</dd></div>\n`,
  )}</dl>
${DIFF_STATUSES.map(({ status, label }) => renderTrails(label, comparison[status]))}</section>
`;
};

/** Collapsed, because a comparison can list every trail. */
const renderTrails = (label: string, trails: readonly ComparedTrail[]): Markup =>
  trails.length === 0
    ? NOTHING
    : html`<details class="numbers"><summary>${label}: ${count(trails.length, 'trail')}</summary>
${renderTable({
  caption: label,
  head: ['Trail', 'Account', 'Region', 'Before', 'Now'],
  rows: trails.map(({ trailName, accountId, region, codeBefore, codeNow, worse }) => [
    trailName,
    accountId,
    region,
    codeBefore ?? 'compliant or unknown',
    `${codeNow ?? 'not in this report'}${worse ? ' (higher severity)' : ''}`,
  ]),
})}</details>
`;
