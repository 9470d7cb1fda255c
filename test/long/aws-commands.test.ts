import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { builtDocuments } from '../automation/documents.js';
import { account } from '../support/account.js';
import { ACCOUNT, NOW } from '../support/builders.js';
import { blocksIn, SHOWN_COMMANDS } from '../support/code-blocks.js';
import {
  alarm,
  deployed,
  document,
  evaluation,
  execution,
  recorderStatus,
  runDoctor,
} from '../support/deployment.js';
import { exampleReport } from '../support/example-report.js';
import { filledIn } from '../support/placeholders.js';
import { filesBelow, ROOT, textAt } from '../support/project.js';
import { run } from '../support/run-check.js';
import { commandsIn } from '../support/shell.js';

/** The problems of each command, as the aws command line and its models see them; a command is its words after `aws`. */
const check = (
  commands: readonly (readonly string[])[],
  files: Readonly<Record<string, string>> = {},
): readonly (readonly string[])[] => {
  const { stdout, stderr, status, error } = spawnSync('python3', ['test/support/check_aws_commands.py'], {
    cwd: ROOT,
    encoding: 'utf8',
    input: JSON.stringify({ commands, files }),
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(error).toBeUndefined();
  expect(
    status,
    `${stderr}\nThis needs the aws command line: pip install 'moto[server]' boto3 cfn-lint awscli`,
  ).toBe(0);
  return JSON.parse(stdout);
};

const SHOWN = SHOWN_COMMANDS.filter(({ words: [program] }) => program === 'aws');

it('the aws command line knows every command of the documents, its options, its values and what it asks of the answer', async () => {
  const { stdout } = await run(['check', `${ROOT}examples/organization`, '--format', 'asff']);
  const [batch] = JSON.parse(stdout);
  const [pack] = blocksIn('json').filter(
    ({ page, text }) => page === 'docs/parameters.md' && text.startsWith('['),
  );

  const problems = check(
    SHOWN.map(({ words }) => words.slice(1).map(filledIn)),
    { 'batch.json': JSON.stringify(batch), 'pack-parameters.json': filledIn(pack?.text ?? '') },
  );

  const told = SHOWN.flatMap(({ page, line, words }, index) =>
    (problems[index] ?? ['was not checked']).map(
      (problem) => `${page}:${line}: ${words.join(' ')}: ${problem}`,
    ),
  );
  expect(told).toEqual([]);
  expect(SHOWN.length).toBeGreaterThan(100);
});

it('the aws command line knows every command of a report', async () => {
  const { findings } = await exampleReport();
  const commands = findings.flatMap((finding) => finding.commands ?? []);

  const problems = check(commandsIn(commands.join('\n')).map(({ words }) => words.slice(1)));

  expect(commands.filter((_, index) => problems[index]?.length !== 0)).toEqual([]);
  expect(new Set(commands.map((command) => command.split(' ').slice(0, 3).join(' '))).size).toBe(8);
});

it('the aws command line knows every command of doctor', async () => {
  const states = [
    deployed({
      account: account({ keys: {} }),
      recorderStatuses: [recorderStatus({ recording: false, name: "the account's" })],
      evaluation: evaluation({ LastFailedEvaluationTime: NOW / 1000 }),
      documents: { 'Trailkey-EncryptTrail': document({ DefaultVersion: '1' }) },
      contents: builtDocuments([`arn:aws:iam::${ACCOUNT}:role/security`]),
      runs: [execution()],
      alarms: [alarm({ ActionsEnabled: false })],
    }),
    deployed({ recorderStatuses: [recorderStatus({ lastStatus: 'Failure' })] }),
  ];
  const runs = [];
  // One after another, because they share the environment of the process.
  for (const state of states) runs.push(await runDoctor(['--format', 'json'], state));
  const commands: readonly string[] = runs.flatMap(({ stdout }) =>
    JSON.parse(stdout).checks.flatMap((check: { readonly commands: readonly string[] }) => check.commands),
  );
  const ofAws = commands.filter((command) => command.startsWith('aws '));

  const problems = check(commandsIn(ofAws.join('\n')).map(({ words }) => words.slice(1)));

  expect(ofAws.filter((_, index) => problems[index]?.length !== 0)).toEqual([]);
  expect(new Set(ofAws.map((command) => command.split(' ').slice(0, 3).join(' '))).size).toBe(8);
});

describe('docs/policies', () => {
  const check = (
    policies: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, readonly string[]>> => {
    const input = JSON.stringify(policies);
    const { stdout, stderr, status } = spawnSync('python3', ['test/support/check_policies.py'], {
      cwd: ROOT,
      encoding: 'utf8',
      input,
    });
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout);
  };

  it('contain actions that exist, and are accepted by the validator of IAM policies', () => {
    const policies = Object.fromEntries(
      filesBelow('docs/policies').map((path) => [path, JSON.parse(filledIn(textAt(path)))]),
    );

    const problems = check(policies);

    expect(Object.entries(problems).filter(([, found]) => found.length > 0)).toEqual([]);
    expect(Object.keys(problems).length).toBeGreaterThan(15);
  });

  it('are refused with an action that does not exist, or a statement that IAM refuses', () => {
    const policyWith = (statement: object) => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'kms:DescribeKey', Resource: '*', ...statement }],
    });

    const problems = check({
      action: policyWith({ Action: 'kms:DescribeKeys' }),
      resource: policyWith({ Resource: 'key/a' }),
      good: policyWith({}),
    });

    expect(problems).toEqual({
      action: ['kms:DescribeKeys is not an operation'],
      resource: [expect.stringContaining('Resource key/a must be in ARN format')],
      good: [],
    });
  });
});

describe('the check finds', () => {
  it.each([
    ['a service', 'config describe-config-rules', /Invalid choice/],
    ['an operation', 'kms describe-keys', /Invalid choice/],
    ['an option', 'kms describe-key --key-id a --keys b', /Unknown options: --keys/],
    [
      'an option of a command that is no plain call',
      's3 cp a s3://b --recurse',
      /Unknown options: --recurse/,
    ],
    ['an option that is missing', 'kms describe-key', /required: --key-id/],
    ['an option without its value', 'cloudtrail get-trail --name a --region', /expected one argument/],
    [
      'a value that is none of those',
      'configservice get-compliance-details-by-config-rule --config-rule-name a --compliance-types WRONG',
      /'WRONG' is none of/,
    ],
    [
      'a value of the wrong form',
      'configservice start-remediation-execution --config-rule-name a --resource-keys type=a',
      /Missing required parameter|Unknown parameter/,
    ],
    ['a field that no answer has', 'cloudtrail describe-trails --query TrailList', /there is no TrailList/],
    [
      'a field of a text',
      'kms describe-key --key-id a --query KeyMetadata.KeyState.Name',
      /asked of a string/,
    ],
    ['a query that cannot be read', 'kms describe-key --key-id a --query KeyMetadata.[', /--query|Bad value/],
  ])('%s, where it is wrong', (_, command, problem) => {
    const [problems = []] = check([command.split(' ')]);

    expect(problems.join('\n')).toMatch(problem);
  });
});
