import fc from 'fast-check';
import { expect, it } from 'vitest';
import { allOf, anyOf, matches, opposite, statementsOf } from '../../src/core/policy-document.js';

const partsOf = (statement: Record<string, unknown>) => statementsOf({ Statement: statement })?.[0];

it('sorts what a statement lists from what it leaves out', () => {
  expect(
    partsOf({
      Effect: 'Allow',
      Principal: { AWS: ['a', 'b'], Service: 'c' },
      Action: 'kms:*',
      Resource: ['*'],
    }),
  ).toEqual({
    effect: 'Allow',
    principals: {
      kind: 'these',
      entries: [
        { type: 'AWS', value: 'a' },
        { type: 'AWS', value: 'b' },
        { type: 'Service', value: 'c' },
      ],
    },
    actions: { kind: 'these', values: ['kms:*'] },
    resources: { kind: 'these', values: ['*'] },
    condition: undefined,
  });
  expect(
    partsOf({
      Effect: 'Deny',
      NotPrincipal: { AWS: 'a' },
      NotAction: ['b'],
      NotResource: 'c',
      Condition: {},
    }),
  ).toEqual({
    effect: 'Deny',
    principals: { kind: 'all-but', entries: [{ type: 'AWS', value: 'a' }] },
    actions: { kind: 'all-but', values: ['b'] },
    resources: { kind: 'all-but', values: ['c'] },
    condition: {},
  });
});

it.each([
  ['nothing', {}],
  ['numbers', { Principal: 7, Action: 7, Resource: 7 }],
  [
    'one value that is no text',
    { Principal: { AWS: 'a', Service: [7] }, Action: ['a', 7], Resource: [null] },
  ],
])('does not read a part that holds %s', (_name, statement) => {
  expect(partsOf(statement)).toMatchObject({
    principals: { kind: 'unreadable' },
    actions: { kind: 'unreadable' },
    resources: { kind: 'unreadable' },
  });
});

it('reads a list of statements, and one alone', () => {
  expect(statementsOf({ Statement: [{}, {}] })).toHaveLength(2);
  expect(statementsOf({ Statement: {} })).toHaveLength(1);
  expect(statementsOf({ Statement: [{}, 'text'] })).toBeUndefined();
  expect(statementsOf({})).toBeUndefined();
});

it.each([
  ['*', '', 'yes'],
  ['*', 'anything', 'yes'],
  ['kms:*', 'kms:Decrypt', 'yes'],
  ['kms:GenerateDataKey*', 'kms:GenerateDataKey', 'yes'],
  ['kms:De?rypt', 'kms:Decrypt', 'yes'],
  ['kms:De?crypt', 'kms:Decrypt', 'no'],
  ['kms', 'kms:Decrypt', 'no'],
  ['kms:Decrypt', 'kms:Decryp', 'no'],
  ['a*b*c', 'aXbXbYc', 'yes'],
  ['a*b*c', 'aXbXbY', 'no'],
  ['a*ab', 'ab', 'no'],
  ['', '', 'yes'],
  ['', 'a', 'no'],
  ['a.c', 'abc', 'no'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable of IAM
  ['${aws:username}', 'anything', 'unknown'],
])('matches %s against %s: %s', (pattern, text, answer) => {
  expect(matches(pattern, text)).toBe(answer);
});

it('agrees with a regular expression on any pattern', () => {
  const sign = fc.constantFrom('a', 'b', ':', '*', '?');
  fc.assert(
    fc.property(fc.array(sign), fc.string({ unit: fc.constantFrom('a', 'b', ':') }), (signs, text) => {
      const expression = signs.map((one) => (one === '*' ? '.*' : one === '?' ? '.' : one)).join('');
      expect(matches(signs.join(''), text)).toBe(new RegExp(`^${expression}$`).test(text) ? 'yes' : 'no');
    }),
  );
});

it('ends on patterns made to take exponential time', () => {
  expect(matches('a*'.repeat(200), `${'a'.repeat(300)}b`)).toBe('yes');
  expect(matches(`${'a*'.repeat(200)}c`, 'a'.repeat(300))).toBe('no');
});

it('reckons with what is not known', () => {
  expect(anyOf(['no', 'unknown', 'yes'])).toBe('yes');
  expect(anyOf(['no', 'unknown'])).toBe('unknown');
  expect(anyOf([])).toBe('no');
  expect(allOf(['yes', 'unknown', 'no'])).toBe('no');
  expect(allOf(['yes', 'unknown'])).toBe('unknown');
  expect(allOf([])).toBe('yes');
  expect(opposite('yes')).toBe('no');
  expect(opposite('no')).toBe('yes');
  expect(opposite('unknown')).toBe('unknown');
});
