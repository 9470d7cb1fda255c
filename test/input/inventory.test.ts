import { describe, expect, it } from 'vitest';
import { parseConfigurationItem } from '../../src/core/configuration-item.js';
import type { JsonObject } from '../../src/core/json-value.js';
import { parseKeyReference } from '../../src/core/key.js';
import { addItem, emptyInventory, isSupportedType, keySourceOf } from '../../src/input/inventory.js';
import {
  aliasItem,
  KEY_ARN,
  KEY_ID,
  keyItem,
  OTHER_ACCOUNT,
  TRAIL_ARN,
  trail,
  trailItem,
} from '../support/builders.js';

const inventoryOf = (...items: readonly JsonObject[]) => {
  const inventory = emptyInventory();
  for (const item of items) addItem(inventory, parseConfigurationItem(item));
  return inventory;
};

const EARLIER = { configurationItemCaptureTime: '2026-01-01T00:00:00Z' };
const LATER = { configurationItemCaptureTime: '2026-01-02T00:00:00Z' };
const UNDATED = { configurationItemCaptureTime: undefined };
const DELETED = { configuration: null, configurationItemStatus: 'ResourceDeleted' };
const UNRECORDED = { configuration: null, configurationItemStatus: 'ResourceNotRecorded' };

describe('of several items about one trail', () => {
  const keyIdsOf = (...items: readonly JsonObject[]) =>
    [...inventoryOf(...items).trails.values()].map(({ entry }) => entry.trail.kmsKeyId);
  const of = (kmsKeyId: string, item: JsonObject) => trailItem({ kmsKeyId }, item);

  it('uses the newest, in any order', () => {
    expect(keyIdsOf(of('old', EARLIER), of('new', LATER))).toEqual(['new']);
    expect(keyIdsOf(of('new', LATER), of('old', EARLIER))).toEqual(['new']);
  });

  it('treats one without a capture time as the newest', () => {
    expect(keyIdsOf(of('undated', UNDATED), of('dated', LATER))).toEqual(['undated']);
  });

  it('uses the last in the input of equal ones', () => {
    expect(keyIdsOf(of('first', LATER), of('second', LATER))).toEqual(['second']);
    expect(keyIdsOf(of('first', UNDATED), of('second', UNDATED))).toEqual(['second']);
  });

  it('distinguishes accounts, Regions and ARNs', () => {
    const items = [
      trailItem(),
      trailItem({}, { awsRegion: 'us-east-1' }),
      trailItem({}, { awsAccountId: OTHER_ACCOUNT }),
      trailItem({ trailARN: `${TRAIL_ARN}-0` }),
    ];

    expect(inventoryOf(...items).trails.size).toBe(4);
  });
});

describe('a key', () => {
  const lookUp = (kmsKeyId: string, ...items: readonly JsonObject[]) => {
    const reference = parseKeyReference(kmsKeyId, trail());
    if (reference.kind === 'invalid') throw new Error(`"${kmsKeyId}" is not a key`);
    return keySourceOf(inventoryOf(...items)).getKey(reference);
  };

  it('is found by its ARN in any account and Region', async () => {
    const arn = `arn:aws:kms:us-east-1:${OTHER_ACCOUNT}:key/mrk-12`;
    const item = keyItem({ arn }, { ARN: arn, awsAccountId: OTHER_ACCOUNT, awsRegion: 'us-east-1' });

    expect(await lookUp(arn, item)).toMatchObject({ kind: 'found', key: { arn } });
  });

  it('is found by its key ID in the account and Region of the trail', async () => {
    expect(await lookUp(KEY_ID, keyItem())).toMatchObject({ kind: 'found', key: { arn: KEY_ARN } });
  });

  it('is found by an alias item, by name and by ARN', async () => {
    expect(await lookUp('alias/audit', keyItem(), aliasItem())).toMatchObject({
      kind: 'found',
      key: { arn: KEY_ARN },
    });
    expect(
      await lookUp('arn:aws:kms:eu-west-1:111122223333:alias/audit', keyItem(), aliasItem()),
    ).toMatchObject({
      kind: 'found',
    });
  });

  it('that is not in the input is unreadable', async () => {
    const notInInput = { kind: 'unreadable', why: 'not-in-input' };

    expect(await lookUp(KEY_ARN)).toEqual(notInInput);
    expect(await lookUp('alias/audit', keyItem())).toEqual({ kind: 'unreadable', why: 'alias-not-in-input' });
    expect(await lookUp('alias/audit', aliasItem())).toEqual(notInInput);
    expect(await lookUp(KEY_ARN, keyItem({}, UNRECORDED))).toEqual(notInInput);
    expect(await lookUp('alias/audit', keyItem(), aliasItem({}, UNRECORDED))).toMatchObject({
      kind: 'unreadable',
    });
  });

  it('that was deleted is missing, unless a newer item contains it', async () => {
    expect(await lookUp(KEY_ARN, keyItem({}, EARLIER), keyItem({}, { ...DELETED, ...LATER }))).toEqual({
      kind: 'missing',
      why: 'deleted',
    });
    expect(await lookUp(KEY_ARN, keyItem({}, { ...DELETED, ...EARLIER }), keyItem({}, LATER))).toMatchObject({
      kind: 'found',
    });
  });

  it('that was deleted is identified by account, Region and ID if its item has no ARN', async () => {
    expect(await lookUp(KEY_ARN, keyItem({}, { ...DELETED, ARN: undefined }))).toMatchObject({
      kind: 'missing',
    });
  });

  it('of a deleted alias is missing', async () => {
    expect(await lookUp('alias/audit', keyItem(), aliasItem({}, DELETED))).toEqual({
      kind: 'missing',
      why: 'unknown',
    });
  });
});

it('ignores other resource types', () => {
  expect(inventoryOf({ ...trailItem(), resourceType: 'AWS::EC2::Instance' }).trails.size).toBe(0);
  expect(
    ['AWS::CloudTrail::Trail', 'AWS::KMS::Key', 'AWS::KMS::Alias', 'AWS::EC2::Instance', 7].map(
      isSupportedType,
    ),
  ).toEqual([true, true, true, false, false]);
});
