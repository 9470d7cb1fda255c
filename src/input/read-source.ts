import type { ConfigurationItem } from '../core/configuration-item.js';
import { FormatError } from '../core/errors.js';
import { decoderInto } from './files.js';
import { addAlias, addItem, addKey, addObservedTrail, emptyInventory, type Inventory } from './inventory.js';
import { type IncompleteValue, type Splitter, type SplitValue, splitJson } from './json-splitter.js';
import { type Problem, type ProblemList, problemsOf, reasonOf } from './problem.js';
import { DOCUMENT_LISTS, type RecognizedValue, recognize, SEARCH_TERMS } from './recognize.js';

/** A file or standard input. `onBytes` is called with the number of bytes of each chunk. */
export type Source = {
  readonly path: string;
  readonly stream: () => AsyncIterable<Buffer>;
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. Data with a later time is not valid. */
  readonly now: number;
};

/** The contents of a source. */
export type SourceContents = {
  readonly inventory: Inventory;
  readonly problems: readonly Problem[];
  /** Whether a value was recognized, also one that is not valid. */
  readonly recognized: boolean;
  /** The offset of the first value that was not recognized. */
  readonly unknownAt: number | undefined;
  /** Whether a rule event contains parameters. They are not used. */
  readonly hasParameters: boolean;
};

/** Reads a source to its end, or as far as possible: values before corrupt data are used. Does not throw for invalid input. */
export const readSource = async (source: Source): Promise<SourceContents> => {
  const contents = emptyContents(source);
  const splitter = splitterInto(contents, 0);
  let size = 0;
  const decoder = decoderInto((bytes) => {
    size += bytes.length;
    splitter.write(bytes);
  });
  try {
    for await (const bytes of source.stream()) {
      source.onBytes(bytes.length);
      await decoder.write(bytes);
    }
    await decoder.end();
    splitter.end();
    readAfterIncomplete(contents);
  } catch (error) {
    if (!source.signal.aborted) {
      contents.problems.add(`${size > 0 ? `After byte ${size}: ` : ''}${reasonOf(error)}`);
    }
  }
  return finalContents(contents);
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The contents of a source while it is read. */
type PartialContents = Writable<Omit<SourceContents, 'problems'>> & {
  readonly problems: ProblemList;
  readonly source: Source;
  /** Incomplete values, which can contain the lines after them. */
  readonly incomplete: IncompleteValue[];
};

const emptyContents = (source: Source): PartialContents => ({
  source,
  inventory: emptyInventory(),
  problems: problemsOf(source.path),
  recognized: false,
  unknownAt: undefined,
  hasParameters: false,
  incomplete: [],
});

/** In a file without any recognized value, the problems after the first one have the same cause. */
const finalContents = ({ incomplete: _, source: __, ...contents }: PartialContents): SourceContents => {
  const problems = contents.problems.list();
  return { ...contents, problems: contents.recognized ? problems : problems.slice(0, 1) };
};

/** Splits text that starts at an offset of the source. */
const splitterInto = (contents: PartialContents, start: number): Splitter =>
  splitJson({
    searchTerms: SEARCH_TERMS,
    lists: DOCUMENT_LISTS,
    value: (value) => readValue({ ...value, at: start + value.at }, contents),
    problem: (at, message, incomplete) => {
      contents.problems.add(`At byte ${start + at}: ${message}.`);
      if (incomplete) addIncomplete({ ...incomplete, at: start + incomplete.at }, contents);
    },
  });

/** A file with more incomplete lines is not AWS Config data, and each of them requires reading the rest again. */
const MAX_INCOMPLETE = 20;

const addIncomplete = ({ bytes, at }: IncompleteValue, { incomplete }: PartialContents): void => {
  if (incomplete.length < MAX_INCOMPLETE) incomplete.push({ bytes, at });
};

/**
 * In JSON Lines, an incomplete line contains the lines after it. Continues at the next line that starts with `{`. No line inside an
 * indented object does.
 */
const readAfterIncomplete = (contents: PartialContents): void => {
  for (let count = 0; count < MAX_INCOMPLETE; count += 1) {
    const { bytes, at } = contents.incomplete.shift() ?? { bytes: Buffer.alloc(0), at: 0 };
    const line = bytes.indexOf('\n{');
    if (line < 0) continue;
    const splitter = splitterInto(contents, at + line + 1);
    splitter.write(bytes.subarray(line + 1));
    splitter.end();
  }
};

/** Adds a value to the contents. A value that is not valid is added as a problem. */
const readValue = (value: SplitValue, contents: PartialContents): void => {
  try {
    const recognized = recognizeBytes(value, contents);
    if (recognized.kind === 'unknown') contents.unknownAt ??= value.at;
    else contents.recognized = true;
    addValue(recognized, value.at, contents);
  } catch (error) {
    contents.problems.add(`At byte ${value.at}: ${reasonOf(error)}`);
  }
};

const recognizeBytes = (value: SplitValue, contents: PartialContents): RecognizedValue => {
  if (isOtherItem(value)) return { kind: 'other' };
  const parsed = parseValue(value, contents);
  try {
    return recognize(parsed, value.list);
  } catch (error) {
    contents.recognized = true; // Not valid, but its kind is known.
    throw error;
  }
};

const addValue = (value: RecognizedValue, at: number, contents: PartialContents): void => {
  const { inventory, source } = contents;
  const place = { source: source.path, at };
  switch (value.kind) {
    case 'item':
      contents.hasParameters ||= value.hasParameters;
      checkTime(value.item, source.now);
      addItem(inventory, value.item, place);
      break;
    case 'trail':
      addObservedTrail(inventory, value.observed, place);
      break;
    case 'key':
      addKey(inventory, value.key, place);
      break;
    case 'alias':
      addAlias(inventory, value.alias, place);
      break;
    case 'other':
    case 'unknown':
      break;
  }
};

/** The maximum difference between two clocks, in milliseconds. */
const CLOCK_SKEW_MS = 3_600_000;

/** An item from the future would replace all others. */
const checkTime = ({ capturedAt = 0, resourceType, resourceId }: ConfigurationItem, now: number): void => {
  if (capturedAt <= now + CLOCK_SKEW_MS) return;
  throw new FormatError(
    `field "configurationItemCaptureTime" of ${resourceType} "${resourceId}" must not be in the future; received ${new Date(capturedAt).toISOString()}`,
  );
};

/** Member names by which an object with a resourceType can still contain a trail or a key. */
const DOCUMENT_MARKS = ['railARN', 'KeyMetadata', 'invokingEvent', 'messageType'];

/** Recognizes an item of another type without parsing it. Most JSON lines of an account are such items. */
const isOtherItem = ({ bytes, mayMatch }: SplitValue): boolean =>
  !mayMatch && bytes.includes('"resourceType"') && !DOCUMENT_MARKS.some((mark) => bytes.includes(mark));

const parseValue = (value: SplitValue, contents: PartialContents): unknown => {
  try {
    return JSON.parse(value.bytes.toString('utf8'));
  } catch (error) {
    if (value.list === undefined) addIncomplete(value, contents);
    const [, position] = /position (\d+)/.exec(String(error)) ?? [];
    throw new FormatError(
      `this value is not valid JSON${position ? `: the error is at character ${position} of the value` : ''}`,
    );
  }
};
