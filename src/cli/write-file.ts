import { constants, createWriteStream, type Stats } from 'node:fs';
import { access, chmod, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf } from '../snapshot/problem.js';

/**
 * Writes a file so that it is there whole or, where something goes wrong, as it was before: into a file beside it, which then takes
 * its place with the permissions that it had. What is no plain file, such as a device or a pipe, is written as it is.
 */
export const writeFileWhole = async (file: string, pieces: Iterable<string>): Promise<void> => {
  const before = await statOrNone(stat(file));
  const target = await targetOf(file, before);
  if (target === undefined) return write(file, pieces);
  // A file that may not be written is not replaced either.
  if (before) await access(target, constants.W_OK);
  const beside = `${dirname(target)}/.trailkey-${crypto.randomUUID()}.tmp`;
  if (!(await make(beside, before?.mode))) return write(file, pieces);
  try {
    await write(beside, pieces);
    if (before) await chmod(beside, before.mode & PERMISSIONS);
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
};

const PERMISSIONS = 0o7777;

/** The plain file that is to be replaced, behind any links; undefined for what is none. */
const targetOf = async (file: string, before: Stats | undefined): Promise<string | undefined> => {
  if (before) return before.isFile() ? realpath(file) : undefined;
  // A link to what is not there yet leads to the right place by itself.
  return (await statOrNone(lstat(file))) ? undefined : file;
};

/** Makes an empty file; false where its folder takes none, though the file that is to be written may lie in it. */
const make = async (file: string, mode: number | undefined): Promise<boolean> => {
  try {
    await (await open(file, 'wx', mode ?? 0o666)).close();
    return true;
  } catch (error) {
    if (REFUSALS.has(codeOf(error))) return false;
    throw error;
  }
};

/** With these, writing the file itself may succeed, or fails with a message that names it. */
const REFUSALS: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR']);

const write = (file: string, pieces: Iterable<string>): Promise<void> =>
  pipeline(Readable.from(pieces), createWriteStream(file));

const statOrNone = (found: Promise<Stats>): Promise<Stats | undefined> =>
  found.catch((error: unknown) => {
    if (NOT_THERE.has(codeOf(error))) return undefined;
    throw error;
  });

const NOT_THERE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);
