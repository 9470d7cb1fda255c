import { spawnSync } from 'node:child_process';
import { chmod, copyFile, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { COMMAND_BUNDLE } from './bundles.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Builds the command, the library and its types into `dist/`, bundled so that the package has no dependencies. */
const run = async (): Promise<void> => {
  await rm(`${ROOT}dist`, { recursive: true, force: true });
  await build(COMMAND_BUNDLE);
  await chmod(`${ROOT}dist/trailkey.js`, 0o755);
  for (const schema of ['report.schema.json', 'waivers.schema.json']) {
    await copyFile(`${ROOT}src/core/${schema}`, `${ROOT}dist/${schema}`);
  }
  const types = spawnSync(
    process.execPath,
    [`${ROOT}node_modules/typescript/bin/tsc`, '-p', 'tsconfig.types.json'],
    {
      cwd: ROOT,
      stdio: 'inherit',
    },
  );
  if (types.status !== 0) throw new Error('tsc could not build the types: see its messages above.');
  await removeUnusedTypes(`${ROOT}dist/types/`);
};

/** tsc writes the types of every file. Only those that the public API refers to are part of the package. */
const removeUnusedTypes = async (folder: string): Promise<void> => {
  const used = new Set<string>();
  const add = async (file: string): Promise<void> => {
    if (used.has(file)) return;
    used.add(file);
    const text = await readFile(file, 'utf8');
    for (const [, target = ''] of text.matchAll(/(?:\bfrom |\bimport\()['"](\.[^'"]+)\.js['"]/g)) {
      await add(join(dirname(file), `${target}.d.ts`));
    }
  };
  await add(join(folder, 'index.d.ts'));
  for (const name of await readdir(folder, { recursive: true })) {
    const file = join(folder, name);
    if (file.endsWith('.d.ts') && !used.has(file)) await rm(file);
  }
};

await run();
