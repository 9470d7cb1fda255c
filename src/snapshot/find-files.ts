import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Problem, reasonOf } from './problem.js';

/** The files that a path stands for, in a stable order, and what went wrong on the way. */
export type FoundFiles = { readonly files: readonly string[]; readonly problems: readonly Problem[] };

/** What AWS Config data is called in a folder; a file that is named outright is read whatever its name. */
const DATA_FILE = /\.(json|jsonl|ndjson)(\.gz)?$/i;

/** Finds the files that a path stands for: itself, or, for a folder, all files below that can be AWS Config data. */
export const findFiles = async (path: string): Promise<FoundFiles> => {
  try {
    if (!(await stat(path)).isDirectory()) return { files: [path], problems: [] };
    const files = await filesBelow(path);
    return { files, problems: files.length > 0 ? [] : [emptyFolder(path)] };
  } catch (error) {
    return { files: [], problems: [{ source: path, message: reasonOf(error) }] };
  }
};

const filesBelow = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && DATA_FILE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
};

const emptyFolder = (source: string): Problem => ({
  source,
  message:
    'The folder holds no .json, .json.gz, .jsonl or .ndjson file. Name a folder of AWS Config snapshots.',
});
