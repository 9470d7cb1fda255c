import picocolors from 'picocolors';
import type { Layout } from '../terminal.js';
import { widthOf, wrap } from './wrap.js';

type Style = 'bold' | 'cyan' | 'dim' | 'green' | 'red' | 'yellow';
type LineOptions = { readonly indent?: number; readonly style?: Style };

/** Sets text into lines of a width, in columns of a terminal; each piece it gives ends with a newline. */
export type Page = {
  readonly columns: number;
  readonly paint: (text: string, style: Style) => string;
  /** A text, wrapped; nothing is cut off. */
  readonly line: (text: string, options?: LineOptions) => Iterable<string>;
  /** A text, wrapped, with an empty line behind it. */
  readonly paragraph: (text: string, options?: LineOptions) => Iterable<string>;
  /** Cells side by side, each as wide as given; the last one wraps within the rest of the line. */
  readonly row: (cells: readonly string[], widths: readonly number[]) => Iterable<string>;
};

const INDENT = 2;
const GAP = '  ';

/** A page in a layout. */
export const pageFor = ({ columns, colour }: Layout): Page => {
  const colours = picocolors.createColors(colour);
  const paint = (text: string, style: Style) => colours[style](text);
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
    *row(cells, widths) {
      const fixed = widths.map((width, index) => pad(cells[index] ?? '', width) + GAP).join('');
      const start = INDENT + widthOf(fixed);
      const rest = wrap(cells[widths.length] ?? '', atLeast(columns - start));
      for (const [index, piece] of rest.entries()) {
        yield index === 0 ? `${' '.repeat(INDENT)}${fixed}${piece}\n` : `${' '.repeat(start)}${piece}\n`;
      }
    },
  };
};

const MIN_WIDTH = 10;

const atLeast = (width: number): number => Math.max(width, MIN_WIDTH);

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));
