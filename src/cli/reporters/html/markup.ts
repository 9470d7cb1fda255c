import { sanitize } from '../../terminal.js';
import type { Rank } from '../findings.js';

/** HTML that may stand in the page as it is. Only this file and trusted sources make it; whatever is no markup gets escaped. */
export type Markup = { readonly markup: string };

/** What may stand in a template: text, which is escaped, and markup, which is not. */
export type Content = string | number | Markup | readonly Content[];

/** A template of HTML, in which all text is escaped and made sanitize: it can neither act nor hide nor turn what stands around it. */
export const html = (pieces: TemplateStringsArray, ...values: readonly Content[]): Markup => ({
  markup: pieces.map((piece, index) => piece + rendered(values[index] ?? '')).join(''),
});

/** Takes HTML that was made of nothing from outside, or by a library that escapes. */
export const trusted = (markup: string): Markup => ({ markup });

/** Nothing. */
export const NOTHING: Markup = trusted('');

/** Tells whether a text is safe and complete when it is shown as it is. */
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

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');

/** A rank, told by a word and by a colour beside it. */
export const tag = (rank: Rank): Markup =>
  rank === 'COMPLIANT' || rank === 'NOT_APPLICABLE'
    ? html`<span class="tag ${classOf(rank)}">${rank}</span>`
    : html`<span class="tag ${classOf(rank)}">NON_COMPLIANT <span class="severity">${rank}</span></span>`;

/** The class that gives a rank its colour. */
export const classOf = (rank: Rank): string => rank.toLowerCase().replace('_', '-');

/** A table: its heads, and rows with as many cells. */
export type Table = {
  readonly caption?: string;
  readonly head: readonly Content[];
  readonly rows: readonly (readonly Content[])[];
};

/** Renders a table that is told as one even where a narrow page sets its rows as blocks: hence the roles. */
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

/** Where rows are blocks, each cell shows what its column is called. */
const cell = (content: Content, name: Content): Markup =>
  typeof name === 'string'
    ? html`<td role="cell" data-name="${name}">${content}</td>`
    : html`<td role="cell">${content}</td>`;

/** A moment for people, in UTC: "5 January 2026, 12:00 UTC". What is no moment is given back as it is. */
export const formatTimestamp = (instant: string): string => {
  if (Number.isNaN(Date.parse(instant))) return instant;
  const moment = new Date(instant);
  return `${DAY.format(moment)}, ${moment.toISOString().slice(11, 16)} UTC`;
};

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
