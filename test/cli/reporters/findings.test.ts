import fc from 'fast-check';
import { expect, it } from 'vitest';
import { count, formatNumber } from '../../../src/cli/reporters/findings.js';

it.each([
  [0, '0 trails'],
  [1, '1 trail'],
  [999, '999 trails'],
  [1000, '1,000 trails'],
  [1_234_567, '1,234,567 trails'],
])('counts %s in words', (amount, words) => {
  expect(count(amount, 'trail')).toBe(words);
});

it('groups digits as Node.js does for English', () => {
  fc.assert(fc.property(fc.nat(), (amount) => formatNumber(amount) === amount.toLocaleString('en-US')));
});
