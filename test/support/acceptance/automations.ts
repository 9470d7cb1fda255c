import { builtDocuments } from '../../automation/documents.js';
import type { ScriptRunner } from '../../automation/scenario-runner.js';
import { runDocument } from '../automation/run-document.js';
import type { Execution, StepRun } from '../automation/types.js';
import { advance } from '../aws-simulator/simulator.js';
import type { SimulatedAws } from '../aws-simulator/state.js';
import type { Answers } from '../stand-in.js';

type Running = {
  readonly document: string;
  readonly startedAt: number;
  readonly startedBy: string;
  readonly parameters: object;
  steps: readonly StepRun[];
  ended?: { readonly status: Execution['status'] | 'Cancelled'; readonly outputs: Execution['outputs'] };
  approve?: () => void;
};

const idOf = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

/** What runs the documents: the scripts, and the endpoint that they call. */
export type Player = { readonly runScript: ScriptRunner; readonly endpoint: () => string };

/** SSM, as the interpreter of the documents plays it. */
export const automationPlayer = (aws: SimulatedAws, { runScript, endpoint }: Player) => {
  const executions: Running[] = [];
  let settled: Promise<unknown> = Promise.resolve();

  /** Runs a document until it has ended; `settled` resolves when it has, or when it waits for approval. */
  const start = (document: string, parameters: any, { region, startedBy }: any): string => {
    const running: Running = { document, startedAt: aws.now, startedBy, parameters, steps: [] };
    const index = executions.push(running) - 1;
    let hasSettled = () => {};
    const settles = () => {
      settled = new Promise<void>((resolve) => {
        hasSettled = resolve;
      });
    };
    settles();
    runDocument(builtDocuments()[document], {
      parameters,
      endpoint: endpoint(),
      region,
      accountId: aws.accountId,
      runScript,
      approve: () =>
        new Promise((resolve) => {
          running.approve = () => {
            settles();
            resolve('Approved');
          };
          hasSettled();
        }),
      sleep: async (seconds) => advance(aws, seconds),
      now: () => aws.now,
      onStep: (steps) => {
        running.steps = steps;
      },
    })
      .then(
        (execution) => {
          running.ended ??= execution;
        },
        () => {
          running.ended ??= { status: 'Failed', outputs: {} };
        },
      )
      .finally(() => hasSettled());
    return idOf(index);
  };

  const answers: Answers = {
    StartAutomationExecution: ({ body, region }) => ({
      AutomationExecutionId: start(body['DocumentName'], body['Parameters'], {
        region,
        startedBy: `arn:aws:sts::${aws.accountId}:assumed-role/admin/ann`,
      }),
    }),
    GetAutomationExecution: ({ body }) => {
      const execution = executions.find((_, index) => idOf(index) === body['AutomationExecutionId']);
      if (!execution) return { error: 'AutomationExecutionNotFoundException' };
      const isWaiting = execution.steps.some(({ status }) => status === 'Waiting');
      return {
        AutomationExecution: {
          AutomationExecutionId: body['AutomationExecutionId'],
          DocumentName: execution.document,
          ExecutionStartTime: execution.startedAt / 1000,
          ExecutedBy: execution.startedBy,
          Parameters: execution.parameters,
          AutomationExecutionStatus: execution.ended?.status ?? (isWaiting ? 'Waiting' : 'InProgress'),
          StepExecutions: execution.steps.map(({ name, status, failureMessage, outputs }) => ({
            StepName: name,
            StepStatus: status,
            FailureMessage: failureMessage,
            Outputs: outputs,
          })),
          Outputs: execution.ended?.outputs ?? {},
        },
      };
    },
    SendAutomationSignal: ({ body }) => {
      executions.find((_, index) => idOf(index) === body['AutomationExecutionId'])?.approve?.();
      return {};
    },
    StopAutomationExecution: ({ body }) => {
      const execution = executions.find((_, index) => idOf(index) === body['AutomationExecutionId']);
      if (execution) execution.ended ??= { status: 'Cancelled', outputs: {} };
      return {};
    },
    DescribeAutomationExecutions: ({ body }) => {
      const filter = (name: string) => body['Filters'].find(({ Key }: any) => Key === name).Values;
      const [prefix = ''] = filter('DocumentNamePrefix');
      const wantsRunning = filter('ExecutionStatus').includes('InProgress');
      const found = executions.flatMap(({ document, startedAt, ended }, index) =>
        document.startsWith(prefix) && (ended === undefined) === wantsRunning
          ? [
              {
                AutomationExecutionId: idOf(index),
                DocumentName: document,
                ExecutionStartTime: startedAt / 1000,
              },
            ]
          : [],
      );
      return { AutomationExecutionMetadataList: found };
    },
    GetDocument: ({ body }) => ({
      Name: body['Name'],
      Status: 'Active',
      Content: JSON.stringify(builtDocuments()[body['Name']]),
    }),
  };
  return {
    answers,
    start,
    statusOf: (id: string) => executions.find((_, index) => idOf(index) === id)?.ended?.status,
    settled: () => settled,
    /** The status of each execution, in the order in which they were started. */
    statuses: () => executions.map(({ ended }) => ended?.status ?? 'InProgress'),
  };
};
