import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { filesBelow, ROOT } from '../support/project.js';

/** Each fourth file of the core, by name: `npm run test:mutation` takes all of them, and longer. */
const SAMPLE = filesBelow('src/core').filter((path, index) => path.endsWith('.ts') && index % 4 === 1);

it('kills every mutant of a part of the core', () => {
  const { status, stdout, stderr } = spawnSync('npx', ['stryker', 'run', '--mutate', SAMPLE.join()], {
    cwd: ROOT,
    encoding: 'utf8',
  });

  expect(SAMPLE.length).toBeGreaterThan(3);
  expect(status, stdout + stderr).toBe(0);
});
