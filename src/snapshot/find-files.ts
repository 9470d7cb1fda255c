import { statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
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
