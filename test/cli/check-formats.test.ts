import { describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  aliasItem,
  KEY_ARN,
  KEY_ID,
  keyItem,
  REGION,
  TRAIL_ARN,
  trailItem,
} from '../support/builders.js';
import { folderOf, snapshotOf } from '../support/files.js';
import { runCheck } from '../support/run-check.js';

const PARAMETERS = ['--param', 'checkKeyPolicy=true', '--param', 'requireKeyRotation=true'];

const json = (value: unknown): string => JSON.stringify(value, null, 4);

/** Writes texts to files and evaluates them in one run. */
const check = async (...texts: readonly unknown[]) => {
  const folder = await folderOf(
    Object.fromEntries(texts.map((text, at) => [`${at}.json`, typeof text === 'string' ? text : json(text)])),
  );
  return runCheck(...texts.map((_, at) => `${folder}/${at}.json`), ...PARAMETERS);
};

const findingsOf = async (...texts: readonly unknown[]) => {
  const { report } = await check(...texts);
  expect(report.errors).toEqual([]);
  return report.findings.map(({ code, unchecked = [] }) => [code, ...unchecked].join(' '));
};

const errorsOf = async (...texts: readonly unknown[]) => {
  const { report, exitCode } = await check(...texts);
  expect(exitCode).toBe(2);
  return report.errors.map(({ message }) => message);
};

const TRAIL = {
  Name: 'audit',
  S3BucketName: 'logs',
  HomeRegion: REGION,
  TrailARN: TRAIL_ARN,
  KmsKeyId: KEY_ARN,
};
const METADATA = {
  AWSAccountId: ACCOUNT,
  KeyId: KEY_ID,
  Arn: KEY_ARN,
  CreationDate: 1_614_905_581.947,
  Enabled: true,
  KeyUsage: 'ENCRYPT_DECRYPT',
  KeyState: 'Enabled',
  Origin: 'AWS_KMS',
  KeyManager: 'CUSTOMER',
  CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
};
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      Action: 'kms:GenerateDataKey*',
      Resource: '*',
    },
  ],
});
const ITEMS = [trailItem(), keyItem()];
const ofConfigApi = ITEMS.map(({ awsAccountId, ARN, configuration, ...item }) => ({
  ...item,
  accountId: awsAccountId,
  arn: ARN,
  configuration: JSON.stringify(configuration),
}));

describe('reads configuration items in', () => {
  it.each([
    [
      'get-aggregate-resource-config',
      ofConfigApi.map((ConfigurationItem) => json({ ConfigurationItem })).join('\n'),
    ],
    [
      'batch-get-aggregate-resource-config',
      { BaseConfigurationItems: ofConfigApi, UnprocessedResourceIdentifiers: [] },
    ],
    ['batch-get-resource-config', { baseConfigurationItems: ofConfigApi, unprocessedResourceKeys: [] }],
    ['get-resource-config-history', { configurationItems: ofConfigApi }],
    ['the casing of another SDK', { ConfigurationItems: ofConfigApi }],
    ['wrappers of any name', { response: { body: [{ data: { configurationItems: ofConfigApi } }] } }],
    ['an array of arrays', [ITEMS, []]],
    [
      'fields in snake case',
      ITEMS.map((item) => ({
        resource_type: item['resourceType'],
        resource_id: item['resourceId'],
        arn: item['ARN'],
        account_id: ACCOUNT,
        aws_region: REGION,
        configuration_item_status: 'OK',
        configuration_item_capture_time: '2026-01-05T03:10:00Z',
        configuration: JSON.stringify(item['configuration']),
        supplementary_configuration: item['supplementaryConfiguration'],
      })),
    ],
    [
      'the output of PowerShell',
      ITEMS.map((item) => ({
        ResourceType: { Value: item['resourceType'] },
        ResourceId: item['resourceId'],
        Arn: item['ARN'],
        AccountId: ACCOUNT,
        AwsRegion: REGION,
        ConfigurationItemStatus: { Value: 'OK' },
        ConfigurationItemCaptureTime: '/Date(1767582600000)/',
        Configuration: JSON.stringify(item['configuration']),
        SupplementaryConfiguration: item['supplementaryConfiguration'],
      })),
    ],
  ])('%s', async (_name, text) => {
    expect(await findingsOf(text)).toEqual(['CMK_USABLE']);
  });
});

describe('reads the rows of an advanced query', () => {
  const rows = (...columns: readonly object[]) => ({
    Results: columns.map((column) => JSON.stringify(column)),
    QueryInfo: { SelectFields: [{ Name: 'arn' }] },
  });
  const trail = { arn: TRAIL_ARN, configuration: { kmsKeyId: KEY_ARN } };
  const { resourceType: _, ...key } = keyItem();

  it.each([
    ['all columns', rows(...ITEMS)],
    ['without the resource type', rows(trail, key)],
    ['recognized by their configuration', rows({ configuration: { ...TRAIL, trailARN: TRAIL_ARN } }, key)],
    ['with dotted columns', rows({ arn: TRAIL_ARN, 'configuration.kmsKeyId': KEY_ARN }, key)],
    ['as objects', { Results: [trail, key] }],
    ['without their wrapper', rows(trail, key).Results],
    [
      'of an alias',
      rows({ ...trail, configuration: { kmsKeyId: 'alias/audit' } }, key, {
        ...aliasItem(),
        resourceType: null,
      }),
    ],
  ])('%s', async (_name, text) => {
    expect(await findingsOf(text)).toEqual(['CMK_USABLE']);
  });

  it('and reports one that does not contain the key of a trail', async () => {
    expect(await errorsOf(rows({ arn: TRAIL_ARN, configuration: { name: 'audit' } }))).toEqual([
      expect.stringMatching(
        /^At byte \d+: the row does not contain the KMS key of the trail: select the column configuration/,
      ),
    ]);
  });

  it('and one that is not a trail, a key or an alias', async () => {
    expect(await findingsOf(rows(...ITEMS, { resourceType: 'AWS::S3::Bucket' }))).toEqual(['CMK_USABLE']);
    expect(await errorsOf(rows({ resourceId: 'x' }))).toEqual([expect.stringContaining('is not recognized')]);
  });

  it('of which there are none', async () => {
    expect(await findingsOf({ Results: [], QueryInfo: {} })).toEqual([]);
  });
});

describe('reads envelopes', () => {
  const notification = {
    messageType: 'ConfigurationItemChangeNotification',
    configurationItem: trailItem({ kmsKeyId: null }),
  };
  const event = {
    'detail-type': 'Config Configuration Item Change',
    source: 'aws.config',
    detail: notification,
  };
  const sns = (message: unknown) => ({
    Type: 'Notification',
    TopicArn: 'arn',
    Message: JSON.stringify(message),
  });

  it.each([
    ['EventBridge', event],
    ['SNS', sns(notification)],
    ['SNS in Lambda', { Records: [{ EventSource: 'aws:sns', Sns: sns(notification) }] }],
    ['SNS in SQS', { Messages: [{ MessageId: '1', Body: JSON.stringify(sns(notification)) }] }],
    ['SQS in Lambda', { Records: [{ messageId: '1', body: JSON.stringify(sns(event)) }] }],
    ['EventBridge in SNS', sns(event)],
    ['a rule event in SNS', sns({ invokingEvent: JSON.stringify(notification), ruleParameters: '{}' })],
  ])('of %s', async (_name, text) => {
    expect(await findingsOf(text)).toEqual(['NO_KMS_KEY']);
  });

  it.each([
    'ComplianceChangeNotification',
    'ConfigurationSnapshotDeliveryCompleted',
    'ConfigurationHistoryDeliveryCompleted',
  ])('and reports a %s', async (messageType) => {
    const other = { messageType, resourceType: 'AWS::CloudTrail::Trail', resourceId: 'audit' };

    for (const text of [other, sns(other), { detail: other }]) {
      expect(await errorsOf(text)).toEqual([
        expect.stringContaining(`a notification of type ${messageType} contains no trail to evaluate`),
      ]);
    }
  });

  it('but not the requests in events of CloudTrail', async () => {
    const call = { eventVersion: '1.08', eventSource: 'cloudtrail.amazonaws.com', eventName: 'UpdateTrail' };

    expect(
      await errorsOf({ Records: [{ ...call, responseElements: { ...TRAIL, trailARN: TRAIL_ARN } }] }),
    ).toEqual([expect.stringContaining('is not recognized')]);
  });
});

describe('reads trails of', () => {
  const key = { KeyMetadata: METADATA };
  const rotation = { KeyId: KEY_ID, KeyRotationEnabled: true };
  const policy = { Policy: POLICY, PolicyName: 'default', KeyId: KEY_ARN };

  it.each([
    ['describe-trails', { trailList: [TRAIL] }],
    ['get-trail', { Trail: TRAIL }],
    ['a single trail', TRAIL],
    ['PowerShell', [TRAIL]],
    ['an SDK in camel case', { trailList: [{ name: 'audit', trailARN: TRAIL_ARN, kmsKeyId: KEY_ARN }] }],
    ['an SDK with another casing', { TrailList: [{ TrailArn: TRAIL_ARN, KMSKeyId: KEY_ARN }] }],
    ['an SDK in snake case', { trail_list: [{ name: 'audit', trail_arn: TRAIL_ARN, kms_key_id: KEY_ARN }] }],
  ])('%s', async (_name, text) => {
    expect(await findingsOf(text, key, rotation, policy)).toEqual(
      ['CMK_USABLE type'].map((code) => code.replace(' type', '')),
    );
  });

  const bare = { TrailARN: TRAIL_ARN, Name: 'audit', HomeRegion: REGION };

  it.each([
    ['an object', { Trails: [bare, { ...bare, TrailARN: `${TRAIL_ARN}-2` }] }],
    ['an array', [bare]],
  ])('but not of list-trails: %s', async (_name, text) => {
    const message = expect.stringMatching(
      /^At byte \d+: this is the output of list-trails, .*describe-trails/,
    );
    const folder = await folderOf({ 'a.json': json({ trailList: [TRAIL] }), 'list.json': json(text) });

    expect(await errorsOf(text)).toEqual([message]);
    expect((await runCheck(folder)).report.errors).toEqual([{ source: `${folder}/list.json`, message }]);
  });

  it('with a note that the output of get-trail-status is not used', async () => {
    const { report } = await check(
      { Trail: TRAIL },
      { IsLogging: true, LatestDeliveryTime: 1_767_582_600 },
      key,
      rotation,
    );

    expect(report.errors).toEqual([]);
    expect(report.notes).toEqual([expect.stringContaining('the output of get-trail-status is not used')]);
  });
});

describe('reads keys of', () => {
  const trail = { Trail: TRAIL };
  const all = (...values: readonly unknown[]) => values.map(json).join('\n\n');

  it.each([
    [
      'describe-key, get-key-rotation-status and get-key-policy in one file',
      all({ KeyMetadata: METADATA }, { KeyRotationEnabled: true }, { Policy: POLICY }),
    ],
    [
      'get-key-policy with --query Policy --output text',
      all({ KeyMetadata: METADATA }, { KeyRotationEnabled: true }, JSON.parse(POLICY)),
    ],
    [
      'a newer AWS CLI',
      all(
        { KeyMetadata: METADATA },
        { KeyId: KEY_ARN, KeyRotationEnabled: true, RotationPeriodInDays: 365 },
        { Policy: POLICY, PolicyName: 'default' },
      ),
    ],
    [
      'a Panther resource',
      { ...METADATA, ResourceType: 'AWS.KMS.Key', KeyRotationEnabled: true, Policy: POLICY },
    ],
    [
      'PowerShell',
      all(
        {
          ...METADATA,
          KeyState: { Value: 'Enabled' },
          KeyManager: { Value: 'CUSTOMER' },
          KeyUsage: { Value: 'ENCRYPT_DECRYPT' },
          KeySpec: { Value: 'SYMMETRIC_DEFAULT' },
          Origin: { Value: 'AWS_KMS' },
          ExpirationModel: { Value: null },
          ValidTo: '0001-01-01T00:00:00',
          DeletionDate: '/Date(-62135596800000)/',
        },
        { KeyRotationEnabled: true },
        { Policy: POLICY },
      ),
    ],
    [
      'AWS Config, the configuration alone',
      all(keyItem()['configuration'], { KeyRotationEnabled: true }, { Policy: POLICY }),
    ],
  ])('%s', async (_name, text) => {
    expect(await findingsOf(trail, text)).toEqual(['CMK_USABLE']);
  });

  it.each([
    [{ KeyRotationEnabled: false, KeyId: KEY_ARN }, 'KEY_ROTATION_OFF'],
    [{ KeyRotationEnabled: false, KeyId: KEY_ID }, 'KEY_ROTATION_OFF'],
    [{ KeyRotationEnabled: true, KeyId: KEY_ID }, 'CMK_USABLE policy'],
    [
      {
        Policy: JSON.stringify({
          Statement: [{ Effect: 'Deny', Principal: '*', Action: 'kms:*', Resource: '*' }],
        }),
        KeyId: KEY_ARN,
      },
      'KEY_POLICY_BLOCKS_CLOUDTRAIL',
    ],
  ])('another file, by the key: %o', async (facts, code) => {
    expect(await findingsOf(trail, { KeyMetadata: METADATA }, facts)).toEqual([code]);
  });

  it('a file with several keys, by the ID of the key', async () => {
    const other = { KeyMetadata: { ...METADATA, Arn: `${KEY_ARN}0`, KeyId: `${KEY_ID}0` } };
    const facts = { KeyRotationEnabled: false, KeyId: KEY_ID };

    expect(await findingsOf(trail, all({ KeyMetadata: METADATA }, other, facts))).toEqual([
      'KEY_ROTATION_OFF',
    ]);
    expect(
      await findingsOf(trail, all({ KeyMetadata: METADATA }, { ...facts, KeyId: `${KEY_ID}0` }, other)),
    ).toEqual(['KEY_UNVERIFIABLE']);
  });

  it('another file, and reports a rotation status or a policy without its key', async () => {
    const other = { KeyMetadata: { ...METADATA, Arn: `${KEY_ARN}0`, KeyId: `${KEY_ID}0` } };

    expect(await errorsOf(trail, { KeyMetadata: METADATA }, { KeyRotationEnabled: true })).toEqual([
      expect.stringMatching(
        /^At byte 0: the output of get-key-rotation-status does not contain its key, and the file contains no key: save it in one file/,
      ),
    ]);
    expect(await errorsOf(trail, all({ KeyMetadata: METADATA }, other, { Policy: POLICY }))).toEqual([
      expect.stringMatching(
        /get-key-policy does not contain its key, and the file contains 2 keys: .*"KeyId"/,
      ),
    ]);
    expect(await errorsOf(trail, { KeyRotationEnabled: true, KeyId: KEY_ID })).toEqual([
      expect.stringContaining(`the key ${KEY_ID} of this get-key-rotation-status output is not in the input`),
    ]);
  });

  it('and aliases of PowerShell, and not a policy of S3', async () => {
    const aliases = [
      {
        AliasArn: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/audit`,
        AliasName: 'alias/audit',
        TargetKeyId: KEY_ID,
      },
    ];
    const item = keyItem();

    expect(await findingsOf({ Trail: { ...TRAIL, KmsKeyId: 'alias/audit' } }, aliases, item)).toEqual([
      'CMK_USABLE',
    ]);
    expect(await errorsOf({ Policy: JSON.stringify({ Statement: [{ Action: 's3:*' }] }) })).toEqual([
      expect.stringContaining('is not recognized'),
    ]);
  });
});

describe('recognizes', () => {
  it.each([
    [
      'Security Hub',
      {
        Findings: [
          { SchemaVersion: '2018-10-08', ProductArn: 'arn', GeneratorId: 'security-control/CloudTrail.2' },
        ],
      },
      'ASFF',
    ],
    ['Powerpipe', { group_id: 'root', controls: [], title: 'x' }, 'Steampipe'],
    ['Prowler', [{ CheckID: 'cloudtrail_kms_encryption_enabled', StatusExtended: 'x' }], 'Prowler'],
    ['Prowler in OCSF', [{ metadata: { product: { name: 'Prowler' } }, status_code: 'FAIL' }], 'Prowler'],
    ['Steampipe', { columns: [{ name: 'arn' }], rows: [{ arn: TRAIL_ARN, kms_key_id: null }] }, 'Steampipe'],
    ['rows of Steampipe', [{ name: 'audit', arn: TRAIL_ARN, _ctx: {} }], 'Steampipe'],
  ])('an export of %s, and says what to use', async (_name, text, tool) => {
    const folder = await folderOf({ 'a.json': snapshotOf(...ITEMS), 'export.json': json(text) });
    const message = expect.stringMatching(
      new RegExp(`${tool}.*, which Trailkey does not evaluate: use AWS Config data`),
    );

    expect(await errorsOf(text)).toEqual([message]);
    expect((await runCheck(folder)).report).toMatchObject({ errors: [], notes: [message] });
  });

  it('the state of a recorder', async () => {
    expect(await errorsOf({ ConfigurationRecordersStatus: [{ name: 'default', recording: true }] })).toEqual([
      'the state of a configuration recorder contains no trail to evaluate: expected AWS Config data, or the output of describe-trails.',
    ]);
  });
});
