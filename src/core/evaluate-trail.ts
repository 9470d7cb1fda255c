import { type Description, describeVerdict } from './annotation.js';
import { TRAIL_TYPE } from './configuration-item.js';
import {
  type InvalidReference,
  type Key,
  type KeyLookupResult,
  type KeyReference,
  type KeySource,
  parseKeyReference,
} from './key.js';
import { evaluateKeyPolicy, type PolicyResult } from './key-policy.js';
import type { RuleParameters } from './rule-parameters.js';
import type { ObservedTrail, Trail } from './trail.js';
import {
  type Compliance,
  gradeOf,
  type Severity,
  type Standard,
  standardOf,
  type UnavailablePolicy,
  type UncheckedPolicy,
  type Verdict,
  type VerdictCode,
} from './verdict.js';

/** The waiver of a finding: why the risk is accepted, by whom, and the last day on which it applies, such as `2026-01-31`. */
export type FindingWaiver = { readonly reason: string; readonly owner: string; readonly expires: string };

/** What the evaluation of a trail depends on besides the trail. `now` is in milliseconds since 1970. */
export type EvaluationContext = {
  readonly keys: KeySource;
  readonly parameters: RuleParameters;
  readonly now: number;
};

/** The key that was looked up: null for what the lookup did not return. */
export type FindingKey = {
  readonly arn: string | null;
  readonly state: string | null;
  readonly manager: string | null;
};

/**
 * A fact that was not checked: the trail, if it is no longer recorded; the policy of the key, if it could not be read or evaluated; its
 * type; or whether its key material expires. A COMPLIANT verdict makes no statement about it.
 */
export type UncheckedFact = 'trail' | 'policy' | 'type' | 'expiry';

/** Where a trail is defined in a template. Lines start at 1. */
export type SourceLocation = { readonly file: string; readonly line: number };

/** The result for one trail. This is the shape of a finding in the JSON report: its fields are public API. */
export type Finding = Description & {
  /** The account and Region in which the trail was observed. */
  readonly accountId: string;
  readonly region: string;
  readonly resourceType: typeof TRAIL_TYPE;
  readonly resourceId: string;
  readonly trailArn: string;
  readonly trailName: string;
  readonly homeRegion: string;
  readonly kmsKeyId: string | null;
  /** Null where no key was looked up. */
  readonly key: FindingKey | null;
  readonly code: VerdictCode;
  readonly severity: Severity;
  readonly compliance: Compliance;
  /** Whether the verdict belongs to the control in the standards, or to a rule parameter of the user. */
  readonly standard: Standard;
  /** When the key is deleted: ISO 8601, UTC. Absent where no deletion is scheduled, or its date is unknown. */
  readonly deletionDate?: string;
  /** Whole days from the evaluation to `deletionDate`, rounded down: 0 on the last day, negative after the date. */
  readonly daysLeft?: number;
  /** When AWS Config recorded the oldest data that the finding is based on: ISO 8601, UTC. Absent for data that has no such time. */
  readonly recordedAt?: string;
  /** The name of the account. Absent where AWS Organizations was not called. */
  readonly accountName?: string;
  /** The commands of the AWS CLI that fix the finding, complete, in the order in which they are run. Absent where there is none. */
  readonly commands?: readonly string[];
  /** Why the risk is accepted, by whom, and until when. Absent where no waiver applies. */
  readonly waiver?: FindingWaiver;
  /** Absent where everything was checked. */
  readonly unchecked?: readonly UncheckedFact[];
  /** Absent where the trail is not defined in a template. */
  readonly location?: SourceLocation;
};

/**
 * Evaluates trails: one finding for each, in the order given.
 *
 * @throws what the key source throws: a temporary fault, for example throttling, is not a verdict
 */
export const evaluateTrails = (
  trails: readonly ObservedTrail[],
  context: EvaluationContext,
): Promise<readonly Finding[]> => Promise.all(trails.map((trail) => evaluateTrail(trail, context)));

/**
 * Evaluates one trail by the state of its key. The key is looked up only where the trail alone does not decide.
 *
 * @throws what the key source throws
 */
export const evaluateTrail = async (
  observed: ObservedTrail,
  context: EvaluationContext,
): Promise<Finding> => {
  const precheck = precheckTrail(observed, context.parameters);
  const evidence: Evidence =
    precheck.kind === 'verdict'
      ? precheck
      : { ...precheck, lookup: await context.keys.getKey(precheck.reference) };
  return findingOf(observed, evidence, context);
};

/** What the trail alone decides: a verdict, or the key that has to be looked up. */
export type Precheck =
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | { readonly kind: 'lookup'; readonly reference: KeyReference };

/** Evaluates a trail as far as that is possible without its key. */
export const precheckTrail = (observed: ObservedTrail, parameters: RuleParameters): Precheck => {
  const { trail } = observed;
  if (observed.absent) return decided({ code: 'TRAIL_NOT_FOUND' });
  if (observed.region !== trail.homeRegion) return decided({ code: 'SHADOW_TRAIL' });
  if (observed.accountId !== trail.ownerAccountId && parameters.organizationTrails === 'owner') {
    return decided({ code: 'ORGANIZATION_TRAIL' });
  }
  if (trail.kmsKeyId === undefined) return decided({ code: 'NO_KMS_KEY' });
  const reference: KeyReference | InvalidReference = parseKeyReference(trail.kmsKeyId, trail);
  const key = reference.kmsKeyId;
  if (parameters.keyVerification === 'presence') return decided({ code: 'KEY_PRESENT', key });
  if (reference.kind === 'invalid') return decided({ code: 'KEY_NOT_FOUND', key, why: reference.reason });
  return { kind: 'lookup', reference };
};

const decided = (verdict: Verdict): Precheck => ({ kind: 'verdict', verdict });

/** The basis of a finding: the verdict of the precheck, or the result of the key lookup. */
export type Evidence =
  | Extract<Precheck, { kind: 'verdict' }>
  | (Extract<Precheck, { kind: 'lookup' }> & { readonly lookup: KeyLookupResult });

/** The finding on a trail. Pure: the same evidence always gives the same finding. */
export const findingOf = (
  observed: ObservedTrail,
  evidence: Evidence,
  { parameters, now }: Pick<EvaluationContext, 'parameters' | 'now'>,
): Finding => {
  const { accountId, region, resourceId, trail } = observed;
  const verdict =
    evidence.kind === 'verdict'
      ? evidence.verdict
      : evaluateKey(evidence.lookup, { parameters, now, reference: evidence.reference, trail });
  const unchecked =
    evidence.kind === 'verdict'
      ? uncheckedTrail(observed)
      : uncheckedFacts(verdict, evidence.lookup, parameters);
  return {
    accountId,
    region,
    resourceType: TRAIL_TYPE,
    resourceId,
    trailArn: trail.arn,
    trailName: trail.name,
    homeRegion: trail.homeRegion,
    kmsKeyId: trail.kmsKeyId ?? null,
    key: evidence.kind === 'verdict' ? null : findingKeyOf(evidence.reference, evidence.lookup),
    code: verdict.code,
    ...gradeOf(verdict, parameters),
    standard: standardOf(verdict),
    ...describeVerdict(verdict, trail),
    ...deletionOf(verdict, now),
    ...(unchecked.length > 0 && { unchecked }),
  };
};

const deletionOf = (verdict: Verdict, now: number): Pick<Finding, 'deletionDate' | 'daysLeft'> =>
  // Stryker disable next-line ConditionalExpression: no other verdict has a deletion date.
  verdict.code === 'KEY_PENDING_DELETION' && verdict.deletionDate !== undefined
    ? {
        deletionDate: new Date(verdict.deletionDate).toISOString(),
        daysLeft: Math.floor((verdict.deletionDate - now) / DAY_MS),
      }
    : {};

/** What the evaluation of a key depends on besides the key. */
export type KeyContext = Pick<EvaluationContext, 'parameters' | 'now'> & {
  readonly reference: KeyReference;
  readonly trail: Trail;
};

/** The verdict on a trail by the key that was looked up for it. Pure: the same facts always give the same verdict. */
export const evaluateKey = (lookup: KeyLookupResult, context: KeyContext): Verdict => {
  const { kmsKeyId } = context.reference;
  switch (lookup.kind) {
    case 'missing':
      return { code: 'KEY_NOT_FOUND', key: kmsKeyId, why: lookup.why };
    case 'unreadable': {
      const { kind: _, ...reason } = lookup;
      return { code: 'KEY_UNVERIFIABLE', key: kmsKeyId, ...reason };
    }
    case 'found':
      return evaluateFoundKey(lookup.key, context);
  }
};

const evaluateFoundKey = (key: Key, context: KeyContext): Verdict => {
  if (key.manager === undefined || key.state === undefined) {
    return { code: 'KEY_UNVERIFIABLE', key: key.arn, why: 'incomplete' };
  }
  const early = checkType(key) ?? checkState(key, key.state, context.now) ?? checkAllowed(key, context);
  if (early) return early;
  const policy = evaluatePolicy(key, context);
  const unchecked = uncheckedPolicy(policy);
  return (
    checkPolicy(key, policy) ??
    checkExpiry(key, context) ??
    checkProof(key, unchecked, context) ??
    checkRotation(key, context) ?? { code: 'CMK_USABLE', key: key.arn, unchecked }
  );
};

const checkType = ({ arn: key, manager, spec, usage }: Key): Verdict | undefined => {
  if (manager !== 'CUSTOMER') return { code: 'KEY_NOT_CUSTOMER_MANAGED', key };
  const wrong = [
    ...(spec === undefined || spec === 'SYMMETRIC_DEFAULT' ? [] : [spec]),
    ...(usage === undefined || usage === 'ENCRYPT_DECRYPT' ? [] : [usage]),
  ];
  return wrong.length > 0 ? { code: 'KEY_WRONG_TYPE', key, type: wrong.join(' ') } : undefined;
};

/** CloudTrail can generate data keys only in the states Enabled and Updating. A state that AWS adds later never passes. */
const checkState = ({ arn: key, deletionDate }: Key, state: string, now: number): Verdict | undefined => {
  switch (state) {
    case 'Enabled':
    case 'Updating':
      return undefined;
    case 'PendingDeletion':
    case 'PendingReplicaDeletion':
      return { code: 'KEY_PENDING_DELETION', key, deletionDate, overdue: (deletionDate ?? now + 1) <= now };
    case 'Disabled':
      return { code: 'KEY_DISABLED', key };
    case 'PendingImport':
      return { code: 'KEY_PENDING_IMPORT', key };
    default:
      return { code: 'KEY_UNAVAILABLE', key, state };
  }
};

const checkAllowed = ({ arn: key }: Key, { parameters }: KeyContext): Verdict | undefined =>
  parameters.kmsKeyArns.length > 0 && !parameters.kmsKeyArns.includes(key)
    ? { code: 'KEY_NOT_ALLOWED', key }
    : undefined;

type PolicyEvaluation = PolicyResult | UnavailablePolicy;

/** The evaluation of the key policy. A policy that is not checked counts as allowed. */
const evaluatePolicy = ({ arn, policy }: Key, { trail, parameters }: KeyContext): PolicyEvaluation => {
  // Stryker disable next-line ObjectLiteral,StringLiteral: every other kind that is not a problem counts as allowed, too.
  if (parameters.checkKeyPolicy === 'false') return { kind: 'allowed' };
  if (policy.kind === 'unavailable') return policy;
  return evaluateKeyPolicy(policy.value, { keyArn: arn, trailArn: trail.arn });
};

const checkPolicy = ({ arn: key }: Key, policy: PolicyEvaluation): Verdict | undefined => {
  if (policy.kind === 'open') return { code: 'KEY_POLICY_OPEN', key, actions: policy.actions };
  const isBlocked = policy.kind === 'denied' || policy.kind === 'not-allowed';
  return isBlocked ? { code: 'KEY_POLICY_BLOCKS_CLOUDTRAIL', key, why: policy.kind } : undefined;
};

const uncheckedPolicy = (policy: PolicyEvaluation): UncheckedPolicy | undefined =>
  policy.kind === 'unavailable' || policy.kind === 'not-proven' ? policy : undefined;

const checkProof = (
  { arn: key }: Key,
  policy: UncheckedPolicy | undefined,
  { parameters }: KeyContext,
): Verdict | undefined =>
  policy && parameters.checkKeyPolicy === 'strict'
    ? { code: 'KEY_UNVERIFIABLE', key, why: 'policy', policy }
    : undefined;

const DAY_MS = 86_400_000;

const checkExpiry = ({ arn: key, validTo }: Key, { parameters, now }: KeyContext): Verdict | undefined => {
  const { keyMaterialExpiryDays } = parameters;
  if (keyMaterialExpiryDays === 0 || validTo === undefined) return undefined;
  if (validTo > now + keyMaterialExpiryDays * DAY_MS) return undefined;
  return { code: 'KEY_MATERIAL_EXPIRING', key, validTo, ended: validTo <= now };
};

/** Automatic rotation exists only for key material that KMS generated, so other keys are not checked. */
const checkRotation = (
  { arn: key, origin, rotation }: Key,
  { parameters }: KeyContext,
): Verdict | undefined => {
  if (!parameters.requireKeyRotation || (origin !== undefined && origin !== 'AWS_KMS')) return undefined;
  if (rotation.kind === 'unavailable') return { code: 'KEY_UNVERIFIABLE', key, why: 'rotation-unavailable' };
  return rotation.value ? undefined : { code: 'KEY_ROTATION_OFF', key };
};

const uncheckedTrail = ({ absent }: ObservedTrail): readonly UncheckedFact[] =>
  absent === 'not-recorded' ? ['trail'] : [];

/** The facts that a CMK_USABLE verdict leaves unchecked. Other verdicts do not depend on unchecked facts. */
const uncheckedFacts = (
  verdict: Verdict,
  lookup: KeyLookupResult,
  { keyMaterialExpiryDays }: RuleParameters,
): readonly UncheckedFact[] => {
  // Stryker disable next-line ConditionalExpression: a usable key was found, which the compiler cannot know.
  if (verdict.code !== 'CMK_USABLE' || lookup.kind !== 'found') return [];
  const { spec, usage, origin, validTo } = lookup.key;
  const isTypeKnown = spec !== undefined && usage !== undefined;
  const mayExpire = origin === undefined && validTo === undefined;
  return [
    ...(verdict.unchecked ? (['policy'] as const) : []),
    ...(isTypeKnown ? [] : (['type'] as const)),
    ...(keyMaterialExpiryDays > 0 && mayExpire ? (['expiry'] as const) : []),
  ];
};

const findingKeyOf = (reference: KeyReference, lookup: KeyLookupResult): FindingKey => {
  if (lookup.kind !== 'found') {
    return { arn: reference.kind === 'key' ? reference.arn : null, state: null, manager: null };
  }
  const { arn, state = null, manager = null } = lookup.key;
  return { arn, state, manager };
};
