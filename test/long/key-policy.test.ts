import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evaluateKeyPolicy, type PolicyResult } from '../../src/core/key-policy.js';
import {
  decidePlainly,
  type PlainPolicy,
  type PlainResult,
  type PlainStatement,
} from '../model/plain-policy.js';
import { ACCOUNT, KEY_ARN, OTHER_ACCOUNT, REGION, TRAIL_ARN } from '../support/builders.js';

const RUNS = 40_000;
const ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:PutKeyPolicy'];

const oneOrMore = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | readonly T[]> =>
  fc.oneof(
    { weight: 4, arbitrary: value },
    { weight: 1, arbitrary: fc.array(value, { minLength: 2, maxLength: 3 }) },
  );

const services = fc.constantFrom(
  'cloudtrail.amazonaws.com',
  'cloudtrail.amazonaws.com',
  'cloudtrail.amazonaws.com',
  's3.amazonaws.com',
  'cloudtrail.eu-west-1.amazonaws.com',
);
const accounts = fc.constantFrom('*', `arn:aws:iam::${ACCOUNT}:root`, `arn:aws:iam::${OTHER_ACCOUNT}:role/x`);
const principals = fc.oneof(
  fc.constant('*' as const),
  oneOrMore(services).map((Service) => ({ Service })),
  oneOrMore(accounts).map((AWS) => ({ AWS })),
  fc.tuple(services, accounts).map(([Service, AWS]) => ({ Service, AWS })),
);
const actions = oneOrMore(
  fc.constantFrom(
    '*',
    'kms:*',
    'kms:GenerateDataKey*',
    'KMS:generatedatakey',
    'kms:GenerateDataKeyWithoutPlaintext',
    'kms:Decrypt',
    'kms:De*',
    'kms:Put*',
  ),
);
const resources = oneOrMore(
  fc.constantFrom('*', '*', KEY_ARN, `${KEY_ARN}0`, `arn:aws:kms:*:${ACCOUNT}:key/*`),
);

const arns = [
  TRAIL_ARN,
  `${TRAIL_ARN}0`,
  `arn:aws:cloudtrail:*:${ACCOUNT}:trail/*`,
  `arn:aws:cloudtrail:*:${OTHER_ACCOUNT}:trail/*`,
  'arn:aws:cloudtrail:*:*:trail/*',
  'arn:aws:iam::*:role/admin',
  `arn:aws:iam::${ACCOUNT}:role/*`,
  'arn:aws:cloudtrail:*',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable of IAM
  'arn:aws:cloudtrail:*:${aws:SourceAccount}:trail/*',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable of IAM
  'arn:aws:cloudtrail:*:${aws:PrincipalAccount}:trail/*',
  '*',
];
const TEXT = [
  'StringEquals',
  'StringNotEquals',
  'StringLike',
  'StringNotLike',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
];
const ARN = [...TEXT, 'ArnLike', 'ArnNotLike', 'ArnEquals', 'ArnNotEquals'];
const NUMBER = ['NumericLessThan', 'NumericGreaterThan'];
const ADDRESS = ['IpAddress', 'NotIpAddress'];

/** Condition keys, with the operators and values that people use with them. */
const KEYS: readonly (readonly [key: string, operators: readonly string[], values: readonly string[]])[] = [
  ['aws:SourceArn', ARN, arns],
  ['AWS:SourceArn', ARN, arns],
  ['aws:SourceAccount', TEXT, [ACCOUNT, OTHER_ACCOUNT, '*', '1111*']],
  ['kms:EncryptionContext:aws:cloudtrail:arn', ARN, arns],
  ['kms:EncryptionContext:aws:s3:arn', ARN, ['arn:aws:s3:::logs/*', 'arn:aws:s3:::other/x', '*']],
  ['kms:EncryptionContext:department', TEXT, ['finance', '*']],
  ['kms:EncryptionContextKeys', TEXT, ['aws:cloudtrail:arn', 'aws:s3:arn', 'aws:*', 'department']],
  ['kms:EncryptionAlgorithm', TEXT, ['SYMMETRIC_DEFAULT', 'symmetric_default', 'RSAES_OAEP_SHA_256']],
  ['kms:GrantIsForAWSResource', ['Bool'], ['true', 'false']],
  ['kms:ViaService', TEXT, [`s3.${REGION}.amazonaws.com`, 's3.*.amazonaws.com', '*']],
  ['kms:CallerAccount', TEXT, [ACCOUNT, OTHER_ACCOUNT, '*']],
  ['aws:PrincipalIsAWSService', ['Bool'], ['true', 'false']],
  ['aws:PrincipalServiceName', TEXT, ['cloudtrail.amazonaws.com', 's3.amazonaws.com', '*.amazonaws.com']],
  ['aws:PrincipalOrgID', TEXT, ['o-exampleorgid', '*']],
  ['aws:PrincipalOrgPaths', TEXT, ['o-exampleorgid/*', '*']],
  ['aws:PrincipalTag/team', TEXT, ['audit', '*']],
  ['aws:PrincipalArn', ARN, arns],
  ['aws:PrincipalAccount', TEXT, [ACCOUNT, OTHER_ACCOUNT, '*']],
  ['aws:CalledVia', TEXT, ['s3.amazonaws.com']],
  ['aws:userid', TEXT, ['AROAEXAMPLE:*', '*']],
  ['aws:MultiFactorAuthPresent', ['Bool'], ['true', 'false']],
  ['aws:MultiFactorAuthAge', NUMBER, ['3600']],
  ['aws:RequestedRegion', TEXT, [REGION, 'us-east-1', 'eu-*']],
  ['aws:ResourceAccount', TEXT, [ACCOUNT, OTHER_ACCOUNT]],
  ['aws:SecureTransport', ['Bool'], ['true', 'false']],
  ['aws:ViaAWSService', ['Bool'], ['true', 'false']],
  ['aws:SourceIp', ADDRESS, ['203.0.113.0/24', '0.0.0.0/0', '::/0']],
  ['aws:SourceVpce', TEXT, ['vpce-1', '*']],
  ['aws:SourceOrgID', TEXT, ['o-exampleorgid', '*']],
  ['kms:RequestAlias', TEXT, ['alias/x']],
];

const tests = fc.constantFrom(...KEYS).chain(([key, operators, values]) =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom('true', 'false').map((value) => [key, 'Null', value] as const) },
    {
      weight: 5,
      arbitrary: fc
        .tuple(
          fc.constantFrom('', '', '', 'ForAllValues:', 'ForAnyValue:'),
          fc.constantFrom(...operators),
          fc.constantFrom('', '', 'IfExists'),
          oneOrMore(fc.constantFrom(...values)),
        )
        .map(([set, operator, ifExists, value]) => [key, `${set}${operator}${ifExists}`, value] as const),
    },
  ),
);
const conditions = fc
  .array(tests, { maxLength: 2 })
  .map((all) => Object.fromEntries(all.map(([key, operator, value]) => [operator, { [key]: value }])));

const statements: fc.Arbitrary<PlainStatement> = fc
  .record({
    Effect: fc.constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const),
    principal: principals,
    action: actions,
    resource: resources,
    Condition: conditions,
    // One element in ten is its opposite, one in twenty is missing.
    shape: fc.record({ principal: fc.nat(9), action: fc.nat(19), resource: fc.nat(19) }),
  })
  .map(({ Effect, principal, action, resource, Condition, shape }) => ({
    Effect,
    ...(shape.principal === 0 ? { NotPrincipal: principal } : { Principal: principal }),
    ...(shape.action > 2 ? { Action: action } : shape.action > 0 ? { NotAction: action } : {}),
    ...(shape.resource > 2 ? { Resource: resource } : shape.resource > 0 ? { NotResource: resource } : {}),
    Condition,
  }));

const CLOUDTRAIL: PlainStatement = {
  Effect: 'Allow',
  Principal: { Service: 'cloudtrail.amazonaws.com' },
  Action: 'kms:GenerateDataKey*',
  Resource: '*',
};
const policies: fc.Arbitrary<PlainPolicy> = fc
  .tuple(fc.boolean(), fc.array(statements, { minLength: 1, maxLength: 3 }))
  .map(([isPlain, Statement]) => ({
    Version: '2012-10-17',
    Statement: isPlain ? [CLOUDTRAIL, ...Statement] : Statement,
  }));

/** What the plain evaluator has against a result, if anything. */
const objectionTo = (
  result: PolicyResult,
  { allowed, blocked, openActions }: PlainResult,
): string | undefined => {
  switch (result.kind) {
    case 'allowed':
      if (openActions.length > 0) return `anyone can call ${openActions.join()}`;
      return blocked > 0 ? 'CloudTrail may be blocked' : undefined;
    case 'denied':
    case 'not-allowed':
      return allowed > 0 ? 'CloudTrail may be allowed' : undefined;
    case 'open': {
      const closed = ACTIONS.filter(
        (action) => result.actions.includes(action) && !openActions.includes(action),
      );
      return closed.length > 0 ? `nobody outside can call ${closed.join()}` : undefined;
    }
    case 'not-proven':
      return undefined;
  }
};

it(`agrees with a plain evaluator on ${RUNS} generated policies`, () => {
  const question = { keyArn: KEY_ARN, trailArn: TRAIL_ARN };
  const count = { compared: 0, allowed: 0, blocked: 0, blocksMissed: 0, open: 0, openMissed: 0 };
  fc.assert(
    fc.property(policies, (policy) => {
      const plain = decidePlainly(policy, question, ACTIONS);
      fc.pre(plain !== undefined);
      const result = evaluateKeyPolicy(policy, question);
      expect(objectionTo(result, plain)).toBeUndefined();
      const isBlocked = plain.allowed === 0;
      const isOpen = !isBlocked && plain.openActions.length > 0;
      count.compared += 1;
      count.allowed += Number(result.kind === 'allowed');
      count.blocked += Number(isBlocked);
      count.blocksMissed += Number(isBlocked && result.kind !== 'denied' && result.kind !== 'not-allowed');
      count.open += Number(isOpen);
      count.openMissed += Number(isOpen && result.kind !== 'open');
    }),
    { numRuns: RUNS },
  );
  const share = (missed: number, all: number) =>
    `${missed} of ${all} (${((100 * missed) / all).toFixed(1)} %)`;
  console.log(
    `${count.compared} policies, ${count.allowed} proven to be right. ` +
      `Not proven: ${share(count.blocksMissed, count.blocked)} of those that block CloudTrail, ` +
      `${share(count.openMissed, count.open)} of those that are open.`,
  );

  expect(count.compared).toBeGreaterThanOrEqual(RUNS);
  expect(count.allowed).toBeGreaterThan(RUNS / 20);
  expect(count.blocksMissed / count.blocked).toBeLessThan(0.1);
});
