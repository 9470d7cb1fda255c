/** Finds texts in chunks of bytes; they are searched for natively, which is faster than any loop. */
export type NeedleSearch = {
  /** Looks through a chunk; places count from its start. */
  readonly enter: (bytes: Buffer) => void;
  /** Tells whether a needle begins between two places of the chunk. Asked from the front to the back. */
  readonly isBetween: (from: number, to: number) => boolean;
};

/** Tells whether bytes hold one of the needles. */
export const holdsNeedle = (bytes: Buffer, needles: readonly string[]): boolean =>
  needles.some((needle) => bytes.includes(needle, 0, 'latin1'));

/** A search for any of some texts of ASCII. */
export const searchFor = (needles: readonly string[]): NeedleSearch => {
  let places: readonly number[] = [];
  let next = 0;
  return {
    enter: (bytes) => {
      places = needles.flatMap((needle) => placesOf(bytes, needle)).sort((a, b) => a - b);
      next = 0;
    },
    isBetween: (from, to) => {
      while ((places[next] ?? Infinity) < from) next += 1;
      return (places[next] ?? Infinity) < to;
    },
  };
};

const placesOf = (bytes: Buffer, needle: string): readonly number[] => {
  const places: number[] = [];
  for (let at = bytes.indexOf(needle, 0, 'latin1'); at >= 0; at = bytes.indexOf(needle, at + 1, 'latin1')) {
    places.push(at);
  }
  return places;
};
