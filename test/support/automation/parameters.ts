import type { JsonObject } from '../../../src/core/json-value.js';
import { RefusedError } from './errors.js';
import { type Check, checksOf, LIMITS, PARAMETER_TYPES, type ParameterType } from './parameter-checks.js';
import { checkKeys, objectAt, oneOf, textLike } from './shape.js';
import type { ValueType } from './value-type.js';

/** A parameter of a document: its type, the value it has where none is given, and what refuses a value. */
export type Parameter = {
  readonly type: ValueType;
  readonly default: unknown;
  readonly read: (given: readonly string[]) => unknown;
};

/** Reads the definitions of a document's parameters. */
export const readParameters = (value: unknown): ReadonlyMap<string, Parameter> =>
  new Map(
    Object.entries(objectAt(value ?? {}, 'parameters')).map(([name, definition]) => {
      const where = `parameters.${textLike(name, /^\w{1,50}$/, 'The name of a parameter')}`;
      return [name, readParameter(objectAt(definition, where), where)];
    }),
  );

const readParameter = (definition: JsonObject, where: string): Parameter => {
  checkKeys(
    definition,
    {
      required: ['type'],
      optional: ['description', 'default', 'allowedValues', 'displayType', ...Object.keys(LIMITS)],
    },
    where,
  );
  const type = oneOf(definition['type'], PARAMETER_TYPES, `${where}.type`);
  if (definition['displayType'] !== undefined)
    oneOf(definition['displayType'], ['textfield', 'textarea'], `${where}.displayType`);
  const misplaced = Object.entries(LIMITS).find(
    ([key, types]) => definition[key] !== undefined && !types.some((known) => known === type),
  );
  if (misplaced)
    throw new RefusedError(
      `${where} is of type ${type}, and ${misplaced[0]} is for ${misplaced[1].join(', ')}.`,
    );

  const checks = checksOf(definition, type, where);
  const check: Check = (value, at) => {
    for (const one of checks) one(value, at);
  };
  if (definition['default'] !== undefined) check(definition['default'], `${where}.default`);
  return {
    type: type === 'AWS::IAM::Role::Arn' ? 'String' : type,
    default: definition['default'],
    read: (given) => {
      const value = fromTexts(given, type, where);
      check(value, where);
      return value;
    },
  };
};

const fromTexts = (given: readonly string[], type: ParameterType, where: string): unknown => {
  if (type === 'StringList') return [...given];
  const [text, ...more] = given;
  if (text === undefined || more.length > 0)
    throw new RefusedError(`${where} takes one value and was given ${given.length}.`);
  if (type === 'Integer' && /^-?\d+$/.test(text)) return Number(text);
  if (type === 'Boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
};

/** The value of each parameter, by what StartAutomationExecution was given and the defaults. */
export const parameterValues = (
  parameters: ReadonlyMap<string, Parameter>,
  given: Readonly<Record<string, readonly string[]>>,
): ReadonlyMap<string, unknown> => {
  const unknown = Object.keys(given).find((name) => !parameters.has(name));
  if (unknown !== undefined) throw new RefusedError(`The document has no parameter ${unknown}.`);
  return new Map(
    [...parameters].map(([name, parameter]) => {
      const texts = given[name];
      if (texts === undefined && parameter.default === undefined)
        throw new RefusedError(`The parameter ${name} has no default and was not given.`);
      return [name, texts === undefined ? parameter.default : parameter.read(texts)];
    }),
  );
};
