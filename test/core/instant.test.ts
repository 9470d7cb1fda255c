import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dayOf, instantOf } from '../../src/core/instant.js';

it.each([
  ['2026-01-05T03:10:00.000Z', Date.UTC(2026, 0, 5, 3, 10)],
  ['2026-01-05T03:10:00+01:00', Date.UTC(2026, 0, 5, 2, 10)],
  [Date.UTC(2026, 0, 5), Date.UTC(2026, 0, 5)],
  [1_767_571_200.5, 1_767_571_200_500],
  [new Date(7), 7],
  // The first number that counts as milliseconds, and the last that counts as seconds.
  [100_000_000_000, 100_000_000_000],
  [99_999_999_999, 99_999_999_999_000],
])('reads %s', (value, instant) => {
  expect(instantOf({ at: value }, ['at'])).toBe(instant);
});

it.each([[null], [undefined]])('reads %s as absent', (at) => {
  expect(instantOf({ at }, ['at'])).toBeUndefined();
});

it.each([['yesterday'], [true], [{}], [Number.NaN], [1e300]])('refuses %s', (at) => {
  expect(() => instantOf({ at }, ['at'])).toThrow('field "at" should be a time');
});

it('names the day in UTC', () => {
  expect(dayOf(Date.UTC(2026, 0, 31, 23, 59))).toBe('2026-01-31');
});

it('gives an instant that has a day, or refuses', () => {
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.string(), fc.date()), (at) => {
      try {
        expect(dayOf(instantOf({ at }, ['at']) ?? 0)).toMatch(/-\d\d-\d\d$/);
      } catch (error) {
        expect(String(error)).toContain('should be a time');
      }
    }),
  );
});
