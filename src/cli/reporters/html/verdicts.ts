import { Marked, type Tokens } from 'marked';
import controls from '../../../../docs/controls.md';
import { parseArn } from '../../../core/arn.js';
import { CATALOGUE, type VerdictCode } from '../../../core/verdict.js';
import { VERDICT_PAGES } from '../../verdict-pages.js';
import { count, formatNumber, type Group } from '../findings.js';
import { html, type Markup, NOTHING, renderCode, renderTable, showFindings, tag, trusted } from './markup.js';

/** The id of the element that explains a verdict. */
export const idOf = (code: VerdictCode): string => `verdict-${code}`;

/** Explains each verdict in the report: first those of the control in the standards, then those of the user's own parameters. */
export const renderVerdicts = (groups: readonly Group[]): Markup => {
  if (groups.length === 0) return NOTHING;
  const targetOf = targetsAmong(groups);
  const own = groups.filter(isOwn);
  const others = groups.filter((group) => !own.includes(group));
  const render = (group: Group) => renderVerdict(group, targetOf);
  return html`<section id="verdicts" aria-labelledby="verdicts-heading">
<h2 id="verdicts-heading">Verdicts and remediation</h2>
<p>The verdicts in this report, highest severity first. Expand a verdict to see what it means, why it matters, and how to fix it. The commands with the ARNs of each trail are in its finding.</p>
${others.map(render)}${own.length === 0 ? NOTHING : html`<h3>Own rule parameters</h3>\n<p>No standard requires these verdicts: rule parameters enable them.</p>\n${own.map(render)}`}</section>
`;
};

/** Whether no standard requires a verdict. */
const isOwn = ({ findings }: Group): boolean => findings.every(({ standard }) => standard === 'parameter');

const renderVerdict = (group: Group, targetOf: LinkTarget): Markup => {
  const { code, rank, findings } = group;
  const amount = findings.length;
  const fill = fillerFor(findings);
  return html`<details class="verdict">
<summary><h3>${code}</h3> ${tag(rank)} <span class="amount">${count(amount, 'finding')}</span>
<span class="meaning">${CATALOGUE[code].meaning}</span></summary>
<div class="page" id="${idOf(code)}">
${sectionsOf(VERDICT_PAGES[code])
  .filter(({ heading }) => heading !== '')
  .map(
    ({ heading, text }) =>
      html`<section><h4>${heading}</h4>${renderMarkdown(text, { targetOf, fill })}</section>\n`,
  )}
<p class="show">${showFindings({ code }, `Show ${amount === 1 ? 'the finding' : `all ${formatNumber(amount)} findings`} in the table`)}</p>
</div>
</details>
`;
};

/** Replaces the words in capitals of a command where the values are known: only one finding has one value. */
const fillerFor = ([finding, ...others]: Group['findings']): Filler => {
  if (finding === undefined || others.length > 0) return (text) => text;
  const values = new Map([
    ['TRAIL_NAME', finding.trailArn],
    ['HOME_REGION', finding.homeRegion],
    ['KEY_ARN', finding.key?.arn ?? ''],
    ['KEY_REGION', parseArn(finding.key?.arn ?? '')?.region ?? ''],
  ]);
  return (text) =>
    text.replace(PLACEHOLDER, (word) => {
      const value = values.get(word) ?? '';
      return SAFE_IN_SHELLS.test(value) ? value : word;
    });
};

type Filler = (text: string) => string;

const PLACEHOLDER = /\b[A-Z]+(?:_[A-Z]+)*_(?:ARN|REGION|NAME|ID|KEY)\b/g;
const SAFE_IN_SHELLS = /^[\w:/.+=,@-]+$/;

/** Verdict pages link to each other, but the report contains only some of them. */
const targetsAmong = (groups: readonly Group[]): LinkTarget => {
  const targets = new Map(groups.map(({ code }) => [`${code}.md`, `#${idOf(code)}`]));
  return (href) => (href.startsWith('https:') ? href : targets.get(href));
};

/** A section of a documentation page: its heading and text. */
type Section = { readonly heading: string; readonly text: string };

/** Splits a page at its second-level headings. The text before the first one has the heading ''. */
const sectionsOf = (page: string): readonly Section[] =>
  page.split(/^## /m).map((piece, index) => {
    if (index === 0) return { heading: '', text: piece.replace(/^# .*\n/, '') };
    const end = piece.indexOf('\n');
    return { heading: piece.slice(0, end), text: piece.slice(end) };
  });

/** Gives the target of a documentation link in the report. Undefined where the report does not contain it: the link becomes text. */
type LinkTarget = (href: string) => string | undefined;

type Rendering = { readonly targetOf: LinkTarget; readonly fill?: Filler };

/** Renders Markdown of the documentation. Not safe for text from outside. */
const renderMarkdown = (text: string, { targetOf, fill = (code) => code }: Rendering): Markup => {
  const marked = new Marked({
    renderer: {
      link({ href, tokens }) {
        const target = targetOf(href);
        const inner = this.parser.parseInline(tokens);
        return target === undefined ? inner : linkTo(target, trusted(inner)).markup;
      },
      code: ({ text: code }) => {
        const filled = fill(code);
        return renderCode(filled.split('\n'), filled.search(PLACEHOLDER) < 0 ? 'commands' : 'template')
          .markup;
      },
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

/** A link. External links send no referrer. */
const linkTo = (target: string, text: Markup): Markup =>
  target.startsWith('#')
    ? html`<a href="${target}">${text}</a>`
    : html`<a href="${target}" rel="noopener noreferrer">${text}</a>`;

/** The other sections of the page describe verdicts, which the report already explains. */
const SECTION = 'The control in the standards';

const webOnly = (href: string): string | undefined => (href.startsWith('https:') ? href : undefined);

/** The controls in the standards, with their sources. */
export const renderStandards = (): Markup => html`<section id="standards" aria-labelledby="standards-heading">
<h2 id="standards-heading">${SECTION}</h2>
${sectionsOf(controls)
  .filter(({ heading }) => heading === '' || heading === SECTION)
  .map(({ text }) => renderMarkdown(text, { targetOf: webOnly }))}
</section>
`;
