import { setMaxListeners } from 'node:events';
import { TimeBudgetError, toServiceError } from './errors.js';

/** Options of each request that the SDK sends. */
export type RequestOptions = { readonly abortSignal: AbortSignal };

/**
 * Sends the requests of one operation (`service:Operation`, as IAM spells it) to a Region, and reads their responses.
 *
 * @throws AccessDeniedError, ServiceFaultError where a request fails or a response cannot be read; TimeBudgetError or InterruptedError
 * once the signal is aborted
 */
export type Call = <T>(
  operation: string,
  region: string,
  send: (options: RequestOptions) => Promise<T>,
) => Promise<T>;

/** How calls end that fail. */
export type CallErrors = {
  /** The error once the signal is aborted. */
  readonly aborted: (operation: string, region: string) => Error;
  readonly failed?: (error: unknown, operation: string, region: string) => Error;
};

/** Calls that give up when a signal is aborted. */
export const callsUntil = (
  abortSignal: AbortSignal,
  { aborted, failed = toServiceError }: CallErrors,
): Call => {
  // Each request in progress listens to the signal, and there may be a hundred: Node.js would warn of a leak.
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

/** Calls that give up after so many milliseconds. */
export const callsWithin = (milliseconds: number): Call =>
  callsUntil(AbortSignal.timeout(Math.floor(milliseconds)), {
    aborted: (operation, region) =>
      new TimeBudgetError(
        `Gave up on ${operation} in ${region}: the time of this ruleEvent is nearly used up. AWS Config will invoke the rule again.`,
      ),
  });

/** Limits of reading pages: stop once there are `enough` entries; more than `most` pages are an error. */
export type PageLimits = { readonly enough?: number; readonly most?: number };

/** A service that reports another page forever must not keep us forever. */
const MAX_PAGES = 1000;

/**
 * Reads the entries of all pages.
 *
 * @throws where the pages have no end
 */
export const readPages = async <
  Page extends { readonly NextToken?: unknown; readonly nextToken?: unknown },
  T,
>(
  pages: AsyncIterable<Page>,
  entriesIn: (page: Page) => readonly T[] | undefined,
  { enough = Number.POSITIVE_INFINITY, most = MAX_PAGES }: PageLimits = {},
): Promise<readonly T[]> => {
  const entries: T[] = [];
  let count = 0;
  let token: unknown;
  for await (const page of pages) {
    const next = page.NextToken ?? page.nextToken;
    count += 1;
    entries.push(...(entriesIn(page) ?? []));
    if (!next || entries.length >= enough) break;
    if (next === token) throw new Error('the answer names the same next page again');
    if (count === most) throw new Error(`the answer has more than ${most} pages`);
    token = next;
  }
  return entries;
};
