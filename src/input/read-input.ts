import process from 'node:process';
import { addAbortSignal, type Readable } from 'node:stream';
import { groupBy, mapConcurrently } from '../core/collections.js';
import { findFiles, type InputFile, type InputFiles, readBytes, STANDARD_INPUT } from './files.js';
import { addInventory, addKey, addKeysAndAliases, emptyInventory, type Inventory } from './inventory.js';
import { type Problem, type ProblemList, problemsOf } from './problem.js';
import { readSource } from './read-source.js';
import { keyArnsById, keyWithFacts, type SourceContents } from './source-contents.js';

/** The input to read. */
export type InputOptions = {
  /** Files, folders, or `-` for standard input. */
  readonly paths: readonly string[];
  /** Files of keys. Trails in them are ignored. */
  readonly keyPaths?: readonly string[];
  /** The stream for the path `-`. By default, that of the process. */
  readonly standardInput?: Readable;
  /** Ends the reading early. The contents that were read before are used. */
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
  /** Milliseconds since 1970. By default, the current time. */
  readonly now?: number;
};

/** The input, with its defaults. */
type Input = Required<InputOptions>;

const withDefaults = (options: InputOptions): Input => ({
  keyPaths: [],
  standardInput: process.stdin,
  signal: new AbortController().signal,
  progress: { start: () => {}, advance: () => {}, finishFile: () => {} },
  now: Date.now(),
  ...options,
});

/** Receives the progress of reading, in files and bytes. */
export type Progress = {
  readonly start: (work: { readonly files: number; readonly bytes: number }) => void;
  readonly advance: (bytes: number) => void;
  readonly finishFile: () => void;
};

/** The contents of the input, and a problem for each part that could not be read. */
export type InputContents = {
  readonly inventory: Inventory;
  readonly problems: readonly Problem[];
  /** Whether a rule event contains parameters. They are not used. */
  readonly hasParameters: boolean;
  /** A sentence for each part of a file that is not evaluated, and is not an error. */
  readonly notes: readonly string[];
  /** The files in folders that were not used. */
  readonly unused: readonly UnusedFiles[];
};

/** Files in a folder that were not used: their content is not recognized, or they were not read because of their names. */
export type UnusedFiles = {
  readonly folder: string;
  readonly reason: 'not-recognized' | 'not-read';
  readonly paths: readonly string[];
};

/** Reads files and folders of AWS Config data, and standard input. A part that cannot be read does not affect the others. */
export const readInput = async (options: InputOptions): Promise<InputContents> => {
  const input = withDefaults(options);
  const { paths, keyPaths, signal, progress } = input;
  const lists = await Promise.all([...paths, ...keyPaths].map(findFiles));
  const files = lists.flatMap((list, index) =>
    list.files.map((file) => ({ file, isKeyFile: index >= paths.length })),
  );
  progress.start({ files: files.length, bytes: files.reduce((sum, { file }) => sum + file.bytes, 0) });
  const contents = await mapConcurrently(files, CONCURRENT_FILES, async ({ file, isKeyFile }) => {
    const read = await readFile(file, input);
    progress.finishFile();
    return { file, isKeyFile, ...read };
  });
  const inventory = combine(contents);
  const factProblems = joinFacts(inventory, contents);
  const folders = groupBy(contents, ({ file }) => file.folder);
  return {
    inventory,
    problems: [
      ...lists.flatMap(({ problems }) => problems),
      ...contents.flatMap(({ problems }) => problems),
      ...factProblems,
      ...contradictionsIn(inventory),
      // After an interruption, missing contents are not a problem.
      ...(signal.aborted
        ? []
        : [
            ...contents.flatMap(problemsWithContents),
            ...emptyFolders([...paths, ...keyPaths], lists, folders),
          ]),
    ],
    hasParameters: contents.some(({ hasParameters }) => hasParameters),
    notes: contents.flatMap(notesOn),
    unused: signal.aborted ? [] : unusedFiles([...paths, ...keyPaths], lists, folders),
  };
};

/** Decompression runs in other threads, while the main thread reads another file. */
const CONCURRENT_FILES = 4;

const readFile = (
  file: InputFile,
  { standardInput, signal, progress, now }: Input,
): Promise<SourceContents> => {
  const stream = () =>
    file.path === STANDARD_INPUT ? addAbortSignal(signal, standardInput) : readBytes(file, signal);
  return readSource({ path: file.path, stream, onBytes: progress.advance, signal, now });
};

type FileContents = SourceContents & { readonly file: InputFile; readonly isKeyFile: boolean };

/** In the order of the input, so that the same input always gives the same report. */
const combine = (contents: readonly FileContents[]): Inventory => {
  const inventory = emptyInventory();
  for (const file of contents) {
    if (file.isKeyFile) addKeysAndAliases(inventory, file.inventory, true);
    else addInventory(inventory, file.inventory);
  }
  return inventory;
};

/** An error for each contradiction between two facts with the same time. */
export const contradictionsIn = ({ contradictions }: Inventory): readonly Problem[] => {
  const lists = new Map<string, ProblemList>();
  for (const { source, message } of contradictions.values()) {
    const list = lists.get(source) ?? problemsOf(source);
    lists.set(source, list);
    list.add(message);
  }
  return [...lists.values()].flatMap((list) => list.list());
};

/** A file on the command line must contain recognized data. A folder can contain other files. */
const problemsWithContents = ({
  file,
  isKeyFile,
  problems,
  inventory,
  recognized,
  hasText,
  unknown,
  notEvaluated,
  keyFacts,
}: FileContents): readonly Problem[] => {
  const source = file.path;
  if (file.folder !== undefined) return [];
  if (unknown !== undefined) {
    return [{ source, message: `At byte ${unknown.at}: ${unknown.isEmpty ? EMPTY_VALUE : UNRECOGNIZED}` }];
  }
  if (!recognized && problems.length === 0) return [{ source, message: hasText ? NOTHING : EMPTY_FILE }];
  const errors = notEvaluated.flatMap(({ message, isError }) =>
    isError === 'outside-folders' ? [{ source, message: `${message}.` }] : [],
  );
  const hasKeys = inventory.keys.size + inventory.aliases.size + keyFacts.length > 0;
  return isKeyFile && !hasKeys && problems.length === 0 ? [...errors, { source, message: NO_KEYS }] : errors;
};

const UNRECOGNIZED =
  'this value is not recognized: expected AWS Config data, the output of describe-trails, get-trail or describe-key, a CloudFormation template, or a Terraform plan.';
const EMPTY_VALUE = 'there is nothing to evaluate in an empty value.';
const NOTHING = 'There is nothing to evaluate in this file: it contains only empty values.';
const EMPTY_FILE = 'The file is empty.';
const NO_KEYS = 'The file contains no keys: expected the output of aws kms describe-key.';

/** Adds policies and rotation statuses that contain only a key ID, to the key with this ID in another file. */
const joinFacts = (inventory: Inventory, contents: readonly FileContents[]): readonly Problem[] => {
  if (contents.every(({ keyFacts }) => keyFacts.length === 0)) return [];
  const byId = keyArnsById(inventory);
  return contents.flatMap(({ keyFacts, isKeyFile }) =>
    keyFacts.flatMap(({ facts, place }) => {
      const [arn, ...others] = byId.get(facts.keyId ?? '') ?? [];
      if (arn === undefined || others.length > 0) {
        const found = arn === undefined ? 'is not in the input' : 'is in the input more than once';
        return [
          {
            source: place.source,
            message: `At byte ${place.at}: the key ${facts.keyId} of this ${facts.operation} output ${found}: add its describe-key output, or set the field "KeyId" to the key ARN.`,
          },
        ];
      }
      const added = emptyInventory();
      addKey(added, keyWithFacts(arn, facts), place);
      addKeysAndAliases(inventory, added, isKeyFile);
      return [];
    }),
  );
};

/** What is not evaluated and is not an error. */
const notesOn = ({ file, notEvaluated }: FileContents): readonly string[] =>
  notEvaluated
    .filter(
      ({ isError }) => isError === 'never' || (isError === 'outside-folders' && file.folder !== undefined),
    )
    .map(({ message }) => `${file.path}: ${message}.`);

type Folders = ReadonlyMap<InputFile['folder'], readonly FileContents[]>;

/** Folders without recognized data and without other problems. The path is probably wrong. */
const emptyFolders = (
  paths: readonly string[],
  lists: readonly InputFiles[],
  folders: Folders,
): readonly Problem[] =>
  paths
    .filter((path, index) => {
      const inFolder = folders.get(path) ?? [];
      const isFolder = inFolder.length > 0 || lists[index]?.files.length === 0;
      const hasProblems =
        lists[index]?.problems.length !== 0 || inFolder.some(({ problems }) => problems.length > 0);
      return isFolder && !hasProblems && !inFolder.some(({ recognized }) => recognized);
    })
    .map((source) => ({ source, message: EMPTY_FOLDER }));

const EMPTY_FOLDER =
  'The folder contains no AWS Config data in .json, .json.gz, .jsonl, .ndjson, .yaml, .yml or .template files. Specify a folder of snapshots.';

const unusedFiles = (
  paths: readonly string[],
  lists: readonly InputFiles[],
  folders: Folders,
): readonly UnusedFiles[] =>
  paths.flatMap((folder, index) => {
    const inFolder = folders.get(folder) ?? [];
    // A folder in which nothing is recognized is an error.
    if (!inFolder.some(({ recognized }) => recognized)) return [];
    const notRecognized = inFolder.filter(({ recognized, problems }) => !recognized && problems.length === 0);
    const unused: readonly UnusedFiles[] = [
      { folder, reason: 'not-recognized', paths: notRecognized.map(({ file }) => file.path) },
      { folder, reason: 'not-read', paths: lists[index]?.skipped ?? [] },
    ];
    return unused.filter((files) => files.paths.length > 0);
  });
