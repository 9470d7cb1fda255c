import { afterEach, expect, it } from 'vitest';
import { type Python, startPython } from '../support/automation/python.js';
import { openSandbox, type Sandbox } from '../support/acceptance/sandbox.js';
import { advance } from '../support/aws-simulator/simulator.js';

let python: Python | undefined;
let sandbox: Sandbox | undefined;
afterEach(async () => {
  python?.stop();
  await sandbox?.close();
});

it('is green', async () => {
  sandbox = await openSandbox(async (endpoint, aws) => {
    python = await startPython({ endpoint, region: 'eu-west-1', accountId: aws.accountId, advance: (s) => advance(aws, s), now: () => aws.now });
    return python.runScript;
  });
  const before = sandbox.existing();
  const t = performance.now();
  const result = await sandbox.run();
  console.log(result.stdout, result.stderr, performance.now() - t, sandbox.calls.length);
  expect(sandbox.existing()).toEqual(before);
});
