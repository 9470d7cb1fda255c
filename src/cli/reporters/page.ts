import picocolors from 'picocolors';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { Layout } from './types.js';

type Style = 'bold' | 'cyan' | 'dim' | 'green' | 'red' | 'yellow';
type LineOptions = { readonly indent?: number; readonly style?: Style };

/** Formats text for a number of terminal columns. Each piece ends with a newline. */
export type Page = {
  readonly columns: number;
  readonly paint: (text: string, style: Style) => string;
  /** Wrapped text. */
  readonly line: (text: string, options?: LineOptions) => Iterable<string>;
  /** Wrapped text, followed by an empty line. An empty text gives nothing. */
  readonly paragraph: (text: string, options?: LineOptions) => Iterable<string>;
  /** Cells side by side in columns of the given widths; the last one wraps within the rest of the line. */
  readonly row: (cells: readonly string[], widths: readonly number[], indent?: number) => Iterable<string>;
};

const INDENT = 2;
const GAP = '  ';

/** The page for a layout. */
export const pageFor = ({ columns, color }: Layout): Page => {
  const colors = picocolors.createColors(color);
  const paint = (text: string, style: Style) => colors[style](text);
  const line: Page['line'] = function* (text, { indent = 0, style } = {}) {
    for (const piece of wrap(text, atLeast(columns - indent))) {
      yield `${' '.repeat(indent)}${style ? paint(piece, style) : piece}\n`;
    }
  };
  return {
    columns,
    paint,
    line,
    *paragraph(text, options) {
      yield* line(text, options);
      if (text !== '') yield '\n';
    },
    *row(cells, widths, indent = INDENT) {
      const fixed =
        ' '.repeat(indent) + widths.map((width, index) => pad(cells[index] ?? '', width) + GAP).join('');
      const start = widthOf(fixed);
      const rest = wrap(cells[widths.length] ?? '', atLeast(columns - start));
      for (const [index, piece] of rest.entries()) {
        yield `${`${index === 0 ? fixed : ' '.repeat(start)}${piece}`.trimEnd()}\n`;
      }
    },
  };
};

const MIN_WIDTH = 10;

const atLeast = (width: number): number => Math.max(width, MIN_WIDTH);

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** ASCII words separated by single spaces: each character takes one column. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;
/** ASCII without a space at either end, which needs no wrapping where it fits. */
const PLAIN_LINE = /^[!-~](?:[ -~]*[!-~])?$/;

/** The number of terminal columns that a text takes. */
export const widthOf = (text: string): number => (ASCII.test(text) ? text.length : stringWidth(text));
const ASCII = /^[ -~]*$/;

/**
 * Wraps a text into lines of a width and breaks longer words, but not ARNs, which people copy. Most text is ASCII, which is wrapped
 * about a hundred times as fast as wrap-ansi does it.
 */
export const wrap = (text: string, width: number): readonly string[] => {
  if (text.length <= width && PLAIN_LINE.test(text)) return [text];
  return PLAIN.test(text) ? wrapPlain(text, width) : wrapAnsi(text, width, { hard: true }).split('\n');
};

const wrapPlain = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    const start = joined.length <= width || sharesLine(line, word, width) ? joined : word;
    if (start === word && line !== '') lines.push(line);
    const pieces = piecesOf(start, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line];
};

/** A long word starts on the current line if that saves a line. */
const sharesLine = (line: string, word: string, width: number): boolean =>
  !isArn(word) &&
  !isArn(line) &&
  word.length > width &&
  line.length <= width &&
  linesOf(`${line} ${word}`, width) <= linesOf(word, width);

const isArn = (word: string): boolean => word.startsWith('arn:');

const linesOf = (text: string, width: number): number => Math.ceil(text.length / width);

const piecesOf = (text: string, width: number): readonly string[] =>
  text.length <= width || isArn(text)
    ? [text]
    : Array.from({ length: linesOf(text, width) }, (_, index) =>
        text.slice(index * width, (index + 1) * width).trimEnd(),
      );
