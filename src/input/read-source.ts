import { FormatError } from '../core/errors.js';
import { unpack } from './files.js';
import {
  addAlias,
  addDescribedKey,
  addItem,
  addObservedTrail,
  emptyInventory,
  type Inventory,
} from './inventory.js';
import { type Rest, type Splitter, type SplitValue, splitJson } from './json-splitter.js';
import { type Problem, type ProblemList, problemsOf, reasonOf } from './problem.js';
import { LISTS, type Recognized, recognize, SEARCH_TERMS } from './recognize.js';

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
    searchTerms: SEARCH_TERMS,
    lists: LISTS,
    value: (value) => readValue({ ...value, at: start + value.at }, found),
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

/** What one file held. */
export type LoadedSource = {
  readonly inventory: Inventory;
  readonly problems: readonly Problem[];
  /** True where some value was AWS Config data or told of a trail or a key. */
  readonly recognized: boolean;
  /** The place of the first value that is nothing Trailkey knows. */
  readonly unknownAt: number | undefined;
  /** True where rule parameters came with an event: they are not used. */
  readonly hasParameters: boolean;
};

/** What is found in a file while it is read. */
type Found = Writable<Omit<LoadedSource, 'problems'>> & {
  readonly problems: ProblemList;
  /** Values that stand alone and are not whole: good ones may follow in them. */
  readonly broken: Rest[];
};
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Nothing, before the first byte. */
const nothingIn = (path: string): Found => ({
  inventory: emptyInventory(),
  problems: problemsOf(path),
  recognized: false,
  unknownAt: undefined,
  hasParameters: false,
  broken: [],
});

/** What was found, once the file is read. Of a file in which nothing was recognized the first problem says it all. */
const resultOf = ({ broken: _, ...found }: Found): LoadedSource => {
  const problems = found.problems.list();
  return { ...found, problems: found.recognized ? problems : problems.slice(0, 1) };
};

/** A file with more broken lines is no file of AWS Config data, and each costs a look at all that follows. */
const MAX_RECOVERIES = 20;

/** Keeps a value that is not whole for another look. */
const keepBroken = ({ bytes, at }: Rest, { broken }: Found): void => {
  if (broken.length < MAX_RECOVERIES) broken.push({ bytes, at });
};

/** Takes a value that was split off for what it is; what is wrong with it becomes a problem of its file. */
const readValue = (value: SplitValue, found: Found): void => {
  try {
    const recognized = recognizeIn(value, found);
    if (recognized.kind === 'unknown') found.unknownAt ??= value.at;
    else found.recognized = true;
    take(recognized, found);
  } catch (error) {
    found.problems.add(`At byte ${value.at}: ${reasonOf(error)}`);
  }
};

const recognizeIn = (value: SplitValue, found: Found): Recognized => {
  if (isOtherItem(value)) return { kind: 'other' };
  const parsed = parse(value, found);
  try {
    return recognize(parsed, value.list);
  } catch (error) {
    found.recognized = true; // Broken, but of a kind that is known.
    throw error;
  }
};

const take = (recognized: Recognized, found: Found): void => {
  switch (recognized.kind) {
    case 'item':
      found.hasParameters ||= recognized.hasParameters;
      addItem(found.inventory, recognized.item);
      break;
    case 'trail':
      addObservedTrail(found.inventory, recognized.observed);
      break;
    case 'key':
      addDescribedKey(found.inventory, recognized.key);
      break;
    case 'alias':
      addAlias(found.inventory, recognized.alias, undefined);
      break;
    case 'other':
    case 'unknown':
      break;
  }
};

/** What makes a document that is an item more than that: the name of a member that may hold a trail or a key. */
const DOCUMENT_MARKS = ['railARN', 'KeyMetadata', 'invokingEvent', 'messageType'];

/** Knows an item of another type without parsing it: JSON lines of a whole account are mostly those. */
const isOtherItem = ({ bytes, hit }: SplitValue): boolean =>
  !hit && bytes.includes('"resourceType"') && !DOCUMENT_MARKS.some((mark) => bytes.includes(mark));

const parse = (value: SplitValue, found: Found): unknown => {
  try {
    return JSON.parse(value.bytes.toString('utf8'));
  } catch (error) {
    if (value.list === undefined) keepBroken(value, found);
    const [, offset] = /position (\d+)/.exec(String(error)) ?? [];
    throw new FormatError(
      `this value is not valid JSON${offset ? `: it breaks ${offset} characters in` : ''}`,
    );
  }
};
