/** Runs a task for each of some things, so many at once, and gives the results in the order of the things. */
export const concurrently = async <T, R>(
  things: readonly T[],
  width: number,
  task: (thing: T) => Promise<R>,
): Promise<readonly R[]> => {
  const results = new Map<number, R>();
  const queue = things.entries();
  const work = async () => {
    for (const [index, thing] of queue) results.set(index, await task(thing));
  };
  await Promise.all(Array.from({ length: Math.min(width, things.length) }, work));
  return [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result);
};
