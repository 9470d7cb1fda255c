import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json-value.js';
import { evaluateKeyPolicy } from '../../src/core/key-policy.js';
import {
  ACCOUNT,
  ALLOW_CLOUDTRAIL,
  ALLOW_EVERYONE_TO_DECRYPT,
  ALLOW_OWNER,
  KEY_ARN,
  OTHER_ACCOUNT,
  REGION,
  TRAIL_ARN,
} from '../support/builders.js';

const QUESTION = { keyArn: KEY_ARN, trailArn: TRAIL_ARN };

/** The result in short: its kind, and the part that was not proven. */
const evaluate = (...Statement: readonly unknown[]): string => {
  const result = evaluateKeyPolicy({ Version: '2012-10-17', Statement }, QUESTION);
  return result.kind === 'not-proven' ? `${result.subject}: ${result.part}` : result.kind;
};

const allow = (overrides: JsonObject): JsonObject => ({ ...ALLOW_CLOUDTRAIL, Condition: {}, ...overrides });
const deny = (overrides: JsonObject): JsonObject => ({ ...allow(overrides), Effect: 'Deny' });
const denyAll = (Condition: JsonObject) => deny({ Principal: '*', Action: 'kms:*', Condition });
const source = (value: unknown, operator = 'StringEquals') => ({ [operator]: { 'aws:SourceArn': value } });
const open = (overrides: JsonObject): JsonObject => ({ ...ALLOW_EVERYONE_TO_DECRYPT, ...overrides });

it('allows the policy that CloudTrail documents', () => {
  expect(evaluate(ALLOW_OWNER, ALLOW_CLOUDTRAIL)).toBe('allowed');
});

describe('an Allow applies', () => {
  it.each([
    [
      'everyone but a role',
      { Principal: undefined, NotPrincipal: { AWS: `arn:aws:iam::${ACCOUNT}:role/x` } },
    ],
    ['everyone', { Principal: '*', Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } } }],
    ['everyone, as AWS', { Principal: { AWS: ['*'] }, Condition: source(TRAIL_ARN) }],
    ['a list of services', { Principal: { Service: ['s3.amazonaws.com', 'cloudtrail.amazonaws.com'] } }],
    ['an action in another case', { Action: 'KMS:generatedatakey' }],
    ['any action', { Action: '*' }],
    ['all actions but one', { Action: undefined, NotAction: 'kms:DeleteKey' }],
    ['the ARN of the key', { Resource: KEY_ARN }],
    ['all resources but another', { Resource: undefined, NotResource: `${KEY_ARN}0` }],
    ['an unquoted boolean', { Condition: { Bool: { 'aws:PrincipalIsAWSService': true } } }],
  ])('to %s', (_name, overrides) => {
    expect(['allowed', 'open']).toContain(evaluate(ALLOW_OWNER, allow(overrides)));
  });
});

describe('an Allow does not apply', () => {
  it.each([
    ['the account alone', ALLOW_OWNER],
    ['another service', allow({ Principal: { Service: 's3.amazonaws.com' } })],
    ['a similar service', allow({ Principal: { Service: 'not-cloudtrail.amazonaws.com' } })],
    [
      'all but CloudTrail',
      allow({ Principal: undefined, NotPrincipal: { Service: 'cloudtrail.amazonaws.com' } }),
    ],
    ['all but everyone', allow({ Principal: undefined, NotPrincipal: '*' })],
    ['everyone federated', allow({ Principal: { Federated: '*' } })],
    ['every canonical user', allow({ Principal: { CanonicalUser: '*' } })],
    ['a role named like CloudTrail', allow({ Principal: { AWS: 'cloudtrail.amazonaws.com' } })],
    ['a principal of another type', allow({ Principal: { service: 's3.amazonaws.com' } })],
    ['other actions', allow({ Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKeyPair'] })],
    ['a similar action', allow({ Action: 'kms:GenerateDataKeyWithoutPlaintext' })],
    ['all actions but these', allow({ Action: undefined, NotAction: 'kms:Generate*' })],
    ['another key', allow({ Resource: `${KEY_ARN}0` })],
    ['all keys but this', allow({ Resource: undefined, NotResource: '*' })],
    ['another trail', allow({ Condition: source(`${TRAIL_ARN}0`) })],
    ['no action', allow({ Action: undefined })],
    ['no resource', allow({ Resource: undefined })],
    [
      'another account',
      allow({ Condition: source(`arn:aws:cloudtrail:*:${OTHER_ACCOUNT}:trail/*`, 'ArnLike') }),
    ],
    ['a wildcard under StringEquals', allow({ Condition: source('arn:aws:cloudtrail:*:*:trail/*') })],
    [
      'another encryption context',
      allow({
        Condition: {
          StringLike: {
            'kms:EncryptionContext:aws:cloudtrail:arn': `arn:aws:cloudtrail:*:${OTHER_ACCOUNT}:*`,
          },
        },
      }),
    ],
  ])('to %s', (_name, statement) => {
    expect(evaluate(statement)).toBe('not-allowed');
  });

  it('without statements', () => {
    expect(evaluate()).toBe('not-allowed');
  });
});

describe('a Deny', () => {
  it.each([
    ['CloudTrail by name', deny({})],
    ['everyone', deny({ Principal: '*', Action: 'kms:*' })],
    ['everyone but the account', deny({ Principal: undefined, NotPrincipal: { AWS: ACCOUNT } })],
    ['the one call that CloudTrail makes', deny({ Action: 'kms:GenerateDataKey' })],
    ['this trail', deny({ Condition: source(TRAIL_ARN) })],
    ['all trails but another', deny({ Condition: source(`${TRAIL_ARN}0`, 'StringNotEquals') })],
  ])('applies to %s', (_name, statement) => {
    expect(evaluate(ALLOW_CLOUDTRAIL, statement)).toBe('denied');
  });

  it.each([
    ['another trail', deny({ Condition: source(`${TRAIL_ARN}0`) })],
    ['a role', deny({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/x` } })],
    [
      'everyone but CloudTrail',
      deny({ Principal: undefined, NotPrincipal: { Service: 'cloudtrail.amazonaws.com' } }),
    ],
    ['a similar call', deny({ Action: 'kms:GenerateDataKeyWithoutPlaintext' })],
    ['requests without TLS', denyAll({ Bool: { 'aws:SecureTransport': 'false' } })],
    ['no action', deny({ Action: undefined })],
    ['no resource', deny({ Resource: undefined })],
  ])('does not apply to %s', (_name, statement) => {
    expect(evaluate(ALLOW_CLOUDTRAIL, statement)).toBe('allowed');
  });

  it('is looked for before an Allow is missed', () => {
    expect(evaluate(deny({}))).toBe('denied');
  });
});

/** How conditions in an Allow to CloudTrail, and in a Deny to everyone, are evaluated for the request that CloudTrail makes. */
describe('a condition key of the request', () => {
  const matching: readonly (readonly [string, string, unknown])[] = [
    ['StringEquals', 'aws:SourceArn', TRAIL_ARN],
    ['StringEquals', 'AWS:sourcearn', TRAIL_ARN],
    ['StringEquals', 'aws:SourceAccount', ACCOUNT],
    ['StringEquals', 'aws:SourceAccount', 111122223333],
    ['StringNotEquals', 'aws:SourceAccount', OTHER_ACCOUNT],
    ['StringEquals', 'kms:EncryptionContext:aws:cloudtrail:arn', TRAIL_ARN],
    ['StringLike', 'kms:EncryptionContext:aws:s3:arn', '*'],
    ['Null', 'kms:EncryptionContext:aws:s3:arn', 'false'],
    ['Null', 'kms:EncryptionContext:department', 'true'],
    ['StringNotEquals', 'kms:EncryptionContext:department', 'finance'],
    ['ForAnyValue:StringEquals', 'kms:EncryptionContextKeys', 'aws:s3:arn'],
    ['ForAllValues:StringEquals', 'kms:EncryptionContextKeys', ['aws:s3:arn', 'aws:cloudtrail:arn']],
    ['ForAllValues:StringLike', 'kms:EncryptionContextKeys', 'aws:*'],
    ['StringEquals', 'kms:EncryptionAlgorithm', 'SYMMETRIC_DEFAULT'],
    ['BoolIfExists', 'kms:GrantIsForAWSResource', 'true'],
    ['Bool', 'aws:PrincipalIsAWSService', 'true'],
    ['StringEquals', 'aws:PrincipalServiceName', 'cloudtrail.amazonaws.com'],
    ['StringEquals', 'aws:RequestedRegion', REGION],
    ['StringEquals', 'aws:ResourceAccount', ACCOUNT],
    ['Bool', 'aws:SecureTransport', 'true'],
    ['BoolIfExists', 'aws:MultiFactorAuthPresent', 'false'],
    ['NumericGreaterThanIfExists', 'aws:MultiFactorAuthAge', '3600'],
    ['StringNotEquals', 'aws:PrincipalOrgID', 'o-exampleorgid'],
    ['StringNotEqualsIfExists', 'aws:PrincipalOrgID', 'o-exampleorgid'],
    ['Null', 'aws:PrincipalOrgID', 'true'],
    ['ForAllValues:StringLike', 'aws:PrincipalOrgPaths', 'o-exampleorgid/*'],
    ['StringNotLike', 'aws:PrincipalTag/team', 'audit'],
    ['Null', 'aws:CalledVia', 'true'],
    ['Null', 'aws:CalledViaFirst', 'true'],
    ['Null', 'aws:CalledViaLast', 'true'],
    ['StringNotLike', 'aws:userid', 'AROAEXAMPLE:*'],
    ['Null', 'aws:username', 'true'],
    ['Null', 'aws:SourceIdentity', 'true'],
    ['Null', 'aws:FederatedProvider', 'true'],
    ['Null', 'aws:MultiFactorAuthAge', 'true'],
  ];
  const failing: readonly (readonly [string, string, unknown])[] = [
    ['StringEquals', 'aws:SourceAccount', OTHER_ACCOUNT],
    ['StringEquals', 'aws:PrincipalOrgID', 'o-exampleorgid'],
    ['ForAnyValue:StringLike', 'aws:PrincipalOrgPaths', 'o-exampleorgid/*'],
    ['StringEquals', 'aws:PrincipalTag/team', 'audit'],
    ['ForAnyValue:StringEquals', 'aws:CalledVia', 's3.amazonaws.com'],
    ['StringEquals', 'kms:EncryptionContext:department', 'finance'],
    ['ForAllValues:StringEquals', 'kms:EncryptionContextKeys', 'aws:cloudtrail:arn'],
    ['Bool', 'kms:GrantIsForAWSResource', 'true'],
    ['Bool', 'aws:PrincipalIsAWSService', 'false'],
    ['BoolIfExists', 'aws:PrincipalIsAWSService', 'false'],
    ['Bool', 'aws:MultiFactorAuthPresent', 'true'],
    ['Bool', 'aws:SecureTransport', 'false'],
    ['StringNotEquals', 'aws:RequestedRegion', [REGION, 'us-east-1']],
    ['Null', 'aws:SourceArn', 'true'],
  ];
  const unclear: readonly (readonly [string, string, unknown])[] = [
    ['StringEquals', 'kms:ViaService', `s3.${REGION}.amazonaws.com`],
    ['StringEquals', 'kms:CallerAccount', ACCOUNT],
    ['StringEquals', 'aws:PrincipalAccount', ACCOUNT],
    ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/x'],
    ['StringEquals', 'aws:PrincipalType', 'Service'],
    ['IpAddress', 'aws:SourceIp', '0.0.0.0/0'],
    ['StringEquals', 'aws:SourceVpce', 'vpce-1'],
    ['StringEquals', 'aws:SourceOrgID', 'o-exampleorgid'],
    ['Bool', 'aws:ViaAWSService', 'true'],
    ['Null', 'aws:SourceVpc', 'true'],
    ['Bool', 'aws:MultiFactorAuthPresent', 'false'],
    ['StringEquals', 'kms:EncryptionContext:aws:s3:arn', 'arn:aws:s3:::logs/x'],
    ['StringEquals', 'kms:EncryptionContextKeys', 'aws:cloudtrail:arn'],
    ['DateLessThan', 'aws:CurrentTime', '2030-01-01T00:00:00Z'],
    ['StringEquals', 'aws:ResourceTag/team', 'audit'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable of IAM
    ['ArnLike', 'aws:SourceArn', 'arn:aws:cloudtrail:*:${aws:SourceAccount}:trail/*'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable of IAM
    ['StringEquals', 'aws:SourceArn', 'arn:aws:cloudtrail:eu-west-1:${aws:SourceAccount}:trail/audit'],
    ['StringMatches', 'aws:SourceArn', TRAIL_ARN],
  ];

  it.each(matching)('matches: %s %s %s', (operator, key, value) => {
    const Condition = { [operator]: { [key]: value } };

    expect(evaluate(allow({ Condition }))).toBe('allowed');
    expect(evaluate(ALLOW_CLOUDTRAIL, denyAll(Condition))).toBe('denied');
  });

  it.each(failing)('does not match: %s %s %s', (operator, key, value) => {
    const Condition = { [operator]: { [key]: value } };

    expect(evaluate(allow({ Condition }))).toBe('not-allowed');
    expect(evaluate(ALLOW_CLOUDTRAIL, denyAll(Condition))).toBe('allowed');
  });

  it.each(unclear)('is not proven: %s %s %s', (operator, key, value) => {
    const Condition = { [operator]: { [key]: value } };

    expect(evaluate(allow({ Condition }))).toBe(`delivery: ${operator} ${key}`);
    expect(evaluate(ALLOW_CLOUDTRAIL, denyAll(Condition))).toBe(`delivery: ${operator} ${key}`);
  });

  it('is present with an unknown value where the ARN of the key does not contain it', () => {
    const tested = (Condition: JsonObject) =>
      evaluateKeyPolicy({ Statement: allow({ Condition }) }, { keyArn: 'key', trailArn: 'trail' }).kind;

    expect(tested({ Null: { 'aws:RequestedRegion': 'false', 'aws:ResourceAccount': 'false' } })).toBe(
      'allowed',
    );
    expect(tested({ StringEquals: { 'aws:RequestedRegion': REGION } })).toBe('not-proven');
    expect(tested({ StringEquals: { 'aws:ResourceAccount': ACCOUNT } })).toBe('not-proven');
    expect(tested({ StringEquals: { 'aws:SourceAccount': ACCOUNT } })).toBe('not-proven');
  });
});

describe('what is not understood proves nothing', () => {
  it.each([
    [[ALLOW_CLOUDTRAIL, 'text'], 'Statement'],
    [[null], 'Statement'],
    [[{ ...ALLOW_CLOUDTRAIL, Effect: 'Permit' }], 'Effect'],
    [[ALLOW_CLOUDTRAIL, { ...ALLOW_OWNER, Effect: undefined }], 'Effect'],
    [[allow({ Principal: 7 })], 'Principal'],
    [[allow({ Principal: { Service: 'cloudtrail.eu-west-1.amazonaws.com' } })], 'Principal'],
    [[allow({ Principal: { Service: 'CloudTrail.amazonaws.com' } })], 'Principal'],
    [[allow({ Principal: { Service: 'cloudtrail.amazonaws.com.cn' } })], 'Principal'],
    [[allow({ Principal: { Service: '*' } })], 'Principal'],
    [[allow({ Principal: { Service: '?loudtrail.amazonaws.com' } })], 'Principal'],
    [[allow({ Principal: { service: 'cloudtrail.amazonaws.com' } })], 'Principal'],
    [
      [
        allow({
          Principal: undefined,
          NotPrincipal: { Service: 'cloudtrail.*' },
          Condition: source(TRAIL_ARN),
        }),
      ],
      'NotPrincipal',
    ],
    [[allow({ Principal: undefined })], 'NotPrincipal'],
    [[allow({ Action: 7 })], 'Action'],
    [[allow({ Action: undefined, NotAction: [] })], 'NotAction'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable of IAM
    [[allow({ Resource: 'arn:aws:kms:*:${aws:PrincipalAccount}:key/*' })], 'Resource'],
    [[allow({ NotResource: '*' })], 'Resource'],
    [[allow({ Condition: null })], 'Condition'],
    [[allow({ Condition: { StringEquals: 'text' } })], 'Condition'],
    [[ALLOW_CLOUDTRAIL, deny({ Principal: 7 })], 'Principal'],
  ])('%j: %s', (statements, part) => {
    expect(evaluate(...statements)).toBe(`delivery: ${part}`);
  });

  it('a policy without a list of statements', () => {
    expect(evaluateKeyPolicy({}, QUESTION)).toEqual({
      kind: 'not-proven',
      part: 'Statement',
      subject: 'delivery',
    });
    expect(evaluateKeyPolicy({ Statement: ALLOW_OWNER }, QUESTION).kind).toBe('not-allowed');
  });

  const VIA = { StringEquals: { 'kms:ViaService': 's3' } };
  const ACCOUNT_OF_CALLER = { StringEquals: { 'kms:CallerAccount': ACCOUNT } };

  it('names the first part on which the result depends', () => {
    const first = allow({ Condition: VIA });
    const second = deny({ Condition: ACCOUNT_OF_CALLER });

    expect(evaluate(first, second)).toBe('delivery: StringEquals kms:ViaService');
    expect(evaluate(second, first)).toBe('delivery: StringEquals kms:CallerAccount');
    expect(evaluate(first, second, ALLOW_CLOUDTRAIL)).toBe('delivery: StringEquals kms:CallerAccount');
    expect(evaluate(first, ALLOW_CLOUDTRAIL)).toBe('allowed');
    expect(evaluate(allow({ Condition: { ...source(`${TRAIL_ARN}0`), Null: { x: 'true' } } }))).toBe(
      'not-allowed',
    );
  });

  it('any policy is evaluated without throwing, and CloudTrail is not blocked beside its own Allow without a Deny', () => {
    const side = fc.oneof(fc.constantFrom('*', 'kms:*', KEY_ARN), fc.jsonValue());
    const statement = fc.record(
      {
        Effect: fc.constant('Allow'),
        Principal: side,
        NotAction: side,
        Action: side,
        Resource: side,
        Condition: fc.jsonValue(),
      },
      { requiredKeys: ['Effect'] },
    );
    fc.assert(
      fc.property(fc.array(statement), (statements) => {
        expect(evaluate(...statements)).not.toBe('denied');
        expect(evaluate(...statements, ALLOW_CLOUDTRAIL)).not.toMatch(/^denied|^not-allowed|^delivery/);
      }),
    );
  });
});

describe('an open policy', () => {
  const openTo = (Condition: unknown) => evaluate(ALLOW_CLOUDTRAIL, open({ Condition }));

  it.each([
    ['Decrypt to everyone', {}],
    ['all of KMS to everyone', { Action: 'kms:*' }],
    ['everyone among others', { Principal: { AWS: [ACCOUNT, '*'] } }],
    ['everyone but one account', { Principal: undefined, NotPrincipal: { AWS: ACCOUNT } }],
    ['all actions but one', { Action: undefined, NotAction: 'kms:DescribeKey' }],
    ['an empty condition', { Condition: {} }],
  ])('allows %s', (_name, overrides) => {
    expect(evaluate(ALLOW_CLOUDTRAIL, open(overrides))).toBe('open');
  });

  it.each([
    ['TLS', { Bool: { 'aws:SecureTransport': 'true' } }],
    ['any value', { StringLike: { 'aws:PrincipalOrgID': '*' } }],
    ['any value of any key', { StringLike: { 'kms:ViaService': '*' } }],
    ['any address', { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }],
    ['any IPv6 address', { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '::/0'] } }],
    ['a key that is present', { Null: { 'aws:PrincipalArn': 'false' } }],
    ['a key that outsiders can have', { Null: { 'aws:PrincipalOrgID': 'false' } }],
    ['any encryption context', { Null: { 'kms:EncryptionContext:aws:cloudtrail:arn': 'false' } }],
    ['an empty operator', { StringEquals: {} }],
    ['any account but one', { StringNotEquals: { 'aws:PrincipalAccount': ACCOUNT } }],
    ['any account but one, as the caller', { StringNotEquals: { 'kms:CallerAccount': ACCOUNT } }],
    ['an organization, if any', { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-exampleorgid' } }],
    ['an endpoint, if any', { StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } }],
    ['a network, if any', { StringEqualsIfExists: { 'aws:SourceVpc': 'vpc-1' } }],
    ['no source', { Null: { 'aws:SourceArn': 'true', 'aws:SourceAccount': 'true' } }],
    ['no source organization', { Null: { 'aws:SourceOrgID': 'true', 'aws:SourceOrgPaths': 'true' } }],
    ['organization paths, if any', { 'ForAllValues:StringLike': { 'aws:PrincipalOrgPaths': 'o-1/*' } }],
    ['people', { Bool: { 'aws:PrincipalIsAWSService': 'false', 'aws:ViaAWSService': 'false' } }],
    ['no service', { Null: { 'aws:PrincipalServiceName': 'true' } }],
    [
      'the Region and account of the key',
      { StringEquals: { 'aws:RequestedRegion': REGION, 'aws:ResourceAccount': ACCOUNT } },
    ],
    ['a role of any account', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/Admin*' } }],
    ['a role of any account, as text', { StringLike: { 'AWS:PrincipalArn': 'arn:aws*:iam::*:role/Admin' } }],
    ['a topic of any account', { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:*' } }],
    ['an account of twelve digits', { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:????????????:*' } }],
    [
      'a role of an account of twelve digits',
      { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::????????????:role/x' } },
    ],
    ['a role of any account, with two stars', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::**:role/x' } }],
    ['members of any organization', { Null: { 'aws:PrincipalOrgID': 'false', 'aws:PrincipalArn': 'false' } }],
    ['any user id', { StringLike: { 'aws:userid': '?*' } }],
    [
      'a role of any account but one',
      {
        ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/x' },
        StringNotEquals: { 'kms:CallerAccount': ACCOUNT },
      },
    ],
    ['the start of an ARN', { StringLike: { 'aws:SourceArn': 'arn:aws:cloudtrail:*' } }],
    ['a Region', { StringLike: { 'aws:SourceArn': 'arn:aws:cloudtrail:eu-west-1:*' } }],
    ['a type of resource', { StringLike: { 'aws:SourceArn': 'arn:aws:cloudtrail:*:trail/*' } }],
    ['a type of resource of any service', { StringLike: { 'aws:SourceArn': '*:trail/*' } }],
    ['the end of an ARN', { StringLike: { 'aws:SourceArn': 'arn:*:trail/*/audit' } }],
  ])('is one that is limited to %s', (_name, condition) => {
    expect(openTo(condition)).toBe('open');
  });

  it.each([
    ['an account', { StringEquals: { 'kms:CallerAccount': ACCOUNT } }],
    ['an account of a principal', { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } }],
    ['an organization', { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } }],
    ['a part of an organization', { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-1/r-1/*' } }],
    ['a role', { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/x` } }],
    ['roles of an account', { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/*` } }],
    ['a session', { StringLike: { 'aws:userid': 'AROAEXAMPLE:*' } }],
    ['an endpoint', { StringEquals: { 'aws:SourceVpce': 'vpce-1' } }],
    ['a network', { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }],
    ['a source account', { StringEquals: { 'aws:SourceAccount': ACCOUNT } }],
    ['a source', { ArnLike: { 'aws:SourceArn': `arn:aws:sns:*:${ACCOUNT}:*` } }],
    ['a source, as text', { StringLike: { 'aws:SourceArn': `arn:aws:cloudtrail:*:${ACCOUNT}:trail/*` } }],
    ['an ARN without its end', { StringLike: { 'aws:SourceArn': 'arn:aws:cloudtrail' } }],
    [
      'a source, for people with MFA',
      {
        ArnLike: { 'aws:SourceArn': `arn:aws:sns:*:${ACCOUNT}:*` },
        Bool: { 'aws:MultiFactorAuthPresent': 'true' },
      },
    ],
    ['services', { Bool: { 'aws:PrincipalIsAWSService': 'true' } }],
    ['a service', { StringEquals: { 'aws:PrincipalServiceName': 's3.amazonaws.com' } }],
    [
      'an account, by way of a service',
      { StringEquals: { 'kms:ViaService': 's3', 'kms:CallerAccount': ACCOUNT } },
    ],
  ])('is none that is limited to %s', (_name, condition) => {
    expect(openTo(condition)).toBe('allowed');
  });

  it.each([
    ['one account', { Principal: { AWS: ACCOUNT } }],
    ['a service', { Principal: { Service: '*' } }],
    ['nobody', { Principal: undefined, NotPrincipal: '*' }],
    ['everyone, for an action that does neither', { Action: ['kms:DescribeKey', 'kms:List*', 'kms:Get*'] }],
    ['everyone, for another key', { Resource: `${KEY_ARN}0` }],
    ['everyone, for no resource', { Resource: undefined }],
  ])('is none that allows %s', (_name, overrides) => {
    expect(evaluate(ALLOW_CLOUDTRAIL, open(overrides))).toBe('allowed');
  });

  it.each([
    ['StringEquals kms:ViaService', { StringEquals: { 'kms:ViaService': 's3' } }],
    [
      'Null aws:PrincipalOrgID',
      { Null: { 'aws:PrincipalOrgID': 'false' }, Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
    ],
    ['StringEquals aws:PrincipalTag/team', { StringEquals: { 'aws:PrincipalTag/team': 'audit' } }],
    [
      'StringEquals kms:EncryptionContext:aws:cloudtrail:arn',
      { StringEquals: { 'kms:EncryptionContext:aws:cloudtrail:arn': TRAIL_ARN } },
    ],
    ['ArnLike aws:PrincipalArn', { ArnLike: { 'aws:PrincipalArn': [] } }],
    ['Condition', 7],
    ['Condition', true],
    ['Condition', 'text'],
    ['Condition', null],
  ])('is not proven by %s', (part, condition) => {
    expect(openTo(condition)).toBe(`access: ${part}`);
  });

  it('is not proven by a condition that is not understood, for one action of several', () => {
    const Condition = { StringEquals: { 'kms:ViaService': 's3' } };

    expect(evaluate(ALLOW_CLOUDTRAIL, open({ Action: 'kms:Encrypt', Condition }))).toBe(
      'access: StringEquals kms:ViaService',
    );
  });

  it('is not proven by a principal that is not understood', () => {
    expect(evaluate(ALLOW_CLOUDTRAIL, open({ Principal: 7 }))).toBe('access: Principal');
  });

  it('is reported even where the delivery is not proven, and not where it is blocked', () => {
    const unclear = allow({ Condition: { Null: { 'kms:ViaService': 'true' } } });

    expect(evaluate(unclear, open({}))).toBe('open');
    expect(evaluate(open({}))).toBe('not-allowed');
  });

  it.each([
    [
      'everyone outside the organization',
      { Principal: '*', Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } },
    ],
    [
      'everyone outside the organization but services',
      {
        Principal: '*',
        Condition: {
          StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-1' },
          BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
        },
      },
    ],
    ['all but an account', { Principal: undefined, NotPrincipal: { AWS: ACCOUNT } }],
    ['other networks', { Principal: '*', Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }],
    ['other roles', { Condition: { ArnNotLike: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/*` } } }],
  ])('is closed by a Deny to %s', (_name, overrides) => {
    expect(evaluate(ALLOW_CLOUDTRAIL, open({}), open({ Effect: 'Deny', ...overrides }))).toBe('allowed');
  });

  it.each([
    ['one role', { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/x` } }],
    ['another action', { Action: 'kms:DeleteAlias' }],
    ['requests without TLS', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
    ['an organization', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }],
    ['people without an organization', { Condition: { Null: { 'aws:PrincipalOrgID': 'true' } } }],
  ])('stays open beside a Deny to %s', (_name, overrides) => {
    expect(evaluate(ALLOW_CLOUDTRAIL, open({}), open({ Effect: 'Deny', ...overrides }))).toBe('open');
  });

  it('may be closed by a Deny that is not understood', () => {
    const closing = open({ Effect: 'Deny', Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } } });

    expect(evaluate(ALLOW_CLOUDTRAIL, open({}), closing)).toBe('access: Bool aws:MultiFactorAuthPresent');
  });

  it.each([
    ['kms:Decrypt', ['kms:Decrypt']],
    [
      ['kms:DescribeKey', 'KMS:encrypt', 'kms:ReEncrypt*'],
      ['kms:ReEncryptFrom', 'kms:Encrypt', 'kms:ReEncryptTo'],
    ],
    [
      ['kms:Disable*', 'kms:Put*', 'kms:Schedule*', 'kms:*Grant'],
      [
        'kms:CreateGrant',
        'kms:PutKeyPolicy',
        'kms:ScheduleKeyDeletion',
        'kms:DisableKey',
        'kms:RevokeGrant',
        'kms:DisableKeyRotation',
      ],
    ],
    [
      'kms:*',
      [
        'kms:Decrypt',
        'kms:ReEncryptFrom',
        'kms:CreateGrant',
        'kms:PutKeyPolicy',
        'kms:ScheduleKeyDeletion',
        'kms:DisableKey',
        'kms:DeleteImportedKeyMaterial',
        'kms:ImportKeyMaterial',
        'kms:ReplicateKey',
        'kms:UpdatePrimaryRegion',
        'kms:RevokeGrant',
        'kms:GenerateDataKey',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:Encrypt',
        'kms:ReEncryptTo',
        'kms:EnableKey',
        'kms:CancelKeyDeletion',
        'kms:DisableKeyRotation',
      ],
    ],
  ])('names the actions of %j', (Action, actions) => {
    expect(evaluateKeyPolicy({ Statement: [ALLOW_CLOUDTRAIL, open({ Action })] }, QUESTION)).toEqual({
      kind: 'open',
      actions,
    });
  });

  it('tries at most ten of the names that a policy gives to outsiders', () => {
    const named = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        open({
          Condition: {
            ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::*:role/role-${index}` },
            ...(index < count - 1 && { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } }),
          },
        }),
      );

    expect(evaluate(ALLOW_CLOUDTRAIL, ...named(10))).toBe('open');
    expect(evaluate(ALLOW_CLOUDTRAIL, ...named(11))).toBe('access: ArnLike aws:PrincipalArn');
  });

  describe('with a role of the account', () => {
    const role = open({ Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/x` } } });
    const texts = (count: number, prefix: string) => Array.from({ length: count }, (_, at) => prefix + at);
    const inAccount = (Condition: JsonObject) =>
      open({ Condition: { StringEquals: { 'kms:CallerAccount': ACCOUNT }, ...Condition } });
    const topics = (count: number) => texts(count, 'arn:aws:sns:*:*:topic-');

    it.each([
      ['ten names of outsiders', inAccount({ ArnLike: { 'aws:SourceArn': topics(10) } })],
      ['names in a statement for CloudTrail', allow({ Condition: source(topics(11), 'ArnNotLike') })],
      [
        'names of another condition key',
        inAccount({ StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': topics(11) } }),
      ],
      ['texts that are no ARN', inAccount({ StringLike: { 'aws:SourceArn': texts(11, 'arn:aws:sns') } })],
    ])('is none beside %s', (_name, statement) => {
      expect(evaluate(ALLOW_CLOUDTRAIL, role, statement)).toBe('allowed');
    });

    it('is not proven to be none beside eleven names of outsiders', () => {
      expect(evaluate(ALLOW_CLOUDTRAIL, role, inAccount({ ArnLike: { 'aws:SourceArn': topics(11) } }))).toBe(
        'access: ArnLike aws:PrincipalArn',
      );
    });
  });
});

/** Policies as AWS documents them and as people publish them, with the account, the Region and the names of these tests. */
describe('a published policy', () => {
  const anyTrail = { 'kms:EncryptionContext:aws:cloudtrail:arn': `arn:aws:cloudtrail:*:${ACCOUNT}:trail/*` };
  const trailOwner = (Condition: JsonObject) => allow({ Condition });
  const outside = (Condition: JsonObject) => [ALLOW_OWNER, allow({}), denyAll(Condition)];
  const decryptInAccount = open({
    Principal: { AWS: '*' },
    Action: ['kms:Decrypt', 'kms:ReEncryptFrom'],
    Condition: { StringEquals: { 'kms:CallerAccount': ACCOUNT }, StringLike: anyTrail },
  });
  const createAlias = open({
    Principal: { AWS: '*' },
    Action: 'kms:CreateAlias',
    Condition: {
      StringEquals: { 'kms:ViaService': `ec2.${REGION}.amazonaws.com`, 'kms:CallerAccount': ACCOUNT },
    },
  });

  it.each([
    ['of the CloudTrail console', [ALLOW_OWNER, ALLOW_CLOUDTRAIL, decryptInAccount, createAlias], 'allowed'],
    ['without a source ARN', [ALLOW_OWNER, trailOwner({ StringLike: anyTrail })], 'allowed'],
    [
      'of a log archive account that limits readers to its organization',
      [
        ALLOW_CLOUDTRAIL,
        open({
          Principal: { AWS: '*' },
          Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' }, StringLike: anyTrail },
        }),
      ],
      'allowed',
    ],
    [
      'of AWS Control Tower',
      [
        ALLOW_OWNER,
        allow({
          Principal: { Service: 'config.amazonaws.com' },
          Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        }),
        allow({
          Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
          Resource: KEY_ARN,
          Condition: { ...source(TRAIL_ARN), StringLike: anyTrail },
        }),
      ],
      'allowed',
    ],
    [
      'of a landing zone whose trail has another name',
      [
        ALLOW_OWNER,
        trailOwner(
          source(`arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/aws-controltower-BaselineCloudTrail`),
        ),
      ],
      'not-allowed',
    ],
    [
      'with the services of an account',
      [
        allow({
          Principal: { Service: ['s3.amazonaws.com', 'cloudtrail.amazonaws.com'] },
          Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        }),
      ],
      'allowed',
    ],
    [
      'for an AWS managed key',
      [
        open({
          Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey*'],
          Condition: {
            StringEquals: { 'kms:CallerAccount': ACCOUNT, 'kms:ViaService': `s3.${REGION}.amazonaws.com` },
          },
        }),
      ],
      'delivery: StringEquals kms:CallerAccount',
    ],
    // Field cases.
    [
      'that limits CloudTrail to an organization',
      [ALLOW_OWNER, trailOwner({ StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } })],
      'not-allowed',
    ],
    [
      'with the account of the log archive',
      [ALLOW_OWNER, trailOwner({ StringEquals: { 'aws:SourceAccount': '222233334444' } })],
      'not-allowed',
    ],
    [
      'with the account of the trail',
      [ALLOW_OWNER, trailOwner({ StringEquals: { 'aws:SourceAccount': ACCOUNT } })],
      'allowed',
    ],
    [
      'that denies everyone outside an organization',
      outside({ StringNotEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } }),
      'denied',
    ],
    [
      'that denies everyone outside an organization but services',
      outside({
        StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-exampleorgid' },
        BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
      }),
      'allowed',
    ],
    ['that denies access without TLS', outside({ Bool: { 'aws:SecureTransport': false } }), 'allowed'],
    [
      'that denies access without MFA',
      outside({ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }),
      'denied',
    ],
    [
      'that denies other accounts',
      outside({ StringNotEquals: { 'kms:CallerAccount': ACCOUNT } }),
      'delivery: StringNotEquals kms:CallerAccount',
    ],
    [
      'that denies other networks, but for services',
      outside({
        NotIpAddressIfExists: { 'aws:SourceIp': '203.0.113.0/24' },
        BoolIfExists: { 'aws:PrincipalIsAWSService': 'false', 'aws:ViaAWSService': 'false' },
      }),
      'allowed',
    ],
    [
      'that denies deletion to all but administrators',
      [
        ...outside({ Bool: { 'aws:SecureTransport': 'false' } }),
        deny({
          Principal: '*',
          Action: ['kms:ScheduleKeyDeletion', 'kms:DisableKey'],
          Condition: { ArnNotLike: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/admin` } },
        }),
      ],
      'allowed',
    ],
  ])('%s', (_name, statements, result) => {
    expect(evaluate(...statements)).toBe(result);
  });
});
