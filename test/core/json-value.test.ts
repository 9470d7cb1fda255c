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

it('returns the first spelling that has a value', () => {
  expect(fieldOf({ ARN: null, arn: 'second' }, ['ARN', 'arn'])).toBe('second');
  expect(fieldOf({}, ['toString', '__proto__'])).toBeUndefined();
});

it('reads strings, and blank strings as absent', () => {
  expect(textOf({ name: ' a ' }, ['name'])).toBe(' a ');
  expect(textOf({ name: ' \t' }, ['name'])).toBeUndefined();
  expect(textOf({ name: null }, ['name'])).toBeUndefined();
  expect(() => textOf({ name: 7 }, ['name'])).toThrow('field "name" must be a string; received a number');
});

it('reads Booleans as JSON and as strings', () => {
  expect([true, false, 'true', 'false', null].map((on) => flagOf({ on }, ['on']))).toEqual([
    true,
    false,
    true,
    false,
    undefined,
  ]);
  expect(() => flagOf({ on: 'yes' }, ['on'])).toThrow('field "on" must be true or false; received a string');
});

it('reads objects as JSON and as JSON text', () => {
  expect(objectOf({ inner: { a: 1 } }, ['inner'])).toEqual({ a: 1 });
  expect(objectOf({ inner: '{"a":1}' }, ['inner'])).toEqual({ a: 1 });
  expect(objectOf({ inner: 'null' }, ['inner'])).toBeUndefined();
  expect(objectOf({}, ['inner'])).toBeUndefined();
  expect(objectOf({ inner: ' ' }, ['inner'])).toBeUndefined();
  expect(() => objectOf({ inner: '[]' }, ['inner'])).toThrow(
    'field "inner" must be an object; received a string',
  );
  expect(() => objectOf({ inner: 'no JSON' }, ['inner'])).toThrow('must be an object');
});

it('accepts only objects as JSON objects', () => {
  expect([{}, [], null, 'text', 1, undefined].map(isJsonObject)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});

it('describes types in words', () => {
  expect([null, [], {}, 'a', 1, true, undefined].map(describeType)).toEqual([
    'null',
    'an array',
    'an object',
    'a string',
    'a number',
    'a boolean',
    'undefined',
  ]);
});

it('returns undefined for invalid JSON', () => {
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
])('reads %s', (value, timestamp) => {
  expect(parseTimestamp({ at: value }, ['at'])).toBe(timestamp);
});

it.each([[null], [undefined]])('reads %s as absent', (at) => {
  expect(parseTimestamp({ at }, ['at'])).toBeUndefined();
});

it.each([
  ['yesterday', '"yesterday"'],
  ['x'.repeat(101), `"${'x'.repeat(100)}"`],
  [true, 'a boolean'],
  [{}, 'an object'],
  [Number.NaN, 'a number'],
  [1e300, 'a number'],
])('rejects %s', (at, received) => {
  expect(() => parseTimestamp({ at }, ['at'])).toThrow(
    `field "at" must be a time, such as 2026-01-31T12:00:00Z; received ${received}`,
  );
});

it('formats the date in UTC', () => {
  expect(formatDate(Date.UTC(2026, 0, 31, 23, 59))).toBe('2026-01-31');
});

it('returns a time that has a date, or throws a FormatError', () => {
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.string(), fc.date()), (at) => {
      try {
        expect(formatDate(parseTimestamp({ at }, ['at']) ?? 0)).toMatch(/-\d\d-\d\d$/);
      } catch (error) {
        expect(String(error)).toContain('must be a time');
      }
    }),
  );
});

it('limits the length of a string field', () => {
  expect(textOf({ name: 'a'.repeat(2048) }, ['name'])).toHaveLength(2048);
  expect(() => textOf({ name: 'a'.repeat(2049) }, ['name'])).toThrow(
    'field "name" must have at most 2048 characters; received 2049',
  );
  expect(textOf({ name: 'abc' }, ['name'], 3)).toBe('abc');
  expect(() => textOf({ name: 'abcd' }, ['name', 'Name'], 3)).toThrow(
    'field "name" must have at most 3 characters; received 4',
  );
});
