import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { ROOT } from '../support/project.js';
import { runTests } from '../support/vitest-run.js';

const PACKAGE = ['--config', 'vitest.long.config.ts', 'test/long/package.test.ts'];
const NODE_24 = ['--yes', '--package=node@24', '--', 'node', '-p'];

it('the package and the packaged function work on Node.js 24, the runtime of the Lambda function', () => {
  const evaluate = (expression: string) =>
    execFileSync('npx', [...NODE_24, expression], { cwd: ROOT, encoding: 'utf8' }).trim();
  expect(evaluate('process.version')).toMatch(/^v24\./);

  for (const files of [PACKAGE, ['test/artifact.test.ts']]) {
    const { status, output } = runTests(files, { TRAILKEY_NODE: evaluate('process.execPath') });

    expect(status, output).toBe(0);
  }
});
