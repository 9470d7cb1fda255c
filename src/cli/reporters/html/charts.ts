import { barX, plot, text } from '@observablehq/plot';
import { DOMImplementation, XMLSerializer } from '@xmldom/xmldom';
import { harmless } from '../../harmless.js';
import type { Rank } from '../worst-first.js';
import { type Markup, trusted } from './markup.js';
import { classOf } from './tag.js';
import { JUDGED_RANKS } from './totals.js';

/** A bar of a chart: how many of the trails it stands for have which rank, and what is said at its end. */
export type Bar = {
  readonly label: string;
  readonly counts: ReadonlyMap<Rank, number>;
  readonly remark: string;
};

/** The colours come from the style sheet, which knows light, dark and paper. */
const COLOURS = JUDGED_RANKS.map((rank) => `var(--${classOf(rank)})`);

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
  const rows = bars.map((bar, index) => ({ ...bar, index, label: harmless(bar.label) }));
  const parts = rows.flatMap(({ index, counts }) =>
    JUDGED_RANKS.map((rank) => ({ index, rank, count: counts.get(rank) ?? 0 })).filter(
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
    color: { type: 'ordinal', domain: JUDGED_RANKS, range: COLOURS },
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
