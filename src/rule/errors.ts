import type { Failure } from '../core/attempt.js';

/** Thrown when trails could not be judged because their keys cannot be asked now; the results of the others were put. */
export class KeysNotAskedError extends AggregateError {
  override readonly name = 'KeysNotAskedError';

  constructor(failures: readonly Failure[]) {
    const trails = failures.map(
      ({ sighting, error }) =>
        `${sighting.trail.arn} (${error instanceof Error ? error.message : String(error)})`,
    );
    super(
      failures.map(({ error }) => error),
      `The keys of ${failures.length} trails cannot be asked now, so their last results stand: ${trails.join('; ')}`,
    );
  }
}
