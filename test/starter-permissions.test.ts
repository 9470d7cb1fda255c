import { expect, it } from 'vitest';
import type { Play } from './support/automation-service.js';
import {
  type KeyState,
  OTHER_KEY,
  simulatedAws,
  simulatedKey,
  simulatedTrail,
  TARGET_KEY,
  TRAIL_ARN,
} from './support/aws-simulator/state.js';
import { textAt } from './support/project.js';
import { runRemediation } from './support/run-remediation.js';

const SERVICES: Readonly<Record<string, string>> = {
  AmazonSSM: 'ssm',
  CloudTrail_20131101: 'cloudtrail',
  TrentService: 'kms',
  sts: 'sts',
};
const PLAY: Play = {
  steps: [['Assess', 'Success']],
  status: 'Success',
  outputs: {
    'Assess.TrailArn': TRAIL_ARN,
    'Assess.Decision': 'UpdateTrail',
    'Assess.TargetKeyArn': TARGET_KEY,
    'Assess.PreviousKmsKeyId': OTHER_KEY,
  },
};
const PLAYS: Readonly<Record<string, Play>> = {
  'Trailkey-EncryptTrail': PLAY,
  'Trailkey-RestoreKey': {
    ...PLAY,
    effect: ({ keys }) => {
      for (const key of keys) key.state = 'Enabled';
    },
  },
  'Trailkey-BackOut': PLAY,
};
/** Not called by the commands themselves: passing the role, and what people do besides. */
const BESIDE = ['iam:PassRole', 'ssm:DescribeAutomationStepExecutions', 'ssm:StopAutomationExecution'];
const ALL_PARAMETERS = ['--param', 'checkKeyPolicy=true', '--param', 'requireKeyRotation=true'];

const statementsOf = (name: string): readonly any[] =>
  JSON.parse(textAt(`docs/policies/${name}.json`)).Statement;

type Row = {
  readonly name: string;
  readonly keyState: KeyState;
  readonly commands: readonly (readonly string[])[];
  readonly beside: readonly string[];
};

it.each<Row>([
  {
    name: 'remediate',
    keyState: 'Enabled',
    commands: [['remediate', 'audit', '--yes', '--replace-existing', 'always', ...ALL_PARAMETERS]],
    // To find executions in the console.
    beside: [...BESIDE, 'ssm:DescribeAutomationExecutions'],
  },
  {
    name: 'restore-key',
    keyState: 'Disabled',
    commands: [
      ['remediate', 'audit', '--yes', '--restore-key', '--approver', 'ann', ...ALL_PARAMETERS],
      ['back-out', 'audit', '--yes'],
      ['back-out', 'audit', '--yes', '--expected-key', OTHER_KEY, '--previous-key', 'none'],
    ],
    beside: BESIDE,
  },
])('the policy $name allows each call that its commands make, and no other', async (row) => {
  const { name, keyState, commands, beside } = row;
  const aws = simulatedAws({
    trails: [simulatedTrail({ kmsKeyId: OTHER_KEY })],
    keys: [simulatedKey(), simulatedKey({ arn: OTHER_KEY, rotates: false, state: keyState })],
  });

  const { calls } = await runRemediation({ aws, plays: PLAYS }, ...commands);

  const allowed: readonly string[] = statementsOf(name).flatMap(({ Action }) => Action);
  const called = new Set(calls.map(({ service, operation }) => `${SERVICES[service]}:${operation}`));
  expect(allowed.filter((action) => !beside.includes(action)).toSorted()).toEqual([...called].toSorted());
});

it.each([
  ['press-remediate', ['Trailkey-EncryptTrail', 'Trailkey-EncryptTrail-Organization'], ['remediation']],
  ['remediate', ['Trailkey-EncryptTrail'], ['remediation']],
  ['restore-key', ['Trailkey-BackOut', 'Trailkey-RestoreKey'], ['repair']],
])(
  '%s.json starts only %j, with their default version, and passes only their role',
  (name, documents, roles) => {
    const resourcesWith = (action: string): readonly string[] =>
      statementsOf(name)
        .filter(({ Action }) => [Action].flat().includes(action))
        .flatMap(({ Resource }) => Resource)
        .map((arn: string) => arn.replace(/^arn:aws:(?:ssm:\*|iam:):ACCOUNT_ID:/, ''))
        .toSorted();

    expect(resourcesWith('ssm:StartAutomationExecution')).toEqual(
      [
        'automation-execution/*',
        ...documents.flatMap((one) => [`automation-definition/${one}:$DEFAULT`, `document/${one}`]),
      ].toSorted(),
    );
    expect(resourcesWith('iam:PassRole')).toEqual(roles.map((role) => `role/trailkey-${role}-*`));
  },
);
