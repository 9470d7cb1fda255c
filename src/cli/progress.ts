import type { Progress } from '../snapshot/load.js';
import type { Terminal } from './terminal.js';

/** Shows how far the reading is, on a terminal; `clear` takes it away again. */
export type ShownProgress = Progress & { readonly clear: () => void };

/** Shows nothing. */
export const SILENT: ShownProgress = {
  start: () => {},
  advance: () => {},
  finishFile: () => {},
  clear: () => {},
};

const FIRST_SHOWN_AFTER_MS = 1000;
const SHOWN_EVERY_MS = 100;
const CLEAR_LINE = '\r\u001b[K';

/** Progress by file and bytes on standard error, from a second on; none where that is no terminal, or cannot take a line back. */
export const progressOn = ({ stderr, env, now }: Terminal): ShownProgress => {
  if (!stderr.isTTY || env['TERM'] === 'dumb') return SILENT;
  const done = { files: 0, bytes: 0 };
  let work = { files: 0, bytes: 0 };
  let next = now() + FIRST_SHOWN_AFTER_MS;
  let isShown = false;
  return {
    start: (ahead) => {
      work = ahead;
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
