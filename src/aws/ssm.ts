import { randomUUID } from 'node:crypto';
import {
  type AutomationExecution,
  GetAutomationExecutionCommand,
  paginateDescribeAutomationExecutions,
  SSMClient,
  StartAutomationExecutionCommand,
  type StepExecution,
} from '@aws-sdk/client-ssm';
import type { DocumentName } from '../core/remediation.js';
import type { Automation, Automations } from '../ports.js';
import type { Clients } from './clients.js';
import { AccessDeniedError, codeOf, DocumentMissingError, ServiceFaultError } from './errors.js';
import { type Call, type RequestOptions, readPages } from './requests.js';

/** How Systems Manager is called, with the credentials of an account. */
export type SsmConnection = { readonly clients: Clients; readonly call: Call };

/** SSM automations of an account, by Region. */
export const ssmAutomations = ({ clients, call }: SsmConnection): ((region: string) => Automations) => {
  const ssm = clients(SSMClient, 'ssm');
  return (region) => {
    const send = <T>(operation: string, request: (options: RequestOptions) => Promise<T>): Promise<T> =>
      call(`ssm:${operation}`, region, request).catch((error: unknown) => {
        throw error instanceof AccessDeniedError ? refusalOf(error, operation, region) : error;
      });

    /** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html */
    const start = async (
      document: DocumentName,
      parameters: Readonly<Record<string, readonly string[]>>,
    ): Promise<string> => {
      const command = new StartAutomationExecutionCommand({
        DocumentName: document,
        Parameters: Object.fromEntries(
          Object.entries(parameters).map(([name, values]) => [name, [...values]]),
        ),
        // A request that is sent again after a lost response starts nothing twice.
        ClientToken: randomUUID(),
      });
      try {
        // Never aborted on the way: the id of an execution that has started must be known.
        const { AutomationExecutionId: id } = await send('StartAutomationExecution', () =>
          ssm(region).send(command),
        );
        if (id === undefined) {
          throw new ServiceFaultError('ssm:StartAutomationExecution answered without an id');
        }
        return id;
      } catch (error) {
        if (codeOf(error) !== 'AutomationDefinitionNotFoundException') throw error;
        const message = `There is no SSM document ${document} in this account and Region.`;
        throw new DocumentMissingError(message, { cause: error });
      }
    };

    const read = (id: string): Promise<Automation> =>
      send('GetAutomationExecution', async (options) => {
        const command = new GetAutomationExecutionCommand({ AutomationExecutionId: id });
        const { AutomationExecution: execution } = await ssm(region).send(command, options);
        if (execution !== undefined) return automationIn(execution, id);
        throw new ServiceFaultError(`ssm:GetAutomationExecution answered nothing about ${id}`);
      });

    /**
     * The ids of the executions of a document, and of its variant for organizations, that have ended, newest first: a failed one may have
     * changed something, too.
     *
     * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeAutomationExecutions.html
     */
    const ended = (document: DocumentName): Promise<readonly string[]> =>
      send('DescribeAutomationExecutions', (options) => {
        const Filters = [
          { Key: 'DocumentNamePrefix' as const, Values: [document] },
          { Key: 'ExecutionStatus' as const, Values: ['Success', 'Failed', 'Cancelled', 'TimedOut'] },
        ];
        const pages = paginateDescribeAutomationExecutions({ client: ssm(region) }, { Filters }, options);
        return readPages(pages, ({ AutomationExecutionMetadataList = [] }) =>
          AutomationExecutionMetadataList.flatMap(({ AutomationExecutionId: id }) => id ?? []),
        );
      });

    return {
      start,
      read,
      latest: async (document, isWanted) => {
        for (const id of await ended(document)) {
          const automation = await read(id);
          if (isWanted(automation)) return automation;
        }
        return undefined;
      },
    };
  };
};

/** Starting an automation also passes a role: AWS's own message says which of the two is denied, and to whom. */
const refusalOf = ({ cause }: AccessDeniedError, operation: string, region: string): Error => {
  const reason = cause instanceof Error ? cause.message : '';
  return new AccessDeniedError(
    `ssm:${operation} is denied in ${region}: ${reason}. docs/permissions.md lists what a repair needs.`,
    { cause },
  );
};

/**
 * Reads an execution as SSM returns it.
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
  // An execution that failed has only the outputs of its steps.
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
