import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../../src/core/json-value.js';
import { RefusedError } from './errors.js';
import { readPattern } from './pattern.js';
import { holdsReference } from './references.js';
import { arrayAt, countAt } from './shape.js';
import { asTexts, isOfType } from './value-type.js';

/** A role as IAM names it; the second and third group are its partition and account. */
export const ROLE_ARN = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/[\w+=,.@/-]+$/;

/** The types that a parameter may have. */
export const PARAMETER_TYPES = ['String', 'StringList', 'Integer', 'Boolean', 'AWS::IAM::Role::Arn'] as const;

/** One of them. */
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** Keys of a definition by the types that they have a documented meaning for. */
export const LIMITS = {
  allowedPattern: ['String', 'StringList', 'AWS::IAM::Role::Arn'],
  minChars: ['String', 'AWS::IAM::Role::Arn'],
  maxChars: ['String', 'AWS::IAM::Role::Arn'],
  minItems: ['StringList'],
  maxItems: ['StringList'],
} as const satisfies Record<string, readonly ParameterType[]>;

/** Refuses a value; `where` names it in the message. */
export type Check = (value: unknown, where: string) => void;

/** All that a definition demands of a value, given or default. */
export const checksOf = (definition: JsonObject, type: ParameterType, where: string): readonly Check[] => [
  typeCheck(type),
  (value, at) => asTexts(value, at),
  (value, at) => {
    if (holdsReference(value))
      throw new RefusedError(`${at} holds {{, and what a value refers to is not looked up.`);
  },
  ...allowedCheck(definition, type, where),
  ...lengthChecks(definition, where),
];

const typeCheck =
  (type: ParameterType): Check =>
  (value, at) => {
    const expected = type === 'AWS::IAM::Role::Arn' ? 'String' : type;
    if (!isOfType(value, expected))
      throw new RefusedError(`${at} should be of type ${expected} and is ${JSON.stringify(value)}.`);
    if (type === 'AWS::IAM::Role::Arn' && !ROLE_ARN.test(String(value)))
      throw new RefusedError(`${at} should be the ARN of a role and is ${String(value)}.`);
  };

const allowedCheck = (definition: JsonObject, type: ParameterType, where: string): readonly Check[] => {
  if (definition['allowedValues'] === undefined) return [];
  const allowed = arrayAt(definition['allowedValues'], `${where}.allowedValues`);
  // For a StringList each entry is a whole list, which is why AWS advises against it.
  for (const [index, value] of allowed.entries()) typeCheck(type)(value, `${where}.allowedValues[${index}]`);
  return [
    (value, at) => {
      if (!allowed.some((one) => isDeepStrictEqual(one, value)))
        throw new RefusedError(
          `${at} should be one of ${JSON.stringify(allowed)} and is ${JSON.stringify(value)}.`,
        );
    },
  ];
};

const lengthChecks = (definition: JsonObject, where: string): readonly Check[] => {
  const counts = (['minChars', 'maxChars', 'minItems', 'maxItems'] as const).map((key) => ({
    key,
    count: countAt(definition[key], `${where}.${key}`),
  }));
  const checks = counts.flatMap(({ key, count }): readonly Check[] => {
    if (count === undefined) return [];
    return [
      (value, at) => {
        const length = Array.isArray(value) ? value.length : [...String(value)].length;
        if (key.startsWith('min') ? length < count : length > count)
          throw new RefusedError(`${at} has ${length}, and ${key} is ${count}.`);
      },
    ];
  });
  if (definition['allowedPattern'] === undefined) return checks;
  const matches = readPattern(definition['allowedPattern'], `${where}.allowedPattern`);
  return [
    ...checks,
    (value, at) => {
      const unlike = [value].flat().find((text) => !matches(String(text)));
      if (unlike !== undefined)
        throw new RefusedError(
          `${at} should match ${definition['allowedPattern']} and is ${JSON.stringify(unlike)}.`,
        );
    },
  ];
};
