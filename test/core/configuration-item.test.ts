import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ALIAS_TYPE,
  configurationOf,
  isAbsent,
  KEY_TYPE,
  parseConfigurationItem,
  TRAIL_TYPE,
} from '../../src/core/configuration-item.js';
import { FormatError } from '../../src/core/errors.js';
import { isJsonObject, type JsonObject } from '../../src/core/json-value.js';
import { parseKeyItem } from '../../src/core/key.js';
import { parseTrailItem } from '../../src/core/trail.js';
import { keyItem, TRAIL_ARN, trailItem } from '../support/builders.js';

/** The same item as the AWS Config API answers it: other names, nested values as JSON text, times as Date. */
const asApiAnswers = ({
  ARN,
  awsAccountId,
  configuration,
  supplementaryConfiguration,
  ...rest
}: JsonObject) => ({
  ...rest,
  arn: ARN,
  accountId: awsAccountId,
  configurationItemCaptureTime: new Date(String(rest['configurationItemCaptureTime'])),
  configuration: JSON.stringify(configuration),
  supplementaryConfiguration: Object.fromEntries(
    Object.entries(isJsonObject(supplementaryConfiguration) ? supplementaryConfiguration : {}).map(
      ([name, value]) => [name, JSON.stringify(value)],
    ),
  ),
});

/** The same item in the casing of AWS's older sample of a snapshot. */
const asOldSnapshot = ({ ARN, awsAccountId, ...rest }: JsonObject) => ({
  ...rest,
  arn: ARN,
  accountId: awsAccountId,
});

describe.each([
  ['API', asApiAnswers],
  ['old snapshot', asOldSnapshot],
])('the casing of the %s', (_name, spelled) => {
  it('reads a trail like that of an event', () => {
    expect(parseTrailItem(parseConfigurationItem(spelled(trailItem())))).toEqual(
      parseTrailItem(parseConfigurationItem(trailItem())),
    );
  });

  it('reads a key like that of an event, with policy and rotation', () => {
    const key = parseKeyItem(parseConfigurationItem(spelled(keyItem())));

    expect(key).toEqual(parseKeyItem(parseConfigurationItem(keyItem())));
    expect(key).toMatchObject({ policy: { kind: 'known' }, rotation: { kind: 'known', value: true } });
  });
});

it.each([
  ['OK', 'present', false],
  ['ResourceDiscovered', 'present', false],
  ['ResourceDeleted', 'deleted', true],
  ['ResourceDeletedNotRecorded', 'deleted', true],
  ['ResourceNotRecorded', 'not-recorded', true],
  ['ResourceInventedLater', 'unknown', false],
  [undefined, 'unknown', false],
])('status %s means %s', (configurationItemStatus, presence, absent) => {
  const item = parseConfigurationItem(trailItem({}, { configurationItemStatus }));

  expect(item.presence).toBe(presence);
  expect(isAbsent(item)).toBe(absent);
});

it.each([
  [768, true],
  [769, false],
])('accepts a resourceId of %i characters: %s', (length, isAccepted) => {
  const read = () => parseConfigurationItem({ ...trailItem(), resourceId: 'x'.repeat(length) });

  if (isAccepted) expect(read().resourceId).toHaveLength(length);
  else expect(read).toThrow('field "resourceId" must have at most 768 characters; received 769');
});

it('uses the name or the ARN if there is no resourceId', () => {
  const item = { ...trailItem(), resourceId: null };

  expect(parseConfigurationItem(item).resourceId).toBe('audit');
  expect(parseConfigurationItem({ ...item, resourceName: '' }).resourceId).toBe(TRAIL_ARN);
});

it.each([
  [{ resourceType: 7 }, 'field "resourceType" must be a string; received a number'],
  [
    { resourceType: undefined },
    'field "resourceType" is required in a configuration item of AWS Config; it is absent',
  ],
  [{ resourceId: undefined, resourceName: undefined, ARN: undefined }, 'field "resourceId" is required'],
  [{ configuration: [] }, 'field "configuration" must be an object; received an array'],
  [
    { configurationItemCaptureTime: 'noon' },
    'field "configurationItemCaptureTime" must be a time, such as 2026-01-31T12:00:00Z; received "noon"',
  ],
])('rejects %o', (overrides, message) => {
  expect(() => parseConfigurationItem({ ...trailItem(), ...overrides })).toThrow(message);
});

it.each([
  ['OK', '"OK"'],
  [undefined, 'absent'],
])('requires a configuration with status %s', (status, shown) => {
  const item = parseConfigurationItem(
    trailItem({}, { configuration: null, configurationItemStatus: status }),
  );

  expect(() => configurationOf(item)).toThrow(
    `AWS::CloudTrail::Trail "audit" must have a configuration, unless its configurationItemStatus is ResourceDeleted, ` +
      `ResourceDeletedNotRecorded or ResourceNotRecorded; received no configuration, and the status is ${shown}`,
  );
});

it('parses any object or throws a FormatError', () => {
  const names = [
    'resourceType',
    'resourceId',
    'ARN',
    'configuration',
    'configurationItemStatus',
    'awsRegion',
  ];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names, '__proto__'), fc.jsonValue()), (item) => {
      try {
        expect(parseConfigurationItem(item).resourceType).not.toBe('');
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }),
  );
});

const READ = {
  resourceType: 'AWS::KMS::Key',
  resourceId: 'id',
  resourceName: 'name',
  arn: 'arn:aws:kms:eu-west-1:111122223333:key/id',
  accountId: '111122223333',
  region: 'eu-west-1',
  capturedAt: Date.UTC(2026, 0, 5),
  presence: 'present',
  status: 'OK',
  configuration: { a: 1 },
  supplementary: { b: 2 },
};

it.each([
  [
    'an event',
    {
      resourceType: 'AWS::KMS::Key',
      resourceId: 'id',
      resourceName: 'name',
      ARN: READ.arn,
      awsAccountId: '111122223333',
      awsRegion: 'eu-west-1',
      configurationItemCaptureTime: '2026-01-05T00:00:00Z',
      configurationItemStatus: 'OK',
      configuration: { a: 1 },
      supplementaryConfiguration: { b: 2 },
    },
  ],
  [
    'the API',
    {
      resourceType: 'AWS::KMS::Key',
      resourceId: 'id',
      resourceName: 'name',
      arn: READ.arn,
      accountId: '111122223333',
      awsRegion: 'eu-west-1',
      configurationItemCaptureTime: 1_767_571_200,
      configurationItemStatus: 'OK',
      configuration: '{"a":1}',
      supplementaryConfiguration: { b: 2 },
    },
  ],
  [
    'an SDK that capitalises',
    {
      ResourceType: 'AWS::KMS::Key',
      ResourceId: 'id',
      ResourceName: 'name',
      Arn: READ.arn,
      AccountId: '111122223333',
      AwsRegion: 'eu-west-1',
      ConfigurationItemCaptureTime: '2026-01-05T00:00:00Z',
      ConfigurationItemStatus: 'OK',
      Configuration: { a: 1 },
      SupplementaryConfiguration: { b: 2 },
    },
  ],
])('reads every field as %s spells it', (_name, item) => {
  expect(parseConfigurationItem(item)).toEqual(READ);
});

it('uses the resource types of AWS Config', () => {
  expect([TRAIL_TYPE, KEY_TYPE, ALIAS_TYPE]).toEqual([
    'AWS::CloudTrail::Trail',
    'AWS::KMS::Key',
    'AWS::KMS::Alias',
  ]);
});
