import { addAbortSignal, type Readable } from 'node:stream';
import { mapConcurrently } from '../core/collections.js';
import { type FoundFile, type FoundFiles, findFiles, readBytes, STANDARD_INPUT } from './files.js';
import { addInventory, addKeysOf, emptyInventory, type Inventory } from './inventory.js';
import type { Problem } from './problem.js';
import { type LoadedSource, loadSource } from './read-source.js';

/** What is to be read, and who is told how it goes. */
export type Load = {
  readonly paths: readonly string[];
  /** Files of keys: what else they hold is not judged. */
  readonly keyPaths: readonly string[];
  /** What the path `-` stands for. */
  readonly standardInput: Readable;
  /** Ends the reading early; what was read until then counts. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
};

/** Told of the work ahead, in files and bytes, and of each step of it. */
export type Progress = {
  readonly start: (work: { readonly files: number; readonly bytes: number }) => void;
  readonly advance: (bytes: number) => void;
  readonly finishFile: () => void;
};

/** What came of reading: all that could be read, and a problem for each thing that could not. */
export type Loaded = {
  readonly inventory: Inventory;
  readonly problems: readonly Problem[];
  /** True where rule parameters came with an event: they are not used. */
  readonly hasParameters: boolean;
};

/** Decompression runs beside the main thread, which reads on meanwhile. */
const FILES_AT_ONCE = 4;

/** Reads files and folders of AWS Config data, and standard input. What cannot be read does not hide the rest. */
export const load = async ({ paths, keyPaths, standardInput, signal, progress }: Load): Promise<Loaded> => {
  const found = await Promise.all([...paths, ...keyPaths].map(findFiles));
  const files = found.flatMap(({ files: some }, index) =>
    some.map((file) => ({ file, isOfKeys: index >= paths.length })),
  );
  progress.start({ files: files.length, bytes: files.reduce((sum, { file }) => sum + file.bytes, 0) });
  const loaded = await mapConcurrently(files, FILES_AT_ONCE, async ({ file, isOfKeys }) => {
    const stream = () =>
      file.path === STANDARD_INPUT ? addAbortSignal(signal, standardInput) : readBytes(file, signal);
    const result = await loadSource({ path: file.path, stream, onBytes: progress.advance, signal });
    progress.finishFile();
    return { file, isOfKeys, ...result };
  });
  return {
    inventory: merge(loaded),
    problems: [
      ...found.flatMap(({ problems }) => problems),
      ...loaded.flatMap(({ problems }) => problems),
      // Of what was not read to its end nothing is missed.
      ...(signal.aborted
        ? []
        : [...loaded.flatMap(missedBy), ...emptyFolders([...paths, ...keyPaths], { found, loaded })]),
    ],
    hasParameters: loaded.some(({ hasParameters }) => hasParameters),
  };
};

type LoadedFile = LoadedSource & { readonly file: FoundFile; readonly isOfKeys: boolean };

/** In the order of the input, however quickly each file was read, so that the same input always gives the same report. */
const merge = (loaded: readonly LoadedFile[]): Inventory => {
  const inventory = emptyInventory();
  for (const file of loaded) {
    if (file.isOfKeys) addKeysOf(inventory, file.inventory);
    else addInventory(inventory, file.inventory);
  }
  return inventory;
};

/** A file that is named outright is expected to hold something; in a folder other files may lie as well. */
const missedBy = ({ file, isOfKeys, problems, inventory, ...result }: LoadedFile): readonly Problem[] => {
  const source = file.path;
  if (file.folder !== undefined) return [];
  if (result.unknownAt !== undefined) return [{ source, message: `At byte ${result.unknownAt}: ${UNKNOWN}` }];
  if (!result.recognized && problems.length === 0) return [{ source, message: 'The file is empty.' }];
  const holdsKeys = inventory.described.size + inventory.keys.size + inventory.aliases.size > 0;
  return isOfKeys && !holdsKeys && problems.length === 0 ? [{ source, message: NO_KEYS }] : [];
};

const UNKNOWN =
  'this is nothing that can be judged: expected AWS Config data, or the output of describe-trails, get-trail or describe-key.';
const NO_KEYS = 'The file holds no key: expected the output of aws kms describe-key.';

type Seen = { readonly found: readonly FoundFiles[]; readonly loaded: readonly LoadedFile[] };

/** Folders in which nothing was recognized and nothing went wrong: the path is wrong, most likely. */
const emptyFolders = (paths: readonly string[], { found, loaded }: Seen): readonly Problem[] =>
  paths
    .filter((path, index) => {
      const inFolder = loaded.filter(({ file }) => file.folder === path);
      const isFolder = inFolder.length > 0 || found[index]?.files.length === 0;
      const isSilent =
        found[index]?.problems.length === 0 && inFolder.every(({ problems }) => problems.length === 0);
      return isFolder && isSilent && !inFolder.some(({ recognized }) => recognized);
    })
    .map((source) => ({ source, message: EMPTY_FOLDER }));

const EMPTY_FOLDER =
  'The folder holds no AWS Config data in a .json, .json.gz, .jsonl or .ndjson file. Name a folder of snapshots.';
