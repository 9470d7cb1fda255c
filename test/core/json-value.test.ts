import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  describeType,
  fieldOf,
  flagOf,
  formatDate,
  isJsonObject,
  objectOf,
  parseJson,
  parseTimestamp,
  textOf,
} from '../../src/core/json-value.js';

it('takes the first spelling that holds something', () => {
  expect(fieldOf({ ARN: null, arn: 'second' }, ['ARN', 'arn'])).toBe('second');
  expect(fieldOf({}, ['toString', '__proto__'])).toBeUndefined();
});

it('reads text, and blank text as absent', () => {
  expect(textOf({ name: ' a ' }, ['name'])).toBe(' a ');
  expect(textOf({ name: ' \t' }, ['name'])).toBeUndefined();
  expect(textOf({ name: null }, ['name'])).toBeUndefined();
  expect(() => textOf({ name: 7 }, ['name'])).toThrow('field "name" should be text and is a number');
});

it('reads flags as JSON and as text', () => {
  expect([true, false, 'true', 'false', null].map((on) => flagOf({ on }, ['on']))).toEqual([
    true,
    false,
    true,
    false,
    undefined,
  ]);
  expect(() => flagOf({ on: 'yes' }, ['on'])).toThrow('field "on" should be true or false and is text');
});

it('reads objects as JSON and as JSON text', () => {
  expect(objectOf({ inner: { a: 1 } }, ['inner'])).toEqual({ a: 1 });
  expect(objectOf({ inner: '{"a":1}' }, ['inner'])).toEqual({ a: 1 });
  expect(objectOf({ inner: 'null' }, ['inner'])).toBeUndefined();
  expect(objectOf({}, ['inner'])).toBeUndefined();
  expect(objectOf({ inner: ' ' }, ['inner'])).toBeUndefined();
  expect(() => objectOf({ inner: '[]' }, ['inner'])).toThrow('field "inner" should be an object and is text');
  expect(() => objectOf({ inner: 'no JSON' }, ['inner'])).toThrow('should be an object');
});

it('tells objects from everything else', () => {
  expect([{}, [], null, 'text', 1, undefined].map(isJsonObject)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});

it('names types as a person would', () => {
  expect([null, [], {}, 'a', 1, true, undefined].map(describeType)).toEqual([
    'null',
    'an array',
    'an object',
    'text',
    'a number',
    'a boolean',
    'undefined',
  ]);
});

it('gives undefined for what is not JSON', () => {
  expect(parseJson('{')).toBeUndefined();
  expect(parseJson('[1]')).toEqual([1]);
});

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
  expect(parseTimestamp({ at: value }, ['at'])).toBe(instant);
});

it.each([[null], [undefined]])('reads %s as absent', (at) => {
  expect(parseTimestamp({ at }, ['at'])).toBeUndefined();
});

it.each([['yesterday'], [true], [{}], [Number.NaN], [1e300]])('refuses %s', (at) => {
  expect(() => parseTimestamp({ at }, ['at'])).toThrow('field "at" should be a time');
});

it('names the day in UTC', () => {
  expect(formatDate(Date.UTC(2026, 0, 31, 23, 59))).toBe('2026-01-31');
});

it('gives an instant that has a day, or refuses', () => {
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.string(), fc.date()), (at) => {
      try {
        expect(formatDate(parseTimestamp({ at }, ['at']) ?? 0)).toMatch(/-\d\d-\d\d$/);
      } catch (error) {
        expect(String(error)).toContain('should be a time');
      }
    }),
  );
});
