import type { TrailSighting } from './trail.js';

/** A trail that could not be judged now, and why. */
export type Failure = { readonly sighting: TrailSighting; readonly error: unknown };

/** What became of a task for each of several trails: one that fails does not hide the others. */
export type Attempts<T> = { readonly done: readonly T[]; readonly failures: readonly Failure[] };

/** Does a task for each trail, all at once. */
export const attemptEach = async <T>(
  sightings: readonly TrailSighting[],
  task: (sighting: TrailSighting) => Promise<T>,
): Promise<Attempts<T>> => {
  const results = await Promise.all(
    sightings.map(async (sighting) => {
      try {
        return { kind: 'done', result: await task(sighting) } as const;
      } catch (error) {
        return { kind: 'failed', failure: { sighting, error } } as const; // Thrown again once the others are put.
      }
    }),
  );
  return {
    done: results.flatMap((result) => (result.kind === 'done' ? [result.result] : [])),
    failures: results.flatMap((result) => (result.kind === 'failed' ? [result.failure] : [])),
  };
};
