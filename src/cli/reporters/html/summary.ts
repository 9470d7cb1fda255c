import { isNonCompliant } from '../../../core/comparison.js';
import type { Report } from '../../../core/report.js';
import {
  bySeverity,
  count,
  formatNumber,
  type Group,
  isOpen,
  namesIn,
  RANKS,
  type Rank,
  sharedStepOf,
  type Total,
  totalsBy,
} from '../findings.js';
import { classOf, html, type Markup, NOTHING, renderTable, showFindings } from './markup.js';
import { idOf } from './verdicts.js';

/** The first page of a printed report: totals, next steps and bars. */
export const renderSummary = (
  report: Report,
  groups: readonly Group[],
): Markup => html`<section id="summary" aria-labelledby="summary-heading">
<h2 id="summary-heading">Executive summary</h2>
${renderTotals(report, groups)}
${renderOwnParameters(report)}${renderWaived(report)}${renderNextSteps(report)}${renderCharts(figuresOf(report, groups))}</section>
`;

const renderTotals = ({ summary }: Report, groups: readonly Group[]): Markup => {
  const severities = RANKS.filter((rank) => isOpen({ rank })).map((rank) => {
    const amount = groups.reduce((sum, group) => sum + (group.rank === rank ? group.findings.length : 0), 0);
    return html`${show(amount, { severity: rank }, html`<span class="tag ${classOf(rank)}">${formatNumber(amount)} ${rank}</span>`)} `;
  });
  const total = (compliance: 'NON_COMPLIANT' | 'COMPLIANT' | 'NOT_APPLICABLE') =>
    show(summary[compliance], { compliance }, html`${formatNumber(summary[compliance])}`);
  return html`<dl class="totals">
<div><dt>NON_COMPLIANT</dt><dd>${total('NON_COMPLIANT')}</dd><dd class="note">${severities}</dd></div>
<div><dt>COMPLIANT</dt><dd>${total('COMPLIANT')}</dd><dd class="note">The key passed every check that was made.</dd></div>
<div><dt>NOT_APPLICABLE</dt><dd>${total('NOT_APPLICABLE')}</dd><dd class="note">Evaluated elsewhere, not found, or set to NOT_APPLICABLE by a rule parameter.</dd></div>
</dl>`;
};

/** A number that shows its findings when it is clicked; none is only a number. */
const show = (amount: number, filter: Readonly<Record<string, string>>, content: Markup): Markup =>
  amount === 0 ? content : showFindings(filter, content);

/** How many findings belong to the control in the standards, and how many only to parameters of the user. */
const renderOwnParameters = ({ findings }: Report): Markup => {
  const open = findings.filter(isNonCompliant);
  const own = open.filter(({ standard }) => standard === 'parameter').length;
  if (own === 0) return NOTHING;
  const control = open.length - own;
  return html`<p>${show(control, { compliance: 'NON_COMPLIANT', standard: 'control' }, html`${count(control, 'NON_COMPLIANT finding')}`)} \
${control === 1 ? 'belongs' : 'belong'} to the <a href="#standards">control in the standards</a>, and \
${show(own, { compliance: 'NON_COMPLIANT', standard: 'parameter' }, html`${formatNumber(own)}`)} only to your own rule parameters.</p>
`;
};

/** How many risks are accepted. */
const renderWaived = ({ summary: { waived } }: Report): Markup =>
  waived === 0
    ? NOTHING
    : html`<p>The risk of ${showFindings({ risk: 'accepted' }, count(waived, 'NON_COMPLIANT finding'))} is accepted by waivers.</p>\n`;

const MAX_STEPS = 5;

/** The next steps of the verdicts with the highest severity, without the risks that are accepted. */
const renderNextSteps = ({ findings }: Report): Markup => {
  const open = bySeverity(findings.filter(({ waiver }) => waiver === undefined)).filter(isOpen);
  if (open.length === 0) return NOTHING;
  return html`<h3>Next steps</h3>
<ol class="steps">
${open.slice(0, MAX_STEPS).map(renderStep)}</ol>
${open.length > MAX_STEPS ? html`<p class="soft">${count(open.length - MAX_STEPS, 'more verdict')}: see <a href="#verdicts">Verdicts and remediation</a>.</p>\n` : NOTHING}`;
};

const renderStep = (group: Group): Markup =>
  html`<li><span class="tag ${classOf(group.rank)}">${group.rank}</span> <a href="#${idOf(group.code)}">${group.code}</a>, ${count(group.findings.length, 'trail')}. \
${sharedStepOf(group) ?? group.findings[0]?.nextStep ?? ''}</li>\n`;

/** The bars of a chart. `labelOf` gives the text at the end of a bar. */
type Figure = {
  readonly id: 'code' | 'account' | 'region';
  readonly noun: string;
  readonly totals: readonly Total[];
  readonly names?: ReadonlyMap<string, string>;
  readonly labelOf: (total: Total) => string;
};

const figuresOf = ({ findings }: Report, groups: readonly Group[]): readonly Figure[] => [
  {
    id: 'code',
    noun: 'verdict',
    totals: groups.map(({ code, rank, findings: { length } }) => ({
      name: code,
      counts: new Map([[rank, length]]),
    })),
    labelOf: (total) => formatNumber(evaluatedIn(total)),
  },
  {
    id: 'account',
    noun: 'account',
    totals: totalsBy(findings, ({ accountId }) => accountId),
    names: namesIn(findings),
    labelOf: shareOf,
  },
  {
    id: 'region',
    noun: 'Region',
    totals: totalsBy(findings, ({ region }) => region),
    labelOf: shareOf,
  },
];

const shareOf = (total: Total): string =>
  `${formatNumber(
    sumOf(
      total,
      RANKS.filter((rank) => isOpen({ rank })),
    ),
  )} of ${formatNumber(evaluatedIn(total))}`;

const sumOf = ({ counts }: Total, ranks: readonly Rank[]): number =>
  ranks.reduce((sum, rank) => sum + (counts.get(rank) ?? 0), 0);

/** The ranks of evaluated trails. */
const EVALUATED_RANKS = ['HIGH', 'MEDIUM', 'LOW', 'COMPLIANT'] as const;

const evaluatedIn = (total: Total): number => sumOf(total, EVALUATED_RANKS);

const renderCharts = (figures: readonly Figure[]): Markup =>
  figures.every(({ totals }) => totals.every((total) => evaluatedIn(total) === 0))
    ? NOTHING
    : html`<h3>Evaluated trails</h3>
<p class="soft">The number next to each account or Region shows how many of its evaluated trails are NON_COMPLIANT. NOT_APPLICABLE findings, such as those on shadow trails, are not included.</p>
<ul class="legend" aria-label="Bar colors">${EVALUATED_RANKS.map((rank) => html`<li class="tag ${classOf(rank)}">${rank}</li>`)}</ul>
<div class="charts">${figures.map(renderFigure)}</div>
`;

const MAX_BARS = 16;

/** A chart with its caption, and the number of bars that were omitted. */
const renderFigure = (figure: Figure): Markup => {
  const { id, noun, totals } = figure;
  const evaluated = totals.filter((total) => evaluatedIn(total) > 0);
  const longest = evaluated.reduce((length, total) => Math.max(length, evaluatedIn(total)), 0);
  return html`<figure id="by-${id}"><figcaption>By ${noun}</figcaption>
<ul class="bars">
${evaluated.slice(0, MAX_BARS).map((total) => html`<li>${renderBar(total, longest, figure)}</li>\n`)}</ul>
${evaluated.length > MAX_BARS ? html`<p class="soft">The chart shows ${MAX_BARS} of ${formatNumber(evaluated.length)}. <a href="#numbers">All numbers</a> are in tables.</p>` : NOTHING}
</figure>
`;
};

/** A bar with its label, which shows its findings when it is clicked. */
const renderBar = (total: Total, longest: number, { id, names, labelOf }: Figure): Markup => {
  const parts = EVALUATED_RANKS.map((rank, index) => ({
    rank,
    start: sumOf(total, EVALUATED_RANKS.slice(0, index)),
    width: total.counts.get(rank) ?? 0,
  }));
  const name = names?.get(total.name);
  const label = html`<span class="bar-label">${total.name}${name === undefined ? NOTHING : html` <span class="soft">${name}</span>`}</span> \
<span class="bar-value">${labelOf(total)}</span>\
<svg viewBox="0 0 ${longest} 1" preserveAspectRatio="none" aria-hidden="true">${parts
    .filter(({ width }) => width > 0)
    .map(
      ({ rank, start, width }) =>
        html`<rect class="${classOf(rank)}" x="${start}" width="${width}" height="1"/>`,
    )}</svg>`;
  return showFindings({ [id]: total.name }, label);
};

/** All numbers: the accounts with their names, and the verdicts and Regions. */
export const renderNumbers = (report: Report, groups: readonly Group[]): Markup => {
  if (report.findings.length === 0) return NOTHING;
  const figures = figuresOf(report, groups);
  return html`<section id="numbers" aria-labelledby="numbers-heading">
<h2 id="numbers-heading">Numbers</h2>
<p>Click a number to show its findings.</p>
${[...figures.slice(1), ...figures.slice(0, 1)].map(renderFigureTable)}</section>
`;
};

const renderFigureTable = ({ id, noun, totals, names }: Figure): Markup => {
  const hasNames = names !== undefined && names.size > 0;
  return renderTable({
    caption: `Findings by ${noun}`,
    head: [
      `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`,
      ...(hasNames ? ['Name'] : []),
      ...RANKS,
      'Total',
    ],
    rows: totals.map((total) => [
      total.name,
      ...(hasNames ? [names.get(total.name) ?? ''] : []),
      ...RANKS.map((rank) => {
        const amount = total.counts.get(rank) ?? 0;
        return show(amount, { [id]: total.name, ...filterOf(rank) }, html`${formatNumber(amount)}`);
      }),
      show(1, { [id]: total.name }, html`${formatNumber(sumOf(total, RANKS))}`),
    ]),
  });
};

const filterOf = (rank: Rank): Readonly<Record<string, string>> =>
  isOpen({ rank }) ? { severity: rank } : { compliance: rank };
