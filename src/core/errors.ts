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
export class InvocationError extends Error {
  override readonly name = 'InvocationError';
}
