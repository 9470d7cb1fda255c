import type { AutomationExecution } from '@aws-sdk/client-ssm';
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
  outputs: Object.fromEntries(
    Object.entries(execution.Outputs ?? {}).map(([name, values]) => [name, values.join(', ')]),
  ),
  failure: execution.FailureMessage,
});
