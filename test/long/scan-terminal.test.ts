import { spawn } from 'node:child_process';
import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { ROOT } from '../support/project.js';
import { worldAnswers, worldOf } from '../support/run-scan.js';
import { type Faults, startStandIn } from '../support/stand-in.js';

const COLUMNS = 100;
const ARGS = ['--organization', '--role-name', 'reader'];

/** Runs a scan of an organization on a real terminal, against a stand-in that is told where to fail. */
const onTerminal = async (args: readonly string[], faults: Faults, interruptAfter = '') => {
  const standIn = await startStandIn(() => worldAnswers(worldOf(5)), faults);
  const command = [String(COLUMNS), process.execPath, 'dist/trailkey.js', 'scan', ...args];
  const child = spawn('python3', ['test/support/on_terminal.py', ...command], {
    cwd: ROOT,
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: standIn.url,
      AWS_ACCESS_KEY_ID: 'AKIA111122223333',
      AWS_SECRET_ACCESS_KEY: 'example',
      AWS_REGION: 'eu-west-1',
      AWS_PROFILE: '',
      INTERRUPT_AFTER: interruptAfter,
    },
  });
  let shown = '';
  child.stdout.on('data', (piece) => {
    shown += piece;
  });
  const exitCode = await new Promise((resolve) => child.on('close', resolve));
  await standIn.close();
  return { exitCode, shown };
};

const textOf = (shown: string): string => stripVTControlCharacters(shown).replaceAll('\r\n', '\n');

it('shows progress by account and Region, and throttling, and takes it away again', async () => {
  const { exitCode, shown } = await onTerminal(ARGS, ({ operation }, earlier) =>
    operation === 'ListTrails' && earlier < 2 ? 'throttle' : undefined,
  );

  expect(exitCode).toBe(0);
  expect(shown).toMatch(/Scanning: \d of 5 accounts, \d{12} us-east-1 DescribeTrails/);
  expect(shown).toMatch(/Scanning: 5 of 5 accounts, .*, throttled 2 times/);
  expect(textOf(shown)).toMatch(/10 of 10 trails are COMPLIANT\.\n/);
});

it('ends at Ctrl-C with the report of the evaluated trails, and exit code 2', async () => {
  const { exitCode, shown } = await onTerminal(
    ARGS,
    ({ operation, region, accessKeyId }) =>
      operation === 'DescribeTrails' && region === 'us-east-1' && accessKeyId.endsWith('500000000003')
        ? 'hang'
        : undefined,
    '4 of 5 accounts',
  );

  expect(exitCode).toBe(2);
  expect(shown).toContain('Interrupted: the rest was not evaluated.');
  expect(textOf(shown)).toMatch(/COMPLIANT +[89] {2}CMK_USABLE +[89]\n/);
  expect(shown).toContain('arn:aws:cloudtrail:us-east-1:500000000003:trail/t-us-east-1');
  expect(shown).not.toContain('    at ');
});
