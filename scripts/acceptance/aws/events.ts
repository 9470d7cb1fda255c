import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteResourcePolicyCommand,
  PutResourcePolicyCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { codeOf } from '../../../src/aws/errors.js';
import { isJsonObject, parseJson } from '../../../src/core/json-value.js';
import { type namesFor, RUN_TAG } from '../names.js';
import { type Connection, sendTo } from './connection.js';

/** The names of the rule of EventBridge and of the log group that receives its events. */
export type EventNames = Pick<ReturnType<typeof namesFor>, 'eventRule' | 'logGroup'>;

const TARGET_ID = 'log-group';

/** The events that AWS Config sends when the compliance of a trail changes, collected in a log group. */
export const eventsIn = (connection: Connection) => {
  const { region, accountId, partition, clients } = connection;
  const eventBridge = clients(EventBridgeClient, 'events')(region);
  const logs = clients(CloudWatchLogsClient, 'logs')(region);
  const send = sendTo(connection);

  return {
    /** Starts to collect the events of a rule of AWS Config. */
    collect: async (ruleName: string, { eventRule, logGroup }: EventNames, runId: string): Promise<void> => {
      const groupArn = `arn:${partition}:logs:${region}:${accountId}:log-group:${logGroup}`;
      await send('logs:CreateLogGroup', (options) =>
        logs.send(new CreateLogGroupCommand({ logGroupName: logGroup, tags: { [RUN_TAG]: runId } }), options),
      ).catch((error: unknown) => {
        if (codeOf(error) !== 'ResourceAlreadyExistsException') throw error;
      });
      const policyDocument = JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Resource: `${groupArn}:*`,
          },
        ],
      });
      await send('logs:PutResourcePolicy', (options) =>
        logs.send(new PutResourcePolicyCommand({ policyName: eventRule, policyDocument }), options),
      );
      const EventPattern = JSON.stringify({
        source: ['aws.config'],
        'detail-type': ['Config Rules Compliance Change'],
        detail: { configRuleName: [ruleName] },
      });
      const Tags = [{ Key: RUN_TAG, Value: runId }];
      await send('events:PutRule', (options) =>
        eventBridge.send(new PutRuleCommand({ Name: eventRule, EventPattern, Tags }), options),
      );
      const { FailedEntries: [failed] = [] } = await send('events:PutTargets', (options) =>
        eventBridge.send(
          new PutTargetsCommand({ Rule: eventRule, Targets: [{ Id: TARGET_ID, Arn: groupArn }] }),
          options,
        ),
      );
      if (failed !== undefined) throw new Error(`events:PutTargets failed: ${failed.ErrorCode}`);
    },

    /** The verdicts in the events about a trail, by its name or ARN, oldest first. */
    verdicts: ({ logGroup }: EventNames, ids: readonly string[]): Promise<readonly string[]> =>
      send('logs:FilterLogEvents', async (options) => {
        const messages = [];
        const pages = paginateFilterLogEvents({ client: logs }, { logGroupName: logGroup }, options);
        for await (const { events = [] } of pages)
          messages.push(...events.map(({ message = '' }) => message));
        return messages.flatMap((message) => verdictIn(message, ids));
      }),

    /** Deletes the rule, the log group and its policy, those that exist. */
    remove: async ({ eventRule, logGroup }: EventNames): Promise<void> => {
      const ignoreMissing = (error: unknown): void => {
        if (codeOf(error) !== 'ResourceNotFoundException') throw error;
      };
      await send('events:RemoveTargets', (options) =>
        eventBridge.send(new RemoveTargetsCommand({ Rule: eventRule, Ids: [TARGET_ID] }), options),
      ).catch(ignoreMissing);
      await send('events:DeleteRule', (options) =>
        eventBridge.send(new DeleteRuleCommand({ Name: eventRule }), options),
      ).catch(ignoreMissing);
      await send('logs:DeleteResourcePolicy', (options) =>
        logs.send(new DeleteResourcePolicyCommand({ policyName: eventRule }), options),
      ).catch(ignoreMissing);
      await send('logs:DeleteLogGroup', (options) =>
        logs.send(new DeleteLogGroupCommand({ logGroupName: logGroup }), options),
      ).catch(ignoreMissing);
    },
  };
};

const verdictIn = (message: string, ids: readonly string[]): readonly string[] => {
  const event = parseJson(message);
  const detail = isJsonObject(event) && isJsonObject(event['detail']) ? event['detail'] : {};
  const { newEvaluationResult: result, resourceId } = detail;
  if (!ids.includes(String(resourceId)) || !isJsonObject(result)) return [];
  return [String(result['annotation'] ?? result['complianceType']).split(':')[0] ?? ''];
};
