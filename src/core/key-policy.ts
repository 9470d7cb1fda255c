import type { JsonObject } from './json-value.js';
import { conditionHolds, type RequestContext } from './policy-condition.js';
import { allOf, anyOf, type Certainty, matches, opposite } from './policy-pattern.js';
import { type Listing, type Principals, type Statement, statementsOf } from './policy-statement.js';

/** What the key policy proves: that CloudTrail is denied, allowed by nothing, that anyone may decrypt, or none of these. */
export type PolicyJudgement = 'denied' | 'not-allowed' | 'open' | 'passes';

/** The trail for which CloudTrail would use the key. */
export type PolicyQuestion = { readonly keyArn: string; readonly trailArn: string };

const CLOUDTRAIL = 'cloudtrail.amazonaws.com';
/** The call that CloudTrail makes; an Allow of any call of its family is given the benefit of the doubt. */
const DATA_KEY_CALL = 'kms:GenerateDataKey';
const DATA_KEY_FAMILY = [DATA_KEY_CALL, 'kms:GenerateDataKeyWithoutPlaintext'];
const DECRYPT = 'kms:Decrypt';

/**
 * Judges a key policy by proof alone: CloudTrail is shut out only where no Allow of `kms:GenerateDataKey*` might apply to this
 * trail, or a Deny surely does. A policy that is not understood passes.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
 */
export const judgeKeyPolicy = (policy: JsonObject, question: PolicyQuestion): PolicyJudgement => {
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
const contextOf = ({ trailArn }: PolicyQuestion): RequestContext =>
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
