/** One page of an answer, and the token of the next one, if there is any. */
export type PageOf<T> = { readonly entries: readonly T[]; readonly next: string | undefined };

/** A service that always names a next page would keep us for ever. */
const MAX_PAGES = 1000;

/**
 * Follows pages to the end, or until there are so many entries.
 *
 * @throws where the pages have no end
 */
export const pages = async <T>(
  fetch: (token: string | undefined) => Promise<PageOf<T>>,
  enough = Infinity,
): Promise<readonly T[]> => {
  const entries: T[] = [];
  let token: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { entries: more, next } = await fetch(token);
    entries.push(...more);
    if (!next || entries.length >= enough) return entries;
    token = next;
  }
  throw new Error(`the answer has more than ${MAX_PAGES} pages`);
};
