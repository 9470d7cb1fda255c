import { isThrottled, type RequestObserver } from '../aws/clients.js';
import type { Progress } from '../input/read-input.js';
import { count } from './reporters/findings.js';
import { sanitize, type Terminal } from './terminal.js';

/** The progress of reading, shown on a terminal until `clear`. */
export type ShownProgress = Progress & { readonly clear: () => void };

/** No progress. */
export const SILENT: ShownProgress = {
  start: () => {},
  advance: () => {},
  finishFile: () => {},
  clear: () => {},
};

const FIRST_SHOWN_AFTER_MS = 1000;
const SHOWN_EVERY_MS = 100;
const CLEAR_LINE = '\r\u001b[K';

/** Shows progress by files and bytes on standard error after one second. Shows nothing where standard error is not a terminal, or is a dumb one. */
export const progressOn = ({ stderr, env, now }: Terminal): ShownProgress => {
  if (!stderr.isTTY || env['TERM'] === 'dumb') return SILENT;
  const done = { files: 0, bytes: 0 };
  let work = { files: 0, bytes: 0 };
  let next = now() + FIRST_SHOWN_AFTER_MS;
  let isShown = false;
  return {
    start: (amount) => {
      work = amount;
    },
    advance: (bytes) => {
      done.bytes += bytes;
      if (now() < next) return;
      next = now() + SHOWN_EVERY_MS;
      isShown = true;
      stderr.write(CLEAR_LINE + lineFor(done, work).slice(0, (stderr.columns ?? Infinity) - 1));
    },
    finishFile: () => {
      done.files += 1;
    },
    clear: () => {
      if (isShown) stderr.write(CLEAR_LINE);
    },
  };
};

type Amount = { readonly files: number; readonly bytes: number };

const lineFor = (done: Amount, work: Amount): string => {
  const files = work.files === 1 ? '' : `${done.files} of ${work.files} files, `;
  if (work.bytes === 0) return `Reading: ${files}${sizeOf(done.bytes)}`;
  const percent = Math.min(100, Math.floor((done.bytes / work.bytes) * 100));
  return `Reading: ${files}${sizeOf(done.bytes)} of ${sizeOf(work.bytes)} (${percent} %)`;
};

const KILO = 1000;
const UNITS = ['kB', 'MB', 'GB', 'TB'];

const sizeOf = (bytes: number): string => {
  const power = Math.min(UNITS.length, Math.max(1, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${(bytes / KILO ** power).toFixed(1)} ${UNITS[power - 1]}`;
};

/** The progress of a scan, shown on standard error until `clear`. */
export type ScanProgress = RequestObserver & {
  readonly begin: (accounts: number) => void;
  readonly finishAccount: () => void;
  readonly clear: () => void;
};

/** Shows accounts, Regions, and the current request. Shows nothing where standard error is not a terminal, or is a dumb one. */
export const scanProgressOn = ({ stderr, env }: Terminal): ScanProgress => {
  if (!stderr.isTTY || env['TERM'] === 'dumb') return QUIET;
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
    stderr.write(`trailkey: ${sanitize(`${request}: ${outcome}`)}\n`);
  },
});
