import stringWidth from 'string-width';
import type { Page } from './reporters/page.js';

/**
 * A page in Markdown, set for a terminal. It knows what the pages of the verdicts use, and a test holds them to it: headings,
 * paragraphs, bullets, tables, fenced code, bold text, code spans and links.
 */
export function* renderPage(markdown: string, page: Page): Iterable<string> {
  for (const block of blocksOf(markdown)) yield* renderBlock(block, page);
  const others = new Set([...markdown.matchAll(/\]\(([A-Z_]+)\.md\)/g)].map(([, code = '']) => code));
  if (others.size > 0) yield* page.line('See also:');
  for (const code of others) yield* page.line(`trailkey explain ${code}`, { indent: 2 });
}

type Block = {
  readonly kind: 'code' | 'heading' | 'bullets' | 'table' | 'text';
  readonly lines: readonly string[];
};

const FENCE = /^```/;

/** Blocks are what empty lines part, but for those in fenced code. */
const blocksOf = (markdown: string): readonly Block[] =>
  [...markdown.matchAll(/^```\w*\n([\s\S]*?)^```$|^.+(?:\n(?!```).+)*/gm)].map(([text, code]) =>
    FENCE.test(text)
      ? { kind: 'code', lines: (code ?? '').replace(/\n$/, '').split('\n') }
      : { kind: kindOf(text), lines: text.split('\n') },
  );

const kindOf = (text: string): Block['kind'] => {
  if (text.startsWith('#')) return 'heading';
  if (text.startsWith('|')) return 'table';
  return text.startsWith('- ') ? 'bullets' : 'text';
};

function* renderBlock({ kind, lines }: Block, page: Page): Iterable<string> {
  switch (kind) {
    case 'heading':
      yield* page.line(lines.join(' ').replace(/^#+ /, ''), { style: 'bold' });
      break;
    case 'code':
      // Never wrapped, so that it can be copied.
      for (const line of lines) yield `    ${line}\n`;
      break;
    case 'bullets':
      for (const item of itemsIn(lines)) yield* renderItem(item, page);
      break;
    case 'table':
      yield* renderTable(lines, page);
      break;
    case 'text':
      yield* page.line(inline(lines.join(' '), page));
      break;
  }
  yield '\n';
}

const itemsIn = (lines: readonly string[]): readonly string[] =>
  lines
    .map((line) => line.trim())
    .join(' ')
    .split(/(?:^| )- (?=\S)/)
    .slice(1);

function* renderItem(item: string, page: Page): Iterable<string> {
  let bullet = '  - ';
  for (const line of page.line(inline(item, page), { indent: bullet.length })) {
    yield bullet + line.slice(bullet.length);
    bullet = '    ';
  }
}

function* renderTable(lines: readonly string[], page: Page): Iterable<string> {
  const [head = [], , ...rows] = lines.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
  const shown = [
    head.map((cell) => page.paint(cell, 'bold')),
    ...rows.map((row) => row.map((cell) => inline(cell, page))),
  ];
  const widths = head
    .slice(0, -1)
    .map((_, column) => Math.max(...shown.map((row) => stringWidth(row[column] ?? ''))));
  const taken = widths.reduce((sum, width) => sum + width + GAP, GAP);
  for (const row of shown) {
    if (page.columns - taken >= MIN_LAST_COLUMN) yield* page.row(row, widths);
    else yield* renderStacked(row, page);
  }
}

/** The blanks between columns, and what the last one needs so that its text can be read. */
const GAP = 2;
const MIN_LAST_COLUMN = 20;

/** A row that is too wide for the page: its cells below each other. */
function* renderStacked(row: readonly string[], page: Page): Iterable<string> {
  for (const [index, cell] of row.entries()) yield* page.line(cell, { indent: index === 0 ? 2 : 4 });
}

/** Where there is no colour the backticks stay, so that code can be told from text. */
const inline = (text: string, page: Page): string =>
  text
    .split(/(`[^`]+`)/)
    .map((part) => (part.startsWith('`') ? codeIn(part, page) : textIn(part, page)))
    .join('');

const codeIn = (span: string, page: Page): string => {
  const code = span.slice(1, -1);
  const painted = page.paint(code, 'cyan');
  return painted === code ? span : painted;
};

const textIn = (text: string, page: Page): string =>
  text
    .replace(/\[([^\]]+)\]\([A-Z_]+\.md\)/g, '$1')
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 ($2)')
    .replace(/\*\*([^*]+)\*\*/g, (_, bold: string) => page.paint(bold, 'bold'));
