import { FormatError } from './errors.js';

/** An object as `JSON.parse` makes it; nothing is known of its fields. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Tells whether a parsed JSON value is an object (not an array, not null). */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value under the first of several spellings that holds one; null counts as absent. */
export const fieldOf = (object: JsonObject, names: readonly string[]): unknown =>
  names
    .map((name) => (Object.hasOwn(object, name) ? object[name] : undefined))
    .find((value) => value != null);

/**
 * A text field under the first of several spellings that holds one; undefined where it is absent, null or blank.
 *
 * @throws FormatError where the field holds anything but text
 */
export const textOf = (object: JsonObject, names: readonly string[]): string | undefined => {
  const value = fieldOf(object, names);
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw wrongType(names, 'text', value);
  return value.trim() === '' ? undefined : value;
};

/**
 * A yes-or-no field; `"true"` and `"false"` are read as the API writes them. Undefined where it is absent or null.
 *
 * @throws FormatError where the field holds anything else
 */
export const flagOf = (object: JsonObject, names: readonly string[]): boolean | undefined => {
  const value = fieldOf(object, names);
  if (value === undefined || typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw wrongType(names, 'true or false', value);
};

/**
 * An object field, given as an object or as JSON text (as the AWS Config API does). Undefined where it is absent, null
 * or blank.
 *
 * @throws FormatError where the field holds anything else
 */
export const objectOf = (object: JsonObject, names: readonly string[]): JsonObject | undefined => {
  const value = fieldOf(object, names);
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value.trim() === '') return undefined;
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  if (parsed === null) return undefined;
  if (!isJsonObject(parsed)) throw wrongType(names, 'an object', value);
  return parsed;
};

/** What a JSON text holds, or undefined where it is not JSON. */
export const parseJson = (text: string): unknown => {
  // Stryker disable BlockStatement: an empty block gives undefined as well.
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON is an answer here; the caller says what it expected.
  }
  // Stryker restore BlockStatement
};

/** Names the type of a value as a person would: for messages that say what came. */
export const describeType = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
};

const wrongType = (names: readonly string[], expected: string, value: unknown): FormatError =>
  new FormatError(`field "${names[0]}" should be ${expected} and is ${describeType(value)}`);

/** Numbers below this are seconds since 1970 (the AWS CLI prints those), above it milliseconds (AWS Config's key items). */
const FIRST_MILLISECONDS = 100_000_000_000;

/**
 * A time field in milliseconds since 1970: ISO 8601 text, a Date of the SDK, or epoch seconds or milliseconds.
 * Undefined where it is absent or null.
 *
 * @throws FormatError where the field holds anything else
 */
export const parseTimestamp = (object: JsonObject, names: readonly string[]): number | undefined => {
  const value = fieldOf(object, names);
  if (value === undefined) return undefined;
  const instant = toTimestamp(value);
  if (Number.isNaN(new Date(instant).getTime())) {
    throw new FormatError(`field "${names[0]}" should be a time such as 2026-01-31T12:00:00Z and is not`);
  }
  return instant;
};

/** The calendar day of an instant in UTC, such as `2026-01-31`: annotations hold days, so that they stay stable. */
export const formatDate = (instant: number): string => new Date(instant).toISOString().replace(/T.*/, '');

const toTimestamp = (value: unknown): number => {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'string') return Date.parse(value);
  if (typeof value !== 'number') return Number.NaN;
  return Math.abs(value) < FIRST_MILLISECONDS ? Math.round(value * 1000) : value;
};
