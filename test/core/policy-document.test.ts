import fc from 'fast-check';
import { expect, it } from 'vitest';
import { allOf, anyOf, certain, matches, opposite, statementsOf } from '../../src/core/policy-document.js';

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
      element: 'Principal',
      kind: 'these',
      values: [
        { type: 'AWS', value: 'a' },
        { type: 'AWS', value: 'b' },
        { type: 'Service', value: 'c' },
      ],
    },
    actions: { element: 'Action', kind: 'these', values: ['kms:*'] },
    resources: { element: 'Resource', kind: 'these', values: ['*'] },
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
    principals: { element: 'NotPrincipal', kind: 'all-but', values: [{ type: 'AWS', value: 'a' }] },
    actions: { element: 'NotAction', kind: 'all-but', values: ['b'] },
    resources: { element: 'NotResource', kind: 'all-but', values: ['c'] },
    condition: {},
  });
});

it.each([
  ['numbers', { Principal: 7, Action: 7, Resource: 7 }],
  ['nothing', { Principal: {}, Action: [], Resource: [] }],
  ['null', { Principal: null, Action: null, Resource: null }],
  ['a list of nothing', { Principal: { AWS: [] }, NotAction: [], NotResource: [] }],
  ['a value that is not text', { Principal: { AWS: 'a', Service: [7] }, Action: ['a', 7], Resource: [null] }],
  [
    'an element beside its opposite',
    {
      Principal: '*',
      NotPrincipal: { AWS: 'a' },
      Action: 'a',
      NotAction: 'b',
      Resource: 'a',
      NotResource: 'b',
    },
  ],
])('does not read an element that contains %s', (_name, statement) => {
  expect(partsOf(statement)).toMatchObject({
    principals: { kind: 'unreadable', values: [] },
    actions: { kind: 'unreadable', values: [] },
    resources: { kind: 'unreadable', values: [] },
  });
});

it('names the principal that is absent', () => {
  expect(partsOf({ Action: 'a', Resource: 'b' })?.principals).toEqual({
    element: 'NotPrincipal',
    kind: 'unreadable',
    values: [],
  });
});

const WHOLE = { Action: 'a', Resource: 'b' };

it('reads a list of statements, and one alone', () => {
  expect(statementsOf({ Statement: [WHOLE, WHOLE] })).toHaveLength(2);
  expect(statementsOf({ Statement: WHOLE })).toHaveLength(1);
  expect(statementsOf({ Statement: [WHOLE, 'text'] })).toBeUndefined();
  expect(statementsOf({})).toBeUndefined();
});

it.each([
  [{}, 0],
  [{ Action: 'a' }, 0],
  [{ NotAction: 'a' }, 0],
  [{ Resource: 'a' }, 0],
  [{ NotResource: 'a' }, 0],
  [{ Action: 'a', NotAction: 'b' }, 0],
  [{ Action: 'a', Resource: 'b' }, 1],
  [{ NotAction: 'a', Resource: 'b' }, 1],
  [{ Action: 'a', NotResource: 'b' }, 1],
])('a statement with %o counts %i times', (statement, count) => {
  expect(statementsOf({ Statement: statement })).toHaveLength(count);
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
  ['abc', 'xabc', 'no'],
  ['a*a', 'a', 'no'],
  ['a*?a', 'aba', 'yes'],
  ['a*b?', 'abc', 'yes'],
  ['a*?a', 'aaa', 'yes'],
  ['*b?*c', 'xxbzc', 'yes'],
  ['*z?', 'abc', 'no'],
  ['a*??*', 'ab', 'no'],
  ['?', '', 'no'],
  ['*?', 'a', 'yes'],
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

it.each([
  ['a*'.repeat(200), `${'a'.repeat(300)}b`, 'yes'],
  [`${'a*'.repeat(200)}c`, 'a'.repeat(300), 'no'],
  ['*'.repeat(32_000), 'a'.repeat(20_000), 'yes'],
  [`${'*'.repeat(32_000)}b`, 'a'.repeat(20_000), 'no'],
  [`*${'a'.repeat(4000)}b`, 'a'.repeat(20_000), 'no'],
  ['*a'.repeat(2000), 'a'.repeat(20_000), 'yes'],
])('is quick on patterns that are made to be slow: %#', (pattern, text, answer) => {
  const start = performance.now();

  expect(matches(pattern, text)).toBe(answer);
  expect(performance.now() - start).toBeLessThan(1000);
});

it('combines what is unknown', () => {
  expect(anyOf(['no', 'unknown', 'yes'])).toBe('yes');
  expect(anyOf(['no', 'unknown'])).toBe('unknown');
  expect(anyOf([])).toBe('no');
  expect(allOf(['yes', 'unknown', 'no'])).toBe('no');
  expect(allOf(['yes', 'unknown'])).toBe('unknown');
  expect(allOf([])).toBe('yes');
  expect(opposite('yes')).toBe('no');
  expect(opposite('no')).toBe('yes');
  expect(opposite('unknown')).toBe('unknown');
  expect([true, false].map(certain)).toEqual(['yes', 'no']);
});
