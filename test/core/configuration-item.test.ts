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
])('status %s means %s', (configurationItemStatus, presence, gone) => {
  const item = parseConfigurationItem(trailItem({}, { configurationItemStatus }));

  expect(item.presence).toBe(presence);
  expect(isAbsent(item)).toBe(gone);
});

it.each([
  [768, true],
  [769, false],
])('takes a resourceId of %i characters: %s', (length, isTaken) => {
  const read = () => parseConfigurationItem({ ...trailItem(), resourceId: 'x'.repeat(length) });

  if (isTaken) expect(read().resourceId).toHaveLength(length);
  else expect(read).toThrow('field "resourceId" should have at most 768 characters and has 769');
});

it('falls back to name or ARN where there is no resourceId', () => {
  const item = { ...trailItem(), resourceId: null };

  expect(parseConfigurationItem(item).resourceId).toBe('audit');
  expect(parseConfigurationItem({ ...item, resourceName: '' }).resourceId).toBe(TRAIL_ARN);
});

it.each([
  [{ resourceType: 7 }, 'field "resourceType" should be text and is a number'],
  [{ resourceType: undefined }, 'field "resourceType" is absent'],
  [{ resourceId: undefined, resourceName: undefined, ARN: undefined }, 'field "resourceId" is absent'],
  [{ configuration: [] }, 'field "configuration" should be an object and is an array'],
  [{ configurationItemCaptureTime: 'noon' }, 'field "configurationItemCaptureTime" should be a time'],
])('refuses %o', (overrides, message) => {
  expect(() => parseConfigurationItem({ ...trailItem(), ...overrides })).toThrow(message);
});

it.each([
  ['OK', '"OK"'],
  [undefined, 'absent'],
])('has no configuration to give with status %s', (status, shown) => {
  const item = parseConfigurationItem(
    trailItem({}, { configuration: null, configurationItemStatus: status }),
  );

  expect(() => configurationOf(item)).toThrow(
    `AWS::CloudTrail::Trail "audit" has no configuration and its configurationItemStatus is ${shown}`,
  );
});

it('reads any object, or refuses it with a FormatError', () => {
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

it('knows the types by the names of AWS Config', () => {
  expect([TRAIL_TYPE, KEY_TYPE, ALIAS_TYPE]).toEqual([
    'AWS::CloudTrail::Trail',
    'AWS::KMS::Key',
    'AWS::KMS::Alias',
  ]);
});
