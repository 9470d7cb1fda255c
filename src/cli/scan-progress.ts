import { isThrottled, type RequestObserver } from '../aws/clients.js';
import { harmless } from './harmless.js';
import type { Terminal } from './terminal.js';

/** Shows on standard error how far a scan is; `clear` takes it away again. */
export type ScanProgress = RequestObserver & {
  readonly begin: (accounts: number) => void;
  readonly finishAccount: () => void;
  readonly clear: () => void;
};

const CLEAR_LINE = '\r\u001b[K';

/** Shows accounts, Regions and what is being asked, on a terminal alone, and one that can take a line back. */
export const scanProgressOn = ({ stderr, env }: Terminal): ScanProgress => {
  if (!stderr.isTTY || env['TERM'] === 'dumb') return QUIET;
  let [total, finished, throttled, last] = [0, 0, 0, ''];
  let isCleared = false;
  const show = () => {
    // What is still under way when the scan ends has nobody to tell.
    if (isCleared) return;
    const accounts = total > 1 ? `${finished} of ${total} accounts, ` : '';
    const waits = throttled > 0 ? `, throttled ${throttled} ${throttled === 1 ? 'time' : 'times'}` : '';
    // The end of the line tells of throttling: what is being asked is cut first.
    const columns = (stderr.columns ?? Infinity) - 1;
    const room = Math.max(0, columns - `Scanning: ${accounts}${waits}`.length);
    stderr.write(
      `${CLEAR_LINE}Scanning: ${accounts}${harmless(last).slice(0, room)}${waits}`.slice(
        0,
        CLEAR_LINE.length + columns,
      ),
    );
  };
  return {
    begin: (accounts) => {
      total = accounts;
    },
    beforeAttempt: ({ account, region, operation }) => {
      last = `${account} ${region} ${operation}`;
      show();
    },
    afterAttempt: (result) => {
      if (!isThrottled(result)) return;
      throttled += 1;
      show();
    },
    finishAccount: () => {
      finished += 1;
      show();
    },
    clear: () => {
      isCleared = true;
      stderr.write(CLEAR_LINE);
    },
  };
};

/** Shows nothing. */
export const QUIET: ScanProgress = {
  begin: () => {},
  finishAccount: () => {},
  clear: () => {},
};

/** Shows each attempt at a request on a line of its own, in place of progress. It holds no part of the request or the answer. */
export const traceOn = ({ stderr, now }: Terminal): ScanProgress => ({
  ...QUIET,
  afterAttempt: ({ account, service, operation, region, milliseconds, requestId = 'none', result }) => {
    const request = `${new Date(now()).toISOString()} ${service}:${operation} in ${region} for ${account}`;
    const answer = `${result} after ${Math.round(milliseconds)} ms, request id ${requestId}`;
    stderr.write(`trailkey: ${harmless(`${request}: ${answer}`)}\n`);
  },
});
