import { describe, expect, it } from 'vitest';
import { parseConfigurationItem } from '../../src/core/configuration-item.js';
import type { JsonObject } from '../../src/core/json-value.js';
import { parseKeyReference } from '../../src/core/key.js';
import { addItem, emptyInventory, isWanted, recordedKeys } from '../../src/input/inventory.js';
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
const GONE = { configuration: null, configurationItemStatus: 'ResourceDeleted' };
const UNRECORDED = { configuration: null, configurationItemStatus: 'ResourceNotRecorded' };

describe('of several items about one trail', () => {
  const kept = (...items: readonly JsonObject[]) =>
    [...inventoryOf(...items).trails.values()].map(({ entry }) => entry.trail.kmsKeyId);
  const of = (kmsKeyId: string, item: JsonObject) => trailItem({ kmsKeyId }, item);

  it('the newest stays, in whatever order they come', () => {
    expect(kept(of('old', EARLIER), of('new', LATER))).toEqual(['new']);
    expect(kept(of('new', LATER), of('old', EARLIER))).toEqual(['new']);
  });

  it('one without a capture time counts as the newest', () => {
    expect(kept(of('undated', UNDATED), of('dated', LATER))).toEqual(['undated']);
  });

  it('the later in the input stays of equals', () => {
    expect(kept(of('first', LATER), of('second', LATER))).toEqual(['second']);
    expect(kept(of('first', UNDATED), of('second', UNDATED))).toEqual(['second']);
  });

  it('another account, Region or ARN is another observed', () => {
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
  const ask = (kmsKeyId: string, ...items: readonly JsonObject[]) => {
    const reference = parseKeyReference(kmsKeyId, trail());
    if (reference.kind === 'invalid') throw new Error(`"${kmsKeyId}" names no key`);
    return recordedKeys(inventoryOf(...items)).getKey(reference);
  };

  it('is found by its ARN, wherever it is recorded', async () => {
    const arn = `arn:aws:kms:us-east-1:${OTHER_ACCOUNT}:key/mrk-12`;
    const elsewhere = keyItem({ arn }, { ARN: arn, awsAccountId: OTHER_ACCOUNT, awsRegion: 'us-east-1' });

    expect(await ask(arn, elsewhere)).toMatchObject({ kind: 'found', key: { arn } });
  });

  it('is found by its bare id in the account and Region of the trail', async () => {
    expect(await ask(KEY_ID, keyItem())).toMatchObject({ kind: 'found', key: { arn: KEY_ARN } });
  });

  it('is found by an alias item, by name and by ARN', async () => {
    expect(await ask('alias/audit', keyItem(), aliasItem())).toMatchObject({
      kind: 'found',
      key: { arn: KEY_ARN },
    });
    expect(await ask('arn:aws:kms:eu-west-1:111122223333:alias/audit', keyItem(), aliasItem())).toMatchObject(
      {
        kind: 'found',
      },
    );
  });

  it('that is not in the input cannot be asked', async () => {
    const unknown = { kind: 'unreadable', why: 'not-in-input' };

    expect(await ask(KEY_ARN)).toEqual(unknown);
    expect(await ask('alias/audit', keyItem())).toEqual({ kind: 'unreadable', why: 'alias-not-in-input' });
    expect(await ask('alias/audit', aliasItem())).toEqual(unknown);
    expect(await ask(KEY_ARN, keyItem({}, UNRECORDED))).toEqual(unknown);
    expect(await ask('alias/audit', keyItem(), aliasItem({}, UNRECORDED))).toMatchObject({
      kind: 'unreadable',
    });
  });

  it('that was deleted is missing, unless a newer item knows it', async () => {
    expect(await ask(KEY_ARN, keyItem({}, EARLIER), keyItem({}, { ...GONE, ...LATER }))).toEqual({
      kind: 'missing',
      why: 'deleted',
    });
    expect(await ask(KEY_ARN, keyItem({}, { ...GONE, ...EARLIER }), keyItem({}, LATER))).toMatchObject({
      kind: 'found',
    });
  });

  it('that was deleted is known by account, Region and id where its item has no ARN', async () => {
    expect(await ask(KEY_ARN, keyItem({}, { ...GONE, ARN: undefined }))).toMatchObject({ kind: 'missing' });
  });

  it('behind an alias that was deleted is missing', async () => {
    expect(await ask('alias/audit', keyItem(), aliasItem({}, GONE))).toEqual({
      kind: 'missing',
      why: 'unknown',
    });
  });
});

it('passes other types by', () => {
  expect(inventoryOf({ ...trailItem(), resourceType: 'AWS::EC2::Instance' }).trails.size).toBe(0);
  expect(
    ['AWS::CloudTrail::Trail', 'AWS::KMS::Key', 'AWS::KMS::Alias', 'AWS::EC2::Instance', 7].map(isWanted),
  ).toEqual([true, true, true, false, false]);
});
