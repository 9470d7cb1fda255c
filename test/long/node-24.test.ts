import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { ROOT } from '../support/project.js';
import { runTests } from '../support/vitest-run.js';

const NODE_24 = ['--yes', '--package=node@24', '--', 'node', '-p'];

it('the package and the packaged function work on Node.js 24, which the Lambda runs on', () => {
  const ask = (question: string) =>
    execFileSync('npx', [...NODE_24, question], { cwd: ROOT, encoding: 'utf8' }).trim();
  expect(ask('process.version')).toMatch(/^v24\./);

  const { status, output } = runTests(['test/package.test.ts', 'test/artifact.test.ts'], {
    TRAILKEY_NODE: ask('process.execPath'),
  });

  expect(status, output).toBe(0);
});
