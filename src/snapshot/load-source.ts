import { FormatError } from '../core/errors.js';
import {
  addAlias,
  addDescribedKey,
  addItem,
  addSighting,
  emptyInventory,
  type Inventory,
} from './inventory.js';
import { splitJson } from './json-splitter.js';
import { type Problem, type ProblemList, problemsOf, reasonOf } from './problem.js';
import { LISTS, NEEDLES, type Recognised, recognise } from './recognise.js';
import type { SplitValue } from './splitter-state.js';
import { unpack } from './unpack.js';

/** What one file held. */
export type LoadedSource = {
  readonly inventory: Inventory;
  readonly problems: readonly Problem[];
  /** True where some value was AWS Config data or told of a trail or a key. */
  readonly recognised: boolean;
  /** The place of the first value that is nothing Trailkey knows. */
  readonly unknownAt: number | undefined;
  /** True where rule parameters came with an event: they are not used. */
  readonly hasParameters: boolean;
};

/** A file or standard input, and who is told of the bytes that were read. */
export type Source = {
  readonly path: string;
  readonly stream: () => AsyncIterable<Buffer>;
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal;
};

/** Reads one source to its end, or as far as it can be read: what came before a damage counts. Never throws for bad input. */
export const loadSource = async (source: Source): Promise<LoadedSource> => {
  const found: Found = {
    inventory: emptyInventory(),
    problems: problemsOf(source.path),
    recognised: false,
    unknownAt: undefined,
    hasParameters: false,
  };
  const splitter = splitJson({
    needles: NEEDLES,
    lists: LISTS,
    value: (value) => takeValue(value, found),
    problem: (at, message) => found.problems.add(`At byte ${at}: ${message}.`),
  });
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
  } catch (error) {
    if (source.signal.aborted) return resultOf(found);
    found.problems.add(`${size > 0 ? `After byte ${size}: ` : ''}${reasonOf(error)}`);
  }
  return resultOf(found);
};

type Found = Writable<Omit<LoadedSource, 'problems'>> & { readonly problems: ProblemList };
type Writable<T> = { -readonly [K in keyof T]: T[K] };

const resultOf = (found: Found): LoadedSource => ({ ...found, problems: found.problems.list() });

const takeValue = (value: SplitValue, found: Found): void => {
  try {
    const recognised: Recognised = isOtherItem(value)
      ? { kind: 'other' }
      : recognise(parse(value), value.list);
    if (recognised.kind === 'unknown') found.unknownAt ??= value.at;
    else found.recognised = true;
    take(recognised, found);
  } catch (error) {
    found.recognised = true;
    found.problems.add(`At byte ${value.at}: ${reasonOf(error)}`);
  }
};

const take = (recognised: Recognised, found: Found): void => {
  switch (recognised.kind) {
    case 'item':
      found.hasParameters ||= recognised.hasParameters;
      addItem(found.inventory, recognised.item);
      break;
    case 'trail':
      addSighting(found.inventory, recognised.sighting);
      break;
    case 'key':
      addDescribedKey(found.inventory, recognised.key);
      break;
    case 'alias':
      addAlias(found.inventory, recognised.alias, undefined);
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

const parse = ({ bytes }: SplitValue): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    const [, offset] = /position (\d+)/.exec(String(error)) ?? [];
    throw new FormatError(`this value is not valid JSON${offset ? `, ${offset} characters on` : ''}`);
  }
};
