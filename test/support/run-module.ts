import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { folderOf } from './files.js';
import { ROOT } from './project.js';

/** Runs a module of TypeScript on its own, as a reader would who copied it, and gives what it printed. */
export const runModule = async (source: string): Promise<string> => {
  const folder = await folderOf();
  await writeFile(`${folder}/module.mts`, source);
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', `${ROOT}node_modules/tsx/dist/loader.mjs`, `${folder}/module.mts`],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout;
};
