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

type Given = Readonly<Record<string, string>>;

it.each<readonly [name: string, before: Given, now: Given]>([
  ['checkKeyPolicy', { checkKeyPolicy: 'true' }, {}],
  ['kmsKeyArns', { kmsKeyArns: 'a,b' }, { kmsKeyArns: 'ab' }],
  ['keyMaterialExpiryDays', {}, { keyMaterialExpiryDays: '30' }],
  ['more', { more: 'x' }, {}],
])('%s differs from %o to %o', (name, before, now) => {
  expect(changedParameters(before, now)).toEqual([
    { name, before: before[name] ?? null, now: now[name] ?? null },
  ]);
});
