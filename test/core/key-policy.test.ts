import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json-value.js';
import { conditionHolds, evaluateKeyPolicy } from '../../src/core/key-policy.js';
import {
  ACCOUNT,
  ALLOW_CLOUDTRAIL,
  ALLOW_EVERYONE_TO_DECRYPT,
  ALLOW_OWNER,
  KEY_ARN,
  OTHER_ACCOUNT,
  TRAIL_ARN,
} from '../support/builders.js';

const evaluate = (...Statement: readonly unknown[]) =>
  evaluateKeyPolicy({ Version: '2012-10-17', Statement }, { keyArn: KEY_ARN, trailArn: TRAIL_ARN });

const allow = (overrides: JsonObject): JsonObject => ({ ...ALLOW_CLOUDTRAIL, Condition: {}, ...overrides });
const deny = (overrides: JsonObject): JsonObject => ({ ...allow(overrides), Effect: 'Deny' });
const source = (value: unknown, operator = 'StringEquals') => ({ [operator]: { 'aws:SourceArn': value } });

it('passes the policy that CloudTrail documents', () => {
  expect(evaluate(ALLOW_OWNER, ALLOW_CLOUDTRAIL)).toBe('passes');
});

describe('an Allow that might apply is enough', () => {
  it.each([
    ['everyone', { Principal: '*' }],
    ['everyone, spelled AWS', { Principal: { AWS: ['*'] } }],
    ['a list of services', { Principal: { Service: ['s3.amazonaws.com', 'cloudtrail.amazonaws.com'] } }],
    ['a Regional principal that may exist', { Principal: { Service: 'cloudtrail.eu-west-1.amazonaws.com' } }],
    ['a wildcard that may be allowed', { Principal: { Service: '*' } }],
    [
      'everybody but a role',
      { Principal: undefined, NotPrincipal: { AWS: 'arn:aws:iam::111122223333:role/x' } },
    ],
    ['a principal that is not understood', { Principal: 7 }],
    ['one value that is not understood', { Principal: { Service: [7] } }],
    ['one action of the family', { Action: ['kms:Decrypt', 'kms:GenerateDataKeyWithoutPlaintext'] }],
    ['an action in another case', { Action: 'KMS:generatedatakey' }],
    ['any action', { Action: '*' }],
    ['all actions but one', { Action: undefined, NotAction: 'kms:DeleteKey' }],
    ['an action that is not understood', { Action: undefined }],
    ['the ARN of the key', { Resource: KEY_ARN }],
    ['all resources but another', { Resource: undefined, NotResource: `${KEY_ARN}0` }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable of IAM
    ['a resource with a variable', { Resource: 'arn:aws:kms:*:${aws:PrincipalAccount}:key/*' }],
    [
      'a condition that is not understood',
      { Condition: { StringEquals: { 'aws:SourceAccount': OTHER_ACCOUNT } } },
    ],
    [
      'the encryption context in other words',
      {
        Condition: {
          StringLike: {
            'kms:EncryptionContext:aws:cloudtrail:arn': `arn:aws:cloudtrail:*:${ACCOUNT}:trail/*`,
          },
        },
      },
    ],
  ])('for %s', (_name, overrides) => {
    expect(evaluate(ALLOW_OWNER, allow(overrides))).toBe('passes');
  });
});

describe('an Allow that surely does not apply is none', () => {
  it.each([
    ['the account alone', ALLOW_OWNER],
    ['another service', allow({ Principal: { Service: 's3.amazonaws.com' } })],
    [
      'all but CloudTrail',
      allow({ Principal: undefined, NotPrincipal: { Service: 'cloudtrail.amazonaws.com' } }),
    ],
    ['a federated principal', allow({ Principal: { Federated: '*' } })],
    ['other actions', allow({ Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKeyPair'] })],
    ['all actions but these', allow({ Action: undefined, NotAction: 'kms:Generate*' })],
    ['another key', allow({ Resource: `${KEY_ARN}0` })],
    ['all keys but this', allow({ Resource: undefined, NotResource: '*' })],
    ['another trail', allow({ Condition: source(`${TRAIL_ARN}0`) })],
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
  ])('for %s', (_name, statement) => {
    expect(evaluate(statement)).toBe('not-allowed');
  });

  it('for a policy without statements', () => {
    expect(evaluate()).toBe('not-allowed');
  });
});

describe('a Deny counts', () => {
  it.each([
    ['CloudTrail by name', deny({})],
    ['everyone', deny({ Principal: '*', Action: 'kms:*' })],
    ['the one call that CloudTrail makes', deny({ Action: 'kms:GenerateDataKey' })],
    ['this trail', deny({ Condition: source(TRAIL_ARN) })],
    ['all trails but another', deny({ Condition: source(`${TRAIL_ARN}0`, 'StringNotEquals') })],
  ])('where it surely applies: %s', (_name, statement) => {
    expect(evaluate(ALLOW_CLOUDTRAIL, statement)).toBe('denied');
  });

  it.each([
    ['another trail', deny({ Condition: source(`${TRAIL_ARN}0`) })],
    ['a role', deny({ Principal: { AWS: 'arn:aws:iam::111122223333:role/x' } })],
    [
      'everybody but a role',
      deny({ Principal: undefined, NotPrincipal: { AWS: 'arn:aws:iam::111122223333:root' } }),
    ],
    ['another call of the family', deny({ Action: 'kms:GenerateDataKeyWithoutPlaintext' })],
    [
      'requests without TLS',
      deny({ Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    ],
    ['a Regional principal', deny({ Principal: { Service: 'cloudtrail.eu-west-1.amazonaws.com' } })],
    ['a resource that is not understood', deny({ Resource: undefined })],
  ])('and not where it might not: %s', (_name, statement) => {
    expect(evaluate(ALLOW_CLOUDTRAIL, statement)).toBe('passes');
  });
});

describe('an open policy', () => {
  it.each([
    ['Decrypt to everyone', ALLOW_EVERYONE_TO_DECRYPT],
    ['all of KMS to everyone', { ...ALLOW_EVERYONE_TO_DECRYPT, Action: 'kms:*' }],
    ['everyone among others', { ...ALLOW_EVERYONE_TO_DECRYPT, Principal: { AWS: [ACCOUNT, '*'] } }],
    ['an empty condition', { ...ALLOW_EVERYONE_TO_DECRYPT, Condition: {} }],
  ])('is %s', (_name, statement) => {
    expect(evaluate(ALLOW_CLOUDTRAIL, statement)).toBe('open');
  });

  it.each([
    [
      'has a condition',
      { ...ALLOW_EVERYONE_TO_DECRYPT, Condition: { StringEquals: { 'kms:CallerAccount': ACCOUNT } } },
    ],
    ['has a condition that is not understood', { ...ALLOW_EVERYONE_TO_DECRYPT, Condition: null }],
    ['is for one account', { ...ALLOW_EVERYONE_TO_DECRYPT, Principal: { AWS: ACCOUNT } }],
    [
      'is for all but one',
      { ...ALLOW_EVERYONE_TO_DECRYPT, Principal: undefined, NotPrincipal: { AWS: ACCOUNT } },
    ],
    ['is for another action', { ...ALLOW_EVERYONE_TO_DECRYPT, Action: 'kms:DescribeKey' }],
    ['is for another key', { ...ALLOW_EVERYONE_TO_DECRYPT, Resource: `${KEY_ARN}0` }],
  ])('is none where the Allow %s', (_name, statement) => {
    expect(evaluate(ALLOW_CLOUDTRAIL, statement)).toBe('passes');
  });

  it.each([
    [
      'everyone outside the organization',
      { Principal: '*', Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } },
    ],
    ['all but a role', { Principal: undefined, NotPrincipal: { AWS: ACCOUNT } }],
  ])('is none where a Deny may take it back from %s', (_name, overrides) => {
    const takenBack = { ...ALLOW_EVERYONE_TO_DECRYPT, Effect: 'Deny', ...overrides };

    expect(evaluate(ALLOW_CLOUDTRAIL, ALLOW_EVERYONE_TO_DECRYPT, takenBack)).toBe('passes');
  });

  it.each([
    ['one role', { Principal: { AWS: 'arn:aws:iam::111122223333:role/x' } }],
    ['another action', { Action: 'kms:DeleteAlias' }],
  ])('stays open where a Deny is for %s', (_name, overrides) => {
    const narrow = { ...ALLOW_EVERYONE_TO_DECRYPT, Effect: 'Deny', ...overrides };

    expect(evaluate(ALLOW_CLOUDTRAIL, ALLOW_EVERYONE_TO_DECRYPT, narrow)).toBe('open');
  });
});

describe('what is not understood proves nothing', () => {
  it.each([
    [['text']],
    [[null]],
    [[{ ...ALLOW_OWNER, Effect: 'Permit' }]],
    [[{ ...ALLOW_OWNER, Effect: undefined }]],
  ])('a policy with %o', (statements) => {
    expect(evaluate(...statements)).toBe('passes');
  });

  it('a policy without a list of statements', () => {
    const question = { keyArn: KEY_ARN, trailArn: TRAIL_ARN };

    expect(evaluateKeyPolicy({}, question)).toBe('passes');
    expect(evaluateKeyPolicy({ Statement: ALLOW_OWNER }, question)).toBe('not-allowed');
  });

  it('any policy is evaluated without throwing, and an Allow for CloudTrail without a Deny never blocks', () => {
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
        expect(['passes', 'not-allowed', 'open']).toContain(evaluate(...statements));
        expect(['passes', 'open']).toContain(evaluate(...statements, ALLOW_CLOUDTRAIL));
      }),
    );
  });
});

it('denies nothing by a Deny whose principal is not understood', () => {
  expect(evaluate(ALLOW_CLOUDTRAIL, deny({ Principal: 7 }))).toBe('passes');
});

it('takes no service for CloudTrail whose name only holds its name', () => {
  expect(evaluate(allow({ Principal: { Service: 'not-cloudtrail.amazonaws.com' } }))).toBe('not-allowed');
});

it.each([7, true, 'text'])('calls an Allow for everyone not open whose condition is %s', (Condition) => {
  expect(evaluate(ALLOW_CLOUDTRAIL, { ...ALLOW_EVERYONE_TO_DECRYPT, Condition })).toBe('passes');
});

const holds = (condition: unknown) => conditionHolds(condition, new Map([['aws:sourcearn', TRAIL_ARN]]));
const OTHER = `arn:aws:cloudtrail:eu-west-1:${ACCOUNT}:trail/other`;
const ANY = 'arn:aws:cloudtrail:*:*:trail/*';

it.each([
  ['StringEquals', TRAIL_ARN, 'yes'],
  ['StringEquals', [OTHER, TRAIL_ARN], 'yes'],
  ['StringEquals', OTHER, 'no'],
  ['StringEquals', ANY, 'no'],
  ['stringequals', TRAIL_ARN, 'yes'],
  ['StringEqualsIfExists', OTHER, 'no'],
  ['StringNotEquals', TRAIL_ARN, 'no'],
  ['StringNotEquals', [OTHER, TRAIL_ARN], 'no'],
  ['StringNotEquals', OTHER, 'yes'],
  ['StringEqualsIgnoreCase', TRAIL_ARN.toUpperCase(), 'yes'],
  ['StringNotEqualsIgnoreCase', TRAIL_ARN.toUpperCase(), 'no'],
  ['StringLike', ANY, 'yes'],
  ['StringLike', 'arn:aws:cloudtrail:us-*', 'no'],
  ['StringNotLike', ANY, 'no'],
  ['ArnLike', ANY, 'yes'],
  ['ArnEquals', ANY, 'yes'],
  ['ArnLike', `arn:aws:cloudtrail:*:444455556666:trail/*`, 'no'],
  ['ArnLike', 'arn:*:trail/audit', 'unknown'],
  ['ArnNotLike', ANY, 'no'],
  ['ArnNotEquals', OTHER, 'yes'],
  ['StringEquals', [], 'unknown'],
  ['StringEquals', 7, 'unknown'],
  ['StringEquals', [TRAIL_ARN, 7], 'unknown'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable of IAM
  ['StringEquals', 'arn:aws:cloudtrail:${aws:RequestedRegion}', 'unknown'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable of IAM
  ['StringNotEquals', '${aws:PrincipalTag/trail}', 'unknown'],
  ['IfExistsStringEquals', TRAIL_ARN, 'unknown'],
  ['ArnLike', 'arn:aws:cloudtrail:*:*', 'unknown'],
  ['Null', 'false', 'unknown'],
  ['ForAnyValue:StringEquals', OTHER, 'unknown'],
  ['constructor', OTHER, 'unknown'],
])('%s %s: %s', (operator, value, answer) => {
  expect(holds({ [operator]: { 'aws:SourceArn': value } })).toBe(answer);
});

it('holds without a condition, and with an empty one', () => {
  expect([undefined, {}, { StringEquals: {} }].map(holds)).toEqual(['yes', 'yes', 'yes']);
});

it.each([
  [null],
  ['text'],
  [[]],
  [{ StringEquals: 'text' }],
  [{ StringEquals: { 'aws:SourceAccount': ACCOUNT } }],
])('does not know about %o', (condition) => {
  expect(holds(condition)).toBe('unknown');
});

it('holds only where every operator and key does', () => {
  const unknown = { Bool: { 'aws:SecureTransport': 'true' } };

  expect(holds({ StringEquals: { 'AWS:SourceArn': TRAIL_ARN }, ...unknown })).toBe('unknown');
  expect(holds({ StringEquals: { 'aws:SourceArn': OTHER }, ...unknown })).toBe('no');
});

it('compares an ARN with a value that is none part by part, and finds no match', () => {
  expect(conditionHolds({ ArnLike: { key: ANY } }, new Map([['key', 'no-arn']]))).toBe('no');
});

it.each([
  ['arn:aws:cloudtrail:*:*:trail/a:b', 'yes'],
  ['arn:aws:cloudtrail:*:*:trail/*b', 'yes'],
  ['arn:aws:cloudtrail:*:*:trail/ab', 'no'],
  ['arn:aws:cloudtrail:*:*:b', 'no'],
  ['arn:aws:cloudtrail:*:trail/a:b', 'no'],
])('takes all behind the fifth colon of an ARN for its resource: %s: %s', (pattern, answer) => {
  const actual = `arn:aws:cloudtrail:eu-west-1:${ACCOUNT}:trail/a:b`;

  expect(conditionHolds({ ArnLike: { key: pattern } }, new Map([['key', actual]]))).toBe(answer);
});
