/** A part of a Markdown text: its rows may be left out from the end, where there is no room for all. */
export type Section = {
  readonly name: string;
  readonly open: string;
  readonly rows: readonly string[];
  readonly close: string;
  /** How much of the room it may take at most, from 0 to 1: all, where none is given. With one it opens even without a row. */
  readonly share?: number;
};

/** Room for the sentence on what was left out: one entry for each verdict, and a few more. */
const RESERVE_BYTES = 2_000;

/**
 * A head and as much of the sections, in their order, as a number of bytes holds; the end says how many rows of each section were
 * left out.
 */
export function* fitInto(maxBytes: number, head: string, sections: readonly Section[]): Iterable<string> {
  let room = maxBytes - RESERVE_BYTES - bytesOf(head);
  yield head;
  const leftOut: string[] = [];
  for (const section of sections) {
    const rows = rowsWithin(Math.min(room, (section.share ?? 1) * maxBytes), section);
    if (rows.length > 0 || section.share !== undefined) {
      const text = section.open + rows.join('') + section.close;
      room -= bytesOf(text);
      yield text;
    }
    const missing = section.rows.length - rows.length;
    if (missing > 0) leftOut.push(`${missing} of ${section.rows.length} ${section.name}`);
  }
  if (leftOut.length > 0) yield `\n**Left out**, for want of room: ${leftOut.join(', ')}. ${WHERE}\n`;
}

const WHERE = 'The formats `csv` and `json` hold all.';

const rowsWithin = (room: number, { open, rows, close }: Section): readonly string[] => {
  let left = room - bytesOf(open) - bytesOf(close);
  const end = rows.findIndex((row) => {
    left -= bytesOf(row);
    return left < 0;
  });
  return end === -1 ? rows : rows.slice(0, end);
};

const bytesOf = (text: string): number => Buffer.byteLength(text);
