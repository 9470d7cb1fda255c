import { expect, it } from 'vitest';
import { changedParameters } from '../../src/core/changed-parameters.js';

it.each([
  ['a default that is given and one that is not', { keyVerification: 'live' }, {}],
  ['an empty text and none', { checkKeyPolicy: '' }, {}],
  ['a list in another order, with blanks', { kmsKeyArns: 'a, b' }, { kmsKeyArns: 'b,a' }],
  ['a name that no rule has, empty and absent', { more: '' }, {}],
])('%s mean the same', (_what, before, now) => {
  expect(changedParameters(before, now)).toEqual([]);
});

it.each([
  ['another value', 'checkKeyPolicy', { checkKeyPolicy: 'true' }, {}],
  ['two entries and one that reads as both', 'kmsKeyArns', { kmsKeyArns: 'a,b' }, { kmsKeyArns: 'ab' }],
  ['a default and another value', 'keyMaterialExpiryDays', {}, { keyMaterialExpiryDays: '30' }],
  ['a name that no rule has', 'more', { more: 'x' }, {}],
])('%s differ', (_what, name, before: Record<string, string>, now: Record<string, string>) => {
  expect(changedParameters(before, now)).toEqual([
    { name, before: before[name] ?? null, now: now[name] ?? null },
  ]);
});
