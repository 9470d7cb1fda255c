import { type Content, html, type Markup, NOTHING } from './markup.js';

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
