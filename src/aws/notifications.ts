import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { paginateListSubscriptionsByTopic, SNSClient } from '@aws-sdk/client-sns';
import type { Deployment } from '../ports.js';
import type { Reader } from './reader.js';
import { readPages, required, unlessMissing } from './requests.js';

/** Returns the alarm, the subscriptions to the topic, and the log group. */
export const notificationsIn = ({
  region,
  clients,
  read,
}: Reader): Pick<Deployment, 'alarm' | 'subscriptions' | 'logGroup'> => {
  const cloudWatch = clients(CloudWatchClient, 'cloudwatch')(region);
  const sns = clients(SNSClient, 'sns')(region);
  const logs = clients(CloudWatchLogsClient, 'logs')(region);
  return {
    /** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
    alarm: (name) =>
      read('cloudwatch:DescribeAlarms', async (options) => {
        const command = new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm'] });
        const { MetricAlarms } = await cloudWatch.send(command, options);
        const [alarm] = required(MetricAlarms, 'MetricAlarms');
        return (
          alarm && {
            state: alarm.StateValue,
            reason: alarm.StateReason,
            actionsEnabled: alarm.ActionsEnabled ?? true,
            actions: alarm.AlarmActions ?? [],
          }
        );
      }),
    /** @see https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html */
    subscriptions: (TopicArn) =>
      read('sns:ListSubscriptionsByTopic', async (options) => {
        const subscriptions = await unlessMissing(['NotFoundException'], () =>
          readPages(
            paginateListSubscriptionsByTopic({ client: sns }, { TopicArn }, options),
            'Subscriptions',
          ),
        );
        return subscriptions?.map(({ Endpoint = '', SubscriptionArn }) => ({
          endpoint: Endpoint,
          isConfirmed: SubscriptionArn?.startsWith('arn:') ?? false,
        }));
      }),
    /** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html */
    logGroup: (name) =>
      read('logs:DescribeLogGroups', async (options) => {
        const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: name });
        const { logGroups } = await logs.send(command, options);
        // The name itself sorts before all names that it is a prefix of.
        const group = required(logGroups, 'logGroups').find(({ logGroupName }) => logGroupName === name);
        return group && { retentionInDays: group.retentionInDays };
      }),
  };
};
