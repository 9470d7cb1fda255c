/** Thrown for a command line that cannot be carried out: the message says what was expected and what came. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * A question after the candidate that a misspelt word comes closest to, with a space in front; empty text where none is close.
 * Case does not count.
 */
export const didYouMean = (word: string, candidates: readonly string[]): string => {
  const [best] = candidates
    .map((candidate) => ({
      candidate,
      distance: distanceBetween(word.toLowerCase(), candidate.toLowerCase()),
    }))
    .filter(({ candidate, distance }) => distance <= MAX_SHARE * candidate.length)
    .toSorted((a, b) => a.distance - b.distance);
  return best ? ` Did you mean ${best.candidate}?` : '';
};

/** More than a third of the letters wrong is another word. */
const MAX_SHARE = 1 / 3;

/** How many letters must be put in, taken out, replaced or swapped with their neighbour. */
const distanceBetween = (a: string, b: string): number => {
  let [beforeLast, last]: readonly number[][] = [
    [],
    Array.from({ length: b.length + 1 }, (_, index) => index),
  ];
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      next[column] = Math.min(
        at(next, column - 1) + 1,
        at(last, column) + 1,
        at(last, column - 1) + (isSame ? 0 : 1),
        isSwapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, next];
  }
  return at(last, b.length);
};

const at = (row: readonly number[] | undefined, index: number): number =>
  row?.[index] ?? Number.POSITIVE_INFINITY;
