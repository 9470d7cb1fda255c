import { barX, plot, text } from '@observablehq/plot';
import { DOMImplementation, XMLSerializer } from '@xmldom/xmldom';
import type { Finding } from '../../../core/evaluate-trail.js';
import type { Report } from '../../../core/report.js';
import { sanitize } from '../../terminal.js';
import { formatNumber, RANKS, type Rank, rankOf } from '../findings.js';
import { classOf, html, type Markup, NOTHING, renderTable, trusted } from './markup.js';
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
<div><dt>NON_COMPLIANT</dt><dd>${formatNumber(summary.NON_COMPLIANT)}</dd><dd class="note">${severities}</dd></div>
<div><dt>COMPLIANT</dt><dd>${formatNumber(summary.COMPLIANT)}</dd><dd class="note">The key works, as far as it was asked.</dd></div>
<div><dt>NOT_APPLICABLE</dt><dd>${formatNumber(summary.NOT_APPLICABLE)}</dd><dd class="note">Judged elsewhere, absent, or set aside.</dd></div>
</dl>`;
};

const figuresOf = ({ findings }: Report, occurrences: readonly Occurrence[]): readonly Figure[] => [
  {
    id: 'by-verdict',
    noun: 'verdict',
    totals: occurrences.map(({ code, rank, amount }) => ({ name: code, counts: new Map([[rank, amount]]) })),
    remarkOf: (total) => formatNumber(evaluatedIn(total)),
  },
  {
    id: 'by-account',
    noun: 'account',
    totals: totalsBy(findings, ({ accountId }) => accountId),
    remarkOf: shareOf,
  },
  { id: 'by-region', noun: 'Region', totals: totalsBy(findings, ({ region }) => region), remarkOf: shareOf },
];

const shareOf = (total: Total): string =>
  `${formatNumber(badIn(total))} of ${formatNumber(evaluatedIn(total))}`;

const renderCharts = (figures: readonly Figure[]): Markup =>
  figures.every(({ totals }) => totals.every((total) => evaluatedIn(total) === 0))
    ? NOTHING
    : html`<ul class="legend" aria-label="Colours of the bars">${EVALUATED_RANKS.map((rank) => html`<li class="tag ${classOf(rank)}">${rank}</li>`)}</ul>
<p class="soft">The figure beside an account or Region tells how many of its judged trails need work. What is NOT_APPLICABLE, such as the copies of a trail, has no bar.</p>
<div class="charts">${figures.map(renderFigure)}</div>
`;

/** What is shown as a chart and as a table. `remarkOf` is what stands at the end of a bar. */
export type Figure = {
  readonly id: string;
  readonly noun: string;
  readonly totals: readonly Total[];
  readonly remarkOf: (total: Total) => string;
};

const MAX_BARS = 16;

/** A chart with its caption; what was left out for want of room is said. */
export const renderFigure = ({ id, noun, totals, remarkOf }: Figure): Markup => {
  const judged = totals.filter((total) => evaluatedIn(total) > 0);
  const bars = judged
    .slice(0, MAX_BARS)
    .map((total) => ({ label: total.name, counts: total.counts, remark: remarkOf(total) }));
  const rest = judged.length - bars.length;
  return html`<figure id="${id}"><figcaption>By ${noun}</figcaption>
${barChart(bars, `Judged trails by ${noun}; the numbers stand in the tables below`)}
${rest > 0 ? html`<p class="soft">The first ${MAX_BARS}; ${formatNumber(rest)} more in the tables below.</p>` : NOTHING}
</figure>
`;
};

/** All numbers of the charts, for those who would rather read or cannot see them. */
export const renderNumbers = (
  figures: readonly Figure[],
): Markup => html`<details class="numbers" id="numbers">
<summary>All numbers, as tables</summary>
${figures.map(renderFigureTable)}</details>`;

const renderFigureTable = ({ noun, totals }: Figure): Markup =>
  renderTable({
    caption: `Findings by ${noun}`,
    head: [noun === 'Region' ? noun : `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`, ...RANKS, 'All'],
    rows: totals.map((total) => [
      total.name,
      ...RANKS.map((rank) => formatNumber(total.counts.get(rank) ?? 0)),
      formatNumber(allIn(total)),
    ]),
  });

/** The ranks of trails that were judged. */
export const EVALUATED_RANKS = ['HIGH', 'MEDIUM', 'LOW', 'COMPLIANT'] as const;

/** A bar of a chart: how many of the trails it stands for have which rank, and what is said at its end. */
export type Bar = {
  readonly label: string;
  readonly counts: ReadonlyMap<Rank, number>;
  readonly remark: string;
};

/** The colours come from the style sheet, which knows light, dark and paper. */
const COLOURS = EVALUATED_RANKS.map((rank) => `var(--${classOf(rank)})`);

/** Wide enough for the longest code; small enough to be read, scaled down, on a telephone. */
const WIDTH = 340;
const ROW_HEIGHT = 38;
const LABEL_HEIGHT = 20;
const FONT_SIZE = 13;
/** In ems: longer labels are cut off here, and stand in full in the table beside the chart. */
const LABEL_WIDTH = 22;

/** Plot labels its groups, which the page has no use for: the chart is one picture, with one label. */
type Labelled = { readonly removeAttribute: (name: 'aria-label') => void };

/** Draws bars below one another as SVG: the label stands over its bar, so that names of any length leave it its room. */
export const barChart = (bars: readonly Bar[], label: string): Markup => {
  const rows = bars.map((bar, index) => ({ ...bar, index, label: sanitize(bar.label) }));
  const parts = rows.flatMap(({ index, counts }) =>
    EVALUATED_RANKS.map((rank) => ({ index, rank, count: counts.get(rank) ?? 0 })).filter(
      ({ count }) => count > 0,
    ),
  );
  const above = { y: 'index', dy: -9, fontSize: FONT_SIZE, fill: 'currentColor' };
  const svg = plot({
    document: new DOMImplementation().createDocument('http://www.w3.org/1999/xhtml', 'html'),
    className: 'chart',
    ariaLabel: label,
    width: WIDTH,
    height: rows.length * ROW_HEIGHT,
    margin: 0,
    x: { axis: null },
    y: { axis: null, type: 'band', padding: 0, domain: rows.map(({ index }) => index) },
    color: { type: 'ordinal', domain: EVALUATED_RANKS, range: COLOURS },
    marks: [
      barX(parts, {
        x: 'count',
        y: 'index',
        fill: 'rank',
        insetTop: LABEL_HEIGHT,
        insetBottom: 6,
        insetRight: 1,
      }),
      text(rows, {
        ...above,
        text: 'label',
        frameAnchor: 'left',
        lineWidth: LABEL_WIDTH,
        textOverflow: 'ellipsis',
      }),
      text(rows, { ...above, text: 'remark', frameAnchor: 'right', fontWeight: 600 }),
    ],
  });
  svg.setAttribute('role', 'img');
  // The style that Plot brings along has no hash in the policy of the page, whose own style sheet says what it says.
  for (const group of Array.from<Labelled>(svg.getElementsByTagName('g')))
    group.removeAttribute('aria-label');
  svg.removeChild(svg.getElementsByTagName('style')[0]);
  return trusted(new XMLSerializer().serializeToString(svg));
};

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
  badIn(b) - badIn(a) || evaluatedIn(b) - evaluatedIn(a) || (a.name < b.name ? -1 : 1);

const sumOf = ({ counts }: Total, ranks: readonly Rank[]): number =>
  ranks.reduce((sum, rank) => sum + (counts.get(rank) ?? 0), 0);

/** How many need work. */
export const badIn = (total: Total): number => sumOf(total, ['HIGH', 'MEDIUM', 'LOW']);

/** How many are COMPLIANT or NON_COMPLIANT. */
export const evaluatedIn = (total: Total): number => sumOf(total, EVALUATED_RANKS);

/** How many there are. */
export const allIn = (total: Total): number => sumOf(total, RANKS);
