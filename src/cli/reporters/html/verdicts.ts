import { Marked, type Tokens } from 'marked';
import controls from '../../../../docs/controls.md';
import { countBy } from '../../../core/collections.js';
import type { Report } from '../../../core/report.js';
import { CATALOGUE, VERDICT_CODES, type VerdictCode } from '../../../core/verdict.js';
import { VERDICT_PAGES } from '../../verdict-pages.js';
import { count, RANKS, type Rank, rankOf } from '../findings.js';
import { html, type Markup, NOTHING, renderTable, tag, trusted } from './markup.js';

/** A verdict that occurs: how often, and the worst rank it was given. */
export type Occurrence = { readonly code: VerdictCode; readonly rank: Rank; readonly amount: number };

/** The verdicts that occur, the worst first, those of one rank in the order of precedence. */
export const occurrencesIn = ({ findings }: Report): readonly Occurrence[] => {
  const amounts = countBy(findings, ({ code }) => code);
  const ranks = new Map<VerdictCode, number>();
  for (const finding of findings) {
    const rank = RANKS.indexOf(rankOf(finding));
    ranks.set(finding.code, Math.min(rank, ranks.get(finding.code) ?? rank));
  }
  return RANKS.flatMap((rank, index) =>
    VERDICT_CODES.filter((code) => ranks.get(code) === index).map((code) => ({
      code,
      rank,
      amount: amounts.get(code) ?? 0,
    })),
  );
};

/** The id of the part of the page that explains a verdict. */
export const idOf = (code: VerdictCode): string => `verdict-${code}`;

/** Explains each verdict that occurs: what it means, why it matters, how to fix it. */
export const renderVerdicts = (occurrences: readonly Occurrence[]): Markup => {
  if (occurrences.length === 0) return NOTHING;
  const targetOf = targetsAmong(occurrences);
  return html`<section id="verdicts" aria-labelledby="verdicts-heading">
<h2 id="verdicts-heading">Verdicts and repair</h2>
<p>The verdicts that occur, the worst first. Each opens to what it means, why it matters and how to fix it.</p>
${occurrences.map((occurrence) => renderVerdict(occurrence, targetOf))}</section>
`;
};

const renderVerdict = (
  { code, rank, amount }: Occurrence,
  targetOf: LinkTarget,
): Markup => html`<details class="verdict">
<summary><h3>${code}</h3> ${tag(rank)} <span class="amount">${count(amount, 'finding')}</span>
<span class="why">${CATALOGUE[code].why}</span></summary>
<div class="page" id="${idOf(code)}">
${sectionsOf(VERDICT_PAGES[code])
  .filter(({ heading }) => heading !== '')
  .map(
    ({ heading, text }) => html`<section><h4>${heading}</h4>${renderMarkdown(text, targetOf)}</section>\n`,
  )}
<p class="show"><a href="#findings" data-show="${code}">Show ${amount === 1 ? 'it' : html`all ${amount}`} in the table of findings</a></p>
</div>
</details>
`;

/** A verdict's page links to other verdicts: those that do not occur are not in the page. */
const targetsAmong = (occurrences: readonly Occurrence[]): LinkTarget => {
  const targets = new Map(occurrences.map(({ code }) => [`${code}.md`, `#${idOf(code)}`]));
  return (href) => (href.startsWith('https:') ? href : targets.get(href));
};

/** One part of a page of the project's documentation: its heading and the text below. */
export type Section = { readonly heading: string; readonly text: string };

/** Divides a page at its headings of the second level; what stands before the first one has the heading ''. */
export const sectionsOf = (page: string): readonly Section[] =>
  page.split(/^## /m).map((piece, index) => {
    if (index === 0) return { heading: '', text: piece.replace(/^# .*\n/, '') };
    const end = piece.indexOf('\n');
    return { heading: piece.slice(0, end), text: piece.slice(end) };
  });

/** Where a link of the documentation leads in the report, or undefined if to nothing in it: then its text stands alone. */
export type LinkTarget = (href: string) => string | undefined;

/** Renders Markdown of the project's own documentation. Never for text from outside. */
export const renderMarkdown = (text: string, targetOf: LinkTarget): Markup => {
  const marked = new Marked({
    renderer: {
      link({ href, tokens }) {
        const target = targetOf(href);
        const inner = this.parser.parseInline(tokens);
        return target === undefined ? inner : linkTo(target, trusted(inner)).markup;
      },
      code: ({ text: code }) => html`<pre><code>${code.split('\n').map(codeLine)}</code></pre>`.markup,
      html: ({ text: tag }) => html`${tag}`.markup,
      table({ header, rows }) {
        const inline = (cell: Tokens.TableCell) => trusted(this.parser.parseInline(cell.tokens));
        return renderTable({
          head: header.map(({ text: name }) => name),
          rows: rows.map((row) => row.map(inline)),
        }).markup;
      },
    },
  });
  return trusted(marked.parse(text, { async: false }));
};

const codeLine = (line: string, index: number): Markup =>
  index === 0 ? html`${line}` : html`${trusted('\n')}${line}`;

/** A link; those that leave the page tell the other side nothing of it. */
const linkTo = (target: string, text: Markup): Markup =>
  target.startsWith('#')
    ? html`<a href="${target}">${text}</a>`
    : html`<a href="${target}" rel="noopener noreferrer">${text}</a>`;

/** The page of the controls goes on to what Trailkey asks beyond them, which the verdicts tell here. */
const SECTION = 'The control in the standards';

const webOnly = (href: string): string | undefined => (href.startsWith('https:') ? href : undefined);

/** The numbers under which the standards ask for this, with their sources. */
export const renderStandards = (): Markup => html`<section id="standards" aria-labelledby="standards-heading">
<h2 id="standards-heading">${SECTION}</h2>
${sectionsOf(controls)
  .filter(({ heading }) => heading === '' || heading === SECTION)
  .map(({ text }) => renderMarkdown(text, webOnly))}
</section>
`;
