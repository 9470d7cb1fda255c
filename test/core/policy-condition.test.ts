import { expect, it } from 'vitest';
import {
  ABSENT,
  evaluateCondition,
  type KeyValues,
  PRESENT,
  testsOf,
  UNKNOWN,
  valuesOf,
} from '../../src/core/policy-condition.js';
import { ACCOUNT, TRAIL_ARN } from '../support/builders.js';

const evaluate = (operator: string, value: unknown, states: readonly KeyValues[]) =>
  evaluateCondition({ [operator]: { Key: value } }, (key) => (key === 'key' ? states : UNKNOWN)).map(
    ({ answer }) => answer,
  );
const one = (value: string): readonly KeyValues[] => [[value]];

const OTHER = `arn:aws:cloudtrail:eu-west-1:${ACCOUNT}:trail/other`;
const ANY = 'arn:aws:cloudtrail:*:*:trail/*';

it.each([
  ['StringEquals', TRAIL_ARN, 'yes'],
  ['StringEquals', [OTHER, TRAIL_ARN], 'yes'],
  ['StringEquals', OTHER, 'no'],
  ['StringEquals', ANY, 'no'],
  ['stringequals', TRAIL_ARN, 'yes'],
  ['StringEqualsIfExists', TRAIL_ARN, 'yes'],
  ['StringEqualsIfExists', OTHER, 'no'],
  ['StringNotEquals', TRAIL_ARN, 'no'],
  ['StringNotEquals', [OTHER, TRAIL_ARN], 'no'],
  ['StringNotEquals', OTHER, 'yes'],
  ['StringNotEqualsIfExists', OTHER, 'yes'],
  ['StringEqualsIgnoreCase', TRAIL_ARN.toUpperCase(), 'yes'],
  ['StringEqualsIgnoreCase', OTHER, 'no'],
  ['StringNotEqualsIgnoreCase', TRAIL_ARN.toUpperCase(), 'no'],
  ['StringLike', ANY, 'yes'],
  ['StringLike', 'arn:aws:cloudtrail:us-*', 'no'],
  ['StringNotLike', ANY, 'no'],
  ['ArnLike', ANY, 'yes'],
  ['ArnEquals', ANY, 'yes'],
  ['ArnLike', `arn:aws:cloudtrail:*:444455556666:trail/*`, 'no'],
  ['ArnLike', 'arn:*:trail/audit', 'unknown'],
  ['ArnLike', 'arn:aws:cloudtrail:*:*', 'unknown'],
  ['ArnNotLike', ANY, 'no'],
  ['ArnNotEquals', OTHER, 'yes'],
  ['ForAnyValue:StringEquals', TRAIL_ARN, 'yes'],
  ['ForAllValues:StringEquals', OTHER, 'no'],
  ['StringEquals', [], 'unknown'],
  ['StringEquals', {}, 'unknown'],
  ['StringEquals', null, 'unknown'],
  ['StringEquals', [TRAIL_ARN, []], 'unknown'],
  ['StringEquals', 7, 'no'],
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: policy variables of IAM
  ['StringEquals', 'arn:aws:cloudtrail:${aws:RequestedRegion}', 'unknown'],
  ['StringNotEquals', '${aws:PrincipalTag/trail}', 'unknown'],
  ['StringEqualsIgnoreCase', '${aws:PrincipalTag/trail}', 'unknown'],
  ['StringLike', '${aws:PrincipalTag/trail}*', 'unknown'],
  ['ArnLike', 'arn:aws:cloudtrail:*:${aws:SourceAccount}:trail/*', 'unknown'],
  ['ArnNotLike', 'arn:aws:cloudtrail:*:${aws:SourceAccount}:trail/*', 'unknown'],
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: policy variables of IAM
  ['IfExistsStringEquals', TRAIL_ARN, 'unknown'],
  ['StringEquals\n', TRAIL_ARN, 'unknown'],
  ['\nStringEquals', TRAIL_ARN, 'unknown'],
  ['constructor', OTHER, 'unknown'],
  ['NotStringEquals', OTHER, 'unknown'],
  ['BoolNot', OTHER, 'unknown'],
  ['', OTHER, 'unknown'],
  ['DateLessThan', OTHER, 'unknown'],
])('%s %s for the ARN of the trail: %s', (operator, value, answer) => {
  expect(evaluate(operator, value, one(TRAIL_ARN))).toEqual([answer]);
});

it.each([
  ['true', 'true', 'yes'],
  [true, 'true', 'yes'],
  ['True', 'true', 'yes'],
  ['FALSE', 'true', 'no'],
  [false, 'false', 'yes'],
  ['yes', 'true', 'unknown'],
])('Bool %s for %s: %s', (value, actual, answer) => {
  expect(evaluate('Bool', value, one(actual))).toEqual([answer]);
});

it('compares an unquoted number as its text', () => {
  expect(evaluate('StringEquals', 111122223333, one('111122223333'))).toEqual(['yes']);
});

it.each([
  ['0.0.0.0/0', 'yes', 'no'],
  [['10.0.0.0/8', '::/0'], 'yes', 'no'],
  ['10.0.0.0/8', 'no', 'yes'],
  ['0.0.0.0/01', 'no', 'yes'],
])('IpAddress %s for an address in no range: %s', (value, answer, negated) => {
  expect(evaluate('IpAddress', value, one('outside'))).toEqual([answer]);
  expect(evaluate('NotIpAddress', value, one('outside'))).toEqual([negated]);
});

const POSITIVE = [
  'StringEquals',
  'StringEqualsIgnoreCase',
  'StringLike',
  'ArnEquals',
  'ArnLike',
  'Bool',
  'BinaryEquals',
  'IpAddress',
  'NumericEquals',
  'NumericLessThan',
  'NumericLessThanEquals',
  'NumericGreaterThan',
  'NumericGreaterThanEquals',
  'DateEquals',
  'DateLessThan',
  'DateLessThanEquals',
  'DateGreaterThan',
  'DateGreaterThanEquals',
];
const NEGATED = [
  'StringNotEquals',
  'StringNotEqualsIgnoreCase',
  'StringNotLike',
  'ArnNotEquals',
  'ArnNotLike',
  'NotIpAddress',
  'NumericNotEquals',
  'DateNotEquals',
];

it.each([...POSITIVE.map((name) => [name, 'no']), ...NEGATED.map((name) => [name, 'yes'])])(
  '%s on an absent key: %s',
  (operator, answer) => {
    expect(evaluate(operator, 'x', ABSENT)).toEqual([answer]);
    expect(evaluate(`${operator}IfExists`, 'x', ABSENT)).toEqual(['yes']);
    expect(evaluate(`ForAllValues:${operator}`, 'x', ABSENT)).toEqual(['yes']);
    expect(evaluate(`ForAllValues:${operator}IfExists`, 'x', ABSENT)).toEqual(['yes']);
    expect(evaluate(`ForAnyValue:${operator}`, 'x', ABSENT)).toEqual(['no']);
    expect(evaluate(`ForAnyValue:${operator}IfExists`, 'x', ABSENT)).toEqual(['unknown']);
    expect(evaluate(operator, 'x', PRESENT)).toEqual(['unknown']);
    expect(evaluate(operator, 'x', UNKNOWN)).toEqual(['unknown']);
  },
);

it.each([
  ['Null', 'true', ['yes', 'no']],
  ['Null', 'false', ['no', 'yes']],
  ['Null', ['false', 'TRUE'], ['yes', 'yes']],
  ['null', true, ['yes', 'no']],
  ['Null', 'x', ['unknown', 'unknown']],
  ['Null', [], ['unknown', 'unknown']],
  ['NullIfExists', 'true', ['unknown', 'unknown']],
  ['ForAllValues:Null', 'true', ['unknown', 'unknown']],
])('%s %s on a key that is absent and on one that is present: %s', (operator, value, [absent, present]) => {
  expect(evaluate(operator, value, ABSENT)).toEqual([absent]);
  expect(evaluate(operator, value, PRESENT)).toEqual([present]);
  expect(evaluate(operator, value, one('x'))).toEqual([present]);
});

it.each([
  ['StringLike', '*', 'yes'],
  ['StringLike', '**', 'yes'],
  ['StringLike', ['a', '*'], 'yes'],
  ['StringNotLike', '*', 'no'],
  ['StringLike', '*a', 'unknown'],
  ['StringLike', 'a*', 'unknown'],
  ['StringEquals', '*', 'unknown'],
])('%s %s for an unknown value: %s', (operator, value, answer) => {
  expect(evaluate(operator, value, PRESENT)).toEqual([answer]);
});

it.each([
  ['ForAllValues:StringEquals', ['a', 'b', 'c'], 'yes'],
  ['ForAllValues:StringEquals', ['a'], 'no'],
  ['ForAllValues:StringNotEquals', ['c'], 'yes'],
  ['ForAllValues:StringNotEquals', ['a'], 'no'],
  ['ForAnyValue:StringEquals', ['a'], 'yes'],
  ['foranyvalue:stringlike', 'b*', 'yes'],
  ['ForAnyValue:StringEquals', ['c'], 'no'],
  ['ForAnyValue:StringNotEquals', ['a'], 'yes'],
  ['ForAnyValue:StringNotEquals', ['a', 'b'], 'no'],
  ['StringEquals', ['a', 'b'], 'unknown'],
])('%s %s for a key with the values a and b: %s', (operator, value, answer) => {
  expect(evaluate(operator, value, [['a', 'b']])).toEqual([answer]);
});

it.each([
  ['BoolIfExists', 'false', 'yes'],
  ['Bool', 'true', 'no'],
  ['Bool', 'false', 'unknown'],
  ['BoolIfExists', 'true', 'unknown'],
  ['Null', 'true', 'unknown'],
])('%s %s for a key that is absent or false: %s', (operator, value, answer) => {
  expect(evaluate(operator, value, [[], ['false']])).toEqual([answer]);
});

it.each([
  ['arn:aws:cloudtrail:*:*:trail/a:b', 'yes'],
  ['arn:aws:cloudtrail:*:*:trail/*b', 'yes'],
  ['arn:aws:cloudtrail:*:*:trail/ab', 'no'],
  ['arn:aws:cloudtrail:*:*:b', 'no'],
  ['arn:aws:cloudtrail:*:trail/a:b', 'no'],
])('takes everything after the fifth colon of an ARN as its resource: %s: %s', (pattern, answer) => {
  expect(evaluate('ArnLike', pattern, one(`arn:aws:cloudtrail:eu-west-1:${ACCOUNT}:trail/a:b`))).toEqual([
    answer,
  ]);
});

it('does not compare an ARN with a value that is not an ARN', () => {
  expect(evaluate('ArnLike', '*:*:*:*:*:*', one('a:b:c:d:e'))).toEqual(['unknown']);
  expect(evaluate('ArnLike', '*:*:*:*:*:*', one('a:b:c:d:e:f'))).toEqual(['yes']);
});

it('is quick on long ARNs and patterns', () => {
  const start = performance.now();
  const pattern = `arn:aws:cloudtrail:*:*:trail/${'*a'.repeat(2000)}`;

  expect(evaluate('ArnLike', pattern, one(`arn:aws:cloudtrail:r:a:trail/${'a'.repeat(20_000)}`))).toEqual([
    'yes',
  ]);
  expect(performance.now() - start).toBeLessThan(1000);
});

it('has no test without a condition, in an empty one, and in an empty operator', () => {
  const found = [undefined, {}, { StringEquals: {} }].map((condition) =>
    evaluateCondition(condition, () => UNKNOWN),
  );

  expect(found).toEqual([[], [], []]);
});

it.each([
  [null],
  ['text'],
  [[]],
  [7],
  [{ StringEquals: 'text' }],
  [{ StringEquals: { a: 'b' }, Bool: null }],
])('does not know about %o', (condition) => {
  expect(testsOf(condition)).toBeUndefined();
  expect(evaluateCondition(condition, () => ABSENT)).toEqual([{ part: 'Condition', answer: 'unknown' }]);
});

it('names each test as the policy does, and looks the key up without regard to case', () => {
  const condition = {
    StringEquals: { 'AWS:SourceArn': TRAIL_ARN, 'kms:ViaService': 's3' },
    Null: { x: 'true' },
  };

  expect(evaluateCondition(condition, (key) => (key === 'aws:sourcearn' ? one(TRAIL_ARN) : UNKNOWN))).toEqual(
    [
      { part: 'StringEquals AWS:SourceArn', answer: 'yes' },
      { part: 'StringEquals kms:ViaService', answer: 'unknown' },
      { part: 'Null x', answer: 'unknown' },
    ],
  );
});

it.each([
  ['a', ['a']],
  [
    ['a', 7, true],
    ['a', '7', 'true'],
  ],
  [[], undefined],
  [undefined, undefined],
  [['a', null], undefined],
])('reads the values %o as %o', (value, values) => {
  expect(valuesOf(value)).toEqual(values);
});
