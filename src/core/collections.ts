/** Runs a task for each of some things, so many at once, and gives the results in the order of the things. */
export const mapConcurrently = async <T, R>(
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

/** A thing for which a task failed, and the error. */
export type Failure<T> = { readonly item: T; readonly error: unknown };

/** The results of a task for each of several things, and the failures: one that fails does not hide the others. */
export type Settled<T, R> = { readonly results: readonly R[]; readonly failures: readonly Failure<T>[] };

/** Runs a task for each thing, all at once. Never throws what the task throws. */
export const settleAll = async <T, R>(
  items: readonly T[],
  task: (item: T) => Promise<R>,
): Promise<Settled<T, R>> => {
  const settled = await Promise.allSettled(items.map(task));
  return {
    results: settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    failures: items.flatMap((item, index) => {
      const one = settled[index];
      return one?.status === 'rejected' ? [{ item, error: one.reason }] : [];
    }),
  };
};

/** Counts things by what they have in common. */
export const countBy = <T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, number> => {
  const counts = new Map<K, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
};
