import type { AutomationExecution, StepExecution } from '@aws-sdk/client-ssm';
import type { Automation } from '../ports.js';

/**
 * Reads an execution as SSM tells of it.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AutomationExecution.html
 */
export const automationIn = (execution: AutomationExecution, id: string): Automation => ({
  id,
  status: execution.AutomationExecutionStatus ?? 'Pending',
  steps: (execution.StepExecutions ?? []).map((step) => ({
    name: step.StepName ?? '',
    status: step.StepStatus ?? 'Pending',
    startedAt: step.ExecutionStartTime?.getTime(),
    endedAt: step.ExecutionEndTime?.getTime(),
    failure: step.FailureMessage,
  })),
  // Of an execution that did not end well, the outputs of its steps are left.
  outputs: {
    ...textsIn(Object.assign({}, ...(execution.StepExecutions ?? []).map(outputsOf))),
    ...textsIn(execution.Outputs ?? {}),
  },
  failure: execution.FailureMessage,
});

type Outputs = Readonly<Record<string, readonly string[]>>;

const outputsOf = ({ StepName = '', Outputs = {} }: StepExecution): Outputs =>
  Object.fromEntries(Object.entries(Outputs).map(([name, values]) => [`${StepName}.${name}`, values]));

const textsIn = (outputs: Outputs): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, values.join(', ')]));
