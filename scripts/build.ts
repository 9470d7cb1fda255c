import { spawnSync } from 'node:child_process';
import { chmod, copyFile, rm } from 'node:fs/promises';
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
};

await run();
