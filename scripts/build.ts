import { spawnSync } from 'node:child_process';
import { chmod, copyFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lazyImports } from './lazy-imports.js';
import { textImports } from './text-imports.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Builds the command, the library and its types into `dist/`: bundled, so that an installed package needs no other. */
const run = async (): Promise<void> => {
  await rm(`${ROOT}dist`, { recursive: true, force: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: { trailkey: 'src/cli/main.ts', index: 'src/index.ts' },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    chunkNames: 'chunks/[name]-[hash]',
    legalComments: 'none',
    // Names stay: they stand in the traces that --debug shows.
    minifyWhitespace: true,
    minifySyntax: true,
    plugins: [textImports, lazyImports(['string-width', 'wrap-ansi'])],
    // The pages of the verdicts, for `trailkey explain`.
    loader: { '.md': 'text' },
    // CommonJS packages in an ESM bundle call require, which an ES module does not have.
    banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
    logLevel: 'warning',
  });
  await chmod(`${ROOT}dist/trailkey.js`, 0o755);
  await copyFile(`${ROOT}src/core/report.schema.json`, `${ROOT}dist/report.schema.json`);
  const types = spawnSync(
    process.execPath,
    [`${ROOT}node_modules/typescript/bin/tsc`, '-p', 'tsconfig.types.json'],
    {
      cwd: ROOT,
      stdio: 'inherit',
    },
  );
  if (types.status !== 0) throw new Error('The types were not built: see the messages of tsc above.');
};

await run();
