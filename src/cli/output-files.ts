import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from './usage-error.js';

/**
 * Makes sure that each report has a file of its own, and none of those that are read.
 *
 * @throws UsageError that names the file
 */
export const refuseSharedFiles = async (
  outputs: readonly string[],
  inputs: readonly string[],
): Promise<void> => {
  if (outputs.length === 0) return;
  const read = new Set(await Promise.all(inputs.map(identityOf)));
  const written = new Set<string>();
  for (const file of outputs) {
    const identity = await identityOf(file);
    if (written.has(identity)) {
      throw new UsageError(`--output names ${file} for two reports. Give each report a file of its own.`);
    }
    if (read.has(identity)) {
      throw new UsageError(`--output ${file} would overwrite what is read from it. Name another file.`);
    }
    written.add(identity);
  }
};

/** The same for all names of one file: links count as what they lead to. */
const identityOf = async (file: string): Promise<string> => {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  if (found) return `${found.dev}:${found.ino}`;
  const folder = await realpath(dirname(file)).catch(() => undefined);
  // What is wrong with a path is told where it is read or written.
  return folder === undefined ? resolve(file) : join(folder, basename(file));
};
