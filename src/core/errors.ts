/** Thrown if input does not have its expected format. The message contains the field, what was expected and what was received. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** Thrown if rule parameters are not valid. `problems` contains one sentence for each problem. */
export class RuleParametersError extends Error {
  override readonly name = 'RuleParametersError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The rule parameters are not valid: ${problems.join(' ')}`);
    this.problems = problems;
  }
}

/** Thrown if an event is not from AWS Config, or is one that the rule does not support. */
export class RuleEventError extends Error {
  override readonly name = 'RuleEventError';
}

/** Thrown if a call ended because the user pressed Ctrl-C. The result of the call is unknown. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/**
 * Thrown if there are no credentials, AWS rejects them, or the environment does not contain a valid Region or endpoint. The message
 * contains the command to run or the variable to set.
 */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}

/** Whether an error is an interruption by the user, or was caused by one. */
export const isInterruption = (error: unknown): boolean =>
  error instanceof InterruptedError || (error instanceof Error && isInterruption(error.cause));

/** The message of a thrown value. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
