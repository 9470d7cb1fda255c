import { isJsonObject } from '../../../src/core/json-value.js';
import { RefusedError } from './errors.js';
import { readSelector, type Selector, select } from './selector.js';
import { arrayAt, checkKeys, objectAt, oneOf, textLike } from './shape.js';
import { isOfType, VALUE_TYPES, type ValueType } from './value-type.js';

/** What a step gives to later ones. */
export type Output = { readonly name: string; readonly selector: Selector; readonly type: ValueType };

/** Reads the outputs that a step declares. */
export const readOutputs = (value: unknown, where: string): readonly Output[] => {
  const outputs = arrayAt(value, where).map((entry, index) => readOutput(entry, `${where}[${index}]`));
  const names = outputs.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RefusedError(`${where} declares ${twice} twice.`);
  return outputs;
};

const readOutput = (value: unknown, where: string): Output => {
  const entry = objectAt(value, where);
  checkKeys(entry, { required: ['Name', 'Selector', 'Type'] }, where);
  return {
    name: textLike(entry['Name'], /^\w{1,50}$/, `${where}.Name`),
    selector: readSelector(entry['Selector'], `${where}.Selector`),
    type: oneOf(entry['Type'], VALUE_TYPES, `${where}.Type`),
  };
};

/** The outputs that are there in an answer, converted to their types; one whose value is missing does not exist. */
export const outputsIn = (
  answer: unknown,
  outputs: readonly Output[],
  step: string,
): ReadonlyMap<string, unknown> =>
  new Map(
    outputs.flatMap(({ name, selector, type }) => {
      const value = select(answer, selector);
      if (value === undefined) return [];
      const converted = CONVERSIONS[type](value);
      if (converted === undefined)
        throw new RefusedError(
          `Output ${step}.${name} should be of type ${type} and is ${JSON.stringify(value)}, which SSM does not convert.`,
        );
      return [[name, converted] as const];
    }),
  );

/**
 * The conversions that AWS documents: texts to lists, numbers and truth values; these to texts and lists; a list of one
 * to what it holds. All others give undefined.
 */
const CONVERSIONS: Readonly<Record<ValueType, (value: unknown) => unknown>> = {
  String: (value) => fromSingle(value, (single) => textOf(single)),
  Integer: (value) =>
    fromSingle(value, (single) => {
      if (typeof single === 'string' && /^-?\d+$/.test(single)) return Number(single);
      return Number.isInteger(single) ? single : undefined;
    }),
  Boolean: (value) =>
    fromSingle(value, (single) => {
      if (single === 'true' || single === 'false') return single === 'true';
      return typeof single === 'boolean' ? single : undefined;
    }),
  StringList: (value) => {
    if (Array.isArray(value)) return isOfType(value, 'StringList') ? value : undefined;
    const text = textOf(value);
    return text === undefined ? undefined : [text];
  },
  StringMap: (value) => (isJsonObject(value) ? value : undefined),
  MapList: (value) => (isOfType(value, 'MapList') ? value : undefined),
};

const fromSingle = (value: unknown, convert: (single: unknown) => unknown): unknown => {
  if (!Array.isArray(value)) return convert(value);
  return value.length === 1 ? convert(value[0]) : undefined;
};

const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' || Number.isInteger(value) ? String(value) : undefined;
};
