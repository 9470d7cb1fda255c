import type { JsonObject } from '../../../src/core/json-value.js';
import { RefusedError } from './errors.js';
import type { Place } from './inputs.js';
import { holdsReference, wholeReference } from './references.js';
import { arrayAt, checkKeys, objectAt, textAt } from './shape.js';
import { typeOfValue, type ValueType } from './value-type.js';

type Operator = { readonly type: ValueType; readonly holds: (value: unknown, operand: unknown) => boolean };

const ofTexts = (holds: (value: string, operand: string) => boolean): Operator => ({
  type: 'String',
  holds: (value, operand) => holds(String(value), String(operand)),
});

const ofNumbers = (holds: (value: number, operand: number) => boolean): Operator => ({
  type: 'Integer',
  holds: (value, operand) => holds(Number(value), Number(operand)),
});

const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: ofTexts((value, operand) => value === operand),
  EqualsIgnoreCase: ofTexts((value, operand) => value.toLowerCase() === operand.toLowerCase()),
  StartsWith: ofTexts((value, operand) => value.startsWith(operand)),
  EndsWith: ofTexts((value, operand) => value.endsWith(operand)),
  Contains: ofTexts((value, operand) => value.includes(operand)),
  NumericEquals: ofNumbers((value, operand) => value === operand),
  NumericGreater: ofNumbers((value, operand) => value > operand),
  NumericLesser: ofNumbers((value, operand) => value < operand),
  NumericGreaterOrEquals: ofNumbers((value, operand) => value >= operand),
  NumericLesserOrEquals: ofNumbers((value, operand) => value <= operand),
  BooleanEquals: { type: 'Boolean', holds: (value, operand) => value === operand },
};

/** Refuses a condition of a choice that has an unknown operator, compares unlike types, or is none. */
export const checkCondition = (condition: JsonObject, { scope, where }: Place): void => {
  if ('And' in condition || 'Or' in condition) {
    const key = 'And' in condition ? 'And' : 'Or';
    checkKeys(condition, { required: [key] }, where);
    const parts = arrayAt(condition[key], `${where}.${key}`);
    if (parts.length < 2) throw new RefusedError(`${where}.${key} should have two conditions or more.`);
    for (const [index, part] of parts.entries()) {
      const at = `${where}.${key}[${index}]`;
      checkCondition(objectAt(part, at), { scope, where: at });
    }
  } else if ('Not' in condition) {
    checkKeys(condition, { required: ['Not'] }, where);
    checkCondition(objectAt(condition['Not'], `${where}.Not`), { scope, where: `${where}.Not` });
  } else checkComparison(condition, { scope, where });
};

const checkComparison = (condition: JsonObject, { scope, where }: Place): void => {
  checkKeys(condition, { required: ['Variable'], optional: Object.keys(OPERATORS) }, where);
  const [operation, ...more] = operationsOf(condition);
  if (!operation || more.length > 0) throw new RefusedError(`${where} should have one operator.`);
  const variable = wholeReference(textAt(condition['Variable'], `${where}.Variable`));
  // AWS documents parameters and outputs here, and nothing of system variables.
  if (variable === undefined || variable.includes(':'))
    throw new RefusedError(`${where}.Variable should be a reference to one parameter or output.`);
  const { name, operator, operand } = operation;
  if (scope.get(variable) !== operator.type)
    throw new RefusedError(
      `${where} compares ${variable}, of type ${scope.get(variable)}, by ${name}, for type ${operator.type}.`,
    );
  if (holdsReference(operand) || typeOfValue(operand) !== operator.type)
    throw new RefusedError(
      `${where}.${name} should be a fixed value of type ${operator.type} and is ${JSON.stringify(operand)}.`,
    );
};

const operationsOf = (condition: JsonObject) =>
  Object.entries(OPERATORS)
    .filter(([name]) => name in condition)
    .map(([name, operator]) => ({ name, operator, operand: condition[name] }));

/** Tells whether a condition holds, once its variables have their values. */
export const isMet = (condition: JsonObject): boolean => {
  if ('And' in condition) return partsOf(condition['And']).every(isMet);
  if ('Or' in condition) return partsOf(condition['Or']).some(isMet);
  if ('Not' in condition) return !isMet(objectAt(condition['Not'], 'Not'));
  return operationsOf(condition).every(({ operator, operand }) =>
    operator.holds(condition['Variable'], operand),
  );
};

const partsOf = (value: unknown): readonly JsonObject[] =>
  arrayAt(value, 'Conditions').map((part) => objectAt(part, 'A condition'));
