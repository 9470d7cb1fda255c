import { afterEach, beforeEach, expect, it } from 'vitest';
import { builtDocuments } from '../automation/documents.js';
import { type Python, startPython } from '../support/automation/python.js';
import { runDocument } from '../support/automation/run-document.js';
import type { Execution, StepRun } from '../support/automation/types.js';
import { advance, simulatedAnswers } from '../support/aws-simulator/simulator.js';
import {
  OTHER_KEY,
  REGION,
  type SimulatedAws,
  simulatedAws,
  simulatedBucket,
  simulatedKey,
  simulatedTrail,
  TARGET_KEY,
} from '../support/aws-simulator/state.js';
import { withEnvironment } from '../support/environment.js';
import { run } from '../support/run-check.js';
import { type Answers, type StandIn, startStandIn } from '../support/stand-in.js';

let aws: SimulatedAws;
let standIn: StandIn;
let python: Python;
const executions: { document: string; steps: readonly StepRun[]; ended?: Execution }[] = [];

/** SSM as the interpreter of the documents plays it. */
const automation: Answers = {
  StartAutomationExecution: ({ body, region }) => {
    const execution: (typeof executions)[number] = { document: body['DocumentName'], steps: [] };
    executions.push(execution);
    runDocument(builtDocuments()[body['DocumentName']], {
      parameters: body['Parameters'],
      endpoint: standIn.url,
      region,
      accountId: aws.accountId,
      runScript: python.runScript,
      approve: async () => 'Approved',
      sleep: async (seconds) => advance(aws, seconds),
      now: () => aws.now,
      onStep: (steps) => {
        execution.steps = structuredClone(steps);
      },
    }).then((ended) => {
      execution.ended = ended;
    });
    return {
      AutomationExecutionId: `00000000-0000-4000-8000-${String(executions.length).padStart(12, '0')}`,
    };
  },
  GetAutomationExecution: ({ body }) => {
    const { steps, ended } = executions[Number(body['AutomationExecutionId'].slice(-12)) - 1] ?? {
      steps: [],
    };
    return {
      AutomationExecution: {
        AutomationExecutionId: body['AutomationExecutionId'],
        AutomationExecutionStatus: ended?.status ?? 'InProgress',
        StepExecutions: (ended?.steps ?? steps).map(({ name, status, failureMessage }) => ({
          StepName: name,
          StepStatus: status,
          FailureMessage: failureMessage,
        })),
        Outputs: ended?.outputs ?? {},
      },
    };
  },
  DescribeAutomationExecutions: () => ({
    AutomationExecutionMetadataList: executions.map(({ document }, index) => ({
      DocumentName: document,
      ExecutionStartTime: index + 1,
      AutomationExecutionId: `00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`,
    })),
  }),
};

beforeEach(async () => {
  aws = simulatedAws();
  executions.length = 0;
  standIn = await startStandIn(() => ({ ...simulatedAnswers(aws), ...automation }));
  python = await startPython({
    endpoint: standIn.url,
    region: REGION,
    accountId: aws.accountId,
    advance: (seconds) => advance(aws, seconds),
    now: () => aws.now,
  });
});
afterEach(async () => {
  python.stop();
  await standIn.close();
});

const LOOKS_MS = 50;

const trailkey = (...args: readonly string[]) =>
  withEnvironment({ AWS_ENDPOINT_URL: standIn.url }, (env) =>
    run(args, { env, pause: () => new Promise((resolve) => setTimeout(resolve, LOOKS_MS)) }),
  );

it('encrypts a trail and rolls the change back, with the real documents', async () => {
  const repaired = await trailkey('remediate', 'audit', '--yes');
  expect(repaired.stdout + repaired.stderr).toContain('CloudTrail has delivered logs with the key.');
  expect(repaired.exitCode).toBe(0);
  expect(aws.trails[0]?.kmsKeyId).toBe(TARGET_KEY);

  const backedOut = await trailkey('back-out', 'audit', '--yes');
  expect(backedOut.stdout + backedOut.stderr).toContain('NO_KMS_KEY');
  expect(backedOut.exitCode).toBe(0);
  expect(aws.trails[0]?.kmsKeyId).toBeUndefined();
});

it('reports a failed delivery, the rollback and the verdict after it', async () => {
  aws.buckets = [simulatedBucket({ pinnedKey: OTHER_KEY })];

  const { exitCode, stderr, stdout } = await trailkey('remediate', 'audit', '--yes');

  expect(exitCode).toBe(1);
  expect(stderr).toContain('The trail has its previous key again: none.');
  expect(stdout).toMatch(/RollBack +Failed/);
  expect(stdout.match(/NO_KMS_KEY/g)).toHaveLength(2);
});

it('restores a key that is pending deletion', async () => {
  aws.trails = [simulatedTrail({ kmsKeyId: OTHER_KEY })];
  aws.keys = [
    simulatedKey(),
    simulatedKey({ arn: OTHER_KEY, state: 'PendingDeletion', deletionDate: aws.now + 1e9 }),
  ];

  const { exitCode, stdout } = await trailkey(
    'remediate',
    'audit',
    '--yes',
    '--restore-key',
    '--approver',
    'ann',
  );

  expect(stdout).toContain('CMK_USABLE');
  expect(exitCode).toBe(0);
});

it('prints the result of a dry run', async () => {
  const { exitCode, stdout } = await trailkey('remediate', 'audit', '--dry-run');

  expect(exitCode).toBe(0);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('Nothing was changed.');
  expect(aws.log).toEqual([]);
});
