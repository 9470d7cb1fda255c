import { FormatError } from '../core/errors.js';

/** Something in the input that could not be read: where, and what to do. */
export type Problem = { readonly source: string; readonly message: string };

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'There is no such file or folder. Check the path.'],
  ['EACCES', 'The file may not be read. Check its permissions.'],
  ['EPERM', 'The file may not be read. Check its permissions.'],
  ['EISDIR', 'This is a folder where a file was expected.'],
  ['Z_DATA_ERROR', 'The gzip data is damaged. Download the file again.'],
  ['Z_BUF_ERROR', 'The gzip data ends too early. Download the file again.'],
]);

/**
 * Says in a sentence why reading failed.
 *
 * @throws the error itself where it is none of reading: a fault of Trailkey is never taken for bad input
 */
export const reasonOf = (error: unknown): string => {
  if (error instanceof FormatError) return `${error.message}.`;
  const code = codeOf(error);
  const reason = REASONS.get(code);
  if (reason) return reason;
  if (error instanceof Error && /^(E[A-Z]+|Z_[A-Z]+)$/.test(code)) return `Reading failed: ${error.message}.`;
  throw error;
};

/** The code by which Node.js tells its errors apart; empty where there is none. */
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** The problems of one source, as they come. */
export type ProblemList = {
  readonly add: (message: string) => void;
  readonly list: () => readonly Problem[];
};

/** A file that is no AWS Config data can be wrong in every line: it need not be said of each. */
const MAX_PROBLEMS = 20;

/** Collects the problems of a source: the first ones whole, of the rest the number. */
export const problemsOf = (source: string): ProblemList => {
  const problems: Problem[] = [];
  let more = 0;
  return {
    add: (message) => {
      if (problems.length < MAX_PROBLEMS) problems.push({ source, message });
      else more += 1;
    },
    list: () =>
      more === 0 ? problems : [...problems, { source, message: `There are ${more} more problems.` }],
  };
};
