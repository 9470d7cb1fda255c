import { randomUUID } from 'node:crypto';
import {
  type AutomationExecution,
  type AutomationExecutionMetadata,
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

/** Returns the SSM automations of an account, by Region. */
export const ssmAutomations = ({ clients, call }: SsmConnection): ((region: string) => Automations) => {
  const clientIn = clients(SSMClient, 'ssm');
  return (region) => {
    const ssm = clientIn(region);
    const send: Send = (operation, request) =>
      call(`ssm:${operation}`, region, request).catch((error: unknown) => {
        throw error instanceof AccessDeniedError ? deniedError(error, operation, region) : error;
      });
    const read = (id: string) => readExecution(id, ssm, send);
    return {
      start: (document, parameters) => startExecution({ document, parameters }, ssm, send),
      read,
      latest: async (document, matches) => {
        for (const id of await listEndedExecutions(document, ssm, send)) {
          const automation = await read(id);
          if (matches(automation)) return automation;
        }
        return undefined;
      },
    };
  };
};

/**
 * Converts an execution in a response of SSM.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AutomationExecution.html
 */
export const parseExecution = (execution: AutomationExecution, id: string): Automation => ({
  id,
  document: execution.DocumentName,
  startedAt: execution.ExecutionStartTime?.getTime(),
  startedBy: execution.ExecutedBy,
  status: execution.AutomationExecutionStatus ?? 'Pending',
  steps: (execution.StepExecutions ?? []).map((step) => ({
    name: step.StepName ?? '',
    status: step.StepStatus ?? 'Pending',
    startedAt: step.ExecutionStartTime?.getTime(),
    endedAt: step.ExecutionEndTime?.getTime(),
    failure: step.FailureMessage,
  })),
  // A failed execution has no outputs of its own, only those of its steps.
  outputs: {
    ...joinValues(Object.assign({}, ...(execution.StepExecutions ?? []).map(stepOutputs))),
    ...joinValues(execution.Outputs ?? {}),
  },
  failure: execution.FailureMessage,
});

type Send = <T>(operation: string, request: (options: RequestOptions) => Promise<T>) => Promise<T>;

/** Starting an automation also passes a role. The message of AWS contains the denied action and the caller. */
const deniedError = ({ cause }: AccessDeniedError, operation: string, region: string): Error => {
  const reason = cause instanceof Error ? cause.message : '';
  return new AccessDeniedError(
    `ssm:${operation} is denied in ${region}: ${reason}. For the permissions that remediation needs, see docs/permissions.md.`,
    { cause },
  );
};

type StartRequest = {
  readonly document: DocumentName;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
};

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html */
const startExecution = async (
  { document, parameters }: StartRequest,
  ssm: SSMClient,
  send: Send,
): Promise<string> => {
  const command = new StartAutomationExecutionCommand({
    DocumentName: document,
    Parameters: Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, [...values]])),
    // A request that is retried after a lost response does not start a second execution.
    ClientToken: randomUUID(),
  });
  try {
    // Not aborted by Ctrl-C: the ID of an execution that has started must be known.
    const { AutomationExecutionId: id } = await send('StartAutomationExecution', () => ssm.send(command));
    if (id !== undefined) return id;
    throw new ServiceFaultError(
      'ssm:StartAutomationExecution returned a response without AutomationExecutionId',
    );
  } catch (error) {
    if (codeOf(error) !== 'AutomationDefinitionNotFoundException') throw error;
    const message = `SSM document ${document} does not exist in this account and Region.`;
    throw new DocumentMissingError(message, { cause: error });
  }
};

const readExecution = (id: string, ssm: SSMClient, send: Send): Promise<Automation> =>
  send('GetAutomationExecution', async (options) => {
    const command = new GetAutomationExecutionCommand({ AutomationExecutionId: id });
    const { AutomationExecution: execution } = await ssm.send(command, options);
    if (execution !== undefined) return parseExecution(execution, id);
    throw new ServiceFaultError(`ssm:GetAutomationExecution returned no execution for ${id}`);
  });

/**
 * Lists the IDs of the executions of a document, and of its variant for organizations, that have ended, by start time, newest first. A
 * failed execution can also have changed the trail. Other documents whose names begin in the same way do not count, and neither does a
 * document of another account, which SSM lists with its ARN.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeAutomationExecutions.html
 */
const listEndedExecutions = (
  document: DocumentName,
  ssm: SSMClient,
  send: Send,
): Promise<readonly string[]> =>
  send('DescribeAutomationExecutions', async (options) => {
    const Filters = [
      { Key: 'DocumentNamePrefix' as const, Values: [document] },
      { Key: 'ExecutionStatus' as const, Values: ['Success', 'Failed', 'Cancelled', 'TimedOut'] },
    ];
    const pages = paginateDescribeAutomationExecutions({ client: ssm }, { Filters }, options);
    const executions = await readPages(pages, 'AutomationExecutionMetadataList');
    return executions
      .filter(({ DocumentName: name }) => name === document || name === `${document}-Organization`)
      .toSorted((one, other) => startOf(other) - startOf(one))
      .flatMap(({ AutomationExecutionId: id }) => id ?? []);
  });

const startOf = ({ ExecutionStartTime }: AutomationExecutionMetadata): number =>
  ExecutionStartTime?.getTime() ?? 0;

type Outputs = Readonly<Record<string, readonly string[]>>;

const stepOutputs = ({ StepName = '', Outputs = {} }: StepExecution): Outputs =>
  Object.fromEntries(Object.entries(Outputs).map(([name, values]) => [`${StepName}.${name}`, values]));

const joinValues = (outputs: Outputs): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, values.join(', ')]));
