import type { Progress } from '../input/read-input.js';
import { CLEAR_LINE, canOverwrite, type Terminal } from './terminal.js';

/** The progress of reading, shown on a terminal until `clear`. */
export type ShownProgress = Progress & { readonly clear: () => void };

/** No progress. */
const SILENT: ShownProgress = {
  start: () => {},
  advance: () => {},
  finishFile: () => {},
  clear: () => {},
};

const FIRST_SHOWN_AFTER_MS = 1000;
const SHOWN_EVERY_MS = 100;

/** Shows progress by files and bytes on standard error after one second, where a line can be overwritten. */
export const progressOn = (terminal: Terminal): ShownProgress => {
  const { stderr, now } = terminal;
  if (!canOverwrite(terminal)) return SILENT;
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
  return `Reading: ${files}${sizeOf(done.bytes)} of ${sizeOf(work.bytes)} (${percent}%)`;
};

const KILO = 1000;
const UNITS = ['kB', 'MB', 'GB', 'TB'];

const sizeOf = (bytes: number): string => {
  const power = Math.min(UNITS.length, Math.max(1, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${(bytes / KILO ** power).toFixed(1)} ${UNITS[power - 1]}`;
};
