/**
 * Thrown for what SSM would refuse, and for what it does with it is not documented: a document, its parameters, or a value
 * that comes up while it runs.
 */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** Thrown inside a step that fails as it would in SSM; the message is what the step then shows. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  readonly status: 'Failed' | 'TimedOut';

  constructor(message: string, status: 'Failed' | 'TimedOut' = 'Failed') {
    super(message);
    this.status = status;
  }
}
