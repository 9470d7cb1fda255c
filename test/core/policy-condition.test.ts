import { expect, it } from 'vitest';
import { conditionHolds } from '../../src/core/policy-condition.js';
import { ACCOUNT, TRAIL_ARN } from '../support/builders.js';

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
