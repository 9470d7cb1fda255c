/** One page of an answer, and the token of the next one, if there is any. */
export type PageOf<T> = { readonly entries: readonly T[]; readonly next: string | undefined };

/** A service that always names a next page would keep us for ever. */
const MAX_PAGES = 1000;

/** How far pages are followed: until there are so many entries, and over so many pages at most. */
export type PageLimits = { readonly enough?: number; readonly most?: number };

/**
 * Follows pages to the end, or until there are enough entries.
 *
 * @throws where the pages have no end
 */
export const pages = async <T>(
  fetch: (token: string | undefined) => Promise<PageOf<T>>,
  { enough = Infinity, most = MAX_PAGES }: PageLimits = {},
): Promise<readonly T[]> => {
  const entries: T[] = [];
  let token: string | undefined;
  for (let page = 0; page < most; page += 1) {
    const { entries: more, next } = await fetch(token);
    entries.push(...more);
    if (!next || entries.length >= enough) return entries;
    if (next === token) throw new Error('the answer names the same next page again');
    token = next;
  }
  throw new Error(`the answer has more than ${most} pages`);
};
