import { type Found, keepBroken, type LoadedSource, MAX_RECOVERIES, nothingIn, resultOf } from './found.js';
import { type Splitter, splitJson } from './json-splitter.js';
import { reasonOf } from './problem.js';
import { LISTS, NEEDLES } from './recognise.js';
import { takeValue } from './take-value.js';
import { unpack } from './unpack.js';

/** A file or standard input, and who is told of the bytes that were read. */
export type Source = {
  readonly path: string;
  readonly stream: () => AsyncIterable<Buffer>;
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal;
};

/** Reads one source to its end, or as far as it can be read: what came before a damage counts. Never throws for bad input. */
export const loadSource = async (source: Source): Promise<LoadedSource> => {
  const found = nothingIn(source.path);
  const splitter = splitInto(found, 0);
  let size = 0;
  const unpacker = unpack((bytes) => {
    size += bytes.length;
    splitter.write(bytes);
  });
  try {
    for await (const bytes of source.stream()) {
      source.onBytes(bytes.length);
      await unpacker.write(bytes);
    }
    await unpacker.end();
    splitter.end();
    recover(found);
  } catch (error) {
    if (source.signal.aborted) return resultOf(found);
    found.problems.add(`${size > 0 ? `After byte ${size}: ` : ''}${reasonOf(error)}`);
  }
  return resultOf(found);
};

/** Splits a text whose first byte has a place in the whole. */
const splitInto = (found: Found, start: number): Splitter =>
  splitJson({
    needles: NEEDLES,
    lists: LISTS,
    value: (value) => takeValue({ ...value, at: start + value.at }, found),
    problem: (at, message, rest) => {
      found.problems.add(`At byte ${start + at}: ${message}.`);
      if (rest) keepBroken({ ...rest, at: start + rest.at }, found);
    },
  });

/**
 * One line that is cut off swallows those that follow: goes on at the next line that begins an object. Inside an object that is
 * printed over several lines none begins there.
 */
const recover = (found: Found): void => {
  for (let recoveries = 0; recoveries < MAX_RECOVERIES; recoveries += 1) {
    const { bytes, at } = found.broken.shift() ?? { bytes: Buffer.alloc(0), at: 0 };
    const line = bytes.indexOf('\n{');
    if (line < 0) continue;
    const splitter = splitInto(found, at + line + 1);
    splitter.write(bytes.subarray(line + 1));
    splitter.end();
  }
};
