import { expect, it } from 'vitest';
import { parseConfigurationItem } from '../../src/core/configuration-item.js';
import { parseKeyItem, parseKeyMetadata } from '../../src/core/key.js';
import { KEY_ARN, KEY_ID, keyItem } from '../support/builders.js';

const read = (configuration = {}, item = {}) =>
  parseKeyItem(parseConfigurationItem(keyItem(configuration, item)));

it('reads metadata as AWS Config and as DescribeKey write it', () => {
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

it('starts with policy and rotation unread', () => {
  const unread = { kind: 'unread', why: 'not-recorded' };

  expect(parseKeyMetadata({ Arn: KEY_ARN })).toMatchObject({
    policy: unread,
    rotation: unread,
    state: undefined,
  });
});

it('takes the older name of the key spec', () => {
  expect(parseKeyMetadata({ Arn: KEY_ARN, CustomerMasterKeySpec: 'RSA_2048' }).spec).toBe('RSA_2048');
});

it('reads an expiry only where the material expires', () => {
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

  expect(rotation).toEqual({ kind: 'read', value });
});

it.each([['perhaps'], [7], [null], [{}]])('leaves a rotation status of %o unread', (KeyRotationStatus) => {
  expect(read({}, { supplementaryConfiguration: { KeyRotationStatus } }).rotation.kind).toBe('unread');
});

it.each([
  [{ Statement: [] }],
  [JSON.stringify({ Statement: [] })],
  [JSON.stringify(JSON.stringify({ Statement: [] }))],
])('reads a policy of %o', (Policy) => {
  expect(read({}, { supplementaryConfiguration: { Policy } }).policy).toEqual({
    kind: 'read',
    value: { Statement: [] },
  });
});

it.each([['not JSON'], ['[]'], [null], [7]])('leaves a policy of %o unread', (Policy) => {
  expect(read({}, { supplementaryConfiguration: { Policy } }).policy.kind).toBe('unread');
});

it('refuses metadata without an ARN', () => {
  expect(() => parseKeyMetadata({ KeyId: KEY_ID })).toThrow('field "arn" is absent');
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
    'an item of old',
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

it('takes no end of the material that does not end, also from DescribeKey', () => {
  const metadata = { Arn: KEY_ARN, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE', ValidTo: 1_900_000_000 };

  expect(parseKeyMetadata(metadata).validTo).toBeUndefined();
});

it('reads policy and rotation as the API of AWS Config spells them', () => {
  const supplementaryConfiguration = { policy: { Statement: [] }, keyRotationStatus: true };

  expect(read({}, { supplementaryConfiguration })).toMatchObject({
    policy: { kind: 'read', value: { Statement: [] } },
    rotation: { kind: 'read', value: true },
  });
});
