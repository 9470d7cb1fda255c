import { randomUUID } from 'node:crypto';
import {
  DescribeAutomationExecutionsCommand,
  GetAutomationExecutionCommand,
  SSMClient,
  StartAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import type { DocumentName } from '../core/remediation.js';
import type { Automation, Automations } from '../ports.js';
import { automationIn } from './automation-execution.js';
import { type Caller, explained, isDenied } from './call.js';
import { AccessDeniedError, DocumentMissingError, nameOf, ServiceFaultError } from './errors.js';
import { pages } from './pages.js';
import { SDK_SETTINGS } from './sdk-settings.js';
import type { Session } from './session.js';
import { watched } from './watch.js';

/** What of a session automations take. */
type SsmSession = Pick<Session, 'credentials' | 'caller' | 'watch'>;

/**
 * Starts and reads SSM automations in a Region.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html
 */
export const ssmAutomations = (session: SsmSession, accountId: string, region: string): Automations => {
  const client = new SSMClient({ ...SDK_SETTINGS, region, credentials: session.credentials });
  client.middlewareStack.use(watched({ account: accountId, service: 'ssm', region }, session.watch));
  const asked = { client, call: callIn(region, session.caller) };
  return {
    start: (document, parameters) => start(document, parameters, asked),
    read: (id) => read(id, asked),
    latest: async (document, isWanted) => {
      for (const id of await endedOf(document, asked)) {
        const automation = await read(id, asked);
        if (isWanted(automation)) return automation;
      }
      return undefined;
    },
  };
};

type Call = <T>(operation: string, send: (signal: AbortSignal) => Promise<T>) => Promise<T>;
type Asked = { readonly client: SSMClient; readonly call: Call };

const callIn =
  (region: string, caller: Caller): Call =>
  async (operation, send) => {
    const name = { service: 'ssm', operation, region };
    try {
      return await caller.call(name, send);
    } catch (error) {
      if (error instanceof DocumentMissingError) throw error;
      throw isDenied(error) ? refusal(error, operation, region) : explained(error, name);
    }
  };

/** Starting hands a role on, too: AWS's own words say which of the two is denied, and to whom. */
const refusal = (error: unknown, operation: string, region: string): Error => {
  const words = error instanceof Error ? error.message : '';
  return new AccessDeniedError(
    `ssm:${operation} is denied in ${region}: ${words}. docs/permissions.md lists what a repair needs.`,
    { cause: error },
  );
};

const start = async (
  document: DocumentName,
  parameters: Readonly<Record<string, readonly string[]>>,
  { client, call }: Asked,
): Promise<string> => {
  const command = new StartAutomationExecutionCommand({
    DocumentName: document,
    Parameters: Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, [...values]])),
    // Sent again after a lost answer, it starts nothing twice.
    ClientToken: randomUUID(),
  });
  // Never given up on the way: what SSM has taken must be known by its id.
  const { AutomationExecutionId: id } = await call('StartAutomationExecution', async () => {
    try {
      return await client.send(command);
    } catch (error) {
      if (nameOf(error) !== 'AutomationDefinitionNotFoundException') throw error;
      throw new DocumentMissingError(`There is no SSM document ${document} in this account and Region.`, {
        cause: error,
      });
    }
  });
  if (id === undefined) throw new ServiceFaultError('ssm:StartAutomationExecution answered without an id');
  return id;
};

const read = async (id: string, { client, call }: Asked): Promise<Automation> => {
  const command = new GetAutomationExecutionCommand({ AutomationExecutionId: id });
  const { AutomationExecution: execution } = await call('GetAutomationExecution', (abortSignal) =>
    client.send(command, { abortSignal }),
  );
  if (execution !== undefined) return automationIn(execution, id);
  throw new ServiceFaultError(`ssm:GetAutomationExecution answered nothing about ${id}`);
};

/**
 * The ids of the executions of a document, and of its like for organizations, that have ended, the newest first: also one that failed may
 * have changed something.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeAutomationExecutions.html
 */
const endedOf = (document: DocumentName, { client, call }: Asked): Promise<readonly string[]> =>
  pages((NextToken) =>
    call('DescribeAutomationExecutions', async (abortSignal) => {
      const command = new DescribeAutomationExecutionsCommand({
        Filters: [
          { Key: 'DocumentNamePrefix', Values: [document] },
          { Key: 'ExecutionStatus', Values: ['Success', 'Failed', 'Cancelled', 'TimedOut'] },
        ],
        NextToken,
      });
      const { AutomationExecutionMetadataList = [], NextToken: next } = await client.send(command, {
        abortSignal,
      });
      return {
        entries: AutomationExecutionMetadataList.flatMap(({ AutomationExecutionId: id }) => id ?? []),
        next,
      };
    }),
  );
