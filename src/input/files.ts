import { once } from 'node:events';
import {
  closeSync,
  createReadStream,
  constants as fileConstants,
  openSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createGunzip, gunzipSync } from 'node:zlib';
import { type Problem, reasonOf } from './problem.js';

/** A file to read. `bytes` is its size, or 0 for a pipe. `folder` is the folder of the command line that contains it. */
export type InputFile = {
  readonly path: string;
  readonly bytes: number;
  readonly folder: string | undefined;
};

/** The files of a path, in a stable order, and the problems while they were listed. */
export type InputFiles = {
  readonly files: readonly InputFile[];
  /** The files and links in a folder that are not read. */
  readonly skipped: readonly string[];
  readonly problems: readonly Problem[];
};

/** Decodes the bytes of a file. `end` waits until all of them are passed on, and throws if they are corrupt. */
export type Decoder = {
  readonly write: (bytes: Buffer) => Promise<void> | void;
  readonly end: () => Promise<void> | void;
};

type Receive = (bytes: Buffer) => void;

const NO_FILES: InputFiles = { files: [], skipped: [], problems: [] };

/** The path of standard input. */
export const STANDARD_INPUT = '-';

/**
 * Lists the files of a path: the file itself, or, for a folder, all files in it and its subfolders whose names are those of AWS Config
 * data. Symbolic links in a folder are not followed, so that none leads out of the folder or into a loop.
 */
export const findFiles = async (path: string): Promise<InputFiles> => {
  if (path === STANDARD_INPUT) return { ...NO_FILES, files: [{ path, bytes: 0, folder: undefined }] };
  return orProblem(path, async () => {
    const stats = await stat(path);
    if (stats.isDirectory()) return filesIn(path, path);
    if (stats.isBlockDevice() || stats.isCharacterDevice()) {
      return { ...NO_FILES, problems: [{ source: path, message: DEVICE }] };
    }
    return { ...NO_FILES, files: [{ path, bytes: stats.size, folder: undefined }] };
  });
};

/**
 * Reads the bytes of a file in chunks, until the signal is aborted. A small file is one chunk, because a stream would take longer than
 * the work.
 */
export const readBytes = ({ path, bytes }: InputFile, signal: AbortSignal): AsyncIterable<Buffer> => {
  if (bytes > 0 && bytes <= CHUNK_BYTES) return readAtOnce(path, signal);
  signal.addEventListener('abort', () => releasePipe(path), { once: true });
  return addAbortSignal(signal, createReadStream(path, { highWaterMark: CHUNK_BYTES }));
};

/** Opening a named pipe waits for a writer, and cannot be interrupted: opening its other end ends the wait. */
const releasePipe = (path: string): void => {
  if (!statSync(path, { throwIfNoEntry: false })?.isFIFO()) return;
  try {
    closeSync(openSync(path, fileConstants.O_WRONLY | fileConstants.O_NONBLOCK));
  } catch {
    // Nothing waits for the pipe.
  }
};

/**
 * Returns a decoder that decompresses gzip and decodes UTF-16, and removes a byte-order mark. Both are detected in the first bytes. It
 * passes on UTF-8, also everything before corrupt data.
 */
export const decoderInto = (receive: Receive): Decoder =>
  byFirstBytes((first) => (isGzip(first) ? gunzip(decodeText(receive)) : decodeText(receive)));

/** The names of AWS Config data in a folder. A file on the command line can have any name. */
const DATA_FILE = /\.(?:(?:json|jsonl|ndjson)(?:\.gz)?|ya?ml|template)$/i;

/** Some devices never end. A pipe does, so it is read. */
const DEVICE = 'The path is a device. Specify a file, a folder, or - for standard input.';

const filesIn = async (folder: string, root: string): Promise<InputFiles> => {
  const entries = (await readdir(folder, { withFileTypes: true })).toSorted(byName);
  const lists = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return orProblem(path, () => filesIn(path, root));
      return entry.isFile() && DATA_FILE.test(entry.name)
        ? orProblem(path, () => fileAt(path, root))
        : { ...NO_FILES, skipped: [path] };
    }),
  );
  return {
    files: lists.flatMap(({ files }) => files),
    skipped: lists.flatMap(({ skipped }) => skipped),
    problems: lists.flatMap(({ problems }) => problems),
  };
};

/** Synchronous, because that is ten times as fast for thousands of files. */
const fileAt = async (path: string, folder: string): Promise<InputFiles> => ({
  ...NO_FILES,
  files: [{ path, bytes: statSync(path).size, folder }],
});

const orProblem = async (source: string, find: () => Promise<InputFiles>): Promise<InputFiles> => {
  try {
    return await find();
  } catch (error) {
    return { ...NO_FILES, problems: [{ source, message: reasonOf(error) }] };
  }
};

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : 1;

const CHUNK_BYTES = 256 * 1024;

async function* readAtOnce(path: string, signal: AbortSignal): AsyncIterable<Buffer> {
  // Lets Ctrl-C take effect between two files.
  await setImmediate(undefined, { signal });
  yield readFileSync(path);
}

/** Enough to detect gzip, UTF-16 and a byte-order mark. */
const FIRST_BYTES = 4;

/** Chooses a decoder by the first bytes of a file. */
const byFirstBytes = (choose: (first: Buffer) => Decoder): Decoder => {
  let first: Buffer = Buffer.alloc(0);
  let decoder: Decoder | undefined;
  return {
    write: (bytes) => {
      if (decoder) return decoder.write(bytes);
      first = first.length === 0 ? bytes : Buffer.concat([first, bytes]);
      if (first.length < FIRST_BYTES) return undefined;
      decoder = choose(first);
      return decoder.write(first);
    },
    end: async () => {
      if (decoder === undefined) {
        decoder = choose(first);
        await decoder.write(first);
      }
      await decoder.end();
    },
  };
};

const isGzip = (first: Buffer): boolean => first[0] === 0x1f && first[1] === 0x8b;

/** A file of one chunk is decompressed synchronously: for many small files, streams would take longer than the work. */
const gunzip = (next: Decoder): Decoder => {
  let first: Buffer = Buffer.alloc(0);
  let stream: Decoder | undefined;
  const startStream = async (): Promise<Decoder> => {
    if (stream) return stream;
    stream = gunzipStream(next);
    await stream.write(first);
    return stream;
  };
  return {
    write: async (bytes) => {
      if (first.length === 0) first = bytes;
      else await (await startStream()).write(bytes);
    },
    end: async () => {
      const complete = stream ? undefined : gunzipAtOnce(first);
      if (complete === undefined) return (await startStream()).end();
      await next.write(complete);
      return next.end();
    },
  };
};

const GUNZIP_CHUNK_BYTES = 128 * 1024;
/** More than a small file decompresses to, unless it is a decompression bomb. */
const MAX_AT_ONCE_BYTES = 16 * 1024 * 1024;

/** The decompressed bytes, or undefined if they are large, corrupt or incomplete: then a stream passes on what can be used. */
const gunzipAtOnce = (bytes: Buffer): Buffer | undefined => {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_AT_ONCE_BYTES, chunkSize: GUNZIP_CHUNK_BYTES });
  } catch {
    return undefined;
  }
};

/** The size of a part. If a part is corrupt, its bytes are decompressed one by one. */
const GUNZIP_PART_BYTES = 16 * 1024;

/**
 * Decompresses everything before corrupt data. zlib discards what it decompresses in the call that meets corrupt data, so another
 * stream tries each part first, and a corrupt part is decompressed byte by byte.
 */
const gunzipStream = (next: Decoder): Decoder => {
  const trial = gunzipInto(() => undefined);
  const stream = gunzipInto(next.write);
  return {
    write: async (bytes) => {
      for (const part of partsOf(bytes, GUNZIP_PART_BYTES)) {
        const isValid = await trial.write(part).then(
          () => true,
          () => false,
        );
        for (const piece of isValid ? [part] : partsOf(part, 1)) await stream.write(piece);
      }
    },
    end: async () => {
      await stream.end();
      await next.end();
    },
  };
};

const partsOf = function* (bytes: Buffer, length: number): Iterable<Buffer> {
  for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length);
};

/** Decompresses into a function. `write` and `end` throw if the data is corrupt. */
const gunzipInto = (receive: Decoder['write']) => {
  const stream = createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES });
  // With an asynchronous iterator, the stream would discard its buffer when it meets corrupt data.
  const pass = async (bytes: Buffer) => receive(bytes);
  stream.on('data', (bytes: Buffer) => {
    pass(bytes).catch((error) => stream.destroy(error));
  });
  const ended = once(stream, 'end');
  ended.catch(() => undefined); // Awaited in `end`. Prevents an unhandled rejection before that.
  return {
    write: (bytes: Buffer) =>
      new Promise<void>((resolve, reject) => {
        // zlib does not call back after an error.
        stream.once('error', reject);
        stream.write(bytes, () => {
          stream.off('error', reject);
          resolve();
        });
      }),
    end: async () => {
      stream.end();
      await ended;
    },
  };
};

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Detects the encoding of text. PowerShell redirects output as UTF-16 with a mark. Without a mark, ASCII in UTF-16 has zero bytes. */
const decodeText = (receive: Receive): Decoder =>
  byFirstBytes((first) => {
    if ((first[0] === 0xff && first[1] === 0xfe) || (first[0] !== 0 && first[1] === 0))
      return decodeFrom('utf-16le', receive);
    if ((first[0] === 0xfe && first[1] === 0xff) || (first[0] === 0 && first[1] !== 0))
      return decodeFrom('utf-16be', receive);
    return first.subarray(0, UTF8_MARK.length).equals(UTF8_MARK)
      ? skipMark(receive)
      : { write: receive, end: () => undefined };
  });

const decodeFrom = (encoding: string, receive: Receive): Decoder => {
  const decoder = new TextDecoder(encoding);
  return {
    write: (bytes) => receive(Buffer.from(decoder.decode(bytes, { stream: true }))),
    end: () => receive(Buffer.from(decoder.decode())),
  };
};

const skipMark = (receive: Receive): Decoder => {
  let isFirst = true;
  return {
    write: (bytes) => {
      receive(isFirst ? bytes.subarray(UTF8_MARK.length) : bytes);
      isFirst = false;
    },
    end: () => undefined,
  };
};
