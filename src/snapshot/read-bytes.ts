import { createReadStream, readFileSync } from 'node:fs';
import { addAbortSignal } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { FoundFile } from './find-files.js';

const READ_BYTES = 256 * 1024;

/**
 * Reads the bytes of a file in pieces, until a signal ends it. A small file comes in one piece: of many, the steps of a stream would
 * take longer than the work.
 */
export const readBytes = ({ path, bytes }: FoundFile, signal: AbortSignal): AsyncIterable<Buffer> =>
  bytes > 0 && bytes <= READ_BYTES
    ? readAtOnce(path, signal)
    : addAbortSignal(signal, createReadStream(path, { highWaterMark: READ_BYTES }));

async function* readAtOnce(path: string, signal: AbortSignal): AsyncIterable<Buffer> {
  // Ctrl-C is heard here, between two files.
  await setImmediate(undefined, { signal });
  yield readFileSync(path);
}
