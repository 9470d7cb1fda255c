import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { expect, it } from 'vitest';
import { filesBelow, ROOT } from '../support/project.js';

/** Of the files of the core, in the order of their names, each fourth: `npm run test:mutation` takes all of them, and longer. */
const SAMPLE = filesBelow('src/core').filter((path, index) => path.endsWith('.ts') && index % 4 === 1);

it('kills every mutant of a part of the core', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'scripts/mutation.ts', ...SAMPLE],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );

  expect(SAMPLE.length).toBeGreaterThan(5);
  expect(status, stdout + stderr).toBe(0);
});
