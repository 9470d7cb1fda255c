import { expect, it } from 'vitest';
import { account } from './support/account.js';
import { OTHER_KEY, simulatedAws, simulatedKey, simulatedTrail } from './support/aws-simulator/state.js';
import { blocksIn, SHOWN_COMMANDS } from './support/code-blocks.js';
import { folderOf } from './support/files.js';
import { filledIn } from './support/placeholders.js';
import { ROOT } from './support/project.js';
import { run } from './support/run-check.js';
import { runRemediation } from './support/run-remediation.js';
import { keyArnIn, runScan, trailIn, worldAnswers, worldOf } from './support/run-scan.js';

const SHOWN = SHOWN_COMMANDS.flatMap(({ page, line, words: [program, ...words] }) =>
  program === 'trailkey'
    ? [[`${page}:${line}: trailkey ${words.join(' ')}`, words.map(filledIn)] as const]
    : [],
);
const shownFor = (...commands: readonly string[]) =>
  SHOWN.filter(([, [command = '']]) => commands.includes(command));

const TRAILS = JSON.stringify({ trailList: [trailIn({}, { KmsKeyId: keyArnIn() })] });
const KEY = JSON.stringify({ KeyMetadata: { Arn: keyArnIn(), KeyState: 'Enabled', KeyManager: 'CUSTOMER' } });
const FILE = /^((?:\w+=)?)([\w-]+\.(?:csv|html|json|md|sarif|xml|yaml))$/;

/** Words of a command with its files in a folder that holds what the pages speak of; the examples are the real ones. */
const inFolder = async (words: readonly string[]): Promise<readonly string[]> => {
  const { stdout } = await run(['check', `${ROOT}examples/organization`, '--format', 'json']);
  const folder = await folderOf({
    'trails.json': TRAILS,
    'key.json': KEY,
    'aliases.json': JSON.stringify({ Aliases: [] }),
    'plan.json': JSON.stringify({ terraform_version: '1.9.5', planned_values: {} }),
    'template.yaml': 'Resources:\n  Trail: { Type: AWS::CloudTrail::Trail }\n',
    'monday.json': stdout,
    'waivers.yaml': blocksIn('yaml').find(({ page }) => page === 'docs/waivers.md')?.text ?? '',
  });
  return words.map((word) =>
    word
      .replace(FILE, `$1${folder}/$2`)
      .replace(/^examples\//, `${ROOT}examples/`)
      .replace(/^snapshots\/$/, `${ROOT}examples/organization`),
  );
};

it('the pages show each command', () => {
  const shown = new Set(SHOWN.map(([, [command]]) => command));

  expect([...shown].toSorted()).toEqual(
    expect.arrayContaining(['back-out', 'check', 'explain', 'remediate', 'report', 'scan']),
  );
});

it.each(shownFor('check', 'report', 'explain', 'completion'))('%s runs', async (_, words) => {
  const { exitCode, stderr } = await run(await inFolder(words));

  expect(exitCode, stderr).not.toBe(2);
});

it.each(shownFor('scan'))('%s judges', async (_, words) => {
  const others = ['111122223333', '444455556666'].map((id) => [id, account()] as const);
  const answers = {
    ...worldAnswers({ ...worldOf(1), ...Object.fromEntries(others) }),
    SelectAggregateResourceConfig: () => ({ Results: [] }),
  };

  const folder = await folderOf({
    config: '[profile audit]\naws_access_key_id = AKIA111122223333\naws_secret_access_key = example\n',
  });
  const env = { AWS_CONFIG_FILE: `${folder}/config` };

  const { exitCode, stderr, calls } = await runScan(await inFolder(words.slice(1)), { answers, env });

  expect(exitCode, stderr).not.toBe(2);
  expect(calls.length).toBeGreaterThan(0);
});

it.each(shownFor('remediate', 'back-out'))('%s is understood, and asks AWS', async (_, words) => {
  const aws = simulatedAws({
    trails: [simulatedTrail({ kmsKeyId: OTHER_KEY })],
    keys: [simulatedKey(), simulatedKey({ arn: OTHER_KEY, state: 'PendingDeletion' })],
  });

  const { calls, stderr } = await runRemediation({ aws, columns: 100, stdin: 'n\n' }, words);

  expect(calls.length, stderr).toBeGreaterThan(0);
});
