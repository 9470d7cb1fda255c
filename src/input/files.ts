import { once } from 'node:events';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createGunzip, gunzipSync } from 'node:zlib';
import { type Problem, reasonOf } from './problem.js';

/** A file to read. `bytes` is its size, 0 where it has none (a pipe); in a folder, what is no AWS Config data is passed by. */
export type FoundFile = {
  readonly path: string;
  readonly bytes: number;
  readonly folder: string | undefined;
};

/** The files that a path stands for, in a stable order, and what went wrong on the way. */
export type FoundFiles = { readonly files: readonly FoundFile[]; readonly problems: readonly Problem[] };

/** Standard input, as a path. */
export const STANDARD_INPUT = '-';

/** What AWS Config data is called in a folder; a file that is named outright is read whatever its name. */
const DATA_FILE = /\.(json|jsonl|ndjson)(\.gz)?$/i;

/**
 * Finds the files that a path stands for: itself, or, for a folder, all files below that can be AWS Config data. Links in a folder
 * are not followed, so that none leads out of it or round in it.
 */
export const findFiles = async (path: string): Promise<FoundFiles> => {
  if (path === STANDARD_INPUT) return { files: [{ path, bytes: 0, folder: undefined }], problems: [] };
  return orProblem(path, async () => {
    const stats = await stat(path);
    if (stats.isDirectory()) return filesBelow(path, path);
    if (stats.isBlockDevice() || stats.isCharacterDevice()) return { files: [], problems: [device(path)] };
    return { files: [{ path, bytes: stats.size, folder: undefined }], problems: [] };
  });
};

/** Some devices never end; a pipe does, and is read. */
const device = (source: string): Problem => ({
  source,
  message: 'This is a device and no file. Name a file, a folder, or - for standard input.',
});

const filesBelow = async (folder: string, root: string): Promise<FoundFiles> => {
  const entries = (await readdir(folder, { withFileTypes: true })).toSorted(byName);
  const found = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return orProblem(path, () => filesBelow(path, root));
      return entry.isFile() && DATA_FILE.test(entry.name)
        ? orProblem(path, () => fileAt(path, root))
        : NOTHING;
    }),
  );
  return { files: found.flatMap(({ files }) => files), problems: found.flatMap(({ problems }) => problems) };
};

const NOTHING: FoundFiles = { files: [], problems: [] };

/** At once: of thousands of files, waiting for each would take ten times as long as asking. */
const fileAt = async (path: string, folder: string): Promise<FoundFiles> => ({
  files: [{ path, bytes: statSync(path).size, folder }],
  problems: [],
});

const orProblem = async (source: string, find: () => Promise<FoundFiles>): Promise<FoundFiles> => {
  try {
    return await find();
  } catch (error) {
    return { files: [], problems: [{ source, message: reasonOf(error) }] };
  }
};

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : 1;

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

/** Takes bytes as a file has them. `end` waits until all of them have come out, and throws where they are damaged. */
export type Unpacker = {
  readonly write: (bytes: Buffer) => Promise<void> | void;
  readonly end: () => Promise<void> | void;
};

type Receive = (bytes: Buffer) => void;

/** Enough to know gzip by, and the byte-order marks. */
const HEAD_BYTES = 4;
const GUNZIP_CHUNK_BYTES = 128 * 1024;
/** More than a small file can hold, unless it was made to. */
const AT_ONCE_BYTES = 16 * 1024 * 1024;

/**
 * Unpacks what a file may be wrapped in, known by its first bytes: gzip, and below it UTF-16 or a byte-order mark. Gives plain
 * UTF-8. All that came before a damage is given.
 */
export const unpack = (receive: Receive): Unpacker =>
  byHead((head) => (isGzip(head) ? gunzip(decode(receive)) : decode(receive)));

/** Decides by the first bytes what becomes of them and of all that follow. */
const byHead = (choose: (head: Buffer) => Unpacker): Unpacker => {
  let head: Buffer = Buffer.alloc(0);
  let chosen: Unpacker | undefined;
  return {
    write: (bytes) => {
      if (chosen) return chosen.write(bytes);
      head = head.length === 0 ? bytes : Buffer.concat([head, bytes]);
      if (head.length < HEAD_BYTES) return undefined;
      chosen = choose(head);
      return chosen.write(head);
    },
    end: async () => {
      if (chosen === undefined) {
        chosen = choose(head);
        await chosen.write(head);
      }
      await chosen.end();
    },
  };
};

const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** What comes in one piece is unpacked at once: for each of many small files a stream would take longer than the work. */
const gunzip = (next: Unpacker): Unpacker => {
  let first: Buffer = Buffer.alloc(0);
  let stream: Unpacker | undefined;
  const streamed = async (): Promise<Unpacker> => {
    if (stream) return stream;
    stream = gunzipStream(next);
    await stream.write(first);
    return stream;
  };
  return {
    write: async (bytes) => {
      if (first.length === 0) first = bytes;
      else await (await streamed()).write(bytes);
    },
    end: async () => {
      const whole = stream ? undefined : unpackedAtOnce(first);
      if (whole === undefined) return (await streamed()).end();
      await next.write(whole);
      return next.end();
    },
  };
};

/** Undefined where it is damaged or large: a stream gives what came before the damage, and bounds the memory. */
const unpackedAtOnce = (bytes: Buffer): Buffer | undefined => {
  try {
    return gunzipSync(bytes, { maxOutputLength: AT_ONCE_BYTES, chunkSize: GUNZIP_CHUNK_BYTES });
  } catch {
    return undefined;
  }
};

const gunzipStream = (next: Unpacker): Unpacker => {
  const stream = createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES });
  // Taken as it comes: a stream that is read step by step throws away what it holds when it meets a damage.
  stream.on('data', next.write);
  const ended = once(stream, 'end');
  ended.catch(() => undefined); // Awaited in `end`; until then it is no unhandled rejection.
  return {
    write: async (bytes) => {
      if (!stream.destroyed && !stream.write(bytes)) await Promise.race([once(stream, 'drain'), ended]);
    },
    end: async () => {
      stream.end();
      await ended;
      await next.end();
    },
  };
};

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** What text is encoded in: PowerShell redirects into UTF-16 with a mark; without one, ASCII shows by its zero bytes. */
const decode = (receive: Receive): Unpacker =>
  byHead((head) => {
    if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] !== 0 && head[1] === 0))
      return decodeFrom('utf-16le', receive);
    if ((head[0] === 0xfe && head[1] === 0xff) || (head[0] === 0 && head[1] !== 0))
      return decodeFrom('utf-16be', receive);
    return head.subarray(0, UTF8_MARK.length).equals(UTF8_MARK) ? withoutMark(receive) : plain(receive);
  });

const decodeFrom = (encoding: string, receive: Receive): Unpacker => {
  const decoder = new TextDecoder(encoding);
  return {
    write: (bytes) => receive(Buffer.from(decoder.decode(bytes, { stream: true }))),
    end: () => receive(Buffer.from(decoder.decode())),
  };
};

const withoutMark = (receive: Receive): Unpacker => {
  let isFirst = true;
  return plain((bytes) => {
    receive(isFirst ? bytes.subarray(UTF8_MARK.length) : bytes);
    isFirst = false;
  });
};

const plain = (receive: Receive): Unpacker => ({ write: receive, end: () => undefined });
