/** Cuts a list into batches of at most so many entries, in their order; an empty list has none. */
export const batchesOf = <T>(entries: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(entries.length / size) }, (_, index) =>
    entries.slice(index * size, (index + 1) * size),
  );
