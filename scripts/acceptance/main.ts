import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { Command } from 'commander';
import { clientsFor } from '../../src/aws/clients.js';
import { identityOf, openSession } from '../../src/aws/session.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { messageOf } from '../../src/core/errors.js';
import { runAcceptance } from './acceptance.js';
import { STEPS } from './plan.js';

type RawOptions = {
  readonly region?: string;
  readonly profile?: string;
  readonly yes?: boolean;
  readonly cleanUp?: boolean;
  readonly shadowRegion?: string;
};

const RUN_ID_BYTES = 5;
const MAX_ATTEMPTS = 6;
const INTERRUPT_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const terminal: Terminal = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  now: Date.now,
  pause: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }).catch(() => {}),
  onInterrupt: (callback) => {
    // A second signal ends the process at once.
    const remove = () => {
      for (const signal of INTERRUPT_SIGNALS) process.off(signal, interrupt);
    };
    const interrupt = () => {
      remove();
      callback();
    };
    for (const signal of INTERRUPT_SIGNALS) process.on(signal, interrupt);
    return remove;
  },
};

/** A profile takes precedence over access keys in the environment, as in the AWS CLI. */
const selectProfile = (profile: string): void => {
  process.env['AWS_PROFILE'] = profile;
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
    delete process.env[name];
};

const run = async ({ region, profile, yes, cleanUp, shadowRegion }: RawOptions): Promise<void> => {
  if (profile !== undefined) selectProfile(profile);
  if (region !== undefined) process.env['AWS_REGION'] = region;
  // Requests are not aborted by Ctrl-C: what a request has created must be known, so that it is removed.
  const session = await openSession({ env: process.env, signal: new AbortController().signal, observer: {} });
  const { accountId, arn: caller, partition } = await identityOf(session);
  // Unlike the clients of the session, these call a service again that did not respond for some time: a run takes hours.
  const credentials = defaultProvider();
  const clients = clientsFor({ account: accountId, credentials, maxAttempts: MAX_ATTEMPTS, observer: {} });
  process.exitCode = await runAcceptance(
    {
      isConfirmed: yes ?? false,
      cleanUpOnly: cleanUp ?? false,
      shadowRegion,
      steps: STEPS,
      newRunId: randomBytes(RUN_ID_BYTES).toString('hex'),
    },
    {
      connection: { region: session.region, accountId, partition, caller, clients, call: session.call },
      terminal,
      writeReport: async (runId, report) => {
        const name = `trailkey-acceptance-${runId}.md`;
        await writeFile(name, `${report}\n`);
        return name;
      },
    },
  );
};

try {
  await new Command('npm run acceptance --')
    .description('Drives the deployed Trailkey stack through all states of a key, in an account for tests.')
    .option('--region <region>', 'the Region of the stack')
    .option('--profile <name>', 'the profile with the credentials')
    .option('--shadow-region <region>', 'also look for the shadow trail in this Region')
    .option('--clean-up', 'only remove what an earlier run left')
    .option('--yes', 'do not ask for confirmation')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .action(run)
    .parseAsync();
} catch (error) {
  process.stderr.write(`acceptance: ${messageOf(error)}\n`);
  process.exitCode = 2;
}
