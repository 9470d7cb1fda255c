import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import process from 'node:process';
import { build } from 'esbuild';
import { functionBundle } from '../scripts/bundles.js';
import { unpackArtifact } from '../test/support/artifact.js';
import { ROOT } from '../test/support/project.js';
import type { Bench, Figure } from './figure.js';
import { callFigures } from './figures/calls.js';
import { commandStart } from './figures/command-start.js';
import { folder } from './figures/folder.js';
import { reports } from './figures/reports.js';
import { coldStart, warmInvocation } from './figures/rule.js';
import { scan } from './figures/scan.js';
import { snapshot } from './figures/snapshot.js';
import type { Sizes } from './sizes.js';

const FIGURES = { coldStart, warmInvocation, callFigures, snapshot, folder, scan, commandStart, reports };

/** The names of the groups of figures. */
export const GROUPS: readonly string[] = Object.keys(FIGURES);

/** Measures the figures, or those of some groups. Requires the output of `npm run build` and `npm run package`. */
export const measureAll = async (
  sizes: Sizes,
  groups: readonly string[] = GROUPS,
): Promise<readonly Figure[]> => {
  const folder = mkdtempSync(`${tmpdir()}/trailkey-bench-`);
  const bench: Bench = {
    sizes,
    folder,
    artifact: unpackArtifact(),
    bareSdk: await bundleBareSdk(folder),
    node24: outputOf('npx', ['--yes', '--package=node@24', '--', 'node', '-p', 'process.execPath']),
    python: outputOf('python3', ['-c', 'import sys; print(sys.executable)']),
  };
  const figures: Figure[] = [];
  try {
    for (const [name, measureGroup] of Object.entries(FIGURES)) {
      if (!groups.includes(name)) continue;
      process.stderr.write(`Measuring ${name} ...\n`);
      figures.push(...(await measureGroup(bench)));
    }
    return figures;
  } finally {
    for (const made of [bench.folder, bench.artifact.folder]) rmSync(made, { recursive: true, force: true });
  }
};

/** The output of a command. Resolves executables once, because npx and Python version managers would distort the measurements. */
const outputOf = (command: string, args: readonly string[]): string =>
  execFileSync(command, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/** Bundles the program with bare SDK clients with the options of the function. */
const bundleBareSdk = async (folder: string): Promise<string> => {
  const outfile = `${folder}/bare-sdk.cjs`;
  await build({ ...functionBundle(), entryPoints: ['bench/programs/bare-sdk.mjs'], outfile });
  return outfile;
};
