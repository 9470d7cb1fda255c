import { execFile } from 'node:child_process';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import process from 'node:process';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { annotationOf } from '../../src/core/annotation.js';
import { simulatedAnswers } from '../support/aws-simulator/simulator.js';
import {
  OTHER_KEY,
  REGION,
  type SimulatedAws,
  simulatedAws,
  simulatedKey,
  simulatedTrail,
  TARGET_KEY,
} from '../support/aws-simulator/state.js';
import { withEnvironment } from '../support/environment.js';
import { ROOT, textAt } from '../support/project.js';
import { emailOf } from '../support/stack.js';
import { type StandIn, startStandIn } from '../support/stand-in.js';

/**
 * From the email to the fixed key. Each command is copied from the email, or from what the commands before it printed, and run in a shell
 * without a change; the aws command is the real one.
 */
const { Resources } = parse(textAt('serverless/notifications.yml'), { logLevel: 'silent' });
const WEEK_MS = 7 * 86_400_000;

let bin: string;
beforeEach(() => {
  bin = mkdtempSync(`${tmpdir()}/trailkey-walk-`);
  symlinkSync(`${ROOT}dist/trailkey.js`, `${bin}/trailkey`);
});

type Printed = { readonly exitCode: unknown; readonly stdout: string; readonly stderr: string };

const shellFor =
  ({ url }: StandIn) =>
  (line: string): Promise<Printed> =>
    withEnvironment({ AWS_ENDPOINT_URL: url }, (env) => {
      const PATH = `${bin}:${process.env['PATH']}`;
      return new Promise((resolve) => {
        execFile('bash', ['-c', line], { env: { ...process.env, ...env, PATH } }, (error, stdout, stderr) =>
          resolve({ exitCode: error?.code ?? 0, stdout, stderr }),
        );
      });
    });

/** The lines that are commands. */
const commandsIn = (text: string): readonly string[] =>
  text.split('\n').filter((line) => /^\s*(?:aws|trailkey) /.test(line));

/** The email that EventBridge sends for the finding that the rule reports. */
const emailFor = async (shell: ReturnType<typeof shellFor>, notification: string): Promise<string> => {
  const [finding] = JSON.parse((await shell('trailkey scan --format json')).stdout).findings;
  const [target] = Resources[notification].Properties.Targets;
  return emailOf(target.InputTransformer, {
    account: finding.accountId,
    region: finding.region,
    detail: { resourceId: finding.trailName, newEvaluationResult: { annotation: annotationOf(finding) } },
  });
};

const walk = async (aws: SimulatedAws, notification: string) => {
  const standIn = await startStandIn(() => simulatedAnswers(aws));
  const shell = shellFor(standIn);
  const [scan = ''] = commandsIn(await emailFor(shell, notification));
  const first = await shell(scan);
  const copied = commandsIn(first.stdout);
  const ran: Printed[] = [];
  for (const command of copied) ran.push(await shell(command));
  const last = await shell(scan);
  await standIn.close();
  return { first, copied: copied.map((line) => line.trim().split(' ').slice(0, 3).join(' ')), ran, last };
};

describe('a night-time walk in which every command is copied', () => {
  it.each([
    {
      code: 'KEY_PENDING_DELETION',
      notification: 'PendingDeletionNotification',
      key: { state: 'PendingDeletion', deletionDate: Date.now() + WEEK_MS },
      commands: ['aws kms cancel-key-deletion', 'aws kms enable-key', 'aws cloudtrail get-trail-status'],
    },
    {
      code: 'KEY_DISABLED',
      notification: 'NonComplianceNotification',
      key: { state: 'Disabled' },
      commands: ['aws kms enable-key', 'aws cloudtrail get-trail-status'],
    },
  ] as const)('leads from the email about $code to a key that works', async (email) => {
    const { code, notification, key, commands } = email;
    const aws = simulatedAws({
      trails: [simulatedTrail({ kmsKeyId: OTHER_KEY })],
      keys: [simulatedKey({ arn: OTHER_KEY, ...key })],
    });

    const { first, copied, ran, last } = await walk(aws, notification);

    expect(first.exitCode).toBe(1);
    expect(first.stdout).toContain(code);
    expect(copied).toEqual([...commands, `trailkey explain ${code}`]);
    for (const { exitCode, stderr } of ran) expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(aws.keys[0]?.state).toBe('Enabled');
    expect(last).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('shows what Trailkey-EncryptTrail would change, with the second command of the email', async () => {
    const aws = simulatedAws({ trails: [simulatedTrail()], keys: [simulatedKey({ arn: TARGET_KEY })] });
    const standIn = await startStandIn(() => simulatedAnswers(aws));
    const shell = shellFor(standIn);

    const [, dryRun = ''] = commandsIn(await emailFor(shell, 'NonComplianceNotification'));
    const { stdout } = await shell(dryRun);
    await standIn.close();

    expect(dryRun).toBe(`trailkey remediate audit --region ${REGION} --dry-run`);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'Trailkey-EncryptTrail will report what setting key alias/trailkey',
    );
  });
});
