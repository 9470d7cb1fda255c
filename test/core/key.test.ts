import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseConfigurationItem } from '../../src/core/configuration-item.js';
import { FormatError } from '../../src/core/errors.js';
import {
  aliasArnOf,
  cacheKeys,
  checkItemPlace,
  isKeyArn,
  type KeyReference,
  parseAlias,
  parseAliasItem,
  parseKeyItem,
  parseKeyMetadata,
  parseKeyReference,
} from '../../src/core/key.js';
import { aliasItem, KEY_ARN, KEY_ID, keyItem, trail } from '../support/builders.js';

const read = (configuration = {}, item = {}) =>
  parseKeyItem(parseConfigurationItem(keyItem(configuration, item)));

it('parses metadata from AWS Config and from DescribeKey', () => {
  const metadata = {
    AWSAccountId: '111122223333',
    KeyId: KEY_ID,
    Arn: KEY_ARN,
    KeyState: 'PendingDeletion',
    KeyManager: 'CUSTOMER',
    KeySpec: 'SYMMETRIC_DEFAULT',
    KeyUsage: 'ENCRYPT_DECRYPT',
    Origin: 'AWS_KMS',
    DeletionDate: new Date(1_800_000_000_000),
  };
  const {
    policy: _policy,
    rotation: _rotation,
    ...recorded
  } = read({
    keyState: 'PendingDeletion',
    deletionDate: 1_800_000_000_000,
  });

  expect(parseKeyMetadata(metadata)).toMatchObject(recorded);
});

it('returns an unavailable policy and rotation for metadata alone', () => {
  const unavailable = { kind: 'unavailable', why: 'not-recorded' };

  expect(parseKeyMetadata({ Arn: KEY_ARN })).toMatchObject({
    policy: unavailable,
    rotation: unavailable,
    state: undefined,
  });
});

it('accepts the former name of the key spec', () => {
  expect(parseKeyMetadata({ Arn: KEY_ARN, CustomerMasterKeySpec: 'RSA_2048' }).spec).toBe('RSA_2048');
});

it('reads an expiration date only if the key material expires', () => {
  const validTo = 1_800_000_000_000;

  expect(read({ validTo, expirationModel: 'KEY_MATERIAL_EXPIRES' }).validTo).toBe(validTo);
  expect(read({ validTo }).validTo).toBe(validTo);
  expect(read({ validTo, expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }).validTo).toBeUndefined();
});

it.each([
  [true, true],
  ['true', true],
  ['"false"', false],
  [{ keyRotationEnabled: true }, true],
  ['{"KeyRotationEnabled":false}', false],
])('reads a rotation status of %o', (KeyRotationStatus, value) => {
  const { rotation } = read({}, { supplementaryConfiguration: { KeyRotationStatus } });

  expect(rotation).toEqual({ kind: 'known', value });
});

it.each([['perhaps'], [7], [null], [{}]])(
  'leaves a rotation status of %o unavailable',
  (KeyRotationStatus) => {
    expect(read({}, { supplementaryConfiguration: { KeyRotationStatus } }).rotation.kind).toBe('unavailable');
  },
);

it.each([
  [{ Statement: [] }],
  [JSON.stringify({ Statement: [] })],
  [JSON.stringify(JSON.stringify({ Statement: [] }))],
])('reads a policy of %o', (Policy) => {
  expect(read({}, { supplementaryConfiguration: { Policy } }).policy).toEqual({
    kind: 'known',
    value: { Statement: [] },
  });
});

it.each([['not JSON'], ['[]'], [null], [7]])('leaves a policy of %o unavailable', (Policy) => {
  expect(read({}, { supplementaryConfiguration: { Policy } }).policy.kind).toBe('unavailable');
});

it.each(['key/1', 'arn:aws:kms:eu-west-1:111122223333:alias/audit', 'arn:aws:kms:mars:1:key/x'])(
  'rejects metadata with the ARN %s',
  (Arn) => {
    expect(() => parseKeyMetadata({ Arn })).toThrow(`must be the ARN of a KMS key; received "${Arn}"`);
  },
);

it.each([
  [{ awsRegion: 'us-east-1' }, 'field "awsRegion" contradicts'],
  [{ awsAccountId: '444455556666' }, 'field "awsAccountId" contradicts'],
  [{ ARN: `${KEY_ARN}0` }, `field "ARN" contradicts ${KEY_ARN}`],
])('rejects an item that contradicts the ARN of its key: %o', (item, message) => {
  expect(() => parseKeyItem(parseConfigurationItem(keyItem({}, item)))).toThrow(message);
});

it('rejects metadata without an ARN', () => {
  expect(() => parseKeyMetadata({ KeyId: KEY_ID })).toThrow(
    'field "arn" is required in the metadata of a KMS key; it is absent',
  );
});

const READ = {
  arn: KEY_ARN,
  state: 'PendingDeletion',
  manager: 'CUSTOMER',
  spec: 'SYMMETRIC_DEFAULT',
  usage: 'ENCRYPT_DECRYPT',
  origin: 'EXTERNAL',
  deletionDate: 1_800_000_000_000,
  validTo: 1_900_000_000_000,
};

it.each([
  [
    'AWS Config',
    {
      arn: KEY_ARN,
      keyState: 'PendingDeletion',
      keyManager: 'CUSTOMER',
      keySpec: 'SYMMETRIC_DEFAULT',
      keyUsage: 'ENCRYPT_DECRYPT',
      origin: 'EXTERNAL',
      deletionDate: 1_800_000_000_000,
      expirationModel: 'KEY_MATERIAL_EXPIRES',
      validTo: 1_900_000_000_000,
    },
  ],
  [
    'DescribeKey',
    {
      Arn: KEY_ARN,
      KeyState: 'PendingDeletion',
      KeyManager: 'CUSTOMER',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyUsage: 'ENCRYPT_DECRYPT',
      Origin: 'EXTERNAL',
      DeletionDate: 1_800_000_000,
      ExpirationModel: 'KEY_MATERIAL_EXPIRES',
      ValidTo: 1_900_000_000,
    },
  ],
  [
    'an old configuration item',
    {
      ARN: KEY_ARN,
      keyState: 'PendingDeletion',
      keyManager: 'CUSTOMER',
      customerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      keyUsage: 'ENCRYPT_DECRYPT',
      origin: 'EXTERNAL',
      deletionDate: 1_800_000_000_000,
      validTo: 1_900_000_000_000,
    },
  ],
])('reads every field as %s spells it', (_name, metadata) => {
  expect(parseKeyMetadata(metadata)).toMatchObject(READ);
});

it('ignores the expiration date of key material that does not expire, also from DescribeKey', () => {
  const metadata = { Arn: KEY_ARN, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE', ValidTo: 1_900_000_000 };

  expect(parseKeyMetadata(metadata).validTo).toBeUndefined();
});

it('reads policy and rotation as the API of AWS Config spells them', () => {
  const supplementaryConfiguration = { policy: { Statement: [] }, keyRotationStatus: true };

  expect(read({}, { supplementaryConfiguration })).toMatchObject({
    policy: { kind: 'known', value: { Statement: [] } },
    rotation: { kind: 'known', value: true },
  });
});

const HOME = 'arn:aws:kms:eu-west-1:111122223333';

it.each([
  [KEY_ARN, 'key', KEY_ARN],
  [` ${KEY_ARN} `, 'key', KEY_ARN],
  [KEY_ID, 'key', `${HOME}:key/${KEY_ID}`],
  ['mrk-1234abcd12ab34cd56ef1234567890ab', 'key', `${HOME}:key/mrk-1234abcd12ab34cd56ef1234567890ab`],
  ['alias/logs/audit_1', 'alias', `${HOME}:alias/logs/audit_1`],
  [
    'arn:aws:kms:us-east-1:444455556666:alias/audit',
    'alias',
    'arn:aws:kms:us-east-1:444455556666:alias/audit',
  ],
  ['arn:aws:kms:us-east-1:444455556666:key/mrk-12', 'key', 'arn:aws:kms:us-east-1:444455556666:key/mrk-12'],
  ['arn:aws:kms:us-west-2:123456789012:key/1111-22-33-44-5555', 'key', undefined],
])('reads %s as a %s', (kmsKeyId, kind, arn) => {
  expect(parseKeyReference(kmsKeyId, trail())).toMatchObject({
    kind,
    arn: arn ?? kmsKeyId,
    kmsKeyId: kmsKeyId.trim(),
  });
});

it('completes a key ID with the Region, account and partition of the trail', () => {
  const gov = trail({ partition: 'aws-us-gov', homeRegion: 'us-gov-east-1', ownerAccountId: '222233334444' });

  expect(parseKeyReference(KEY_ID, gov)).toMatchObject({
    arn: `arn:aws-us-gov:kms:us-gov-east-1:222233334444:key/${KEY_ID}`,
    region: 'us-gov-east-1',
    accountId: '222233334444',
  });
});

it('accepts only key ARNs as key ARNs', () => {
  expect(isKeyArn(KEY_ARN)).toBe(true);
  expect(isKeyArn(`${HOME}:alias/audit`)).toBe(false);
  expect(isKeyArn(KEY_ID)).toBe(false);
  expect(isKeyArn(`arn:aws:s3:eu-west-1:111122223333:key/${KEY_ID}`)).toBe(false);
  expect(isKeyArn(`arn:aws:kms:eu:111122223333:key/${KEY_ID}`)).toBe(false);
  expect(isKeyArn(`arn:aws:kms:eu-west-1:1111:key/${KEY_ID}`)).toBe(false);
});

it('parses any text without throwing', () => {
  const pieces = fc.constantFrom(
    'arn:',
    'aws',
    ':',
    'kms',
    'eu-west-1',
    '111122223333',
    'key/',
    'alias/',
    'ab-12',
    ' ',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((parts) => parts.join('')),
      ),
      (text) => {
        const reference = parseKeyReference(text, trail());
        if (reference.kind === 'invalid') expect(reference.kmsKeyId).toBe(text.trim());
        else expect(reference.arn).toMatch(/^arn:aws:kms:[a-z0-9-]+:\d{12}:(key|alias)\/./);
      },
    ),
  );
});

it.each([
  ['arn:', 'not-a-key'],
  ['1234 abcd', 'not-a-key'],
  ['1234abcd!', 'not-a-key'],
  ['zz-1234abcd', 'not-a-key'],
  ['alias/', 'not-a-key'],
  ['alias/audit!', 'not-a-key'],
  ['my-alias/audit', 'not-a-key'],
  [`${HOME}:key/1234/5678`, 'not-a-key'],
  [`${HOME}:other-key/1234`, 'not-a-key'],
  [`${HOME}:alias/audit!`, 'not-a-key'],
  [`${HOME}:other-alias/audit`, 'not-a-key'],
  [`arn:aws:s3:eu-west-1:111122223333:key/${KEY_ID}`, 'not-a-key'],
  [`arn:aws:kms:eu-west-1:1111:key/${KEY_ID}`, 'not-a-key'],
  [`arn:aws:kms:eu:111122223333:key/${KEY_ID}`, 'no-such-region'],
  [`arn:aws-cn:kms:cn-north-1:111122223333:key/${KEY_ID}`, 'other-partition'],
])('rejects %s as a key: %s', (kmsKeyId, reason) => {
  expect(parseKeyReference(kmsKeyId, trail())).toEqual({ kind: 'invalid', kmsKeyId, reason });
});

const ARN = 'arn:aws:kms:eu-west-1:111122223333:alias/audit';
const item = (configuration = {}, rest = {}) => parseConfigurationItem(aliasItem(configuration, rest));

it('completes the target with the account and Region of the alias', () => {
  expect(parseAliasItem(item())).toEqual({ arn: ARN, keyArn: KEY_ARN });
});

it('keeps a target that is an ARN', () => {
  const keyArn = 'arn:aws:kms:eu-west-1:444455556666:key/abcd';

  expect(parseAliasItem(item({ TargetKeyId: keyArn }))).toEqual({ arn: ARN, keyArn });
});

it.each([
  [{}, {}],
  [{}, { ARN: undefined, resourceId: ARN }],
  [{ AliasArn: ARN }, { ARN: undefined }],
  [{ aliasArn: ARN }, { ARN: undefined }],
  [{ AliasArn: ARN }, { ARN: KEY_ARN }],
])('finds the ARN of an alias in any field: %o %o', (configuration, rest) => {
  expect(aliasArnOf(item(configuration, rest))).toBe(ARN);
});

it('accepts the target as AWS Config spells it', () => {
  const target = { TargetKeyId: undefined, targetKeyId: 'abcd' };

  expect(parseAliasItem(item(target)).keyArn).toBe('arn:aws:kms:eu-west-1:111122223333:key/abcd');
});

it.each([
  [{ TargetKeyId: undefined }, {}],
  [{}, { ARN: undefined }],
  [{}, { ARN: undefined, configuration: {} }],
])('rejects an alias without an ARN or a target: %o %o', (configuration, rest) => {
  expect(() => parseAliasItem(item(configuration, rest))).toThrow('must have an ARN and a TargetKeyId');
});

it.each([undefined, '', 'audit'])('rejects an alias whose ARN is %o', (arn) => {
  expect(() => parseAlias({ TargetKeyId: 'abcd' }, arn)).toThrow('must have an ARN and a TargetKeyId');
});

it('returns an empty ARN if the item contains none', () => {
  expect(aliasArnOf(item({}, { ARN: undefined, configuration: null }))).toBe('');
});

it('looks up each key once, and other keys as well', async () => {
  const calls: string[] = [];
  const cached = cacheKeys({
    getKey: async ({ arn }) => {
      calls.push(arn);
      return { kind: 'missing', why: 'unknown' };
    },
  });
  const reference = (arn: string): KeyReference => ({
    kind: 'key',
    kmsKeyId: arn,
    arn,
    region: 'eu-west-1',
    accountId: '111122223333',
  });

  const first = cached.getKey(reference(KEY_ARN));
  const again = cached.getKey(reference(KEY_ARN));
  await cached.getKey(reference(ARN));

  expect(again).toBe(first);
  expect(await first).toEqual({ kind: 'missing', why: 'unknown' });
  expect(calls).toEqual([KEY_ARN, ARN]);
});

it('looks a key up again after a failure', async () => {
  let lookups = 0;
  const cached = cacheKeys({
    getKey: async () => {
      lookups += 1;
      if (lookups === 1) throw new Error('throttled');
      return { kind: 'missing', why: 'unknown' };
    },
  });
  const reference: KeyReference = {
    kind: 'key',
    kmsKeyId: KEY_ARN,
    arn: KEY_ARN,
    region: 'eu-west-1',
    accountId: '111122223333',
  };

  await expect(cached.getKey(reference)).rejects.toThrow('throttled');

  expect(await cached.getKey(reference)).toEqual({ kind: 'missing', why: 'unknown' });
});

it.each([
  [`arn:aws:kms:eu-west-1:111122223333:key/${'a'.repeat(64)}`, 'key'],
  [`arn:aws:kms:eu-west-1:111122223333:key/${'a'.repeat(65)}`, 'invalid'],
  [`alias/${'a'.repeat(250)}`, 'alias'],
  [`alias/${'a'.repeat(251)}`, 'invalid'],
  ['a'.repeat(64), 'key'],
  ['a'.repeat(65), 'invalid'],
  [`mrk-${'a-'.repeat(8)}a`, 'key'],
  [`mrk-${'a-'.repeat(9)}a`, 'invalid'],
])('limits the length of a key identifier: %s is %s', (kmsKeyId, kind) => {
  expect(parseKeyReference(kmsKeyId, trail()).kind).toBe(kind);
});

it('rejects metadata with another ARN, which is shortened', () => {
  expect(() => parseKeyMetadata({ Arn: `arn:aws:s3:::${'a'.repeat(300)}` })).toThrow(
    new FormatError(
      `field "arn" must be the ARN of a KMS key; received "${`arn:aws:s3:::${'a'.repeat(300)}`.slice(0, 200)}"`,
    ),
  );
});

it('compares the place of an item only with a valid ARN', () => {
  expect(() => checkItemPlace(parseConfigurationItem(keyItem()), 'not an ARN')).not.toThrow();
});
