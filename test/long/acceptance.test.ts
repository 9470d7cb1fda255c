import { afterAll, expect, it } from 'vitest';
import { recorder, recordingText } from '../automation/recording.js';
import { openSandbox, type Sandbox } from '../support/acceptance/sandbox.js';
import { type Python, startPython } from '../support/automation/python.js';
import { advance } from '../support/aws-simulator/simulator.js';

let python: Python | undefined;
let sandbox: Sandbox | undefined;
afterAll(async () => {
  python?.stop();
  await sandbox?.close();
});

it('the acceptance run is as expected with scripts that Python runs, as recorded', async () => {
  let recording: ReturnType<typeof recorder> | undefined;
  sandbox = await openSandbox(async ({ aws, standIn }) => {
    python = await startPython({
      endpoint: standIn.url,
      region: 'eu-west-1',
      accountId: aws.accountId,
      advance: (seconds) => {
        recording?.slept(seconds);
        advance(aws, seconds);
      },
      now: () => aws.now,
    });
    const ofScripts = {
      url: standIn.url,
      get calls() {
        return standIn.calls.filter(({ accessKeyId }) => accessKeyId === 'test');
      },
    };
    recording = recorder({ aws, standIn: ofScripts }, python.runScript);
    return recording.run;
  });

  const { exitCode, stderr } = await sandbox.run();

  expect(exitCode, stderr).toBe(0);
  await expect(recordingText({ run: recording?.recorded() ?? [] })).toMatchFileSnapshot(
    '../automation/recorded/acceptance.json',
  );
});
