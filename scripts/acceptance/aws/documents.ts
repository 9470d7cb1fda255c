import {
  GetAutomationExecutionCommand,
  GetDocumentCommand,
  paginateDescribeAutomationExecutions,
  paginateListDocumentVersions,
  SendAutomationSignalCommand,
  SSMClient,
  StopAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import { parse } from 'yaml';
import { readPages } from '../../../src/aws/requests.js';
import { ssmAutomations } from '../../../src/aws/ssm.js';
import { isJsonObject } from '../../../src/core/json-value.js';
import type { DocumentName } from '../../../src/core/remediation.js';
import { type Connection, sendTo } from './connection.js';

/** The SSM documents of Trailkey. */
export const documentsIn = (connection: Connection) => {
  const { region, clients, call } = connection;
  const ssm = clients(SSMClient, 'ssm')(region);
  const send = sendTo(connection);

  return {
    ...ssmAutomations({ clients, call })(region),

    /** Approves the step of an automation that waits for approval. */
    approve: async (AutomationExecutionId: string): Promise<void> => {
      const input = {
        AutomationExecutionId,
        SignalType: 'Approve' as const,
        Payload: { Comment: ['Acceptance run of Trailkey'] },
      };
      await send('ssm:SendAutomationSignal', (options) =>
        ssm.send(new SendAutomationSignalCommand(input), options),
      );
    },

    /** Cancels the automations for a trail, by its name or ARN, that have not ended. */
    cancelAll: async (ids: readonly string[]): Promise<void> => {
      const Filters = [
        { Key: 'DocumentNamePrefix' as const, Values: ['Trailkey-'] },
        { Key: 'ExecutionStatus' as const, Values: ['Pending', 'InProgress', 'Waiting'] },
      ];
      const running = await send('ssm:DescribeAutomationExecutions', (options) =>
        readPages(
          paginateDescribeAutomationExecutions({ client: ssm }, { Filters }, options),
          'AutomationExecutionMetadataList',
        ),
      );
      for (const { AutomationExecutionId } of running) {
        const { AutomationExecution: execution } = await send('ssm:GetAutomationExecution', (options) =>
          ssm.send(new GetAutomationExecutionCommand({ AutomationExecutionId }), options),
        );
        const { TrailName = [], TrailArn = [] } = execution?.Parameters ?? {};
        if (![...TrailName, ...TrailArn].some((id) => ids.includes(id))) continue;
        await send('ssm:StopAutomationExecution', (options) =>
          ssm.send(new StopAutomationExecutionCommand({ AutomationExecutionId, Type: 'Cancel' }), options),
        );
      }
    },

    /** The status of a document, and how many numbers in it became strings on their way to Systems Manager. */
    content: (Name: DocumentName) =>
      send('ssm:GetDocument', async (options) => {
        const document = await ssm.send(new GetDocumentCommand({ Name }), options);
        return { status: document.Status ?? 'unknown', numbers: numbersIn(parse(document.Content ?? '')) };
      }),

    /** The versions of a document: how many, and whether the default is the newest. */
    versions: (Name: DocumentName) =>
      send('ssm:ListDocumentVersions', async (options) => {
        const pages = paginateListDocumentVersions({ client: ssm }, { Name }, options);
        const versions = await readPages(pages, 'DocumentVersions');
        const numberOf = (version: string | undefined) => Number(version ?? 0);
        const newest = Math.max(...versions.map(({ DocumentVersion }) => numberOf(DocumentVersion)));
        const current = versions.find(({ IsDefaultVersion }) => IsDefaultVersion === true);
        return { count: versions.length, isNewestDefault: numberOf(current?.DocumentVersion) === newest };
      }),
  };
};

/** The properties of a step that are numbers. */
const NUMBERS = ['timeoutSeconds', 'maxAttempts'];

const numbersIn = (content: unknown): { readonly total: number; readonly asStrings: number } => {
  const steps = isJsonObject(content) ? [content['mainSteps']].flat().filter(isJsonObject) : [];
  const values = steps.flatMap((step) => NUMBERS.flatMap((name) => step[name] ?? []));
  return { total: values.length, asStrings: values.filter((value) => typeof value === 'string').length };
};
