import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { ROOT } from './project.js';

/** Runs test files again in other surroundings, and gives the exit code and what was printed. */
export const runTests = (files: readonly string[], env: Readonly<Record<string, string>>) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--testTimeout=600000', ...files],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, ...env, VITEST: '', NO_COLOR: '1' } },
  );
  return { status, output: stdout + stderr };
};
