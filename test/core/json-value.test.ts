import { expect, it } from 'vitest';
import {
  describeType,
  fieldOf,
  flagOf,
  isJsonObject,
  objectOf,
  parseJson,
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
