import { isJsonObject, type JsonObject } from '../../../src/core/json-value.js';
import { RefusedError, StepFailure } from './errors.js';
import { typeOfValue, type ValueType } from './value-type.js';

/** What a document may refer to, as it stands between the braces, and of what type it is. */
export type Scope = ReadonlyMap<string, ValueType>;

/** What is there to refer to at some time of an execution. */
export type Values = ReadonlyMap<string, unknown>;

const REFERENCE = /\{\{\s*([\w.:]+)\s*\}\}/g;
const WHOLE = /^\{\{\s*([\w.:]+)\s*\}\}$/;

/** Tells whether there is anything between double braces, or a beginning of it, in a value. */
export const holdsReference = (value: unknown): boolean => JSON.stringify(value)?.includes('{{') ?? false;

/** The name that a text refers to as a whole; undefined where there is other text around it, or no reference. */
export const wholeReference = (text: string): string | undefined => WHOLE.exec(text)?.[1];

/** The type that a value of the document will have. */
export const typeIn = (scope: Scope, value: unknown): ValueType | undefined => {
  const name = typeof value === 'string' ? wholeReference(value) : undefined;
  return name === undefined ? typeOfValue(value) : scope.get(name);
};

/** Refuses a reference to what the document does not have, or one in a place where SSM's reading is not documented. */
export const checkReferences = (value: unknown, scope: Scope, where: string): void => {
  if (typeof value === 'string') checkText(value, scope, where);
  else if (Array.isArray(value))
    for (const [index, entry] of value.entries()) checkEntry(entry, scope, `${where}[${index}]`);
  else if (isJsonObject(value)) checkFields(value, scope, where);
  else if (typeof value !== 'boolean' && !Number.isFinite(value))
    throw new RefusedError(
      `${where} is ${String(value)}; an input is a text, a number, true, false or made of these.`,
    );
};

const isPlain = (type: ValueType): boolean => type === 'String' || type === 'Integer' || type === 'Boolean';

const checkText = (text: string, scope: Scope, where: string): void => {
  for (const [reference, name = ''] of text.matchAll(REFERENCE)) {
    const type = scope.get(name);
    if (type === undefined)
      throw new RefusedError(`${where} refers to ${name}, which the document does not have.`);
    if (reference !== text && !isPlain(type))
      throw new RefusedError(`${where} has ${name}, of type ${type}, within a text; refer to it alone.`);
  }
  if (text.replaceAll(REFERENCE, '').includes('{{'))
    throw new RefusedError(`${where} has braces that are no reference: ${JSON.stringify(text)}.`);
};

const checkEntry = (entry: unknown, scope: Scope, where: string): void => {
  checkReferences(entry, scope, where);
  const name = typeof entry === 'string' ? wholeReference(entry) : undefined;
  const type = name === undefined ? 'String' : (scope.get(name) ?? 'String');
  if (!isPlain(type))
    throw new RefusedError(
      `${where} has ${name}, of type ${type}, within a list; refer to it in place of the list.`,
    );
};

const checkFields = (object: JsonObject, scope: Scope, where: string): void => {
  for (const [key, field] of Object.entries(object)) {
    if (key.includes('{{'))
      throw new RefusedError(`${where} has a reference in the key ${key}; keys are fixed.`);
    checkReferences(field, scope, `${where}.${key}`);
  }
};

/**
 * Puts values in place of references; one that makes up a whole text keeps its type.
 *
 * @throws StepFailure where there is no value yet, as the step that would give it has not succeeded
 */
export const resolve = (value: unknown, values: Values): unknown => {
  if (Array.isArray(value)) return value.map((entry) => resolve(entry, values));
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, resolve(field, values)]));
  if (typeof value !== 'string') return value;
  const whole = wholeReference(value);
  if (whole !== undefined) return valueNamed(whole, values);
  return value.replaceAll(REFERENCE, (_, name: string) => String(valueNamed(name, values)));
};

const valueNamed = (name: string, values: Values): unknown => {
  if (!values.has(name))
    throw new StepFailure(`The input {{ ${name} }} has no value: there is no such output yet.`);
  return values.get(name);
};
