import { isJsonObject } from '../../../src/core/json-value.js';
import {
  type Automation,
  type Document,
  type Parameter,
  RefusedError,
  type Step,
  StepFailure,
} from './types.js';

/** What a document may refer to, as it stands between the braces, and of what type it is. */
export type Scope = ReadonlyMap<string, 'String' | 'StringList' | 'Integer'>;

/** The values that exist at some time of an execution. */
export type Values = ReadonlyMap<string, unknown>;

const REFERENCE = /\{\{\s*([\w.:]+)\s*\}\}/g;
const WHOLE = /^\{\{\s*([\w.:]+)\s*\}\}$/;

/** The name that a text refers to as a whole; undefined where there is other text around it, or no reference. */
export const wholeReference = (value: unknown): string | undefined =>
  typeof value === 'string' ? WHOLE.exec(value)?.[1] : undefined;

/** The system variables that are supported. */
export const systemVariables = ({
  accountId,
  partition = 'aws',
  region,
}: Pick<Automation, 'accountId' | 'partition' | 'region'>): Values =>
  new Map([
    ['global:ACCOUNT_ID', accountId],
    ['global:AWS_PARTITION', partition],
    ['global:REGION', region],
  ]);

const typeOf = ({ type }: Parameter) => (type === 'AWS::IAM::Role::Arn' ? 'String' : type);

/** The parameters and system variables of a document. */
export const inputScope = ({ parameters = {} }: Document): Scope =>
  new Map([
    ...[...systemVariables({ accountId: '', region: '' }).keys()].map((name) => [name, 'String'] as const),
    ...Object.entries(parameters).map(([name, definition]) => [name, typeOf(definition)] as const),
  ]);

/** The outputs of a step, by the names that refer to them. */
export const outputNames = ({ name, outputs = [] }: Step): readonly string[] =>
  outputs.map(({ Name }) => `${name}.${Name}`);

/** All references in a value, each with the text around it. */
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isJsonObject(value) ? [...Object.keys(value), ...Object.values(value).flatMap(textsIn)] : [];
};

/** @throws RefusedError for a reference to what is not in scope, or in a place where SSM's reading is not documented */
export const checkReferences = (value: unknown, scope: Scope, where: string): void => {
  for (const text of textsIn(value)) {
    if (/\{\{|\}\}/.test(text.replaceAll(REFERENCE, '')))
      throw new RefusedError(`${where} has braces that are no reference: ${JSON.stringify(text)}`);
    for (const [reference, name = ''] of text.matchAll(REFERENCE)) {
      const type = scope.get(name);
      if (type === undefined)
        throw new RefusedError(`${where} refers to ${name}, which is not available there`);
      if (reference !== text && type === 'StringList')
        throw new RefusedError(`${where} has the list ${name} within a text; refer to it alone`);
    }
  }
};

const EXAMPLES = { StringList: ['x'], Integer: 1 } as const;

/** Inputs as they will be: with an example in place of each reference to a list or number. Texts keep their references. */
export const withExamples = (value: unknown, scope: Scope): unknown => {
  if (Array.isArray(value)) return value.map((entry) => withExamples(entry, scope));
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, withExamples(field, scope)]));
  const type = scope.get(wholeReference(value) ?? '');
  return type === undefined || type === 'String' ? value : EXAMPLES[type];
};

/**
 * Puts values in place of references; one that makes up a whole text keeps its type.
 *
 * @throws StepFailure where a value does not exist: the step that would give it has not succeeded, or gave none
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
  if (!values.has(name)) throw new StepFailure(`The input {{ ${name} }} has no value.`);
  return values.get(name);
};
