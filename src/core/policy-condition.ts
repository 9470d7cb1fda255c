import { isJsonObject } from './json-value.js';
import {
  allOf,
  anyOf,
  type Certainty,
  certain,
  hasVariable,
  type Match,
  matches,
  opposite,
} from './policy-document.js';

/** The values of a condition key in a request: empty if the key is absent; undefined for an unknown value. */
export type KeyValues = readonly (string | undefined)[];

/** Returns all possible values of a condition key, in lower case, in a request. */
export type RequestContext = (key: string) => readonly KeyValues[];

/** A condition key is absent. */
export const ABSENT: readonly KeyValues[] = [[]];
/** A condition key is present, with an unknown value. */
export const PRESENT: readonly KeyValues[] = [[undefined]];
/** Whether a condition key is present is unknown. */
export const UNKNOWN: readonly KeyValues[] = [...ABSENT, ...PRESENT];

/** One test of a condition: an operator, a condition key, and the values in the policy. */
export type Test = { readonly operator: string; readonly key: string; readonly value: unknown };

/** The tests of a condition, or undefined if it is invalid. An operator without keys has no tests. */
export const testsOf = (condition: unknown): readonly Test[] | undefined => {
  if (condition === undefined) return [];
  if (!isJsonObject(condition)) return undefined;
  const blocks = Object.entries(condition).map(([operator, block]) =>
    isJsonObject(block) ? Object.entries(block).map(([key, value]) => ({ operator, key, value })) : undefined,
  );
  return blocks.every((block) => block !== undefined) ? blocks.flat() : undefined;
};

/**
 * Evaluates each test of a condition for a request. An unsupported operator or value, or an unknown condition key, leads to `unknown`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export const evaluateCondition = (condition: unknown, context: RequestContext): readonly Match[] =>
  testsOf(condition)?.map((test) => ({
    part: `${test.operator} ${test.key}`,
    answer: evaluateTest(test, context),
  })) ?? [{ part: 'Condition', answer: 'unknown' }];

const evaluateTest = ({ operator, key, value }: Test, context: RequestContext): Certainty => {
  const wanted = valuesOf(value);
  const predicate = wanted && predicateOf(operator.toLowerCase(), wanted);
  if (!predicate) return 'unknown';
  const answers = context(key.toLowerCase()).map(predicate);
  if (answers.every((answer) => answer === 'yes')) return 'yes';
  return answers.every((answer) => answer === 'no') ? 'no' : 'unknown';
};

/** The values of a test, as text: numbers and booleans are allowed in a policy without quotes. */
export const valuesOf = (value: unknown): readonly string[] | undefined => {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const areScalar = list.every((entry) => ['string', 'number', 'boolean'].includes(typeof entry));
  return list.length > 0 && areScalar ? list.map(String) : undefined;
};

type Predicate = (actual: KeyValues) => Certainty;

const OPERATOR = /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/;

const predicateOf = (operator: string, wanted: readonly string[]): Predicate | undefined => {
  if (operator === 'null') return (actual) => anyOf(wanted.map((value) => isNull(value, actual)));
  // Stryker disable next-line StringLiteral,ArrayDeclaration: no operator has such a name.
  const [, set, base = '', ifExists] = OPERATOR.exec(operator) ?? [];
  const comparison = comparisonOf(base);
  if (!comparison) return undefined;
  const { compare, isNegated } = comparison;
  const evaluateValue = (actual: string | undefined) => {
    const found = anyOf(wanted.map((value) => compare(value, actual)));
    return isNegated ? opposite(found) : found;
  };
  return (actual) => {
    if (actual.length === 0) return evaluateAbsent({ set, isNegated, ifExists: ifExists !== undefined });
    if (set === 'forallvalues') return allOf(actual.map(evaluateValue));
    // Several values need a set operator.
    // Stryker disable next-line StringLiteral: an answer that is neither yes nor no is unknown.
    return set || actual.length === 1 ? anyOf(actual.map(evaluateValue)) : 'unknown';
  };
};

const isNull = (value: string, actual: KeyValues): Certainty =>
  equalsBoolean(value, actual.length === 0 ? 'true' : 'false');

type Absence = { readonly set: string | undefined; readonly isNegated: boolean; readonly ifExists: boolean };

const evaluateAbsent = ({ set, isNegated, ifExists }: Absence): Certainty => {
  if (set === 'forallvalues') return 'yes';
  // IfExists matches and ForAnyValue does not: which of them decides is not documented.
  // Stryker disable next-line StringLiteral: an answer that is neither yes nor no is unknown.
  if (set) return ifExists ? 'unknown' : 'no';
  return certain(isNegated || ifExists);
};

type Comparison = (wanted: string, actual: string | undefined) => Certainty;

/** Makes a comparison that returns `unknown` for an unknown value. */
const known =
  (compare: (wanted: string, actual: string) => Certainty): Comparison =>
  (wanted, actual) =>
    actual === undefined ? 'unknown' : compare(wanted, actual);

const equals = known((wanted, actual) => (hasVariable(wanted) ? 'unknown' : certain(wanted === actual)));

const equalsIgnoringCase = known((wanted, actual) => equals(wanted.toLowerCase(), actual.toLowerCase()));

/** `*` matches every value, so it matches one that is unknown. */
const isLike: Comparison = (wanted, actual) =>
  /^\*+$/.test(wanted) ? 'yes' : known(matches)(wanted, actual);

const equalsBoolean = known((wanted, actual) => {
  const value = wanted.toLowerCase();
  return value === 'true' || value === 'false' ? certain(value === actual) : 'unknown';
});

/** The range of all addresses contains every address. An address is known only for an outsider, who is in no other range. */
const isInRange = known((wanted) => certain(wanted.endsWith('/0')));

const ARN_PARTS = 6;

/** ARN operators compare part by part, so a wildcard never spans a colon. A variable contains a colon: it comes first. */
const isArnLike = known((wanted, actual) => {
  const [patterns, parts] = [arnParts(wanted), arnParts(actual)];
  if (hasVariable(wanted) || patterns.length < ARN_PARTS) return 'unknown';
  return allOf(patterns.map((pattern, at) => known(matches)(pattern, parts[at])));
});

const arnParts = (arn: string): readonly string[] => {
  const parts = arn.split(':');
  const resource = parts.slice(ARN_PARTS - 1);
  return [...parts.slice(0, ARN_PARTS - 1), ...(resource.length > 0 ? [resource.join(':')] : [])];
};

/** Numbers, times and bytes are not compared: the context contains no known key of these types. */
const notCompared: Comparison = () => 'unknown';

const OPERATORS: readonly (readonly [compare: Comparison, ...names: string[]])[] = [
  [equals, 'stringequals', 'stringnotequals'],
  [equalsIgnoringCase, 'stringequalsignorecase', 'stringnotequalsignorecase'],
  [isLike, 'stringlike', 'stringnotlike'],
  [isArnLike, 'arnequals', 'arnnotequals'],
  [isArnLike, 'arnlike', 'arnnotlike'],
  [equalsBoolean, 'bool'],
  [isInRange, 'ipaddress', 'notipaddress'],
  [notCompared, 'binaryequals'],
  [notCompared, 'numericequals', 'numericnotequals'],
  [notCompared, 'numericlessthan'],
  [notCompared, 'numericlessthanequals'],
  [notCompared, 'numericgreaterthan'],
  [notCompared, 'numericgreaterthanequals'],
  [notCompared, 'dateequals', 'datenotequals'],
  [notCompared, 'datelessthan'],
  [notCompared, 'datelessthanequals'],
  [notCompared, 'dategreaterthan'],
  [notCompared, 'dategreaterthanequals'],
];

const comparisonOf = (
  name: string,
): { readonly compare: Comparison; readonly isNegated: boolean } | undefined => {
  for (const [compare, ...names] of OPERATORS) {
    if (names.includes(name)) return { compare, isNegated: name !== names[0] };
  }
  return undefined;
};
