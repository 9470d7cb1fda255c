import type { JsonObject } from '../src/core/json-value.js';

const ACCOUNT = '123456789012';
const REGION = 'us-east-1';
const NOTIFIED = '2026-01-05T03:12:00.000Z';
const TRAIL = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/audit`;
const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${KEY_ID}`;

/** With the token TESTMODE, AWS Config stores no results, so these events can be used in any account. */
const event = (invokingEvent: JsonObject, overrides: JsonObject = {}): JsonObject => ({
  version: '1.0',
  invokingEvent: JSON.stringify({
    ...invokingEvent,
    notificationCreationTime: NOTIFIED,
    recordVersion: '1.3',
  }),
  ruleParameters: '{}',
  resultToken: 'TESTMODE',
  eventLeftScope: false,
  executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
  configRuleArn: `arn:aws:config:${REGION}:${ACCOUNT}:config-rule/config-rule-abcdef`,
  configRuleName: 'cloudtrail-cmk-usable',
  configRuleId: 'config-rule-abcdef',
  accountId: ACCOUNT,
  evaluationMode: 'DETECTIVE',
  ...overrides,
});

const item = (rest: JsonObject): JsonObject => ({
  configurationItemVersion: '1.3',
  configurationItemCaptureTime: '2026-01-05T03:10:00.000Z',
  configurationItemStatus: 'OK',
  awsAccountId: ACCOUNT,
  awsRegion: REGION,
  relationships: [],
  tags: {},
  ...rest,
});

const TRAIL_SUMMARY = item({
  resourceType: 'AWS::CloudTrail::Trail',
  resourceId: 'audit',
  resourceName: 'audit',
  ARN: TRAIL,
});

const trailItem = (configuration: JsonObject): JsonObject => ({
  ...TRAIL_SUMMARY,
  configuration: {
    name: 'audit',
    trailARN: TRAIL,
    homeRegion: REGION,
    s3BucketName: 'logs-of-123456789012',
    isMultiRegionTrail: true,
    isOrganizationTrail: false,
    ...configuration,
  },
});

const change = (configurationItem: JsonObject): JsonObject => ({
  configurationItem,
  configurationItemDiff: {},
  messageType: 'ConfigurationItemChangeNotification',
});

/** One event for each kind of invocation by AWS Config, by file name. */
export const EXAMPLE_EVENTS: Readonly<Record<string, JsonObject>> = {
  'trail-change.json': event(change(trailItem({ kmsKeyId: KEY }))),
  'trail-without-key.json': event(change(trailItem({}))),
  'trail-deleted.json': event(
    change({ ...TRAIL_SUMMARY, configuration: null, configurationItemStatus: 'ResourceDeleted' }),
  ),
  'trail-left-scope.json': event(change(trailItem({ kmsKeyId: KEY })), { eventLeftScope: true }),
  'trail-oversized-change.json': event({
    configurationItemSummary: TRAIL_SUMMARY,
    messageType: 'OversizedConfigurationItemChangeNotification',
  }),
  'key-change.json': event(
    change(
      item({
        resourceType: 'AWS::KMS::Key',
        resourceId: KEY_ID,
        ARN: KEY,
        configuration: {
          keyId: KEY_ID,
          arn: KEY,
          keyState: 'Disabled',
          keyManager: 'CUSTOMER',
          enabled: false,
        },
      }),
    ),
  ),
  'schedule.json': event({ awsAccountId: ACCOUNT, messageType: 'ScheduledNotification' }),
  'snapshot-delivered.json': event({
    configSnapshotId: '00000001-0000-4000-8000-000000000001',
    s3ObjectKey: `AWSLogs/${ACCOUNT}/Config/${REGION}/2026/1/5/ConfigSnapshot/snapshot.json.gz`,
    s3Bucket: 'config-bucket-123456789012',
    messageType: 'ConfigurationSnapshotDeliveryCompleted',
  }),
};
