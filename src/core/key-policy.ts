import { parseArn } from './arn.js';
import type { JsonObject } from './json-value.js';
import {
  ABSENT,
  evaluateCondition,
  type KeyValues,
  PRESENT,
  type RequestContext,
  testsOf,
  UNKNOWN,
  valuesOf,
} from './policy-condition.js';
import {
  allOf,
  anyOf,
  type Certainty,
  certain,
  type Listing,
  type Match,
  matches,
  opposite,
  type Principal,
  type Statement,
  statementsOf,
} from './policy-document.js';

/** What a key policy proves, or the first part of it that could not be evaluated. */
export type PolicyResult =
  /** CloudTrail can use the key for the trail, and nobody else can without a limit. */
  | { readonly kind: 'allowed' }
  /** A Deny applies to CloudTrail. */
  | { readonly kind: 'denied' }
  /** No Allow applies to CloudTrail. */
  | { readonly kind: 'not-allowed' }
  /** Anyone can call these actions. */
  | { readonly kind: 'open'; readonly actions: readonly string[] }
  | UnprovenPolicy;

/** The part of the policy that could not be evaluated, and what depends on it: the delivery of logs, or who can use the key. */
export type UnprovenPolicy = {
  readonly kind: 'not-proven';
  readonly part: string;
  readonly subject: 'delivery' | 'access';
};

/** The trail for which CloudTrail would use the key. */
export type PolicyRequest = { readonly keyArn: string; readonly trailArn: string };

/**
 * Evaluates a key policy for the request that CloudTrail makes, and for the requests of outsiders. Only what is proven is called allowed,
 * blocked or open.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export const evaluateKeyPolicy = (policy: JsonObject, { keyArn, trailArn }: PolicyRequest): PolicyResult => {
  const statements = statementsOf(policy);
  if (!statements) return notProven('Statement', 'delivery');
  if (statements.some(({ effect }) => effect !== 'Allow' && effect !== 'Deny')) {
    return notProven('Effect', 'delivery');
  }
  const delivery = decide(statements, {
    isCaller: isCloudTrail,
    action: 'kms:GenerateDataKey',
    keyArn,
    context: cloudTrailContext(keyArn, trailArn),
  });
  if (delivery.kind === 'denied' || delivery.kind === 'not-allowed') return delivery;
  const access = evaluateAccess(statements, keyArn);
  if (access.kind === 'open') return access;
  return delivery.kind === 'unknown' ? notProven(delivery.part, 'delivery') : access;
};

const notProven = (part: string, subject: UnprovenPolicy['subject']): UnprovenPolicy => ({
  kind: 'not-proven',
  part,
  subject,
});

/** A request for the key, with the principals in a policy that stand for its caller. */
type Request = {
  readonly isCaller: (principal: Principal) => Certainty;
  readonly action: string;
  readonly keyArn: string;
  readonly context: RequestContext;
};

type Decision =
  | { readonly kind: 'denied' | 'not-allowed' | 'allowed' }
  | { readonly kind: 'unknown'; readonly part: string };

/** IAM's decision on a request: a Deny that applies wins; then an Allow has to apply. */
const decide = (statements: readonly Statement[], request: Request): Decision => {
  const evaluated = statements.map((statement) => evaluateStatement(statement, request));
  const allows = evaluated.filter(({ effect }) => effect === 'Allow');
  const denies = evaluated.filter(({ effect }) => effect === 'Deny');
  if (denies.some(({ answer }) => answer === 'yes')) return { kind: 'denied' };
  if (allows.every(({ answer }) => answer === 'no')) return { kind: 'not-allowed' };
  const isAllowed = allows.some(({ answer }) => answer === 'yes');
  const unclear = (isAllowed ? denies : evaluated)
    .find(({ answer }) => answer === 'unknown')
    ?.parts.find(({ answer }) => answer === 'unknown');
  return unclear ? { kind: 'unknown', part: unclear.part } : { kind: 'allowed' };
};

/** Whether a statement applies to a request: every part of it has to match. */
const evaluateStatement = (
  { effect, principals, actions, resources, condition }: Statement,
  { isCaller, action, keyArn, context }: Request,
) => {
  const parts: readonly Match[] = [
    matchOf(principals, isCaller),
    // Actions are compared without regard to case.
    matchOf(actions, (pattern) => matches(pattern.toLowerCase(), action.toLowerCase())),
    matchOf(resources, (pattern) => matches(pattern, keyArn)),
    ...evaluateCondition(condition, context),
  ];
  return { effect, parts, answer: allOf(parts.map(({ answer }) => answer)) };
};

type ListOf<T> = Omit<Listing, 'values'> & { readonly values: readonly T[] };

const matchOf = <T>({ element, kind, values }: ListOf<T>, isMatch: (value: T) => Certainty): Match => {
  const listed = anyOf(values.map(isMatch));
  const answers = { these: listed, 'all-but': opposite(listed), unreadable: 'unknown' } as const;
  return { part: element, answer: answers[kind] };
};

const isEveryone = ({ type, value }: Principal): boolean => value === '*' && (type === '*' || type === 'AWS');

/** The types of principals other than services: CloudTrail has none of these types. */
const OTHER_TYPES = ['AWS', 'Federated', 'CanonicalUser'];

/** CloudTrail's principal is the same in every partition. Whether a Regional name, another case or a wildcard works is not documented. */
const isCloudTrail = (principal: Principal): Certainty => {
  const { type, value } = principal;
  if (isEveryone(principal) || (type === 'Service' && value === 'cloudtrail.amazonaws.com')) return 'yes';
  const isUnclear = !OTHER_TYPES.includes(type) && /^cloudtrail\.|[*?]/i.test(value);
  // Stryker disable next-line StringLiteral: an answer that is neither yes nor unknown is no.
  return isUnclear ? 'unknown' : 'no';
};

const one = (value: string | undefined): readonly KeyValues[] => [[value]];

/** Condition keys of a request, in lower case. A key that ends in `/` or `:` stands for all that begin with it. */
type ConditionKeys = Readonly<Record<string, readonly KeyValues[]>>;

const contextOf = (keys: ConditionKeys, others = UNKNOWN): RequestContext => {
  const states = new Map(Object.entries(keys));
  // Stryker disable next-line Regex: without the anchor, the same keys are found, in more time.
  return (key) => states.get(key) ?? states.get(key.replace(/^(aws:[^/]+\/|kms:[^:]+:).*/, '$1')) ?? others;
};

/** The condition keys whose values depend only on the key, for every caller. */
const keysOfKey = (keyArn: string): ConditionKeys => ({
  // IAM, global condition context keys: the Region that was called, and the account that owns the resource.
  'aws:requestedregion': one(parseArn(keyArn)?.region),
  'aws:resourceaccount': one(parseArn(keyArn)?.accountId),
  // AWS services and current SDKs call KMS over TLS alone.
  'aws:securetransport': one('true'),
});

/**
 * The condition keys of the request that CloudTrail makes. All others are unknown, among them `kms:ViaService`, `kms:CallerAccount`,
 * `aws:PrincipalAccount`, `aws:PrincipalArn`, `aws:PrincipalType`, `aws:SourceIp`, `aws:SourceVpc`, `aws:SourceVpce`, `aws:SourceOrgID`,
 * `aws:SourceOrgPaths` and `aws:ViaAWSService`: AWS does not document what they contain in this request.
 */
const cloudTrailContext = (keyArn: string, trailArn: string): RequestContext =>
  contextOf({
    ...keysOfKey(keyArn),
    // CloudTrail User Guide, "Configure AWS KMS key policies for CloudTrail".
    'aws:sourcearn': one(trailArn),
    'aws:sourceaccount': one(parseArn(trailArn)?.accountId),
    'kms:encryptioncontext:aws:cloudtrail:arn': one(trailArn),
    // KMS Developer Guide, "How AWS CloudTrail uses AWS KMS": these two are the encryption context, and the object is not known.
    'kms:encryptioncontext:aws:s3:arn': PRESENT,
    'kms:encryptioncontext:': ABSENT,
    'kms:encryptioncontextkeys': [['aws:cloudtrail:arn', 'aws:s3:arn']],
    // KMS Developer Guide, "AWS KMS condition keys": the one algorithm of symmetric keys; a key of CreateGrant alone.
    'kms:encryptionalgorithm': one('SYMMETRIC_DEFAULT'),
    'kms:grantisforawsresource': ABSENT,
    // IAM, global condition context keys: a service principal calls for itself.
    'aws:principalisawsservice': one('true'),
    'aws:principalservicename': one('cloudtrail.amazonaws.com'),
    // The same: keys of users, roles and sessions. A service principal is in no organization and has no tags.
    'aws:principalorgid': ABSENT,
    'aws:principalorgpaths': ABSENT,
    'aws:principaltag/': ABSENT,
    'aws:calledvia': ABSENT,
    'aws:calledviafirst': ABSENT,
    'aws:calledvialast': ABSENT,
    'aws:userid': ABSENT,
    'aws:username': ABSENT,
    'aws:sourceidentity': ABSENT,
    'aws:federatedprovider': ABSENT,
    'aws:multifactorauthage': ABSENT,
    'aws:multifactorauthpresent': [[], ['false']],
  });

/** The actions that use or control the key, by what they allow. An open key is one on which anyone can call any of them. */
const ACTIONS = [
  'kms:Decrypt',
  'kms:ReEncryptFrom',
  'kms:CreateGrant',
  'kms:PutKeyPolicy',
  'kms:ScheduleKeyDeletion',
  'kms:DisableKey',
  'kms:DeleteImportedKeyMaterial',
  'kms:ImportKeyMaterial',
  'kms:ReplicateKey',
  'kms:UpdatePrimaryRegion',
  'kms:RevokeGrant',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:Encrypt',
  'kms:ReEncryptTo',
  'kms:EnableKey',
  'kms:CancelKeyDeletion',
  'kms:DisableKeyRotation',
];

/** Whether anyone can call one of the actions: proven by the request of one outsider, or excluded by the condition keys that all outsiders have in common. */
const evaluateAccess = (statements: readonly Statement[], keyArn: string): PolicyResult => {
  const relevant = statements.filter(({ principals }) => matchOf(principals, isOutsider).answer !== 'no');
  const { examples, anyone } = outsiderContexts(relevant, keyArn);
  const decideFor = (action: string, context: RequestContext) =>
    decide(relevant, { isCaller: isOutsider, action, keyArn, context });
  const open = ACTIONS.filter((action) =>
    examples.some((context) => decideFor(action, context).kind === 'allowed'),
  );
  if (open.length > 0) return { kind: 'open', actions: open };
  const unclear = ACTIONS.map((action) => decideFor(action, anyone)).find(({ kind }) => kind === 'unknown');
  return unclear?.kind === 'unknown' ? notProven(unclear.part, 'access') : { kind: 'allowed' };
};

/** A policy knows an outsider only as one of everyone. */
const isOutsider = (principal: Principal): Certainty => certain(isEveryone(principal));

/** An account that is nobody's: no policy lists it, or anything of it. */
const OUTSIDER_ACCOUNT = '000000000000';
const OUTSIDER_ARN = `arn:aws:iam::${OUTSIDER_ACCOUNT}:role/outsider`;
/** Each name that a policy gives to an outsider costs time. Beyond these, nothing is proven by a name. */
const MAX_NAMES = 10;

/**
 * The requests of outsiders, principals in an account that the policy does not list: some examples, and the condition keys that all have in common. A
 * condition that an example meets limits nothing; a fixed value limits all of them.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/kms-key-policy-no-public-access.html
 */
const outsiderContexts = (statements: readonly Statement[], keyArn: string) => {
  const outsider: ConditionKeys = {
    ...keysOfKey(keyArn),
    'aws:principalisawsservice': one('false'),
    'aws:principalservicename': ABSENT,
    'aws:viaawsservice': one('false'),
    'aws:principalarn': one(OUTSIDER_ARN),
    'aws:principalaccount': one(OUTSIDER_ACCOUNT),
    'kms:calleraccount': one(OUTSIDER_ACCOUNT),
    'aws:userid': one(OUTSIDER_ARN),
    'aws:sourceip': one(OUTSIDER_ARN),
  };
  const chosen = (values: readonly KeyValues[]) =>
    Object.fromEntries(CHOSEN_KEYS.map((key) => [key, values]));
  const named = (values: readonly KeyValues[]) => Object.fromEntries(NAMED_KEYS.map((key) => [key, values]));
  const names = outsiderNames(statements);
  const member = { ...outsider, ...chosen(one(OUTSIDER_ARN)) };
  const arns = [[OUTSIDER_ARN], ...names.map((name) => [name])];
  const isComplete = names.length <= MAX_NAMES;
  return {
    examples: [
      contextOf({ ...outsider, ...chosen(ABSENT) }),
      ...arns.slice(0, MAX_NAMES + 1).map((arn) => contextOf({ ...member, ...named([arn]) }, PRESENT)),
    ],
    anyone: contextOf({
      ...outsider,
      ...chosen([...ABSENT, [OUTSIDER_ARN]]),
      'aws:principalarn': isComplete ? arns : PRESENT,
      'aws:sourcearn': isComplete ? [...ABSENT, ...arns] : UNKNOWN,
    }),
  };
};

/** An outsider can make a request without these keys, or with values of their own organization, network or resource. */
const CHOSEN_KEYS = [
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourcevpc',
  'aws:sourcevpce',
];

/** The condition keys that contain an ARN of the outsider's account. */
const NAMED_KEYS = ['aws:principalarn', 'aws:sourcearn'];

/** ARNs of the outsider's account that patterns in the policy match, such as a role name in any account. */
const outsiderNames = (statements: readonly Statement[]): readonly string[] => {
  // Stryker disable ArrayDeclaration: a text in place of a test or of a pattern gives no name.
  const names = statements
    .flatMap(({ condition }) => testsOf(condition) ?? [])
    .filter(({ key }) => NAMED_KEYS.includes(key.toLowerCase()))
    .flatMap(({ value }) => valuesOf(value) ?? [])
    .flatMap(namesMatching);
  // Stryker restore ArrayDeclaration
  return [...new Set(names)].filter((name) => parseArn(name)?.accountId === OUTSIDER_ACCOUNT);
};

const ARN_PARTS = OUTSIDER_ARN.split(':');

/** Texts that match a pattern. In a pattern with fewer parts than an ARN, one of the wildcards stands for several parts. */
const namesMatching = (pattern: string): readonly string[] => {
  const pieces = pattern.replaceAll('?', '0').split(/\*+/);
  const missing = ARN_PARTS.length - pattern.split(':').length;
  if (missing <= 0) return [pieces.join(OUTSIDER_ACCOUNT)];
  return pieces.slice(1).map((_, at) => {
    const before = pieces.slice(0, at + 1).join(OUTSIDER_ACCOUNT);
    const part = before.split(':').length - 1;
    const filling = ARN_PARTS.slice(part, part + missing + 1).join(':');
    return before + filling + pieces.slice(at + 1).join(OUTSIDER_ACCOUNT);
  });
};
