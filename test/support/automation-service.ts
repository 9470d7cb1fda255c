import type { SimulatedAws } from './aws-simulator/state.js';
import type { Answers } from './stand-in.js';

/** A step of an execution that is played: how it ends, and with what words. */
type PlayedStep = readonly [name: string, status: string, failure?: string];

/** An execution that is played: its steps come one at each look, and what it changes comes with the last. */
export type Play = {
  readonly steps: readonly PlayedStep[];
  readonly status: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly effect?: (aws: SimulatedAws) => void;
};

/** What was started: the document and its parameters. */
export type Started = {
  readonly document: string;
  readonly region: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
};

type Execution = Started & { readonly play: Play; looks: number };

/** SSM in a aws: plays what is said of each document that is started. A document of which nothing is said is not deployed. */
export const automationService = (
  aws: SimulatedAws,
  plays: Readonly<Record<string, Play>>,
  listedAs?: string,
): { readonly answers: Answers; readonly started: readonly Started[] } => {
  const executions: Execution[] = [];
  const idOf = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  const started: Started[] = [];
  return {
    started,
    answers: {
      StartAutomationExecution: ({ body, region }) => {
        const play = plays[body['DocumentName']];
        if (play === undefined)
          return { error: 'AutomationDefinitionNotFoundException', message: 'No such document' };
        const one = { document: body['DocumentName'], region, parameters: body['Parameters'] };
        started.push(one);
        executions.push({ ...one, play, looks: 0 });
        return { AutomationExecutionId: idOf(executions.length - 1) };
      },
      GetAutomationExecution: ({ body }) => {
        const index = executions.findIndex((_, at) => idOf(at) === body['AutomationExecutionId']);
        const execution = executions[index];
        if (execution === undefined) return { error: 'AutomationExecutionNotFoundException' };
        execution.looks += 1;
        return { AutomationExecution: { AutomationExecutionId: idOf(index), ...shownOf(execution, aws) } };
      },
      DescribeAutomationExecutions: ({ body }) => {
        const [prefix = ''] = body['Filters'].find(({ Key }: any) => Key === 'DocumentNamePrefix').Values;
        const found = executions.flatMap((execution, index) =>
          execution.document.startsWith(prefix)
            ? [
                {
                  AutomationExecutionId: idOf(index),
                  DocumentName: listedAs ?? execution.document,
                  ExecutionStartTime: STARTED_AT_S + index,
                },
              ]
            : [],
        );
        return { AutomationExecutionMetadataList: found };
      },
    },
  };
};

const STARTED_AT_S = 1_767_614_400;
const STEP_S = 5;

const shownOf = ({ document, play, looks }: Execution, aws: SimulatedAws): object => {
  const { steps, status, outputs = {}, effect } = play;
  const isOver = looks > steps.length;
  if (looks === steps.length + 1) effect?.(aws);
  return {
    DocumentName: document,
    ExecutionStartTime: STARTED_AT_S,
    ExecutedBy: 'arn:aws:iam::111122223333:user/ann',
    AutomationExecutionStatus: isOver
      ? status
      : steps[looks - 1]?.[1] === 'Waiting'
        ? 'Waiting'
        : 'InProgress',
    StepExecutions: steps.map(([StepName, ended, FailureMessage], index) => {
      const ExecutionStartTime = STARTED_AT_S + index * STEP_S;
      if (index >= looks) return { StepName, StepStatus: 'Pending' };
      if (index === looks - 1 && !isOver) {
        return { StepName, StepStatus: ended === 'Waiting' ? 'Waiting' : 'InProgress', ExecutionStartTime };
      }
      const ExecutionEndTime = ExecutionStartTime + STEP_S;
      const StepStatus = ended === 'Waiting' ? 'Success' : ended;
      return { StepName, StepStatus, ExecutionStartTime, ExecutionEndTime, FailureMessage };
    }),
    Outputs: isOver
      ? Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, [value]]))
      : {},
  };
};
