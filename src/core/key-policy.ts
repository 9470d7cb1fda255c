import { isJsonObject, type JsonObject } from './json-value.js';
import {
  allOf,
  anyOf,
  type Certainty,
  hasVariable,
  type Listing,
  matches,
  opposite,
  type Principals,
  type Statement,
  statementsOf,
  textsOf,
} from './policy-document.js';

/** What the key policy proves: that CloudTrail is denied, allowed by nothing, that anyone may decrypt, or none of these. */
export type PolicyResult = 'denied' | 'not-allowed' | 'open' | 'passes';

/** The trail for which CloudTrail would use the key. */
export type PolicyRequest = { readonly keyArn: string; readonly trailArn: string };

const CLOUDTRAIL = 'cloudtrail.amazonaws.com';
/** The call that CloudTrail makes. An Allow of any call of the family counts as an Allow of this call. */
const DATA_KEY_CALL = 'kms:GenerateDataKey';
const DATA_KEY_FAMILY = [DATA_KEY_CALL, 'kms:GenerateDataKeyWithoutPlaintext'];
const DECRYPT = 'kms:Decrypt';

/**
 * Evaluates a key policy. It blocks CloudTrail only if no Allow of `kms:GenerateDataKey*` might apply to this trail, or if a Deny
 * certainly applies. A policy that cannot be evaluated passes.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
 */
export const evaluateKeyPolicy = (policy: JsonObject, question: PolicyRequest): PolicyResult => {
  const statements = statementsOf(policy);
  if (!statements || statements.some(({ effect }) => effect !== 'Allow' && effect !== 'Deny'))
    return 'passes';
  const context = contextOf(question);
  const applies = (statement: Statement, actions: readonly string[]) =>
    allOf([
      namesCloudTrail(statement.principals),
      coversAny(statement.actions, actions),
      lists(statement.resources, question.keyArn),
      conditionHolds(statement.condition, context),
    ]);
  const [allows, denies] = [withEffect(statements, 'Allow'), withEffect(statements, 'Deny')];
  if (denies.some((statement) => applies(statement, [DATA_KEY_CALL]) === 'yes')) return 'denied';
  if (allows.every((statement) => applies(statement, DATA_KEY_FAMILY) === 'no')) return 'not-allowed';
  return isOpen({ allows, denies }, question.keyArn) ? 'open' : 'passes';
};

const withEffect = (statements: readonly Statement[], effect: string) =>
  statements.filter((statement) => statement.effect === effect);

/** CloudTrail names the trail in the source ARN and in the encryption context of each request. */
const contextOf = ({ trailArn }: PolicyRequest): RequestContext =>
  new Map([
    ['aws:sourcearn', trailArn],
    ['kms:encryptioncontext:aws:cloudtrail:arn', trailArn],
  ]);

const namesCloudTrail = (principals: Principals): Certainty => {
  if (principals.kind === 'unreadable') return 'unknown';
  const named = anyOf(principals.entries.map(isCloudTrail));
  if (principals.kind === 'these') return named;
  // Whether everybody but some includes a service is not documented plainly; only its exclusion is certain.
  return named === 'yes' ? 'no' : 'unknown';
};

const isCloudTrail = ({ type, value }: { readonly type: string; readonly value: string }): Certainty => {
  if (isEveryone({ type, value })) return 'yes';
  // Stryker disable next-line StringLiteral: for anyOf, what is neither yes nor unknown is no.
  if (type !== 'Service') return 'no';
  if (value === CLOUDTRAIL) return 'yes';
  // A name like a Regional principal of CloudTrail, or with a wildcard: it may or may not work.
  if (/^cloudtrail\.|[*?]/i.test(value)) return 'unknown';
  // Stryker disable next-line StringLiteral: as above.
  return 'no';
};

const isEveryone = ({ type, value }: { readonly type: string; readonly value: string }): boolean =>
  value === '*' && (type === '*' || type === 'AWS');

const coversAny = (listing: Listing, actions: readonly string[]): Certainty =>
  anyOf(actions.map((action) => lists(lowerCase(listing), action.toLowerCase())));

/** Actions are compared without regard to case. */
const lowerCase = (listing: Listing): Listing =>
  listing.kind === 'unreadable'
    ? listing
    : { kind: listing.kind, values: listing.values.map((value) => value.toLowerCase()) };

const lists = (listing: Listing, text: string): Certainty => {
  if (listing.kind === 'unreadable') return 'unknown';
  const listed = anyOf(listing.values.map((pattern) => matches(pattern, text)));
  return listing.kind === 'these' ? listed : opposite(listed);
};

type Sides = { readonly allows: readonly Statement[]; readonly denies: readonly Statement[] };

/** Open: an Allow of Decrypt to everyone, without a condition and without any Deny that may take it back from many. */
const isOpen = ({ allows, denies }: Sides, keyArn: string): boolean => {
  const decrypts = (statement: Statement) =>
    allOf([coversAny(statement.actions, [DECRYPT]), lists(statement.resources, keyArn)]);
  const opened = allows.some(
    (statement) => isForEveryone(statement) && isUnconditional(statement) && decrypts(statement) === 'yes',
  );
  return opened && denies.every((statement) => isForSome(statement) || decrypts(statement) === 'no');
};

const isForEveryone = ({ principals }: Statement): boolean =>
  principals.kind === 'these' && principals.entries.some(isEveryone);

const isForSome = (statement: Statement): boolean =>
  statement.principals.kind === 'these' && !isForEveryone(statement);

const isUnconditional = ({ condition }: Statement): boolean =>
  condition === undefined ||
  (typeof condition === 'object' && condition !== null && Object.keys(condition).length === 0);

/** The known condition keys of the request of CloudTrail, in lowercase, with their value. */
export type RequestContext = ReadonlyMap<string, string>;

/**
 * Whether the condition of a statement is true for a request. `unknown` if it has an operator, a key or a value that cannot be
 * evaluated.
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
