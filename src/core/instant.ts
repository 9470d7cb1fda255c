import { FormatError } from './errors.js';
import { fieldOf, type JsonObject } from './json-value.js';

/** Numbers below this are seconds since 1970 (the AWS CLI prints those), above it milliseconds (AWS Config's key items). */
const FIRST_MILLISECONDS = 100_000_000_000;

/**
 * A time field in milliseconds since 1970: ISO 8601 text, a Date of the SDK, or epoch seconds or milliseconds.
 * Undefined where it is absent or null.
 *
 * @throws FormatError where the field holds anything else
 */
export const instantOf = (object: JsonObject, names: readonly string[]): number | undefined => {
  const value = fieldOf(object, names);
  if (value === undefined) return undefined;
  const instant = toInstant(value);
  if (Number.isNaN(new Date(instant).getTime())) {
    throw new FormatError(`field "${names[0]}" should be a time such as 2026-01-31T12:00:00Z and is not`);
  }
  return instant;
};

/** The calendar day of an instant in UTC, such as `2026-01-31`: annotations hold days, so that they stay stable. */
export const dayOf = (instant: number): string => new Date(instant).toISOString().replace(/T.*/, '');

const toInstant = (value: unknown): number => {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'string') return Date.parse(value);
  if (typeof value !== 'number') return Number.NaN;
  return Math.abs(value) < FIRST_MILLISECONDS ? Math.round(value * 1000) : value;
};
