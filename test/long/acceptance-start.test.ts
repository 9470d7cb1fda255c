import { spawn } from 'node:child_process';
import process from 'node:process';
import { expect, it } from 'vitest';
import { sandboxWith } from '../acceptance/sandboxes.js';
import { ROOT } from '../support/project.js';

/** Runs the script in a process of its own. */
const runScript = (args: readonly string[], env: Readonly<Record<string, string>>) =>
  new Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }>(
    (resolve) => {
      const command = ['--import', 'tsx', 'scripts/acceptance/main.ts', ...args];
      const child = spawn(process.execPath, command, {
        cwd: ROOT,
        env: {
          PATH: process.env['PATH'],
          AWS_EC2_METADATA_DISABLED: 'true',
          AWS_CONFIG_FILE: '/nonexistent/config',
          AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
          AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (text) => {
        stdout += text;
      });
      child.stderr.on('data', (text) => {
        stderr += text;
      });
      child.on('close', (status) => resolve({ status, stdout, stderr }));
    },
  );

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' };

it('finds the account and Region of the credentials, and does not start without a terminal', async () => {
  const sandbox = await sandboxWith();
  const before = sandbox.existing();

  const { status, stdout, stderr } = await runScript(['--region', 'eu-west-1'], {
    ...CREDENTIALS,
    AWS_ENDPOINT_URL: sandbox.url,
  });

  expect(stdout).toMatch(/^Run [0-9a-f]{10} will create in account 111122223333 and eu-west-1:/);
  expect(stderr).toBe('acceptance: Confirmation requires a terminal; use --yes to skip it.\n');
  expect(status).toBe(2);
  expect(sandbox.existing()).toEqual(before);
});

it.each([
  [['--regio', 'eu-west-1'], /unknown option '--regio'/],
  [['--region', 'eu-west-1'], /^acceptance: No AWS credentials were found/],
  [['--profile', 'absent'], /^acceptance: .*absent/],
])('with %j and no credentials starts nothing', async (args, message) => {
  const { status, stderr } = await runScript(args, {});

  expect(stderr).toMatch(message);
  expect(status).toBe(2);
});
