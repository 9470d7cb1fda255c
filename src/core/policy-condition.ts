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

/** The values of a condition key in a request: none where the key is absent; undefined for a value that is unknown. */
export type KeyValues = readonly (string | undefined)[];

/** What each condition key, in lower case, can be in a request: everything that is possible. */
export type RequestContext = (key: string) => readonly KeyValues[];

/** A condition key is absent. */
export const ABSENT: readonly KeyValues[] = [[]];
/** A condition key is present, with an unknown value. */
export const PRESENT: readonly KeyValues[] = [[undefined]];
/** Nothing is known of a condition key. */
export const UNKNOWN: readonly KeyValues[] = [...ABSENT, ...PRESENT];

/** One test of a condition: an operator, a condition key, and the values in the policy. */
export type Test = { readonly operator: string; readonly key: string; readonly value: unknown };

/** The tests of a condition; undefined where it cannot be read. An operator without a key is no test. */
export const testsOf = (condition: unknown): readonly Test[] | undefined => {
  if (condition === undefined) return [];
  if (!isJsonObject(condition)) return undefined;
  const blocks = Object.entries(condition).map(([operator, block]) =>
    isJsonObject(block) ? Object.entries(block).map(([key, value]) => ({ operator, key, value })) : undefined,
  );
  return blocks.every((block) => block !== undefined) ? blocks.flat() : undefined;
};

/**
 * Evaluates each test of a condition for a request. An operator, value or key that is not understood gives `unknown`.
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
  const holds = wanted && predicateOf(operator.toLowerCase(), wanted);
  if (!holds) return 'unknown';
  const answers = context(key.toLowerCase()).map(holds);
  if (answers.every((answer) => answer === 'yes')) return 'yes';
  return answers.every((answer) => answer === 'no') ? 'no' : 'unknown';
};

/** The values of a test, as text: numbers and booleans may stand in a policy without quotes. */
export const valuesOf = (value: unknown): readonly string[] | undefined => {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const areScalar = list.every((entry) => ['string', 'number', 'boolean'].includes(typeof entry));
  return list.length > 0 && areScalar ? list.map(String) : undefined;
};

type Predicate = (actual: KeyValues) => Certainty;

const OPERATOR = /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/;

const predicateOf = (operator: string, wanted: readonly string[]): Predicate | undefined => {
  if (operator === 'null') return (actual) => anyOf(wanted.map((value) => isNull(value, actual)));
  const [, set, base = '', ifExists] = OPERATOR.exec(operator) ?? [];
  const comparison = COMPARISONS.get(base);
  if (!comparison) return undefined;
  const { compare, isNegated } = comparison;
  const holdsFor = (actual: string | undefined) => {
    const found = anyOf(wanted.map((value) => compare(value, actual)));
    return isNegated ? opposite(found) : found;
  };
  return (actual) => {
    if (actual.length === 0) return holdsForAbsent({ set, isNegated, ifExists: ifExists !== undefined });
    if (set === 'forallvalues') return allOf(actual.map(holdsFor));
    // Several values need a set operator.
    return set || actual.length === 1 ? anyOf(actual.map(holdsFor)) : 'unknown';
  };
};

const isNull = (value: string, actual: KeyValues): Certainty =>
  equalsBoolean(value, actual.length === 0 ? 'true' : 'false');

type Absence = { readonly set: string | undefined; readonly isNegated: boolean; readonly ifExists: boolean };

const holdsForAbsent = ({ set, isNegated, ifExists }: Absence): Certainty => {
  if (set === 'forallvalues') return 'yes';
  // IfExists matches and ForAnyValue does not: which of them decides is not documented.
  if (set) return ifExists ? 'unknown' : 'no';
  return certain(isNegated || ifExists);
};

type Comparison = (wanted: string, actual: string | undefined) => Certainty;

/** A comparison with a value that is known; whatever is compared with an unknown one is unknown. */
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
const isInRange = known((wanted) => certain(/\/0+$/.test(wanted)));

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

/** Numbers, times and bytes are not compared: no key of that type is known, and an absent one needs no comparison. */
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

const COMPARISONS: ReadonlyMap<string, { readonly compare: Comparison; readonly isNegated: boolean }> =
  new Map(
    OPERATORS.flatMap(([compare, ...names]) =>
      names.map((name, at) => [name, { compare, isNegated: at > 0 }]),
    ),
  );
