/** An item for which a task failed, and the error. */
export type Failure<T> = { readonly item: T; readonly error: unknown };

/** The results of the tasks that succeeded, and the failures of the others. */
export type Settled<T, R> = { readonly results: readonly R[]; readonly failures: readonly Failure<T>[] };

/**
 * Runs a task for each item, at most `concurrency` at once, and returns the results in the order of the items.
 *
 * @throws what a task throws
 */
export const mapConcurrently = async <T, R>(
  items: readonly T[],
  concurrency: number,
  task: (item: T) => Promise<R>,
): Promise<readonly R[]> => {
  const results = new Map<number, R>();
  const queue = items.entries();
  const runWorker = async () => {
    for (const [index, item] of queue) results.set(index, await task(item));
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, runWorker));
  return [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result);
};

/** The tasks of `settleAll` that run at the same time: enough for a service that responds, and little memory for each. */
const CONCURRENT_TASKS = 50;

/** Runs a task for each item, several at a time. Returns errors of the tasks as failures and does not throw them. */
export const settleAll = async <T, R>(
  items: readonly T[],
  task: (item: T) => Promise<R>,
): Promise<Settled<T, R>> => {
  const settled = await mapConcurrently(items, CONCURRENT_TASKS, async (item): Promise<Settled<T, R>> => {
    try {
      return { results: [await task(item)], failures: [] };
    } catch (error) {
      return { results: [], failures: [{ item, error }] };
    }
  });
  return {
    results: settled.flatMap(({ results }) => results),
    failures: settled.flatMap(({ failures }) => failures),
  };
};

/** Counts items by the key that `keyOf` returns for each. */
export const countBy = <T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, number> => {
  const counts = new Map<K, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
};

/** Groups items by the key that `keyOf` returns for each, in the order in which the keys occur. */
export const groupBy = <T, K>(
  items: readonly T[],
  keyOf: (item: T, index: number) => K,
): ReadonlyMap<K, readonly T[]> => {
  const groups = new Map<K, T[]>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item, index);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
};
