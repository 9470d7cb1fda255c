import type { JsonObject } from '../../src/core/json-value.js';
import { ACCOUNT } from './builders.js';

export const NOTIFIED = '2026-01-05T03:12:00.000Z';

/** The event of a rule, around a notification. */
export const ruleEvent = (invokingEvent: JsonObject, overrides: JsonObject = {}): JsonObject => ({
  version: '1.0',
  invokingEvent: JSON.stringify({
    notificationCreationTime: NOTIFIED,
    recordVersion: '1.3',
    ...invokingEvent,
  }),
  ruleParameters: '{}',
  resultToken: 'token-of-this-event',
  eventLeftScope: false,
  executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
  configRuleArn: `arn:aws:config:eu-west-1:${ACCOUNT}:config-rule/config-rule-abcdef`,
  configRuleName: 'cloudtrail-cmk-usable',
  configRuleId: 'config-rule-abcdef',
  accountId: ACCOUNT,
  evaluationMode: 'DETECTIVE',
  ...overrides,
});

export const changeOf = (configurationItem: JsonObject, overrides: JsonObject = {}): JsonObject =>
  ruleEvent(
    { messageType: 'ConfigurationItemChangeNotification', configurationItem, configurationItemDiff: null },
    overrides,
  );

export const oversizedChangeOf = (configurationItemSummary: JsonObject): JsonObject =>
  ruleEvent({ messageType: 'OversizedConfigurationItemChangeNotification', configurationItemSummary });

export const scheduled = (overrides: JsonObject = {}): JsonObject =>
  ruleEvent({ messageType: 'ScheduledNotification', awsAccountId: ACCOUNT }, overrides);

export const snapshotDelivered = (): JsonObject =>
  ruleEvent({
    messageType: 'ConfigurationSnapshotDeliveryCompleted',
    configSnapshotId: 'x',
    s3Bucket: 'b',
    s3ObjectKey: 'k',
  });
