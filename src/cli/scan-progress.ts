import { isThrottled, type RequestObserver } from '../aws/clients.js';
import { count } from './reporters/findings.js';
import { CLEAR_LINE, canOverwrite, sanitize, type Terminal } from './terminal.js';

/** The progress of a scan, shown on standard error until `clear`. */
export type ScanProgress = RequestObserver & {
  readonly begin: (accounts: number) => void;
  readonly finishAccount: () => void;
  readonly clear: () => void;
};

/** Shows accounts, Regions, and the current request on standard error, where a line can be overwritten. */
export const scanProgressOn = (terminal: Terminal): ScanProgress => {
  const { stderr } = terminal;
  if (!canOverwrite(terminal)) return QUIET;
  let [total, finished, throttled, last] = [0, 0, 0, ''];
  let isCleared = false;
  const show = () => {
    // Requests can still be in progress when the scan ends.
    if (isCleared) return;
    const accounts = total > 1 ? `${finished} of ${total} accounts, ` : '';
    const throttling = throttled > 0 ? `, throttled ${count(throttled, 'time')}` : '';
    // The request is truncated first, so that throttling stays visible at the end of the line.
    const columns = (stderr.columns ?? Infinity) - 1;
    const room = Math.max(0, columns - `Scanning: ${accounts}${throttling}`.length);
    stderr.write(
      `${CLEAR_LINE}Scanning: ${accounts}${sanitize(last).slice(0, room)}${throttling}`.slice(
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

/** No progress. */
export const QUIET: ScanProgress = {
  begin: () => {},
  finishAccount: () => {},
  clear: () => {},
};

/** Prints a line for each request attempt instead of progress. The line contains no data of the request or the response. */
export const traceOn = ({ stderr, now }: Terminal): ScanProgress => ({
  ...QUIET,
  afterAttempt: ({ account, service, operation, region, milliseconds, requestId = 'none', result }) => {
    const request = `${new Date(now()).toISOString()} ${service}:${operation} in ${region} for ${account}`;
    const outcome = `${result} after ${Math.round(milliseconds)} ms, request id ${requestId}`;
    stderr.write(`trailkey: ${request}: ${outcome}\n`);
  },
});
