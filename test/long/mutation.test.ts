import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { ROOT } from '../support/project.js';

/** Files that parse what AWS returns: `npm run test:mutation` takes the whole core, and longer. */
const SAMPLE = ['arn', 'errors', 'key', 'trail'].map((name) => `src/core/${name}.ts`);

it('kills every mutant of a part of the core', () => {
  const { status, stdout, stderr } = spawnSync('npx', ['stryker', 'run', '--mutate', SAMPLE.join()], {
    cwd: ROOT,
    encoding: 'utf8',
  });

  expect(status, stdout + stderr).toBe(0);
});
