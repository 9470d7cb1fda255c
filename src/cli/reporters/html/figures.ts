import { grouped } from '../amount.js';
import { RANKS } from '../worst-first.js';
import { barChart } from './charts.js';
import { html, type Markup, NOTHING } from './markup.js';
import { renderTable } from './table.js';
import { allIn, judgedIn, type Total } from './totals.js';

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
  const judged = totals.filter((total) => judgedIn(total) > 0);
  const bars = judged
    .slice(0, MAX_BARS)
    .map((total) => ({ label: total.name, counts: total.counts, remark: remarkOf(total) }));
  const rest = judged.length - bars.length;
  return html`<figure id="${id}"><figcaption>By ${noun}</figcaption>
${barChart(bars, `Judged trails by ${noun}; the numbers stand in the tables below`)}
${rest > 0 ? html`<p class="soft">The first ${MAX_BARS}; ${grouped(rest)} more in the tables below.</p>` : NOTHING}
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
      ...RANKS.map((rank) => grouped(total.counts.get(rank) ?? 0)),
      grouped(allIn(total)),
    ]),
  });
