import { FormatError } from '../core/errors.js';

/** A part of the input that could not be read: its source, the reason and what to do. */
export type Problem = { readonly source: string; readonly message: string };

/** The problems of one source. */
export type ProblemList = {
  readonly add: (message: string) => void;
  readonly list: () => readonly Problem[];
};

/** Returns a list of the problems of a source: the first 20 in full, and the number of the others. */
export const problemsOf = (source: string): ProblemList => {
  const problems: Problem[] = [];
  let others = 0;
  return {
    add: (message) => {
      if (problems.length < MAX_PROBLEMS) problems.push({ source, message });
      else others += 1;
    },
    list: () =>
      others === 0 ? problems : [...problems, { source, message: `There are ${others} more problems.` }],
  };
};

/**
 * Describes in a sentence why reading failed.
 *
 * @throws the error itself if it is not about the input: a fault of Trailkey is not reported as invalid input
 */
export const reasonOf = (error: unknown): string => {
  if (error instanceof FormatError) return `${error.message}.`;
  const code = codeOf(error);
  const reason = REASONS.get(code);
  if (reason) return reason;
  if (error instanceof Error && /^(E[A-Z]+|Z_[A-Z]+)$/.test(code)) return `Reading failed: ${error.message}.`;
  throw error;
};

/** Returns the error code of Node.js, or an empty string. */
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** Every line of a file that is not AWS Config data can be a problem. */
const MAX_PROBLEMS = 20;

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'The file or folder does not exist. Check the path.'],
  ['EACCES', 'Access to the file was denied. Check its permissions.'],
  ['EPERM', 'Access to the file was denied. Check its permissions.'],
  ['EISDIR', 'Expected a file; the path is a folder.'],
  ['Z_DATA_ERROR', 'The gzip data is corrupt. Download the file again.'],
  ['Z_BUF_ERROR', 'The gzip data is incomplete. Download the file again.'],
]);
