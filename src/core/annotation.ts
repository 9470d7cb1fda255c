import { formatDate } from './json-value.js';
import type { UnprovenPolicy } from './key-policy.js';
import type { Trail } from './trail.js';
import type {
  MissingKey,
  PolicyBlock,
  UnavailablePolicy,
  UncheckedPolicy,
  UnverifiableKey,
  Verdict,
  VerdictCode,
} from './verdict.js';

/** A finding in words: the resource, the cause and the consequence; then what to do. Both are full sentences. */
export type Description = { readonly message: string; readonly nextStep: string };

/** PutEvaluations takes an annotation of 1 to 256 characters. */
export const MAX_ANNOTATION_CHARACTERS = 256;

/**
 * The annotation of a finding: `CODE: message nextStep`, 1 to 256 characters of printable ASCII. Where it would be longer, the longest
 * word of the message, an ARN or a name, is shortened in its middle. The same finding always has the same annotation.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_Evaluation.html (Annotation)
 */
export const annotationOf = ({
  code,
  message,
  nextStep,
}: Description & { readonly code: VerdictCode }): string => {
  const [text, end] = [printable(message), ` ${nextStep}`];
  const room = MAX_ANNOTATION_CHARACTERS - `${code}: ${end}`.length;
  const longest = text.split(' ').reduce((a, b) => (b.length > a.length ? b : a));
  const shorter = text.replace(longest, () => shorten(longest, longest.length - (text.length - room)));
  return `${code}: ${shorten(shorter, room)}${end}`;
};

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/gu, '?');

const ELLIPSIS = '...';

/** The end of an ARN distinguishes keys, so it keeps the larger half. */
const shorten = (text: string, room: number): string => {
  if (text.length <= room) return text;
  const kept = Math.max(0, room - ELLIPSIS.length);
  const head = Math.floor(kept / 2);
  return `${text.slice(0, head)}${ELLIPSIS}${text.slice(text.length - (kept - head))}`;
};

/** Describes a resource of earlier results that no longer exists, by its id or ARN. */
export const describeMissingTrail = (trail: string): Description => ({
  message: `Trail ${trail} was deleted or is not recorded by AWS Config, so it was not evaluated.`,
  nextStep: 'If you did not expect this, recreate the trail or record it in AWS Config.',
});

/** Describes the verdict on a trail. */
export const describeVerdict = (verdict: Verdict, trail: Trail): Description =>
  describe(verdict.code, verdict, trail);

type VerdictByCode = { readonly [C in VerdictCode]: Extract<Verdict, { readonly code: C }> };
type Table<Reason extends string> = Readonly<Record<Reason, (key: string) => Description>>;

const describe = <C extends VerdictCode>(code: C, verdict: VerdictByCode[C], trail: Trail): Description =>
  DESCRIPTIONS[code](verdict, trail);

const ENCRYPT = 'Set a customer managed key on the trail with Trailkey-EncryptTrail.';
const SET_EXISTING = 'Set an existing key on the trail.';

const DESCRIPTIONS: {
  readonly [C in VerdictCode]: (verdict: VerdictByCode[C], trail: Trail) => Description;
} = {
  TRAIL_NOT_FOUND: (_, { arn }) => describeMissingTrail(arn),
  SHADOW_TRAIL: (_, { arn, homeRegion }) => ({
    message: `This is a shadow trail of ${arn}, which can be changed only in its home Region, ${homeRegion}.`,
    nextStep: 'See the result in the home Region.',
  }),
  ORGANIZATION_TRAIL: (_, { arn, ownerAccountId }) => ({
    message: `Organization trail ${arn} belongs to account ${ownerAccountId} and is evaluated there.`,
    nextStep: 'To evaluate it in a delegated administrator account, set organizationTrails to everywhere.',
  }),
  NO_KMS_KEY: (_, { name }) => ({
    message: `Trail ${name} has no KMS key, so anyone who can read its bucket can read its logs.`,
    nextStep: ENCRYPT,
  }),
  KEY_PRESENT: ({ key }) => ({
    message: `Key ${key} is configured; its state was not checked.`,
    nextStep: 'Set keyVerification to live to check it.',
  }),
  KEY_NOT_FOUND: ({ key, why }) => MISSING[why](key),
  KEY_UNVERIFIABLE: (verdict) => {
    if (verdict.why === 'policy') return unprovenPolicy(verdict);
    return verdict.why === 'denied' ? deniedKey(verdict) : UNVERIFIABLE[verdict.why](verdict.key);
  },
  KEY_NOT_CUSTOMER_MANAGED: ({ key }) => ({
    message: `Key ${key} is an AWS managed key, so you cannot change its policy.`,
    nextStep: ENCRYPT,
  }),
  KEY_WRONG_TYPE: ({ key, type }) => ({
    message: `Key ${key} has the type ${type}, so CloudTrail cannot use it and cannot deliver logs.`,
    nextStep: 'Set a symmetric encryption key on the trail.',
  }),
  KEY_PENDING_DELETION: (verdict) => (verdict.overdue ? overdueDeletion(verdict) : pendingDeletion(verdict)),
  KEY_DISABLED: ({ key }) => ({
    message: `Key ${key} is disabled, so CloudTrail cannot deliver logs.`,
    nextStep: 'Enable the key (EnableKey), or set another key on the trail.',
  }),
  KEY_PENDING_IMPORT: ({ key }) => ({
    message: `The imported key material of key ${key} is missing or expired, so CloudTrail cannot deliver logs.`,
    nextStep: 'Import it again, or set another key.',
  }),
  KEY_UNAVAILABLE: ({ key, state }) => ({
    message: `Key ${key} is in the state ${state}, so CloudTrail cannot deliver logs.`,
    nextStep: 'Restore the key (connect its key store), or set another key.',
  }),
  KEY_NOT_ALLOWED: ({ key }) => ({
    message: `Key ${key} is not listed in the rule parameter kmsKeyArns.`,
    nextStep: 'Set an allowed key on the trail, or add this key to kmsKeyArns.',
  }),
  KEY_POLICY_BLOCKS_CLOUDTRAIL: ({ key, why }) => BLOCKED[why](key),
  KEY_POLICY_OPEN: ({ key, actions }) => ({
    message: `The policy of key ${key} allows anyone to call ${listActions(actions)}, so you do not control who uses it.`,
    nextStep: 'Limit these actions in the key policy.',
  }),
  KEY_MATERIAL_EXPIRING: ({ key, validTo, ended }) => ({
    message: ended
      ? `The key material of key ${key} expired on ${formatDate(validTo)}, so CloudTrail cannot deliver logs.`
      : `The key material of key ${key} expires on ${formatDate(validTo)}. CloudTrail cannot deliver logs after that.`,
    nextStep: 'Import it again with a later expiration date.',
  }),
  KEY_ROTATION_OFF: ({ key }) => ({
    message: `Automatic rotation is off for key ${key}, so the same key material protects all logs.`,
    nextStep: 'Turn on automatic rotation (EnableKeyRotation).',
  }),
  CMK_USABLE: ({ key, unchecked }) => {
    if (unchecked === undefined) {
      return {
        message: `Key ${key} is a customer managed key in a state that CloudTrail can use.`,
        nextStep: 'No action is needed.',
      };
    }
    const { gap, nextStep } = describeUnchecked(unchecked);
    return { message: `Key ${key} is in a state that CloudTrail can use; ${gap}.`, nextStep };
  },
};

const MISSING: Table<MissingKey> = {
  unknown: (key) => ({
    message: `Key ${key} does not exist, so CloudTrail cannot deliver logs.`,
    nextStep: 'Set an existing key on the trail with Trailkey-EncryptTrail.',
  }),
  deleted: (key) => ({
    message: `Key ${key} was deleted: CloudTrail cannot deliver logs, and logs encrypted under the key are unreadable.`,
    nextStep: SET_EXISTING,
  }),
  'not-a-key': (key) => ({
    message: `The value ${key} is not a key ARN, alias, or key ID, so CloudTrail cannot deliver logs.`,
    nextStep: SET_EXISTING,
  }),
  'no-such-region': (key) => ({
    message: `The Region in ${key} is not a valid AWS Region, so CloudTrail cannot deliver logs.`,
    nextStep: SET_EXISTING,
  }),
  'other-partition': (key) => ({
    message: `Key ${key} is in another AWS partition than the trail, so CloudTrail cannot deliver logs.`,
    nextStep: "Set a key in the trail's partition.",
  }),
};

const UNVERIFIABLE: Table<UnverifiableKey> = {
  'not-in-input': (key) => ({
    message: `Key ${key} was not found in the input, so its state is unknown.`,
    nextStep: 'Add the snapshot or the describe-key output of its account and Region.',
  }),
  'alias-not-in-input': (key) => ({
    message: `The input does not contain the target key of alias ${key}, so the key state is unknown.`,
    nextStep: 'Add the list-aliases output of its account and Region.',
  }),
  'region-unreachable': (key) => ({
    message: `The Region of key ${key} could not be reached, so the key state is unknown.`,
    nextStep: 'Enable the Region for the account, or set another key.',
  }),
  'after-apply': (key) => ({
    message: `Key ${key} is known only after the deployment, so its state is unknown.`,
    nextStep: 'Use a key of the same template, or check the deployed trail.',
  }),
  incomplete: (key) => ({
    message: `The data of key ${key} does not contain its state or its manager, so the key is not verified.`,
    nextStep: 'Record keys in AWS Config, or add describe-key output.',
  }),
  'rotation-unavailable': (key) => ({
    message: `The rotation status of key ${key} could not be read.`,
    nextStep: 'Allow kms:GetKeyRotationStatus, or record the key in AWS Config.',
  }),
};

const deniedKey = ({
  key,
  caller,
}: Extract<Verdict, { readonly code: 'KEY_UNVERIFIABLE'; readonly why: 'denied' }>): Description => ({
  message: `Access to kms:DescribeKey was denied${caller === undefined ? '' : ` to ${caller}`} for key ${key}, so its state is unknown.`,
  nextStep: 'Allow kms:DescribeKey in the key policy and in IAM.',
});

type PendingDeletion = VerdictByCode['KEY_PENDING_DELETION'];

const onDate = (time: number | undefined): string => (time === undefined ? '' : ` on ${formatDate(time)}`);

const pendingDeletion = ({ key, deletionDate }: PendingDeletion): Description => ({
  message: `Key ${key} is scheduled for deletion${onDate(deletionDate)}: CloudTrail cannot deliver logs, and existing logs will become permanently unreadable.`,
  nextStep: 'Cancel the deletion.',
});

const overdueDeletion = ({ key, deletionDate }: PendingDeletion): Description => ({
  message: `Key ${key} was scheduled for deletion${onDate(deletionDate)} and may no longer exist.`,
  nextStep: 'If it exists, cancel the deletion. Otherwise set another key.',
});

const BLOCKED: Table<PolicyBlock> = {
  denied: (key) => ({
    message: `The policy of key ${key} denies CloudTrail, so CloudTrail cannot deliver logs.`,
    nextStep: 'Exclude the trail from that Deny statement.',
  }),
  'not-allowed': (key) => ({
    message: `The policy of key ${key} does not allow CloudTrail to use the key for this trail, so logs are not delivered.`,
    nextStep: 'Allow kms:GenerateDataKey*.',
  }),
};

const LISTED_ACTIONS = 2;

const listActions = (actions: readonly string[]): string => {
  const others = actions.length - LISTED_ACTIONS;
  const listed = actions.slice(0, LISTED_ACTIONS);
  if (others <= 0) return listed.join(' and ');
  return `${listed.join(', ')} and ${others} other ${others === 1 ? 'action' : 'actions'}`;
};

type PolicyGap = { readonly gap: string; readonly nextStep: string };

/** Why a key policy is not proven to be right, as a clause, and what to do. */
const describeUnchecked = (policy: UncheckedPolicy): PolicyGap =>
  policy.kind === 'unavailable' ? UNAVAILABLE_POLICY[policy.why] : unevaluated(policy);

const UNAVAILABLE_POLICY: Readonly<Record<UnavailablePolicy['why'], PolicyGap>> = {
  'not-recorded': {
    gap: 'its policy is not recorded and was not checked',
    nextStep: 'Record keys in AWS Config.',
  },
  denied: {
    gap: 'access to its policy was denied, so it was not checked',
    nextStep: 'Allow kms:GetKeyPolicy.',
  },
  'other-account': {
    gap: 'its policy was not checked, because the key is in another account',
    nextStep: 'Check it there.',
  },
  'after-apply': {
    gap: 'its policy is known only after the deployment, so it was not checked',
    nextStep: 'Check the deployed trail.',
  },
};

/** The part of a policy comes from outside and can have any length. */
const MAX_PART_CHARACTERS = 60;

const unevaluated = ({ part, subject }: UnprovenPolicy): PolicyGap => ({
  gap: `${shorten(part, MAX_PART_CHARACTERS)} in its policy was not evaluated`,
  nextStep:
    subject === 'delivery'
      ? 'Check that it lets CloudTrail use the key.'
      : 'Check that it limits who can use the key.',
});

const unprovenPolicy = ({
  key,
  policy,
}: Extract<Verdict, { readonly code: 'KEY_UNVERIFIABLE'; readonly why: 'policy' }>): Description => {
  const { gap, nextStep } = describeUnchecked(policy);
  return { message: `Key ${key} is not verified: ${gap}.`, nextStep };
};
