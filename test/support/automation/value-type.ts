import { isJsonObject } from '../../../src/core/json-value.js';
import { RefusedError } from './errors.js';

/** The types of values and outputs in an Automation document. */
export const VALUE_TYPES = ['String', 'StringList', 'Integer', 'Boolean', 'StringMap', 'MapList'] as const;

/** One of them. */
export type ValueType = (typeof VALUE_TYPES)[number];

const MAX_CHARS = 512;
const MAX_ENTRIES = 50;

/** The type of a value without references; undefined for null, a fraction, and a list of mixed entries. */
export const typeOfValue = (value: unknown): ValueType | undefined => {
  if (typeof value === 'string') return 'String';
  if (typeof value === 'boolean') return 'Boolean';
  if (Number.isInteger(value)) return 'Integer';
  if (isJsonObject(value)) return 'StringMap';
  if (!Array.isArray(value)) return undefined;
  if (value.every((entry) => typeof entry === 'string')) return 'StringList';
  return value.every(isJsonObject) ? 'MapList' : undefined;
};

/** Tells whether a value without references is of a type; an empty list is one of either kind. */
export const isOfType = (value: unknown, type: ValueType): boolean =>
  typeOfValue(value) === type || (type === 'MapList' && Array.isArray(value) && value.length === 0);

/**
 * A value as the API shows it, a list of texts of 1 to 512 characters each.
 *
 * Both limits are those of AutomationParameterValue in the API: SSM can neither take nor show another text.
 */
export const asTexts = (value: unknown, where: string): string[] => {
  const entries = Array.isArray(value) ? value : [value];
  if (entries.length > MAX_ENTRIES)
    throw new RefusedError(`${where} should have at most ${MAX_ENTRIES} entries and has ${entries.length}.`);
  return entries.map((entry) => {
    const text = typeof entry === 'string' ? entry : JSON.stringify(entry);
    const length = [...text].length;
    if (length < 1 || length > MAX_CHARS)
      throw new RefusedError(`${where} should have 1 to ${MAX_CHARS} characters and has ${length}.`);
    return text;
  });
};
