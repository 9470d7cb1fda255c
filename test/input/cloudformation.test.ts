import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json-value.js';
import { readTemplate } from '../../src/input/cloudformation.js';

const read = (Resources: JsonObject, more: JsonObject = {}) =>
  readTemplate({ value: { Resources, ...more }, file: 'template.json', lineOf: () => 1 });

const trail = (Properties: JsonObject) => ({ Type: 'AWS::CloudTrail::Trail', Properties });
const key = (Properties: JsonObject, Type = 'AWS::KMS::Key') => ({ Type, Properties });
const alias = (AliasName: unknown, TargetKeyId: unknown, more: JsonObject = {}) => ({
  Type: 'AWS::KMS::Alias',
  Properties: { AliasName, TargetKeyId },
  ...more,
});

/** The key of the trail `Trail`: its name, and the key if the template defines it. */
const keyOf = (KMSKeyId: unknown, resources: JsonObject, more: JsonObject = {}) => {
  const { trails } = read({ Trail: trail({ KMSKeyId }), ...resources }, more);
  const { observed, plannedKey } = trails[0] ?? {};
  return [
    observed?.trail.kmsKeyId,
    plannedKey?.kind === 'found' ? plannedKey.key : plannedKey?.kind,
  ] as const;
};

const USABLE = { state: 'Enabled', spec: 'SYMMETRIC_DEFAULT', usage: 'ENCRYPT_DECRYPT', origin: 'AWS_KMS' };

describe('the key of a trail', () => {
  it.each([
    [{}, { ...USABLE, rotation: { kind: 'known', value: false }, policy: { kind: 'known' } }],
    [{ EnableKeyRotation: 'true' }, { rotation: { kind: 'known', value: true } }],
    [{ EnableKeyRotation: { 'Fn::ImportValue': 'x' } }, { rotation: { kind: 'unavailable' } }],
    [{ Enabled: false }, { state: 'Disabled' }],
    [{ KeySpec: 'RSA_2048' }, { spec: 'RSA_2048' }],
    [{ KeySpec: { 'Fn::ImportValue': 'x' } }, { spec: undefined }],
    [{ KeyUsage: 'SIGN_VERIFY' }, { usage: 'SIGN_VERIFY' }],
    [{ Origin: 'EXTERNAL' }, { state: 'PendingImport', origin: 'EXTERNAL' }],
  ])('has the properties of its resource: %j', (properties, expected) => {
    for (const reference of [{ Ref: 'K' }, { 'Fn::GetAtt': ['K', 'Arn'] }, { 'Fn::GetAtt': 'K.KeyId' }]) {
      expect(keyOf(reference, { K: key(properties) })).toMatchObject(['K', { arn: 'K', ...expected }]);
    }
  });

  it('can be a replica', () => {
    expect(keyOf({ Ref: 'K' }, { K: key({}, 'AWS::KMS::ReplicaKey') })).toMatchObject(['K', USABLE]);
  });

  it.each([
    ['its name', 'alias/a'],
    ['its ARN', 'arn:aws:kms:eu-west-1:111122223333:alias/a'],
    ['a reference', { Ref: 'A' }],
  ])('is the target of an alias, by %s', (_name, kmsKeyId) => {
    const resources = { B: alias('alias/b', 'other'), A: alias('alias/a', { Ref: 'K' }), K: key({}) };

    expect(keyOf(kmsKeyId, resources)).toMatchObject(['K', USABLE]);
  });

  it.each([
    ['has another name', alias('alias/other', { Ref: 'K' })],
    ['has a name that is not known', alias({ 'Fn::ImportValue': 'x' }, { Ref: 'K' })],
    ['is not created', alias('alias/a', { Ref: 'K' }, { Condition: 'No' })],
  ])('is not in the template if the alias %s', (_name, resource) => {
    const conditions = { Conditions: { No: { 'Fn::Equals': ['a', 'b'] } } };

    expect(keyOf('alias/a', { A: resource, K: key({}) }, conditions)).toEqual(['alias/a', undefined]);
  });

  it.each([
    ['an attribute that is no key', { 'Fn::GetAtt': ['K', 'Other'] }, 'K.Other'],
    ['another attribute of an alias', { 'Fn::GetAtt': ['A', 'Arn'] }, 'A.Arn'],
    ['a resource that is no key', { Ref: 'B' }, 'B'],
    ['a resource that is missing', { 'Fn::GetAtt': ['None', 'Arn'] }, 'None.Arn'],
    ['a key that may be disabled', { Ref: 'Unclear' }, 'Unclear'],
    ['a key that depends on another resource', { Ref: 'Dependent' }, 'Dependent'],
  ])('is known after the deployment if it is %s', (_name, reference, expression) => {
    const resources = {
      K: key({}),
      A: alias('alias/a', { Ref: 'K' }),
      B: { Type: 'AWS::S3::Bucket' },
      Unclear: key({ Enabled: { 'Fn::ImportValue': 'x' } }),
      Dependent: key({ Enabled: { Ref: 'B' } }),
    };

    expect(keyOf(reference, resources)).toEqual([expression, 'unreadable']);
  });

  it('is known after the deployment if an alias leads to an alias, or to itself', () => {
    const resources = {
      A: alias('alias/a', { Ref: 'B' }),
      B: alias('alias/b', { Ref: 'A' }),
      C: alias('alias/c', 'alias/c'),
    };

    expect(keyOf({ Ref: 'A' }, resources)).toEqual(['B', 'unreadable']);
    expect(keyOf('alias/a', resources)).toEqual(['B', 'unreadable']);
    expect(keyOf('alias/c', resources)).toEqual(['alias/c', undefined]);
  });
});

it.each([
  [true, true],
  ['true', true],
  [false, false],
  [{ 'Fn::ImportValue': 'x' }, false],
  [undefined, false],
])('IsOrganizationTrail %j is %s', (IsOrganizationTrail, expected) => {
  const [one] = read({ Trail: trail({ IsOrganizationTrail }) }).trails;

  expect(one?.observed.trail.isOrganizationTrail).toBe(expected);
});

it.each([
  ['AWS::CloudFormation::Stack', 1],
  ['AWS::CloudFormation::StackSet', 1],
  ['AWS::Serverless::Application', 1],
  ['My::Trail::Standard::MODULE', 1],
  ['AWS::CloudFormation::StackOther', 0],
  ['My::AWS::CloudFormation::Stack', 0],
  ['AWS::Serverless::Applications', 0],
  ['My::MODULE::Trail', 0],
])('a resource of the type %s has %i notes', (Type, count) => {
  expect(read({ Nested: { Type } }).notes).toHaveLength(count);
});

it.each([
  ['AWS::Serverless-2016-10-31', 0],
  ['AWS::LanguageExtensions', 0],
  ['AWS::LanguageExtensions2', 1],
  ['My::AWS::CodeDeploy', 1],
  [{ Name: 'AWS::Include' }, 1],
  [['AWS::CodeDeployBlueGreen', 'Own'], 1],
])('the transform %j has %i notes', (Transform, count) => {
  expect(read({}, { Transform }).notes).toEqual(
    Array.from({ length: count }, () => expect.stringContaining('--template-stage Processed')),
  );
});
