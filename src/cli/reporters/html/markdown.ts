import { Marked, type Tokens } from 'marked';
import { html, type Markup, trusted } from './markup.js';
import { renderTable } from './table.js';

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
