import type { Fact, InvalidReferenceReason } from './key.js';
import type { UnprovenPolicy } from './key-policy.js';
import type { RuleParameters } from './rule-parameters.js';

/**
 * The result of the evaluation of one trail, in the order of precedence.
 *
 * Codes are public API: reports, dashboards and exemptions match on them. A code may be added or deprecated; it is never
 * renamed and never reused. Each has a page in `docs/verdicts/`. Dates are milliseconds since 1970.
 */
export type Verdict =
  | { readonly code: 'TRAIL_NOT_FOUND' }
  | { readonly code: 'SHADOW_TRAIL' }
  | { readonly code: 'ORGANIZATION_TRAIL' }
  | { readonly code: 'NO_KMS_KEY' }
  | { readonly code: 'KEY_PRESENT'; readonly key: string }
  | { readonly code: 'KEY_NOT_FOUND'; readonly key: string; readonly why: MissingKey }
  | { readonly code: 'KEY_UNVERIFIABLE'; readonly key: string; readonly why: UnverifiableKey }
  | {
      readonly code: 'KEY_UNVERIFIABLE';
      readonly key: string;
      readonly why: 'denied';
      readonly caller?: string | undefined;
    }
  | {
      readonly code: 'KEY_UNVERIFIABLE';
      readonly key: string;
      readonly why: 'policy';
      readonly policy: UncheckedPolicy;
    }
  | { readonly code: 'KEY_NOT_CUSTOMER_MANAGED'; readonly key: string }
  | { readonly code: 'KEY_WRONG_TYPE'; readonly key: string; readonly type: string }
  | {
      readonly code: 'KEY_PENDING_DELETION';
      readonly key: string;
      readonly deletionDate: number | undefined;
      readonly overdue: boolean;
    }
  | { readonly code: 'KEY_DISABLED'; readonly key: string }
  | { readonly code: 'KEY_PENDING_IMPORT'; readonly key: string }
  | { readonly code: 'KEY_UNAVAILABLE'; readonly key: string; readonly state: string }
  | { readonly code: 'KEY_NOT_ALLOWED'; readonly key: string }
  | { readonly code: 'KEY_POLICY_BLOCKS_CLOUDTRAIL'; readonly key: string; readonly why: PolicyBlock }
  | { readonly code: 'KEY_POLICY_OPEN'; readonly key: string; readonly actions: readonly string[] }
  | {
      readonly code: 'KEY_MATERIAL_EXPIRING';
      readonly key: string;
      readonly validTo: number;
      readonly ended: boolean;
    }
  | { readonly code: 'KEY_ROTATION_OFF'; readonly key: string }
  | { readonly code: 'CMK_USABLE'; readonly key: string; readonly unchecked: UncheckedPolicy | undefined };

export type VerdictCode = Verdict['code'];

/** Why the key does not exist: KMS does not have it, it was deleted, or the value is not a valid key identifier. */
export type MissingKey = 'unknown' | 'deleted' | InvalidReferenceReason;

/** Why the state of the key is unknown. */
export type UnverifiableKey =
  | 'not-in-input'
  | 'alias-not-in-input'
  | 'region-unreachable'
  | 'after-apply'
  | 'incomplete'
  | 'rotation-unavailable';

/** How the key policy blocks CloudTrail: a Deny applies, or no Allow does. */
export type PolicyBlock = 'denied' | 'not-allowed';

/** Why the key policy is not proven to be right although `checkKeyPolicy` is set: it could not be read, or not be evaluated. */
export type UncheckedPolicy = UnavailablePolicy | UnprovenPolicy;

/** The key policy could not be read, and why. */
export type UnavailablePolicy = Extract<Fact<unknown>, { readonly kind: 'unavailable' }>;

/** The compliance types that PutEvaluations takes. */
export type Compliance = 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE';

/** The severity of a finding; COMPLIANT and NOT_APPLICABLE findings are `INFORMATIONAL`. `docs/severity.md` explains the scale. */
export type Severity = 'HIGH' | 'MEDIUM' | 'LOW' | 'INFORMATIONAL';

/** The severities, the highest first. */
export const SEVERITIES: readonly Severity[] = ['HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'];

/** The description that all findings of one code share. */
export type VerdictInfo = {
  readonly compliance: Compliance;
  readonly severity: Severity;
  /** The compliant state. */
  readonly title: string;
  /** What the code says about the trail. */
  readonly meaning: string;
  readonly why: string;
  readonly nextStep: string;
};

const NON_COMPLIANT = { compliance: 'NON_COMPLIANT' } as const;
const COMPLIANT = { compliance: 'COMPLIANT', severity: 'INFORMATIONAL' } as const;
const NOT_APPLICABLE = { compliance: 'NOT_APPLICABLE', severity: 'INFORMATIONAL' } as const;
const NO_DELIVERY =
  'CloudTrail cannot generate data keys, so it cannot deliver logs, and current activity is not recorded.';

/** A row for each code, in the order of precedence. A code without a row does not compile. */
export const CATALOGUE = {
  TRAIL_NOT_FOUND: {
    ...NOT_APPLICABLE,
    title: 'The trail exists and is recorded by AWS Config',
    meaning: 'The trail was deleted or is not recorded by AWS Config',
    why: 'A deleted trail delivers no logs, and a trail that is not recorded cannot be evaluated.',
    nextStep: 'If you did not expect this, recreate the trail or record it in AWS Config.',
  },
  SHADOW_TRAIL: {
    ...NOT_APPLICABLE,
    title: 'The trail is evaluated in its home Region',
    meaning: 'This is a shadow trail: the trail is evaluated in its home Region',
    why: 'A multi-Region trail appears in every Region as a shadow trail and can be changed only in its home Region.',
    nextStep: 'See the result in the home Region.',
  },
  ORGANIZATION_TRAIL: {
    ...NOT_APPLICABLE,
    title: 'The organization trail is evaluated in the account that owns it',
    meaning: 'This is an organization trail of another account and is evaluated there',
    why: 'An organization trail appears in every member account. Its owner, the management account, or a CloudTrail delegated administrator can change it.',
    nextStep:
      'See the result in the owning account. In a CloudTrail delegated administrator account, set organizationTrails to everywhere.',
  },
  NO_KMS_KEY: {
    ...NON_COMPLIANT,
    severity: 'MEDIUM',
    title: 'The trail encrypts its logs with a KMS key',
    meaning: 'The trail has no KMS key',
    why: 'Anyone who can read the bucket can read the logs: no key policy limits access, and no key usage is recorded.',
    nextStep:
      'Set a customer managed key on the trail with Trailkey-EncryptTrail, which also verifies that logs are delivered.',
  },
  KEY_PRESENT: {
    ...COMPLIANT,
    title: 'The trail is configured with a KMS key',
    meaning: 'The trail is configured with a KMS key; the key was not checked',
    why: 'The parameter keyVerification is presence, so the key was not checked: it could be disabled, pending deletion, or closed to CloudTrail.',
    nextStep: 'Set keyVerification to live where the key can be checked.',
  },
  KEY_NOT_FOUND: {
    ...NON_COMPLIANT,
    severity: 'HIGH',
    title: 'The KMS key of the trail exists',
    meaning: "The trail's KMS key does not exist",
    why: NO_DELIVERY,
    nextStep:
      'Set an existing key on the trail with Trailkey-EncryptTrail. Logs that were encrypted under a deleted key stay unreadable.',
  },
  KEY_UNVERIFIABLE: {
    ...NON_COMPLIANT,
    severity: 'MEDIUM',
    title: 'The KMS key of the trail can be verified',
    meaning: "The trail's KMS key could not be verified",
    why: 'It is unknown whether CloudTrail can deliver logs or who can use the key, and what is unknown does not pass.',
    nextStep:
      'Follow the next step of each finding: allow the call, add the missing data to the input, or check the policy.',
  },
  KEY_NOT_CUSTOMER_MANAGED: {
    ...NON_COMPLIANT,
    severity: 'MEDIUM',
    title: 'The KMS key of the trail is customer managed',
    meaning: "The trail's KMS key is an AWS managed key",
    why: 'You cannot change the policy, the rotation, or the deletion of an AWS managed key.',
    nextStep: 'Set a customer managed key on the trail with Trailkey-EncryptTrail.',
  },
  KEY_WRONG_TYPE: {
    ...NON_COMPLIANT,
    severity: 'HIGH',
    title: 'The KMS key of the trail is a symmetric encryption key',
    meaning: "The trail's KMS key is not a symmetric encryption key",
    why: NO_DELIVERY,
    nextStep: 'Set a SYMMETRIC_DEFAULT key for ENCRYPT_DECRYPT on the trail with Trailkey-EncryptTrail.',
  },
  KEY_PENDING_DELETION: {
    ...NON_COMPLIANT,
    severity: 'HIGH',
    title: 'The KMS key of the trail is not pending deletion',
    meaning: "The trail's KMS key is pending deletion",
    why: 'CloudTrail cannot deliver logs. When the key is deleted, every log that was encrypted under it becomes permanently unreadable.',
    nextStep:
      'Cancel the deletion before its date, then enable the key. Trailkey-RestoreKey does both, with approval.',
  },
  KEY_DISABLED: {
    ...NON_COMPLIANT,
    severity: 'HIGH',
    title: 'The KMS key of the trail is enabled',
    meaning: "The trail's KMS key is disabled",
    why: NO_DELIVERY,
    nextStep:
      'Enable the key with Trailkey-RestoreKey, which requires approval, or set another key with Trailkey-EncryptTrail.',
  },
  KEY_PENDING_IMPORT: {
    ...NON_COMPLIANT,
    severity: 'HIGH',
    title: 'The KMS key of the trail has its imported key material',
    meaning: "The imported key material of the trail's KMS key is missing or expired",
    why: NO_DELIVERY,
    nextStep: 'Import the same key material again, or set another key with Trailkey-EncryptTrail.',
  },
  KEY_UNAVAILABLE: {
    ...NON_COMPLIANT,
    severity: 'HIGH',
    title: 'The KMS key of the trail is in a usable state',
    meaning: "The trail's KMS key is in a state in which it cannot be used",
    why: NO_DELIVERY,
    nextStep:
      'Restore the key (if its state is Unavailable, connect its custom key store), or set another key on the trail.',
  },
  KEY_NOT_ALLOWED: {
    ...NON_COMPLIANT,
    severity: 'MEDIUM',
    title: 'The KMS key of the trail is an allowed key',
    meaning: "The trail's KMS key is not listed in kmsKeyArns",
    why: 'The key works, but your organization has not approved it for trails.',
    nextStep: 'Set an allowed key on the trail, or add this key to the parameter kmsKeyArns.',
  },
  KEY_POLICY_BLOCKS_CLOUDTRAIL: {
    ...NON_COMPLIANT,
    severity: 'HIGH',
    title: 'The policy of the KMS key allows CloudTrail to use it for the trail',
    meaning: 'The key policy does not allow CloudTrail to use the key for the trail',
    why: NO_DELIVERY,
    nextStep:
      'In the key policy, allow cloudtrail.amazonaws.com to call kms:GenerateDataKey* for this trail, and exclude it from Deny statements.',
  },
  KEY_POLICY_OPEN: {
    ...NON_COMPLIANT,
    severity: 'MEDIUM',
    title: 'The policy of the KMS key limits who can use and control it',
    meaning: 'The key policy allows anyone to use or control the key',
    why: 'Depending on the actions, anyone can decrypt the logs, or disable, delete or take over the key that protects them.',
    nextStep: 'In the key policy, limit the actions that the finding lists to the principals that need them.',
  },
  KEY_MATERIAL_EXPIRING: {
    ...NON_COMPLIANT,
    severity: 'MEDIUM',
    title: 'The imported key material does not expire within the configured number of days',
    meaning: "The imported key material of the trail's KMS key expires soon or has expired",
    why: 'When the key material expires, CloudTrail cannot deliver logs, and existing logs are unreadable until the same key material is imported again.',
    nextStep: 'Import the same key material again with a later expiration date, or with none.',
  },
  KEY_ROTATION_OFF: {
    ...NON_COMPLIANT,
    severity: 'LOW',
    title: 'Automatic rotation is on for the KMS key of the trail',
    meaning: "Automatic rotation is off for the trail's KMS key",
    why: 'The same key material protects all logs, and the parameter requireKeyRotation requires automatic rotation.',
    nextStep: 'Turn on automatic rotation (EnableKeyRotation).',
  },
  CMK_USABLE: {
    ...COMPLIANT,
    title: 'The trail encrypts its logs with a customer managed key that works',
    meaning: 'The trail encrypts its logs with a customer managed key that works',
    why: 'CloudTrail can generate data keys with the key, and the key policy controls who can read the logs.',
    nextStep: 'Follow the next step of findings that have one; otherwise no action is needed.',
  },
} as const satisfies Record<VerdictCode, VerdictInfo>;

/** Whether a text is a verdict code. */
export const isVerdictCode = (text: string): text is VerdictCode => Object.hasOwn(CATALOGUE, text);

/** Every code, in the order of precedence. */
// Stryker disable next-line MethodExpression: the filter is a type guard that every key passes.
export const VERDICT_CODES: readonly VerdictCode[] = Object.keys(CATALOGUE).filter(isVerdictCode);

/**
 * The compliance and severity of a verdict. The parameter `unverifiableKey` sets the compliance of KEY_UNVERIFIABLE. Key material that has
 * expired is HIGH: CloudTrail cannot deliver logs.
 */
export const gradeOf = (
  verdict: Verdict,
  { unverifiableKey }: RuleParameters,
): Pick<VerdictInfo, 'compliance' | 'severity'> => {
  if (verdict.code === 'KEY_UNVERIFIABLE' && unverifiableKey === 'NOT_APPLICABLE') return NOT_APPLICABLE;
  const { compliance, severity } = CATALOGUE[verdict.code];
  return {
    compliance,
    // Stryker disable next-line ConditionalExpression: no other verdict has ended.
    severity: verdict.code === 'KEY_MATERIAL_EXPIRING' && verdict.ended ? 'HIGH' : severity,
  };
};

/** Whether a verdict belongs to the control in the standards, or only to a rule parameter of the user. `docs/controls.md` lists both. */
export type Standard = 'control' | 'parameter';

/** What a verdict belongs to. KEY_UNVERIFIABLE belongs to a parameter where only the rotation or the policy could not be verified. */
export const standardOf = (verdict: Verdict): Standard => {
  if (verdict.code === 'KEY_UNVERIFIABLE') {
    return verdict.why === 'policy' || verdict.why === 'rotation-unavailable' ? 'parameter' : 'control';
  }
  return OF_PARAMETERS.includes(verdict.code) ? 'parameter' : 'control';
};

/** Verdicts that no standard requires: rule parameters enable them. */
const OF_PARAMETERS: readonly VerdictCode[] = [
  'KEY_NOT_ALLOWED',
  'KEY_POLICY_BLOCKS_CLOUDTRAIL',
  'KEY_POLICY_OPEN',
  'KEY_MATERIAL_EXPIRING',
  'KEY_ROTATION_OFF',
];

const ABOUT_OTHER_PLACES: readonly VerdictCode[] = ['TRAIL_NOT_FOUND', 'SHADOW_TRAIL', 'ORGANIZATION_TRAIL'];

/** False for findings that do not evaluate the trail itself: shadow trails, organization trails of another account, trails not found. */
export const isEvaluated = ({ code }: { readonly code: VerdictCode }): boolean =>
  !ABOUT_OTHER_PLACES.includes(code);
