import { sanitize } from '../../terminal.js';
import type { Rank } from '../findings.js';

/** HTML that goes into the page as it is. Only this file and trusted sources create it; everything else is escaped. */
export type Markup = { readonly markup: string };

/** The content of a template: text, which is escaped, and markup, which is not. */
export type Content = string | number | Markup | readonly Content[];

/** An HTML template that escapes and sanitizes all text. */
export const html = (pieces: TemplateStringsArray, ...values: readonly Content[]): Markup => ({
  markup: pieces.map((piece, index) => piece + rendered(values[index] ?? '')).join(''),
});

/** Marks HTML as safe: it contains nothing from outside, or comes from a library that escapes. */
export const trusted = (markup: string): Markup => ({ markup });

/** No markup. */
export const NOTHING: Markup = trusted('');

const rendered = (content: Content): string => {
  if (typeof content === 'string') return escaped(sanitize(content));
  if (typeof content === 'number') return String(content);
  return 'markup' in content ? content.markup : content.map(rendered).join('');
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** A rank as a word, marked with its color. */
export const tag = (rank: Rank): Markup =>
  rank === 'COMPLIANT' || rank === 'NOT_APPLICABLE'
    ? html`<span class="tag ${classOf(rank)}">${rank}</span>`
    : html`<span class="tag ${classOf(rank)}">NON_COMPLIANT <span class="severity">${rank}</span></span>`;

/** The class that gives a rank its color. */
export const classOf = (rank: Rank): string => rank.toLowerCase().replace('_', '-');

/** A link to the findings, in which the script filters them: a value for each field of the filters. */
export const showFindings = (filter: Readonly<Record<string, string>>, content: Content): Markup => {
  const values = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) values.set(name, sanitize(value));
  return html`<a href="#findings" data-filter="${values.toString()}">${content}</a>`;
};

/** Lines of code. The script adds a copy button, but not to a template with words that the reader replaces. */
export const renderCode = (lines: readonly string[], kind: 'commands' | 'template' = 'commands'): Markup =>
  html`<pre${kind === 'template' ? trusted(' class="template"') : NOTHING}><code>${lines.map((line, index) => html`${index === 0 ? NOTHING : trusted('\n')}${line}`)}</code></pre>`;

/** A table: its header, and rows with as many cells. */
export type Table = {
  readonly caption?: string;
  readonly head: readonly Content[];
  readonly rows: readonly (readonly Content[])[];
};

/** Renders a table. The ARIA roles keep its semantics on a narrow page, where the rows are blocks. */
export const renderTable = ({
  caption,
  head,
  rows,
}: Table): Markup => html`<table role="table" class="stacked">
${caption === undefined ? NOTHING : html`<caption>${caption}</caption>\n`}<thead role="rowgroup"><tr role="row">${head.map(headCell)}</tr></thead>
<tbody role="rowgroup">
${rows.map((row) => html`<tr role="row">${row.map((content, index) => cell(content, head[index] ?? ''))}</tr>\n`)}</tbody>
</table>
`;

const headCell = (content: Content): Markup => html`<th role="columnheader" scope="col">${content}</th>`;

/** Where rows are blocks, each cell shows the name of its column. */
const cell = (content: Content, name: Content): Markup =>
  typeof name === 'string'
    ? html`<td role="cell" data-name="${name}">${content}</td>`
    : html`<td role="cell">${content}</td>`;

/** A timestamp in UTC, such as "January 5, 2026, 12:00 UTC". Text that is not a timestamp stays as it is. */
export const renderTime = (timestamp: string): Markup => {
  const time = new Date(timestamp);
  if (Number.isNaN(time.getTime())) return html`${timestamp}`;
  const iso = time.toISOString();
  return html`<time datetime="${iso}">${DATE.format(time)}, ${iso.slice(11, 16)} UTC</time>`;
};

const DATE = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' });
