import { setMaxListeners } from 'node:events';
import { codeOf, TimeBudgetError, toServiceError } from './errors.js';

/** Options of each request that the SDK sends. */
export type RequestOptions = { readonly abortSignal: AbortSignal };

/**
 * Sends the requests of one operation (`service:Operation`, as in IAM) to a Region, and reads their responses.
 *
 * @throws AccessDeniedError or ServiceFaultError if a request fails or a response cannot be read
 * @throws TimeBudgetError or InterruptedError after the signal was aborted
 */
export type Call = <T>(
  operation: string,
  region: string,
  send: (options: RequestOptions) => Promise<T>,
) => Promise<T>;

/** The errors of calls that fail. */
export type CallErrors = {
  /** The error after the signal was aborted. */
  readonly aborted: (operation: string, region: string) => Error;
  readonly failed?: (error: unknown, operation: string, region: string) => Error;
};

/** Returns calls that end when a signal is aborted. */
export const callsUntil = (
  abortSignal: AbortSignal,
  { aborted, failed = toServiceError }: CallErrors,
): Call => {
  // Each request in progress listens to the signal: Node.js would report more than ten as a leak.
  setMaxListeners(0, abortSignal);
  return async (operation, region, send) => {
    if (abortSignal.aborted) throw aborted(operation, region);
    try {
      return await send({ abortSignal });
    } catch (error) {
      throw abortSignal.aborted ? aborted(operation, region) : failed(error, operation, region);
    }
  };
};

/** Returns calls that end after a number of milliseconds. */
export const callsWithin = (milliseconds: number): Call =>
  callsUntil(AbortSignal.timeout(Math.floor(milliseconds)), {
    aborted: (operation, region) =>
      new TimeBudgetError(
        `${operation} in ${region} was ended, because the time of the invocation is almost used up. AWS Config invokes the rule again.`,
      ),
  });

/** Limits of reading pages. Reading stops after `maxEntries`; more than `maxPages` is an error. */
export type PageLimits = { readonly maxEntries?: number; readonly maxPages?: number };

/** Limits a service that always returns a token for another page. */
const MAX_PAGES = 1000;

type Page<Name extends string, T> = { readonly [list in Name]?: readonly T[] | undefined } & {
  readonly NextToken?: unknown;
  readonly nextToken?: unknown;
};

/**
 * Reads a list of all pages, by its name in the response.
 *
 * @throws if a page does not contain the list, there are more than `maxPages`, or a page returns the token of an earlier one
 */
export const readPages = async <Name extends string, T>(
  pages: AsyncIterable<Page<Name, T>>,
  list: Name,
  { maxEntries = Number.POSITIVE_INFINITY, ...limits }: PageLimits = {},
): Promise<readonly T[]> => {
  const entries: T[] = [];
  for await (const page of listsIn(pages, list, limits)) {
    entries.push(...page);
    if (entries.length >= maxEntries) break;
  }
  return entries;
};

/**
 * Returns a list page by page, by its name in the response.
 *
 * @throws as `readPages`
 */
export async function* listsIn<Name extends string, T>(
  pages: AsyncIterable<Page<Name, T>>,
  list: Name,
  { maxPages = MAX_PAGES }: Pick<PageLimits, 'maxPages'> = {},
): AsyncIterable<readonly T[]> {
  const tokens = new Set<unknown>();
  for await (const page of pages) {
    yield required<readonly T[]>(page[list], list);
    const next = page.NextToken ?? page.nextToken;
    if (!next) return;
    if (tokens.has(next)) throw new Error('the service returned the same token for the next page again');
    tokens.add(next);
    if (tokens.size === maxPages) throw new Error(`the service returned more than ${maxPages} pages`);
  }
}

/**
 * Returns a value of a response. A response without it is malformed: it must not be taken for an empty one.
 *
 * @throws if the value is absent
 */
export const required = <T>(value: T | null | undefined, name: string): T => {
  if (value !== null && value !== undefined) return value;
  throw new Error(`the response does not contain ${name}`);
};

/** Returns the result of a request, or undefined if AWS answers with one of the error codes of a missing resource. */
export const unlessMissing = async <T>(
  codes: readonly string[],
  request: () => Promise<T>,
): Promise<T | undefined> => {
  try {
    return await request();
  } catch (error) {
    if (codes.includes(codeOf(error))) return undefined;
    throw error;
  }
};
