import { describe, expect, it } from 'vitest';
import { parseConfigurationItem } from '../../src/core/configuration-item.js';
import type { JsonObject } from '../../src/core/json-value.js';
import type { Key } from '../../src/core/key.js';
import { evaluateInventory } from '../../src/input/evaluate-inventory.js';
import {
  addItem,
  addKeysAndAliases,
  emptyInventory,
  type Inventory,
  isSupportedType,
  withDefaults,
} from '../../src/input/inventory.js';
import {
  ALLOW_CLOUDTRAIL,
  aliasItem,
  KEY_ARN,
  KEY_ID,
  key,
  keyItem,
  NOW,
  OTHER_ACCOUNT,
  parameters,
  policy,
  TRAIL_ARN,
  trailItem,
} from '../support/builders.js';

const inventoryOf = (...items: readonly JsonObject[]) => {
  const inventory = emptyInventory();
  for (const [at, item] of items.entries()) {
    addItem(inventory, parseConfigurationItem(item), { source: 'items.json', at });
  }
  return inventory;
};

const evaluate = (inventory: Inventory) =>
  evaluateInventory(inventory, { parameters: parameters({ checkKeyPolicy: 'true' }), now: NOW });
const codesOf = (...items: readonly JsonObject[]) =>
  evaluate(inventoryOf(...items)).findings.map(({ code }) => code);

const EARLIER = { configurationItemCaptureTime: '2026-01-01T00:00:00Z' };
const LATER = { configurationItemCaptureTime: '2026-01-02T00:00:00Z' };
const UNDATED = { configurationItemCaptureTime: undefined };
const DELETED = { configuration: null, configurationItemStatus: 'ResourceDeleted' };
const UNRECORDED = { configuration: null, configurationItemStatus: 'ResourceNotRecorded' };

describe('of several items about one trail', () => {
  const withKey = trailItem({}, UNDATED);
  const withoutKey = (item: JsonObject) => trailItem({ kmsKeyId: null }, item);

  it('uses the newest, in any order', () => {
    const items = [withoutKey(EARLIER), trailItem({}, LATER), keyItem()];

    expect(codesOf(...items)).toEqual(['CMK_USABLE']);
    expect(codesOf(...items.toReversed())).toEqual(['CMK_USABLE']);
  });

  it('uses the worse of a dated and an undated one, in any order, and reports the conflict', () => {
    const items = [withoutKey(LATER), withKey, keyItem()];

    for (const given of [items, items.toReversed()]) {
      const { findings, conflicts } = evaluate(inventoryOf(...given));
      expect(findings.map(({ code }) => code)).toEqual(['NO_KMS_KEY']);
      expect(conflicts).toEqual([
        expect.stringMatching(
          /^The input contradicts itself about trail audit \(111122223333, eu-west-1\): NO_KMS_KEY by items\.json at byte \d, CMK_USABLE by /,
        ),
      ]);
    }
  });

  it('reports two with one time and different content, and uses the worse', () => {
    for (const time of [LATER, UNDATED]) {
      const inventory = inventoryOf(trailItem({}, time), withoutKey(time), keyItem());

      expect(evaluate(inventory).findings.map(({ code }) => code)).toEqual(['NO_KMS_KEY']);
      expect([...inventory.contradictions.values()]).toEqual([
        {
          source: 'items.json',
          message: expect.stringMatching(
            /^items\.json at byte 0 and items\.json at byte 1 contain different data .* about trail arn:aws:cloudtrail:/,
          ),
        },
      ]);
    }
  });

  it('reports nothing for equal ones', () => {
    const inventory = inventoryOf(withKey, withKey, trailItem(), trailItem(), trailItem({}, UNRECORDED));

    expect(inventory.contradictions.size).toBe(0);
    expect(evaluate(inventory).conflicts).toEqual([]);
  });

  it('keeps few of many contradictions', () => {
    const items = Array.from({ length: 1000 }, (_, index) => trailItem({ kmsKeyId: `alias/${index}` }));

    const inventory = inventoryOf(...items);

    expect([...inventory.trails.values()].flat().length).toBeLessThan(10);
    expect(inventory.contradictions.size).toBe(1);
  });

  const KEYS = { disabled: 'd', pending: 'e', usable: 'f', proven: 'a' } as const;
  const idOf = (name: keyof typeof KEYS) => KEY_ID.replace(/^./, KEYS[name]);
  const keyAs = (name: keyof typeof KEYS, configuration: JsonObject = {}, item: JsonObject = {}) => {
    const arn = KEY_ARN.replace(KEY_ID, idOf(name));
    return keyItem({ ...configuration, arn, keyId: idOf(name) }, { ...item, resourceId: idOf(name) });
  };
  const trailAs = (name: keyof typeof KEYS) => trailItem({ kmsKeyId: idOf(name) });

  it.each<[code: string, worse: JsonObject, other: JsonObject]>([
    ['KEY_DISABLED', trailAs('disabled'), trailItem()],
    ['KEY_PENDING_DELETION', trailAs('pending'), trailAs('disabled')],
    ['KEY_UNVERIFIABLE', trailItem(), trailItem({}, DELETED)],
    ['TRAIL_NOT_FOUND', trailItem({}, DELETED), trailAs('usable')],
    ['CMK_USABLE policy', trailAs('usable'), trailAs('proven')],
  ])('uses %s, the worse of two, whichever has no time', (expected, worse, other) => {
    const keys = [
      keyAs('disabled', { keyState: 'Disabled' }),
      keyAs('pending', { keyState: 'PendingDeletion' }),
      keyAs('usable', {}, { supplementaryConfiguration: {} }),
      keyAs('proven'),
    ];
    const pairs = [
      [worse, { ...other, ...UNDATED }],
      [{ ...worse, ...UNDATED }, other],
    ];

    for (const pair of [...pairs, ...pairs.map((items) => items.toReversed())]) {
      const { findings } = evaluate(inventoryOf(...pair, ...keys));

      expect(findings.map(({ code, unchecked = [] }) => [code, ...unchecked].join(' '))).toEqual([expected]);
    }
  });

  it('does not compare an item with one that is not recorded', () => {
    const items = [trailItem(), trailItem({}, UNRECORDED), keyItem()];

    for (const given of [items, items.toReversed()]) {
      expect(inventoryOf(...given).contradictions.size).toBe(0);
      expect(codesOf(...given)).toEqual(['CMK_USABLE']);
    }
  });

  it('distinguishes accounts, Regions and ARNs', () => {
    const items = [
      trailItem(),
      trailItem({}, { awsRegion: 'us-east-1' }),
      trailItem({ isOrganizationTrail: true }, { awsAccountId: OTHER_ACCOUNT }),
      trailItem({ trailARN: `${TRAIL_ARN}-0` }),
    ];

    expect(inventoryOf(...items).trails.size).toBe(4);
  });
});

describe('a key', () => {
  const trailWith = (kmsKeyId: string) => trailItem({ kmsKeyId });

  it('is found by its ARN in any account and Region', () => {
    const arn = `arn:aws:kms:us-east-1:${OTHER_ACCOUNT}:key/mrk-12`;
    const item = keyItem({ arn }, { awsAccountId: OTHER_ACCOUNT, awsRegion: 'us-east-1' });

    expect(evaluate(inventoryOf(trailWith(arn), item)).findings).toMatchObject([{ key: { arn } }]);
  });

  it.each([[KEY_ID], ['alias/audit'], ['arn:aws:kms:eu-west-1:111122223333:alias/audit']])(
    'is found by %s',
    (kmsKeyId) => {
      expect(evaluate(inventoryOf(trailWith(kmsKeyId), keyItem(), aliasItem())).findings).toMatchObject([
        { code: 'CMK_USABLE', key: { arn: KEY_ARN } },
      ]);
    },
  );

  it.each([
    [KEY_ARN, []],
    ['alias/audit', [keyItem()]],
    ['alias/audit', [aliasItem()]],
    [KEY_ARN, [keyItem({}, UNRECORDED)]],
    ['alias/audit', [keyItem(), aliasItem({}, UNRECORDED)]],
  ])('that is not in the input is unverifiable: %s, %o', (kmsKeyId, items) => {
    expect(codesOf(trailWith(kmsKeyId), ...items)).toEqual(['KEY_UNVERIFIABLE']);
  });

  it('that was deleted is missing, unless a newer item contains it', () => {
    expect(codesOf(trailItem(), keyItem({}, EARLIER), keyItem({}, { ...DELETED, ...LATER }))).toEqual([
      'KEY_NOT_FOUND',
    ]);
    expect(codesOf(trailItem(), keyItem({}, { ...DELETED, ...EARLIER }), keyItem({}, LATER))).toEqual([
      'CMK_USABLE',
    ]);
  });

  it('that was deleted is identified by account, Region and ID if its item has no ARN', () => {
    expect(codesOf(trailItem(), keyItem({}, { ...DELETED, ARN: undefined }))).toEqual(['KEY_NOT_FOUND']);
  });

  it('of a deleted alias is missing', () => {
    expect(codesOf(trailWith('alias/audit'), keyItem(), aliasItem({}, DELETED))).toEqual(['KEY_NOT_FOUND']);
  });

  it('has the worse state of a dated and an undated source', () => {
    const disabled = { keyState: 'Disabled' };

    expect(codesOf(trailItem(), keyItem({}, LATER), keyItem(disabled, UNDATED))).toEqual(['KEY_DISABLED']);
    expect(codesOf(trailItem(), keyItem({}, UNDATED), keyItem(disabled, LATER))).toEqual(['KEY_DISABLED']);
    expect(codesOf(trailItem(), keyItem({}, UNDATED), keyItem({}, { ...DELETED, ...LATER }))).toEqual([
      'KEY_NOT_FOUND',
    ]);
  });

  it('has the values of all sources that do not contradict each other', () => {
    const state = keyItem({ keyManager: undefined }, { ...UNDATED, supplementaryConfiguration: {} });
    const manager = keyItem({ keyState: undefined }, UNDATED);

    const { findings, conflicts } = evaluate(inventoryOf(trailItem(), state, manager));

    expect(findings).toMatchObject([{ code: 'CMK_USABLE', nextStep: 'No action is needed.' }]);
    expect(conflicts).toEqual([]);
  });

  it('has a value of another source for each that it lacks, and keeps its own', () => {
    const complete = key({
      origin: 'EXTERNAL',
      deletionDate: 1,
      validTo: 2,
      policy: policy(ALLOW_CLOUDTRAIL),
    });
    const empty: Key = {
      ...key({ rotation: { kind: 'unavailable', why: 'not-recorded' } }),
      state: undefined,
      manager: undefined,
      spec: undefined,
      usage: undefined,
      origin: undefined,
    };
    const other = key({ state: 'Disabled', origin: 'AWS_KMS', deletionDate: 3, validTo: 4 });

    expect(withDefaults(empty, complete)).toEqual(complete);
    expect(withDefaults(complete, other)).toEqual(complete);
  });

  it('that is deleted in two items is no contradiction, and neither are two equal aliases', () => {
    const deleted = keyItem({}, DELETED);

    expect(inventoryOf(deleted, deleted, aliasItem(), aliasItem()).contradictions.size).toBe(0);
  });

  it('that is deleted and exists at the same time is a contradiction', () => {
    const inventory = inventoryOf(trailItem(), keyItem(), keyItem({}, DELETED), keyItem({}, DELETED));

    expect(inventory.contradictions.size).toBe(1);
    expect(evaluate(inventory).findings.map(({ code }) => code)).toEqual(['KEY_NOT_FOUND']);
  });

  it('has the worse target of a dated and an undated alias, and the target that is current', () => {
    const other = { ...aliasItem({ TargetKeyId: `${KEY_ID}0` }), ...UNDATED };
    const disabled = keyItem({ arn: `${KEY_ARN}0`, keyState: 'Disabled' }, { resourceId: `${KEY_ID}0` });
    const items = [trailWith('alias/audit'), keyItem(), disabled, aliasItem()];
    const current = inventoryOf(...items);
    addKeysAndAliases(current, inventoryOf(other), true);

    expect(codesOf(...items, other)).toEqual(['KEY_DISABLED']);
    expect(evaluate(current)).toMatchObject({
      findings: [{ code: 'KEY_DISABLED' }],
      conflicts: [expect.stringContaining('--keys states what is current')],
    });
  });

  it('is the one that is current, also if it was deleted, and has the policy of another source', () => {
    const enabled = keyItem({}, { ...UNDATED, supplementaryConfiguration: {} });
    for (const recorded of [
      keyItem({}, DELETED),
      keyItem({ keyState: 'Disabled' }),
      keyItem({ keyState: 'Disabled' }, UNDATED),
    ]) {
      const inventory = inventoryOf(trailItem(), recorded);
      addKeysAndAliases(inventory, inventoryOf(enabled), true);

      expect(evaluate(inventory).findings.map(({ code }) => code)).toEqual(['CMK_USABLE']);
    }
    const alone = inventoryOf(trailItem());
    addKeysAndAliases(alone, inventoryOf(enabled), true);
    expect(evaluate(alone).findings).toMatchObject([{ code: 'CMK_USABLE', unchecked: ['policy'] }]);
  });

  it('of two aliases with one name is a contradiction', () => {
    const other = { ...aliasItem(), configuration: { TargetKeyId: `${KEY_ID}0` } };

    expect(inventoryOf(aliasItem(), other).contradictions.size).toBe(1);
  });
});

it('limits the number of conflicts that it lists', () => {
  const trails = Array.from({ length: 30 }, (_, index) =>
    trailItem({ trailARN: `${TRAIL_ARN}-${index}`, name: `audit-${index}` }),
  );
  const inventory = inventoryOf(
    ...trails,
    keyItem(),
    keyItem({ keyState: 'Disabled' }, { configurationItemCaptureTime: undefined }),
  );

  const { conflicts } = evaluate(inventory);

  expect(conflicts).toHaveLength(21);
  expect(conflicts.at(-1)).toBe('The input contradicts itself about 10 more trails.');
});

it('ignores other resource types', () => {
  expect(inventoryOf({ ...trailItem(), resourceType: 'AWS::EC2::Instance' }).trails.size).toBe(0);
  expect(
    ['AWS::CloudTrail::Trail', 'AWS::KMS::Key', 'AWS::KMS::Alias', 'AWS::EC2::Instance', 7].map(
      isSupportedType,
    ),
  ).toEqual([true, true, true, false, false]);
});
