import { isJsonObject } from './json-value.js';
import { allOf, anyOf, type Certainty, hasVariable, matches, opposite } from './policy-pattern.js';
import { textsOf } from './policy-statement.js';

/** What is surely known of CloudTrail's request: lower-case condition key and its one value. */
export type RequestContext = ReadonlyMap<string, string>;

/**
 * Tells whether the condition of a statement holds for a request. `unknown` wherever an operator, a key or a value is not
 * understood: nothing is concluded from those.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export const conditionHolds = (condition: unknown, context: RequestContext): Certainty => {
  if (condition === undefined) return 'yes';
  if (!isJsonObject(condition)) return 'unknown';
  return allOf(
    Object.entries(condition).flatMap(([operator, block]) =>
      isJsonObject(block)
        ? Object.entries(block).map(([key, value]) => testHolds({ operator, key, value }, context))
        : ['unknown'],
    ),
  );
};

type Test = { readonly operator: string; readonly key: string; readonly value: unknown };
type Comparison = (wanted: string, actual: string) => Certainty;

const testHolds = ({ operator, key, value }: Test, context: RequestContext): Certainty => {
  const actual = context.get(key.toLowerCase());
  const wanted = textsOf(value);
  const comparison = COMPARISONS.get(operator.toLowerCase().replace(/ifexists$/, ''));
  if (actual === undefined || !wanted?.length || !comparison) return 'unknown';
  const found = anyOf(wanted.map((entry) => comparison.compare(entry, actual)));
  return comparison.negated ? opposite(found) : found;
};

const equals: Comparison = (wanted, actual) => {
  if (hasVariable(wanted)) return 'unknown';
  if (wanted === actual) return 'yes';
  // Stryker disable next-line StringLiteral: for anyOf, what is neither yes nor unknown is no.
  return 'no';
};

const equalsIgnoringCase: Comparison = (wanted, actual) => equals(wanted.toLowerCase(), actual.toLowerCase());

const ARN_PARTS = 6;

/** ARN operators compare part by part, so a wildcard never spans a colon; fewer than six parts are no ARN. */
const matchesArn: Comparison = (wanted, actual) => {
  if (wanted.split(':').length < ARN_PARTS) return 'unknown';
  const parts = arnParts(actual);
  // Stryker disable next-line StringLiteral: what is compared is the ARN of a trail, and lacks no part.
  return allOf(arnParts(wanted).map((pattern, index) => matches(pattern, parts[index] ?? '')));
};

const arnParts = (arn: string): readonly string[] => {
  const parts = arn.split(':');
  return [...parts.slice(0, ARN_PARTS - 1), parts.slice(ARN_PARTS - 1).join(':')];
};

const COMPARISONS: ReadonlyMap<string, { readonly compare: Comparison; readonly negated: boolean }> = new Map(
  [
    ['stringequals', { compare: equals, negated: false }],
    ['stringnotequals', { compare: equals, negated: true }],
    ['stringequalsignorecase', { compare: equalsIgnoringCase, negated: false }],
    ['stringnotequalsignorecase', { compare: equalsIgnoringCase, negated: true }],
    ['stringlike', { compare: matches, negated: false }],
    ['stringnotlike', { compare: matches, negated: true }],
    ['arnequals', { compare: matchesArn, negated: false }],
    ['arnlike', { compare: matchesArn, negated: false }],
    ['arnnotequals', { compare: matchesArn, negated: true }],
    ['arnnotlike', { compare: matchesArn, negated: true }],
  ],
);
