/** Thrown where input is not what its format promises; the message names the field, what was expected and what came. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** Thrown for rule parameters that are wrong; `problems` holds one sentence for each of them. */
export class RuleParametersError extends Error {
  override readonly name = 'RuleParametersError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The rule parameters are wrong: ${problems.join(' ')}`);
    this.problems = problems;
  }
}

/** Thrown for an event that is none of AWS Config's, or one that this rule cannot take. */
export class RuleEventError extends Error {
  override readonly name = 'RuleEventError';
}

/** Thrown where a call was given up because somebody pressed Ctrl-C: it says nothing of what was asked. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/**
 * Thrown where there are no credentials, AWS no longer takes them, or the environment does not tell whom to ask; the message says
 * what to run or set.
 */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}

/** Tells whether an error is an interruption, or was caused by one. */
export const isInterruption = (error: unknown): boolean =>
  error instanceof InterruptedError || (error instanceof Error && isInterruption(error.cause));

/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
