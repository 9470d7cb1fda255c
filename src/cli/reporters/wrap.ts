import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** Words of ASCII with single spaces between them: each sign takes one column, which need not be looked up. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;
/** ASCII without a blank at either end: it stays as it is where it fits. */
const PLAIN_LINE = /^[!-~](?:[ -~]*[!-~])?$/;

/** The columns that a text takes on a terminal. */
export const widthOf = (text: string): number => (ASCII.test(text) ? text.length : stringWidth(text));
const ASCII = /^[ -~]*$/;

/**
 * Wraps a text into lines of a width; words that are longer are broken. Most text is plain, and wrapped a hundred times as fast
 * as any text can be.
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
    if (joined.length <= width) {
      line = joined;
      continue;
    }
    // A long word starts on the line that is begun, if that saves a line.
    const start = word.length > width && linesOf(joined, width) <= linesOf(word, width) ? joined : word;
    if (start === word && line !== '') lines.push(line);
    const pieces = piecesOf(start, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line];
};

const linesOf = (text: string, width: number): number => Math.ceil(text.length / width);

const piecesOf = (text: string, width: number): readonly string[] =>
  Array.from({ length: linesOf(text, width) }, (_, index) =>
    text.slice(index * width, (index + 1) * width).trimEnd(),
  );
