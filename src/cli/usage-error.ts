import levenshtein from 'damerau-levenshtein';

/** Thrown for a command line that cannot be run. The message states what was expected, what was received, and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Returns the choice that a value matches.
 *
 * @throws UsageError that lists the choices and suggests the closest one
 */
export const parseChoice = <T extends string>(option: string, value: string, choices: readonly T[]): T => {
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  throw new UsageError(
    `${option} must be one of ${choices.join(', ')}; received "${value}".${didYouMean(value, choices)}`,
  );
};

/** Suggests the candidate closest to a misspelled word, ignoring case, as ` Did you mean NAME?`. Returns '' if none is close. */
export const didYouMean = (word: string, candidates: readonly string[]): string => {
  const [best] = candidates
    .map((candidate) => ({
      candidate,
      distance: levenshtein(word.toLowerCase(), candidate.toLowerCase()).steps,
    }))
    .filter(({ candidate, distance }) => distance <= MAX_DISTANCE_RATIO * candidate.length)
    .toSorted((a, b) => a.distance - b.distance);
  return best ? ` Did you mean ${best.candidate}?` : '';
};

/** A word with more than a third of its letters wrong is a different word. */
const MAX_DISTANCE_RATIO = 1 / 3;
