import type { Key, KeyAnswer } from './key.js';
import { judgeKeyPolicy } from './key-policy.js';
import { type KeyReference, parseKeyReference } from './key-reference.js';
import type { RuleParameters } from './rule-parameters.js';
import type { TrailSighting } from './trail.js';
import type { Verdict } from './verdict.js';

/** All that a verdict rests on. `now` is in milliseconds since 1970; `answer` is not looked at where the trail settles it. */
export type Facts = {
  readonly sighting: TrailSighting;
  readonly answer: KeyAnswer;
  readonly parameters: RuleParameters;
  readonly now: number;
};

/** What the trail alone says: a verdict, or the key that has to be asked first. */
export type Examination =
  | { readonly kind: 'settled'; readonly verdict: Verdict }
  | { readonly kind: 'ask'; readonly reference: KeyReference };

/** Judges a trail by the key it names. Pure: the same facts always give the same verdict. */
export const decide = (facts: Facts): Verdict => {
  const examination = examine(facts.sighting, facts.parameters);
  switch (examination.kind) {
    case 'settled':
      return examination.verdict;
    case 'ask':
      return judgeAnswer(facts, examination.reference);
  }
};

/** Judges what can be judged without asking a key. */
export const examine = (sighting: TrailSighting, parameters: RuleParameters): Examination => {
  const { trail } = sighting;
  if (sighting.gone) return settled({ code: 'TRAIL_GONE' });
  if (sighting.region !== trail.homeRegion) return settled({ code: 'TRAIL_IS_COPY' });
  if (sighting.accountId !== trail.ownerAccountId && parameters.organizationTrails === 'owner') {
    return settled({ code: 'TRAIL_OF_ORGANIZATION' });
  }
  if (trail.kmsKeyId === undefined) return settled({ code: 'NO_KMS_KEY' });
  const reference = parseKeyReference(trail.kmsKeyId, trail);
  const key = reference.written;
  if (parameters.keyVerification === 'presence') return settled({ code: 'KEY_PRESENT', key });
  if (reference.kind === 'invalid') return settled({ code: 'KEY_NOT_FOUND', key, why: reference.fault });
  return { kind: 'ask', reference };
};

const settled = (verdict: Verdict): Examination => ({ kind: 'settled', verdict });

const judgeAnswer = (facts: Facts, { written }: KeyReference): Verdict => {
  switch (facts.answer.kind) {
    case 'missing':
      return { code: 'KEY_NOT_FOUND', key: written, why: facts.answer.why };
    case 'unreadable':
      return { code: 'KEY_UNVERIFIABLE', key: written, why: facts.answer.why };
    case 'found':
      return judgeKey(facts.answer.key, facts);
  }
};

const judgeKey = (key: Key, facts: Facts): Verdict => {
  if (key.manager === undefined || key.state === undefined) {
    return { code: 'KEY_UNVERIFIABLE', key: key.arn, why: 'incomplete' };
  }
  return (
    judgeKind(key) ??
    judgeState(key, key.state, facts.now) ??
    judgePermission(key, facts) ??
    judgeExpiry(key, facts) ??
    judgeRotation(key, facts) ?? { code: 'CMK_USABLE', key: key.arn, unchecked: uncheckedPolicy(key, facts) }
  );
};

const judgeKind = ({ arn: key, manager, spec, usage }: Key): Verdict | undefined => {
  if (manager !== 'CUSTOMER') return { code: 'KEY_NOT_CUSTOMER_MANAGED', key };
  const wrong = [
    ...(spec === undefined || spec === 'SYMMETRIC_DEFAULT' ? [] : [spec]),
    ...(usage === undefined || usage === 'ENCRYPT_DECRYPT' ? [] : [usage]),
  ];
  return wrong.length > 0 ? { code: 'KEY_WRONG_TYPE', key, type: wrong.join(' ') } : undefined;
};

/** Only Enabled and Updating let CloudTrail get data keys; a state that AWS adds later never passes. */
const judgeState = ({ arn: key, deletionDate }: Key, state: string, now: number): Verdict | undefined => {
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

const judgePermission = ({ arn: key, policy }: Key, { sighting, parameters }: Facts): Verdict | undefined => {
  if (parameters.kmsKeyArns.length > 0 && !parameters.kmsKeyArns.includes(key)) {
    return { code: 'KEY_NOT_ALLOWED', key };
  }
  if (!parameters.checkKeyPolicy || policy.kind === 'unread') return undefined;
  const judgement = judgeKeyPolicy(policy.value, { keyArn: key, trailArn: sighting.trail.arn });
  switch (judgement) {
    // Stryker disable next-line StringLiteral: without this case the function ends as well, and gives nothing.
    case 'passes':
      return undefined;
    case 'open':
      return { code: 'KEY_POLICY_OPEN', key };
    case 'denied':
    case 'not-allowed':
      return { code: 'KEY_POLICY_BLOCKS_CLOUDTRAIL', key, why: judgement };
  }
};

const DAY = 86_400_000;

const judgeExpiry = ({ arn: key, validTo }: Key, { parameters, now }: Facts): Verdict | undefined => {
  const { keyMaterialExpiryDays } = parameters;
  if (keyMaterialExpiryDays === 0 || validTo === undefined) return undefined;
  if (validTo > now + keyMaterialExpiryDays * DAY) return undefined;
  return { code: 'KEY_MATERIAL_EXPIRING', key, validTo, ended: validTo <= now };
};

/** KMS rotates only key material that it made itself, so imported and custom-store keys are not asked. */
const judgeRotation = ({ arn: key, origin, rotation }: Key, { parameters }: Facts): Verdict | undefined => {
  if (!parameters.requireKeyRotation || (origin !== undefined && origin !== 'AWS_KMS')) return undefined;
  if (rotation.kind === 'unread') return { code: 'KEY_UNVERIFIABLE', key, why: 'rotation-unread' };
  return rotation.value ? undefined : { code: 'KEY_ROTATION_OFF', key };
};

const uncheckedPolicy = ({ policy }: Key, { parameters }: Facts) => {
  if (!parameters.checkKeyPolicy) return undefined;
  // Stryker disable next-line ConditionalExpression: a policy that was read has no reason, which the compiler cannot know.
  return policy.kind === 'unread' ? policy.why : undefined;
};
