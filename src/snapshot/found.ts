import { emptyInventory, type Inventory } from './inventory.js';
import { type Problem, type ProblemList, problemsOf } from './problem.js';
import type { Rest } from './splitter-state.js';

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

/** What is found in a file while it is read. */
export type Found = Writable<Omit<LoadedSource, 'problems'>> & {
  readonly problems: ProblemList;
  /** Values that stand alone and are not whole: good ones may follow in them. */
  readonly broken: Rest[];
};
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Nothing, before the first byte. */
export const nothingIn = (path: string): Found => ({
  inventory: emptyInventory(),
  problems: problemsOf(path),
  recognised: false,
  unknownAt: undefined,
  hasParameters: false,
  broken: [],
});

/** What was found, once the file is read. Of a file in which nothing was recognised the first problem says it all. */
export const resultOf = ({ broken: _, ...found }: Found): LoadedSource => {
  const problems = found.problems.list();
  return { ...found, problems: found.recognised ? problems : problems.slice(0, 1) };
};

/** A file with more broken lines is no file of AWS Config data, and each costs a look at all that follows. */
export const MAX_RECOVERIES = 20;

/** Keeps a value that is not whole for another look. */
export const keepBroken = ({ bytes, at }: Rest, { broken }: Found): void => {
  if (broken.length < MAX_RECOVERIES) broken.push({ bytes, at });
};
