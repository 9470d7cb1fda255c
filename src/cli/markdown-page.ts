import { Marked, type RendererObject, type Tokens } from 'marked';
import { type Page, widthOf } from './reporters/page.js';

/**
 * Renders a Markdown page for a terminal, with a list of the pages that it links to at the end. Covers what the verdict pages use:
 * headings, paragraphs, lists, tables, code, bold text and links.
 */
export const renderPage = (markdown: string, page: Page): string => {
  const references = new Set<string>();
  const marked = new Marked({ renderer: { ...blockRenderer(page), ...inlineRenderer(page, references) } });
  const text = marked.parse(markdown, { async: false });
  const seeAlso = ['See also:\n', ...[...references].flatMap((one) => [...page.line(one, { indent: 2 })])];
  return text + (references.size > 0 ? seeAlso.join('') : '');
};

const joined = (pieces: Iterable<string>): string => [...pieces].join('');

const blockRenderer = (page: Page): RendererObject => ({
  heading({ tokens }) {
    return `${joined(page.line(this.parser.parseInline(tokens), { style: 'bold' }))}\n`;
  },
  paragraph({ tokens }) {
    return joined(page.paragraph(this.parser.parseInline(tokens)));
  },
  // Never wrapped, so that it can be copied.
  code: ({ text }) => `${text.replace(/^/gm, '    ')}\n\n`,
  list({ items }) {
    return `${items.map((item) => renderItem(this.parser.parseInline(item.tokens), page)).join('')}\n`;
  },
  table({ header, rows }) {
    const cellText = ({ tokens, header: isHeader }: Tokens.TableCell): string => {
      const text = this.parser.parseInline(tokens);
      return isHeader ? page.paint(text, 'bold') : text;
    };
    return `${joined(
      tableLines(
        [header, ...rows].map((row) => row.map(cellText)),
        page,
      ),
    )}\n`;
  },
});

const inlineRenderer = (page: Page, references: Set<string>): RendererObject => ({
  text(token) {
    if (token.type === 'text' && token.tokens) return this.parser.parseInline(token.tokens);
    return token.text.replaceAll('\n', ' ');
  },
  strong({ tokens }) {
    return page.paint(this.parser.parseInline(tokens), 'bold');
  },
  codespan({ text }) {
    // Without color, the backticks show what is code.
    const painted = page.paint(text, 'cyan');
    return painted === text ? `\`${text}\`` : painted;
  },
  link({ href, tokens }) {
    const label = this.parser.parseInline(tokens);
    const reference = referenceTo(href);
    if (reference === undefined) return `${label} (${href})`;
    references.add(reference);
    return label;
  },
});

/** How a reader of the terminal opens a page of the documentation; undefined for other links. */
const referenceTo = (href: string): string | undefined => {
  const [, verdict] = /^([A-Z_]+)\.md/.exec(href) ?? [];
  const [, document] = /^\.\.\/([\w/-]+\.md)/.exec(href) ?? [];
  return verdict === undefined ? document && `docs/${document}` : `trailkey explain ${verdict}`;
};

const renderItem = (text: string, page: Page): string => {
  const [first = '', ...others] = page.line(text, { indent: BULLET.length });
  return [BULLET + first.slice(BULLET.length), ...others].join('');
};

const BULLET = '  - ';

function* tableLines(rows: readonly (readonly string[])[], page: Page): Iterable<string> {
  const widths = (rows[0] ?? [])
    .slice(0, -1)
    .map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  const taken = widths.reduce((sum, width) => sum + width + GAP, GAP);
  for (const row of rows) {
    if (page.columns - taken >= MIN_LAST_COLUMN) yield* page.row(row, widths);
    else yield* stackedLines(row, page);
  }
}

/** The spaces between columns, and the width below which the last column is hard to read. */
const GAP = 2;
const MIN_LAST_COLUMN = 20;

/** A row that is wider than the page: one line for each cell. */
function* stackedLines(row: readonly string[], page: Page): Iterable<string> {
  for (const [index, cell] of row.entries()) yield* page.line(cell, { indent: index === 0 ? 2 : 4 });
}
