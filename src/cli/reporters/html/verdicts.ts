import { CATALOGUE, VERDICT_CODES } from '../../../core/catalogue.js';
import { countBy, type Report } from '../../../core/report.js';
import type { VerdictCode } from '../../../core/verdict.js';
import { VERDICT_PAGES } from '../../verdict-pages.js';
import { count } from '../amount.js';
import { RANKS, type Rank, rankOf } from '../worst-first.js';
import { type LinkTarget, renderMarkdown, sectionsOf } from './markdown.js';
import { html, type Markup, NOTHING } from './markup.js';
import { tag } from './tag.js';

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
