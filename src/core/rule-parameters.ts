import { RuleParametersError } from './errors.js';
import { describeType, isJsonObject, type JsonObject } from './json-value.js';
import { isKeyArn } from './key.js';

/** The parameters of the rule, read and checked. `docs/parameters.md` describes each. */
export type RuleParameters = {
  /** The keys that are allowed; where it is empty, every key is. */
  readonly kmsKeyArns: readonly string[];
  readonly keyVerification: 'live' | 'presence';
  readonly unverifiableKey: 'NON_COMPLIANT' | 'NOT_APPLICABLE';
  readonly organizationTrails: 'owner' | 'everywhere';
  /** `strict` also demands that the policy is proven to be right. */
  readonly checkKeyPolicy: 'false' | 'true' | 'strict';
  readonly requireKeyRotation: boolean;
  /** Days; 0 turns the check off. */
  readonly keyMaterialExpiryDays: number;
};

/** What holds where a parameter is not given. */
export const DEFAULT_PARAMETERS: RuleParameters = {
  kmsKeyArns: [],
  keyVerification: 'live',
  unverifiableKey: 'NON_COMPLIANT',
  organizationTrails: 'owner',
  checkKeyPolicy: 'false',
  requireKeyRotation: false,
  keyMaterialExpiryDays: 0,
};

/** The names of the parameters, in the order in which they are documented. */
export const PARAMETER_NAMES: readonly string[] = Object.keys(DEFAULT_PARAMETERS);

/** AWS Config's limit on the JSON text of all parameters of a rule together. */
export const MAX_PARAMETER_CHARACTERS = 1024;
const MAX_EXPIRY_DAYS = 365;

/**
 * Reads the parameters of the rule from the object that AWS Config sends. JSON booleans and numbers are read as their text;
 * empty text means not given.
 *
 * @throws RuleParametersError that lists every problem at once
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRule.html (InputParameters)
 */
export const parseRuleParameters = (input: unknown): RuleParameters => {
  if (!isJsonObject(input)) {
    throw new RuleParametersError([
      `Expected a JSON object of names and values, and ${describeType(input)} came.`,
    ]);
  }
  const problems: string[] = [];
  const given: Given = { texts: textsIn(input, problems), problems };
  const parameters: RuleParameters = {
    kmsKeyArns: keyArns(given, 'kmsKeyArns'),
    keyVerification: oneOf(given, 'keyVerification', ['live', 'presence']),
    unverifiableKey: oneOf(given, 'unverifiableKey', ['NON_COMPLIANT', 'NOT_APPLICABLE']),
    organizationTrails: oneOf(given, 'organizationTrails', ['owner', 'everywhere']),
    checkKeyPolicy: oneOf(given, 'checkKeyPolicy', ['false', 'true', 'strict']),
    requireKeyRotation: oneOf(given, 'requireKeyRotation', ['false', 'true']) === 'true',
    keyMaterialExpiryDays: days(given, 'keyMaterialExpiryDays'),
  };
  problems.push(...clashes(parameters), ...excess(input));
  if (problems.length > 0) throw new RuleParametersError(problems);
  return parameters;
};

type Name = keyof RuleParameters;
type Given = { readonly texts: ReadonlyMap<string, string>; readonly problems: string[] };

const textsIn = (input: JsonObject, problems: string[]): ReadonlyMap<string, string> => {
  const texts = new Map<string, string>();
  const unknown = Object.keys(input).filter((name) => !PARAMETER_NAMES.includes(name));
  if (unknown.length > 0) problems.push(unknownNames(unknown));
  for (const [name, value] of Object.entries(input)) {
    if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') {
      texts.set(name, String(value));
    } else if (!unknown.includes(name)) {
      problems.push(`${name} should be text and is ${describeType(value)}.`);
    }
  }
  return texts;
};

const unknownNames = (names: readonly string[]): string =>
  `${names.map(quote).join(' and ')} ${names.length === 1 ? 'is no parameter' : 'are no parameters'}; ` +
  `the parameters are ${PARAMETER_NAMES.join(', ')}.`;

/** The value, which must be one of those allowed; the first of them where none is given. */
const oneOf = <const T extends string>(
  { texts, problems }: Given,
  name: Name,
  allowed: readonly [T, ...T[]],
): T => {
  const text = texts.get(name) ?? '';
  const value = allowed.find((candidate) => candidate === text);
  if (value === undefined && text !== '') {
    problems.push(`${name} should be ${allowed.toSorted().join(' or ')} and is ${quote(text)}.`);
  }
  return value ?? allowed[0];
};

const keyArns = ({ texts, problems }: Given, name: Name): readonly string[] => {
  const text = texts.get(name) ?? '';
  if (text.trim() === '') return [];
  const arns = text.split(',').map((entry) => entry.trim());
  for (const arn of arns.filter((entry) => !isKeyArn(entry))) {
    problems.push(`${name} should hold key ARNs, separated by commas, and holds ${quote(arn)}.`);
  }
  return arns;
};

const days = ({ texts, problems }: Given, name: Name): number => {
  const text = texts.get(name) ?? '';
  const value = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= MAX_EXPIRY_DAYS) return value;
  if (text !== '')
    problems.push(`${name} should be a whole number from 0 to ${MAX_EXPIRY_DAYS} and is ${quote(text)}.`);
  return 0;
};

const clashes = (parameters: RuleParameters): readonly string[] => {
  if (parameters.keyVerification === 'live') return [];
  const asking = [
    ...(parameters.kmsKeyArns.length > 0 ? ['kmsKeyArns'] : []),
    ...(parameters.checkKeyPolicy === 'false' ? [] : ['checkKeyPolicy']),
    ...(parameters.requireKeyRotation ? ['requireKeyRotation'] : []),
    ...(parameters.keyMaterialExpiryDays > 0 ? ['keyMaterialExpiryDays'] : []),
  ];
  if (asking.length === 0) return [];
  return [`keyVerification presence asks no key, so it cannot stand together with ${asking.join(', ')}.`];
};

const excess = (input: JsonObject): readonly string[] => {
  if (Object.values(input).some((value) => typeof value === 'object')) return []; // Refused, or too deep.
  const { length } = JSON.stringify(input);
  if (length <= MAX_PARAMETER_CHARACTERS) return [];
  return [`The parameters take ${length} characters of JSON; AWS Config allows ${MAX_PARAMETER_CHARACTERS}.`];
};

const quote = (text: string): string => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}...` : text);
