import type { Report } from '../../../core/report.js';
import { grouped } from '../amount.js';
import { RANKS } from '../worst-first.js';
import { type Figure, renderFigure, renderNumbers } from './figures.js';
import { html, type Markup, NOTHING } from './markup.js';
import { classOf } from './tag.js';
import { badIn, JUDGED_RANKS, judgedIn, type Total, totalsBy } from './totals.js';
import type { Occurrence } from './verdicts.js';

/** The report in numbers: as figures, as charts, and as tables that say the same. */
export const renderSummary = (report: Report, occurrences: readonly Occurrence[]): Markup => {
  const figures = figuresOf(report, occurrences);
  return html`<section id="summary" aria-labelledby="summary-heading">
<h2 id="summary-heading">Summary</h2>
${renderTotals(report, occurrences)}
${report.findings.length === 0 ? NOTHING : html`${renderCharts(figures)}${renderNumbers(figures)}`}
</section>
`;
};

const renderTotals = ({ summary }: Report, occurrences: readonly Occurrence[]): Markup => {
  const severities = RANKS.slice(0, 3).map((rank) => {
    const amount = occurrences.reduce(
      (sum, occurrence) => sum + (occurrence.rank === rank ? occurrence.amount : 0),
      0,
    );
    return html`<span class="tag ${classOf(rank)}">${amount} ${rank}</span> `;
  });
  return html`<dl class="totals">
<div><dt>NON_COMPLIANT</dt><dd>${grouped(summary.NON_COMPLIANT)}</dd><dd class="note">${severities}</dd></div>
<div><dt>COMPLIANT</dt><dd>${grouped(summary.COMPLIANT)}</dd><dd class="note">The key works, as far as it was asked.</dd></div>
<div><dt>NOT_APPLICABLE</dt><dd>${grouped(summary.NOT_APPLICABLE)}</dd><dd class="note">Judged elsewhere, gone, or set aside.</dd></div>
</dl>`;
};

const figuresOf = ({ findings }: Report, occurrences: readonly Occurrence[]): readonly Figure[] => [
  {
    id: 'by-verdict',
    noun: 'verdict',
    totals: occurrences.map(({ code, rank, amount }) => ({ name: code, counts: new Map([[rank, amount]]) })),
    remarkOf: (total) => grouped(judgedIn(total)),
  },
  {
    id: 'by-account',
    noun: 'account',
    totals: totalsBy(findings, ({ accountId }) => accountId),
    remarkOf: shareOf,
  },
  { id: 'by-region', noun: 'Region', totals: totalsBy(findings, ({ region }) => region), remarkOf: shareOf },
];

const shareOf = (total: Total): string => `${grouped(badIn(total))} of ${grouped(judgedIn(total))}`;

const renderCharts = (figures: readonly Figure[]): Markup =>
  figures.every(({ totals }) => totals.every((total) => judgedIn(total) === 0))
    ? NOTHING
    : html`<ul class="legend" aria-label="Colours of the bars">${JUDGED_RANKS.map((rank) => html`<li class="tag ${classOf(rank)}">${rank}</li>`)}</ul>
<p class="soft">The figure beside an account or Region tells how many of its judged trails need work. What is NOT_APPLICABLE, such as the copies of a trail, has no bar.</p>
<div class="charts">${figures.map(renderFigure)}</div>
`;
