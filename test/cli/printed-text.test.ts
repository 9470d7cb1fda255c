import { describe, expect, it } from 'vitest';
import { account, metadata } from '../support/account.js';
import { simulatedAws, simulatedTrail } from '../support/aws-simulator/state.js';
import { ACCOUNT, KEY_ARN, NOW, trailItem } from '../support/builders.js';
import { alarm, deployed, evaluation, RULE, rule, runDoctor, subscription } from '../support/deployment.js';
import { folderOf, snapshotOf } from '../support/files.js';
import { type Run, run } from '../support/run-check.js';
import { runRemediation } from '../support/run-remediation.js';
import { runScan, trailArnIn, trailIn, worldAnswers } from '../support/run-scan.js';

/** Rewrites the window title, colors the text, clears the screen, and reverses the direction. */
const HOSTILE = '\u001b]0;title\u0007\u001b[31mred\u001b[2J\u009b1A\u202eevil';

/** Colors that the program prints itself, and cleared lines. */
const ESCAPE = '\u001b';
const OWN = new RegExp(`${ESCAPE}\\[\\d+m|\r${ESCAPE}\\[K|\r\n`, 'g');

const unsafeIn = ({ stdout, stderr }: Run): readonly string[] => [
  ...(stdout.replace(OWN, '').match(/[^\P{C}\n\t]/gu) ?? []),
  ...(stderr.replaceAll('\r\u001b[K', '').match(/[^\P{C}\n\t]/gu) ?? []),
];

const scanWith = (fault: { readonly error: string; readonly message?: string }, ...args: readonly string[]) =>
  runScan(args, {
    answers: worldAnswers({ [ACCOUNT]: account({ trails: [trailIn({}, { KmsKeyId: KEY_ARN })] }) }),
    faults: ({ operation }) => (operation === 'DescribeKey' ? fault : undefined),
    columns: 80,
  });

const RUNS: readonly (readonly [string, () => Promise<Run>])[] = [
  ['an unknown command', () => run([HOSTILE])],
  ['an unknown option', () => run(['check', 'a', `--${HOSTILE}`])],
  ['the value of an option', () => run(['check', 'a', '--format', HOSTILE])],
  ['a missing argument', () => run(['check', '--keys', HOSTILE])],
  ['a rule parameter', () => run(['check', 'a', '--param', `${HOSTILE}=1`])],
  ['a file that does not exist', () => run(['check', HOSTILE])],
  ['the file of an option', () => run(['check', 'a', '--param-file', HOSTILE])],
  ['the file of a report', () => run(['check', 'a', '--output', `json=/none/${HOSTILE}`])],
  ['a verdict', () => run(['explain', HOSTILE])],
  ['a command in help', () => run(['help', HOSTILE])],
  ['a Region', () => run(['scan', '--regions', HOSTILE])],
  ['a trail to remediate', () => run(['remediate', HOSTILE, '--key', HOSTILE])],
  [
    'a name in the input',
    async () => {
      const folder = await folderOf({
        'a.json': snapshotOf(trailItem({ name: HOSTILE }, { awsRegion: HOSTILE })),
      });
      return run(['check', folder], { columns: 80 });
    },
  ],
  ['the message of an AWS error', () => scanWith({ error: 'KMSInternalException', message: HOSTILE })],
  ['the code of an AWS error', () => scanWith({ error: `X${HOSTILE}` }, '--debug')],
  [
    'a name in an AWS response',
    () =>
      runScan(['--format', 'text'], {
        answers: worldAnswers({
          [ACCOUNT]: account({
            trails: [trailIn({}, { Name: HOSTILE, KmsKeyId: KEY_ARN })],
            keys: { [KEY_ARN]: metadata({ KeyState: HOSTILE }) },
          }),
        }),
        columns: 80,
      }),
  ],
  ...(['text', 'json'] as const).map((format): readonly [string, () => Promise<Run>] => [
    `names, reasons and errors in a report of doctor as ${format}`,
    () =>
      runDoctor(
        ['--format', format],
        deployed({
          rules: [
            rule({ ConfigRuleName: `${RULE}${HOSTILE}`, InputParameters: JSON.stringify({ [HOSTILE]: 1 }) }),
          ],
          alarms: [alarm({ StateValue: 'ALARM', StateReason: HOSTILE })],
          subscriptions: [subscription({ SubscriptionArn: 'PendingConfirmation', Endpoint: 'a\u202eb' })],
          evaluation: evaluation({
            LastFailedEvaluationTime: NOW / 1000,
            LastErrorCode: HOSTILE,
            LastErrorMessage: HOSTILE,
          }),
        }),
        { columns: 80 },
      ),
  ]),
  [
    'the trails, steps and messages of remediate',
    () =>
      runRemediation(
        {
          aws: simulatedAws({
            trails: ['one', 'two'].map((name) =>
              simulatedTrail({ name: `${name}${HOSTILE}`, arn: trailArnIn({ name }) }),
            ),
          }),
          plays: {
            'Trailkey-EncryptTrail': {
              steps: [
                [`Assess${HOSTILE}`, 'Success'],
                ['Decide', 'Failed', HOSTILE],
              ],
              status: 'Failed',
              outputs: { 'Assess.Reason': HOSTILE },
            },
          },
          columns: 80,
        },
        ['remediate', '--all', '--yes'],
      ),
  ],
];

describe('text from outside is printed without control characters:', () => {
  it.each(RUNS)('%s', async (_name, command) => {
    const result = await command();

    expect(result.stdout + result.stderr).not.toBe('');
    expect(unsafeIn(result)).toEqual([]);
    expect(result.stdout + result.stderr).not.toContain('\u001b[31mred');
  });
});
