import { expect, it } from 'vitest';
import type { Play } from './support/automation-service.js';
import {
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
/** Not called by the commands themselves: handed on, and what people do beside them. */
const BESIDE = ['iam:PassRole', 'ssm:DescribeAutomationStepExecutions', 'ssm:StopAutomationExecution'];

it('whoever starts a repair may make each call that the commands make, and no other', async () => {
  const aws = simulatedAws({
    trails: [simulatedTrail({ kmsKeyId: OTHER_KEY })],
    keys: [simulatedKey(), simulatedKey({ arn: OTHER_KEY, rotates: false })],
  });
  const parameters = ['--param', 'checkKeyPolicy=true', '--param', 'requireKeyRotation=true'];

  const { calls } = await runRemediation(
    { aws, plays: { 'Trailkey-EncryptTrail': PLAY, 'Trailkey-BackOut': PLAY } },
    ['remediate', 'audit', '--yes', '--replace-existing', 'always', ...parameters],
    ['back-out', 'audit', '--yes'],
  );

  const [, policy = '{}'] =
    /### By the document or the command\n[\s\S]*?```json\n([\s\S]*?)```/.exec(
      textAt('docs/permissions.md'),
    ) ?? [];
  const allowed: readonly string[] = JSON.parse(policy).Statement.flatMap(({ Action }: any) => Action);
  const called = new Set(calls.map(({ service, operation }) => `${SERVICES[service]}:${operation}`));
  expect(allowed.filter((action) => !BESIDE.includes(action)).toSorted()).toEqual([...called].toSorted());
});
