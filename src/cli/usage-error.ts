/** Thrown for a command line that cannot be carried out: the message says what was expected and what came. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
