import { describeType, isJsonObject, type JsonObject } from '../../../src/core/json-value.js';
import { RefusedError } from './errors.js';

/** Takes an object, or refuses what is none. */
export const objectAt = (value: unknown, where: string): JsonObject => {
  if (!isJsonObject(value))
    throw new RefusedError(`${where} should be an object and is ${describeType(value)}.`);
  return value;
};

/** Takes an array, or refuses what is none. */
export const arrayAt = (value: unknown, where: string): readonly unknown[] => {
  if (!Array.isArray(value))
    throw new RefusedError(`${where} should be an array and is ${describeType(value)}.`);
  return value;
};

/** Takes a text that is not empty, or refuses what is none. */
export const textAt = (value: unknown, where: string): string => {
  if (typeof value !== 'string' || value === '')
    throw new RefusedError(
      `${where} should be a text and is ${value === '' ? 'empty' : describeType(value)}.`,
    );
  return value;
};

/** Takes a whole number within bounds, or undefined where there is none. */
export const countAt = (
  value: unknown,
  where: string,
  { min = 0, max = Number.MAX_SAFE_INTEGER } = {},
): number | undefined => {
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
    throw new RefusedError(
      `${where} should be a whole number from ${min} to ${max} and is ${JSON.stringify(value)}.`,
    );
  return value;
};

/** Takes true or false, or undefined where there is neither. */
export const flagAt = (value: unknown, where: string): boolean | undefined => {
  if (value !== undefined && typeof value !== 'boolean')
    throw new RefusedError(`${where} should be true or false and is ${JSON.stringify(value)}.`);
  return value;
};

/** Takes one of some texts, or refuses what is none of them. */
export const oneOf = <T extends string>(value: unknown, texts: readonly T[], where: string): T => {
  const found = texts.find((text) => text === value);
  if (found === undefined)
    throw new RefusedError(`${where} should be one of ${texts.join(', ')} and is ${JSON.stringify(value)}.`);
  return found;
};

/** Takes a text of a form, or refuses what has another. */
export const textLike = (value: unknown, pattern: RegExp, where: string): string => {
  const text = textAt(value, where);
  if (!pattern.test(text))
    throw new RefusedError(`${where} should match ${pattern.source} and is ${JSON.stringify(text)}.`);
  return text;
};

/** Refuses an object that lacks a key or has one that is not known. */
export const checkKeys = (
  object: JsonObject,
  { required = [], optional = [] }: { required?: readonly string[]; optional?: readonly string[] },
  where: string,
): void => {
  const lacking = required.find((key) => object[key] === undefined);
  if (lacking !== undefined) throw new RefusedError(`${where} lacks ${lacking}.`);
  const known = [...required, ...optional];
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new RefusedError(`${where} has the unknown key ${unknown}; known are ${known.join(', ')}.`);
};
