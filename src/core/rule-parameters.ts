import { RuleParametersError } from './errors.js';
import { describeType, isJsonObject, type JsonObject } from './json-value.js';
import { isKeyArn } from './key.js';

/** The parameters of the rule, parsed. `docs/parameters.md` describes each of them. */
export type RuleParameters = {
  /** The ARNs of the allowed keys. If it is empty, every key is allowed. */
  readonly kmsKeyArns: readonly string[];
  readonly keyVerification: 'live' | 'presence';
  readonly unverifiableKey: 'NON_COMPLIANT' | 'NOT_APPLICABLE';
  readonly organizationTrails: 'owner' | 'everywhere';
  /** `strict` makes KEY_UNVERIFIABLE of a policy that is not proven to be correct. */
  readonly checkKeyPolicy: 'false' | 'true' | 'strict';
  readonly requireKeyRotation: boolean;
  /** Days; 0 turns the check off. */
  readonly keyMaterialExpiryDays: number;
};

/** The defaults of the parameters. */
export const DEFAULT_PARAMETERS: RuleParameters = {
  kmsKeyArns: [],
  keyVerification: 'live',
  unverifiableKey: 'NON_COMPLIANT',
  organizationTrails: 'owner',
  checkKeyPolicy: 'false',
  requireKeyRotation: false,
  keyMaterialExpiryDays: 0,
};

/** The names of the parameters, in the order of the documentation. */
export const PARAMETER_NAMES: readonly string[] = Object.keys(DEFAULT_PARAMETERS);

/** The maximum length of the JSON text of all parameters of a rule in AWS Config. */
export const MAX_PARAMETER_CHARACTERS = 1024;
const MAX_EXPIRY_DAYS = 365;

/**
 * Parses the parameters of the rule from the object that AWS Config sends. Booleans and numbers are accepted as their text. An
 * empty string means that the parameter is not set.
 *
 * @throws RuleParametersError with all problems
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRule.html (InputParameters)
 */
export const parseRuleParameters = (input: unknown): RuleParameters => {
  if (!isJsonObject(input)) {
    throw new RuleParametersError([
      `Expected a JSON object of names and values; received ${describeType(input)}.`,
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
  problems.push(...conflicts(parameters), ...tooLong(input));
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
      problems.push(`${name} must be a string; received ${describeType(value)}.`);
    }
  }
  return texts;
};

const unknownNames = (names: readonly string[]): string =>
  `Unknown ${names.length === 1 ? 'parameter' : 'parameters'} ${names.map(quote).join(' and ')}. ` +
  `The parameters are ${PARAMETER_NAMES.join(', ')}.`;

/** The value, which must be one of the allowed ones. The first of them is the default. */
const oneOf = <const T extends string>(
  { texts, problems }: Given,
  name: Name,
  allowed: readonly [T, ...T[]],
): T => {
  const text = texts.get(name) ?? '';
  const value = allowed.find((candidate) => candidate === text);
  if (value === undefined && text !== '') {
    problems.push(`${name} must be ${allowed.toSorted().join(' or ')}; received ${quote(text)}.`);
  }
  return value ?? allowed[0];
};

const keyArns = ({ texts, problems }: Given, name: Name): readonly string[] => {
  const text = texts.get(name) ?? '';
  if (text.trim() === '') return [];
  const arns = text.split(',').map((entry) => entry.trim());
  for (const arn of arns.filter((entry) => !isKeyArn(entry))) {
    problems.push(`${name} must be a comma-separated list of key ARNs; received ${quote(arn)}.`);
  }
  return arns;
};

const days = ({ texts, problems }: Given, name: Name): number => {
  const text = texts.get(name) ?? '';
  const value = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= MAX_EXPIRY_DAYS) return value;
  if (text !== '')
    problems.push(`${name} must be a whole number from 0 to ${MAX_EXPIRY_DAYS}; received ${quote(text)}.`);
  return 0;
};

const conflicts = (parameters: RuleParameters): readonly string[] => {
  if (parameters.keyVerification === 'live') return [];
  const needingKey = [
    ...(parameters.kmsKeyArns.length > 0 ? ['kmsKeyArns'] : []),
    ...(parameters.checkKeyPolicy === 'false' ? [] : ['checkKeyPolicy']),
    ...(parameters.requireKeyRotation ? ['requireKeyRotation'] : []),
    ...(parameters.keyMaterialExpiryDays > 0 ? ['keyMaterialExpiryDays'] : []),
  ];
  if (needingKey.length === 0) return [];
  return [
    `keyVerification presence does not look up keys, so it cannot be combined with ${needingKey.join(', ')}.`,
  ];
};

const tooLong = (input: JsonObject): readonly string[] => {
  if (Object.values(input).some((value) => typeof value === 'object')) return []; // Rejected already, or nested too deeply.
  const { length } = JSON.stringify(input);
  if (length <= MAX_PARAMETER_CHARACTERS) return [];
  return [
    `The parameters must have at most ${MAX_PARAMETER_CHARACTERS} characters of JSON; received ${length}.`,
  ];
};

const quote = (text: string): string => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}...` : text);
