import { FormatError } from './errors.js';

/** An object as returned by `JSON.parse`. The types of its fields are unknown. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object: not an array and not null. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns the first field of several spellings that has a value. Null counts as absent. */
export const fieldOf = (object: JsonObject, names: readonly string[]): unknown =>
  names
    .map((name) => (Object.hasOwn(object, name) ? object[name] : undefined))
    .find((value) => value != null);

/** The maximum length of an ARN and of a KMS key identifier: no other field that is read is longer, except for JSON text and tokens. */
const MAX_TEXT_CHARACTERS = 2048;

/**
 * Returns a string field, by the first of several spellings that has a value. Undefined if it is absent, null or blank.
 *
 * @throws FormatError if the field is not a string, or is longer than `maxCharacters`
 */
export const textOf = (
  object: JsonObject,
  names: readonly string[],
  maxCharacters = MAX_TEXT_CHARACTERS,
): string | undefined => {
  const value = fieldOf(object, names);
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw wrongType(names, 'a string', value);
  if (value.length > maxCharacters) {
    throw new FormatError(
      `field "${names[0]}" must have at most ${maxCharacters} characters; received ${value.length}`,
    );
  }
  return value.trim() === '' ? undefined : value;
};

/**
 * Returns a Boolean field. The strings `"true"` and `"false"` are accepted. Undefined if it is absent or null.
 *
 * @throws FormatError if the field has another value
 */
export const flagOf = (object: JsonObject, names: readonly string[]): boolean | undefined => {
  const value = fieldOf(object, names);
  if (value === undefined || typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw wrongType(names, 'true or false', value);
};

/**
 * Returns an object field, given as an object or as JSON text (as in the AWS Config API). Undefined if it is absent, null or
 * blank.
 *
 * @throws FormatError if the field has another value
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

/**
 * Returns a time field in milliseconds since 1970, from ISO 8601 text, a Date of the AWS SDK, or seconds or milliseconds since
 * 1970. Undefined if it is absent or null.
 *
 * @throws FormatError if the field has another value
 */
export const parseTimestamp = (object: JsonObject, names: readonly string[]): number | undefined => {
  const value = fieldOf(object, names);
  if (value === undefined) return undefined;
  const timestamp = toTimestamp(value);
  if (!Number.isNaN(new Date(timestamp).getTime())) return timestamp;
  const received = typeof value === 'string' ? JSON.stringify(value.slice(0, 100)) : describeType(value);
  throw new FormatError(
    `field "${names[0]}" must be a time, such as 2026-01-31T12:00:00Z; received ${received}`,
  );
};

/** Formats a time, in milliseconds since 1970, as a date in UTC, such as `2026-01-31`. */
export const formatDate = (timestamp: number): string => new Date(timestamp).toISOString().replace(/T.*/, '');

/** Parses JSON text. Returns undefined if it is not valid JSON. */
export const parseJson = (text: string): unknown => {
  // Stryker disable BlockStatement: an empty block returns undefined as well.
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The caller reports what it expected.
  }
  // Stryker restore BlockStatement
};

/** The type of a value, in words for an error message, such as `an array`. */
export const describeType = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};

const wrongType = (names: readonly string[], expected: string, value: unknown): FormatError =>
  new FormatError(`field "${names[0]}" must be ${expected}; received ${describeType(value)}`);

/** Smaller numbers are seconds since 1970 (AWS CLI output), larger ones milliseconds (key items of AWS Config). */
const MIN_MILLISECONDS = 100_000_000_000;

const toTimestamp = (value: unknown): number => {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'string') return Date.parse(value);
  if (typeof value !== 'number') return Number.NaN;
  return Math.abs(value) < MIN_MILLISECONDS ? Math.round(value * 1000) : value;
};
