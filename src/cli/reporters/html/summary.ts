import { barX, plot, text } from '@observablehq/plot';
import { DOMImplementation, XMLSerializer } from '@xmldom/xmldom';
import type { Report } from '../../../core/report.js';
import { sanitize } from '../../terminal.js';
import { formatNumber, type Group, RANKS, type Rank, type Total, totalsBy } from '../findings.js';
import { classOf, html, type Markup, NOTHING, renderTable, trusted } from './markup.js';

/** The summary in numbers: totals, charts, and tables with the numbers of the charts. */
export const renderSummary = (report: Report, groups: readonly Group[]): Markup => {
  const figures = figuresOf(report, groups);
  return html`<section id="summary" aria-labelledby="summary-heading">
<h2 id="summary-heading">Summary</h2>
${renderTotals(report, groups)}
${report.findings.length === 0 ? NOTHING : html`${renderCharts(figures)}${renderNumbers(figures)}`}
</section>
`;
};

const renderTotals = ({ summary }: Report, groups: readonly Group[]): Markup => {
  const severities = RANKS.slice(0, 3).map((rank) => {
    const amount = groups.reduce((sum, group) => sum + (group.rank === rank ? group.findings.length : 0), 0);
    return html`<span class="tag ${classOf(rank)}">${formatNumber(amount)} ${rank}</span> `;
  });
  return html`<dl class="totals">
<div><dt>NON_COMPLIANT</dt><dd>${formatNumber(summary.NON_COMPLIANT)}</dd><dd class="note">${severities}</dd></div>
<div><dt>COMPLIANT</dt><dd>${formatNumber(summary.COMPLIANT)}</dd><dd class="note">The key passed every check that was made.</dd></div>
<div><dt>NOT_APPLICABLE</dt><dd>${formatNumber(summary.NOT_APPLICABLE)}</dd><dd class="note">Evaluated elsewhere, not found, or set to NOT_APPLICABLE by a rule parameter.</dd></div>
</dl>`;
};

const figuresOf = ({ findings }: Report, groups: readonly Group[]): readonly Figure[] => [
  {
    id: 'by-verdict',
    noun: 'verdict',
    totals: groups.map(({ code, rank, findings: { length } }) => ({
      name: code,
      counts: new Map([[rank, length]]),
    })),
    labelOf: (total) => formatNumber(evaluatedIn(total)),
  },
  {
    id: 'by-account',
    noun: 'account',
    totals: totalsBy(findings, ({ accountId }) => accountId),
    labelOf: shareOf,
  },
  { id: 'by-region', noun: 'Region', totals: totalsBy(findings, ({ region }) => region), labelOf: shareOf },
];

const shareOf = (total: Total): string =>
  `${formatNumber(nonCompliantIn(total))} of ${formatNumber(evaluatedIn(total))}`;

const renderCharts = (figures: readonly Figure[]): Markup =>
  figures.every(({ totals }) => totals.every((total) => evaluatedIn(total) === 0))
    ? NOTHING
    : html`<ul class="legend" aria-label="Bar colors">${EVALUATED_RANKS.map((rank) => html`<li class="tag ${classOf(rank)}">${rank}</li>`)}</ul>
<p class="soft">The number next to each account or Region shows how many of its evaluated trails are NON_COMPLIANT. NOT_APPLICABLE findings, such as those on shadow trails, are not included.</p>
<div class="charts">${figures.map(renderFigure)}</div>
`;

/** The data of a chart and its table. `labelOf` gives the text at the end of a bar. */
type Figure = {
  readonly id: string;
  readonly noun: string;
  readonly totals: readonly Total[];
  readonly labelOf: (total: Total) => string;
};

const MAX_BARS = 16;

/** A chart with its caption, and the number of bars that were omitted. */
const renderFigure = ({ id, noun, totals, labelOf }: Figure): Markup => {
  const evaluated = totals.filter((total) => evaluatedIn(total) > 0);
  const bars = evaluated
    .slice(0, MAX_BARS)
    .map((total) => ({ label: total.name, counts: total.counts, value: labelOf(total) }));
  return html`<figure id="${id}"><figcaption>By ${noun}</figcaption>
${barChart(bars, `Evaluated trails by ${noun}. The tables below contain the numbers.`)}
${evaluated.length > MAX_BARS ? html`<p class="soft">The chart shows ${MAX_BARS} of ${formatNumber(evaluated.length)}. The tables below contain all of them.</p>` : NOTHING}
</figure>
`;
};

/** The numbers of the charts as tables. */
const renderNumbers = (figures: readonly Figure[]): Markup => html`<details class="numbers" id="numbers">
<summary>All numbers as tables</summary>
${figures.map(renderFigureTable)}</details>`;

const renderFigureTable = ({ noun, totals }: Figure): Markup =>
  renderTable({
    caption: `Findings by ${noun}`,
    head: [`${noun.charAt(0).toUpperCase()}${noun.slice(1)}`, ...RANKS, 'Total'],
    rows: totals.map((total) => [
      total.name,
      ...RANKS.map((rank) => formatNumber(total.counts.get(rank) ?? 0)),
      formatNumber(allIn(total)),
    ]),
  });

/** The ranks of evaluated trails. */
const EVALUATED_RANKS = ['HIGH', 'MEDIUM', 'LOW', 'COMPLIANT'] as const;

/** A bar of a chart: the number of trails of each rank, and the text at its end. */
type Bar = {
  readonly label: string;
  readonly counts: ReadonlyMap<Rank, number>;
  readonly value: string;
};

/** The style sheet defines the colors for the light scheme, the dark scheme, and paper. */
const COLORS = EVALUATED_RANKS.map((rank) => `var(--${classOf(rank)})`);

/** Wide enough for the longest code, and readable when scaled down on a phone. */
const WIDTH = 340;
const ROW_HEIGHT = 38;
const LABEL_HEIGHT = 20;
const FONT_SIZE = 13;
/** In ems. Longer labels are truncated; the tables contain the full text. */
const LABEL_WIDTH = 22;

/** Plot labels its SVG groups, but the chart is one image with one label. */
type Labelled = { readonly removeAttribute: (name: 'aria-label') => void };

/** Draws a bar chart as SVG. Labels are above the bars, so that long names do not take space from them. */
const barChart = (bars: readonly Bar[], label: string): Markup => {
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
    color: { type: 'ordinal', domain: EVALUATED_RANKS, range: COLORS },
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
      text(rows, { ...above, text: 'value', frameAnchor: 'right', fontWeight: 600 }),
    ],
  });
  svg.setAttribute('role', 'img');
  // The policy of the page does not allow the style element of Plot; the style sheet of the page contains its rules.
  for (const group of Array.from<Labelled>(svg.getElementsByTagName('g')))
    group.removeAttribute('aria-label');
  svg.removeChild(svg.getElementsByTagName('style')[0]);
  return trusted(new XMLSerializer().serializeToString(svg));
};

const sumOf = ({ counts }: Total, ranks: readonly Rank[]): number =>
  ranks.reduce((sum, rank) => sum + (counts.get(rank) ?? 0), 0);

/** The number of NON_COMPLIANT findings. */
const nonCompliantIn = (total: Total): number => sumOf(total, ['HIGH', 'MEDIUM', 'LOW']);

/** The number of COMPLIANT and NON_COMPLIANT findings. */
const evaluatedIn = (total: Total): number => sumOf(total, EVALUATED_RANKS);

/** The number of all findings. */
const allIn = (total: Total): number => sumOf(total, RANKS);
