import type { RuleParameters } from './rule-parameters.js';
import type { Verdict, VerdictCode } from './verdict.js';

/** The compliance types that PutEvaluations takes. */
export type Compliance = 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE';

/** How bad a finding is; compliant and not applicable ones are `INFORMATIONAL`. */
export type Severity = 'HIGH' | 'MEDIUM' | 'LOW' | 'INFORMATIONAL';

/** What is said about every finding of one code. */
export type VerdictInfo = {
  readonly compliance: Compliance;
  readonly severity: Severity;
  /** States what holds where all is well. */
  readonly title: string;
  readonly why: string;
  readonly nextStep: string;
};

const BAD = { compliance: 'NON_COMPLIANT' } as const;
const FINE = { compliance: 'COMPLIANT', severity: 'INFORMATIONAL' } as const;
const ELSEWHERE = { compliance: 'NOT_APPLICABLE', severity: 'INFORMATIONAL' } as const;
const LOGS_STOP =
  'CloudTrail cannot get data keys, so it delivers no logs and what happens now goes unrecorded.';

/** A row for each code, in the order of precedence. A code without a row does not compile. */
export const CATALOGUE = {
  TRAIL_GONE: {
    ...ELSEWHERE,
    title: 'The trail exists and is recorded by AWS Config',
    why: 'A trail that was deleted delivers no logs, and one that is not recorded cannot be judged.',
    nextStep:
      'No action is needed, if that was intended; else make the trail again or record it in AWS Config.',
  },
  TRAIL_IS_COPY: {
    ...ELSEWHERE,
    title: 'The trail is judged in its home Region',
    why: 'A multi-Region trail shows a copy in every Region; only its home Region can change it.',
    nextStep: 'Read the verdict in the home Region.',
  },
  TRAIL_OF_ORGANIZATION: {
    ...ELSEWHERE,
    title: 'The organization trail is judged in the account that owns it',
    why: 'Members see an organization trail and cannot change it.',
    nextStep: 'Read the verdict in the owning account, and run Trailkey there if it does not yet.',
  },
  NO_KMS_KEY: {
    ...BAD,
    severity: 'MEDIUM',
    title: 'The trail encrypts its logs with a KMS key',
    why: 'Whoever can read the bucket can read the logs: no key policy stands in between, and no use of a key is recorded.',
    nextStep:
      'Set a customer managed key on the trail: Trailkey-EncryptTrail does it and proves that logs still arrive.',
  },
  KEY_PRESENT: {
    ...FINE,
    title: 'The trail names a KMS key',
    why: 'keyVerification is presence, so the key was not asked: it may be disabled, doomed or closed to CloudTrail.',
    nextStep: 'Set keyVerification to live where the key can be asked.',
  },
  KEY_NOT_FOUND: {
    ...BAD,
    severity: 'HIGH',
    title: 'The KMS key of the trail exists',
    why: LOGS_STOP,
    nextStep:
      'Set a key that exists on the trail with Trailkey-EncryptTrail; logs under a deleted key stay unreadable.',
  },
  KEY_UNVERIFIABLE: {
    ...BAD,
    severity: 'MEDIUM',
    title: 'The KMS key of the trail can be asked for its state',
    why: 'Nobody can tell whether logs arrive; what is not known does not pass.',
    nextStep: 'Do what each finding says: grant the call, or add what is missing to the input.',
  },
  KEY_NOT_CUSTOMER_MANAGED: {
    ...BAD,
    severity: 'MEDIUM',
    title: 'The KMS key of the trail is customer managed',
    why: 'The policy, the rotation and the deletion of a key that AWS manages are out of your hands.',
    nextStep: 'Set a customer managed key on the trail with Trailkey-EncryptTrail.',
  },
  KEY_WRONG_TYPE: {
    ...BAD,
    severity: 'MEDIUM',
    title: 'The KMS key of the trail is a symmetric encryption key',
    why: LOGS_STOP,
    nextStep: 'Set a SYMMETRIC_DEFAULT key for ENCRYPT_DECRYPT on the trail with Trailkey-EncryptTrail.',
  },
  KEY_PENDING_DELETION: {
    ...BAD,
    severity: 'HIGH',
    title: 'The KMS key of the trail is not waiting for deletion',
    why: 'CloudTrail delivers no logs, and once the key is deleted every log under it is unreadable for ever.',
    nextStep:
      'Cancel the deletion before its date, then enable the key: Trailkey-RestoreKey does both, with approval.',
  },
  KEY_DISABLED: {
    ...BAD,
    severity: 'HIGH',
    title: 'The KMS key of the trail is enabled',
    why: LOGS_STOP,
    nextStep:
      'Enable the key (Trailkey-RestoreKey, with approval) or set another with Trailkey-EncryptTrail.',
  },
  KEY_PENDING_IMPORT: {
    ...BAD,
    severity: 'HIGH',
    title: 'The imported material of the KMS key of the trail is there',
    why: LOGS_STOP,
    nextStep: 'Import the same key material again, or set another key with Trailkey-EncryptTrail.',
  },
  KEY_UNAVAILABLE: {
    ...BAD,
    severity: 'HIGH',
    title: 'The KMS key of the trail is in a state in which it can be used',
    why: LOGS_STOP,
    nextStep:
      'Bring the key back (an Unavailable key: connect its custom key store) or set another on the trail.',
  },
  KEY_NOT_ALLOWED: {
    ...BAD,
    severity: 'MEDIUM',
    title: 'The KMS key of the trail is one of those allowed',
    why: 'The key may work, and others than you intend may control it.',
    nextStep: 'Set an allowed key on the trail, or add this one to the parameter kmsKeyArns.',
  },
  KEY_POLICY_BLOCKS_CLOUDTRAIL: {
    ...BAD,
    severity: 'HIGH',
    title: 'The policy of the KMS key lets CloudTrail use it for the trail',
    why: LOGS_STOP,
    nextStep: 'Allow cloudtrail.amazonaws.com to call kms:GenerateDataKey* for this trail in the key policy.',
  },
  KEY_POLICY_OPEN: {
    ...BAD,
    severity: 'MEDIUM',
    title: 'The policy of the KMS key limits who may decrypt',
    why: 'Everyone with access to the bucket can decrypt the logs: the encryption protects nothing.',
    nextStep: 'Limit kms:Decrypt in the key policy to those who read the logs.',
  },
  KEY_MATERIAL_EXPIRING: {
    ...BAD,
    severity: 'MEDIUM',
    title: 'The imported material of the KMS key outlasts the days asked for',
    why: 'When the material ends, CloudTrail delivers no logs and those under the key are unreadable until it is imported again.',
    nextStep: 'Import the same key material again with a later expiry, or with none.',
  },
  KEY_ROTATION_OFF: {
    ...BAD,
    severity: 'LOW',
    title: 'The KMS key of the trail rotates',
    why: 'One key material protects all logs for ever; requireKeyRotation asks for more.',
    nextStep: 'Turn automatic rotation on (EnableKeyRotation).',
  },
  CMK_USABLE: {
    ...FINE,
    title: 'The trail encrypts its logs with a customer managed key that works',
    why: 'The state of the key lets CloudTrail get data keys, and the key policy decides who reads the logs.',
    nextStep: 'No action is needed, but where a finding asks for one.',
  },
} as const satisfies Record<VerdictCode, VerdictInfo>;

/** Tells whether a text is a verdict code. */
export const isVerdictCode = (text: string): text is VerdictCode => Object.hasOwn(CATALOGUE, text);

/** Every code, in the order of precedence. */
// Stryker disable next-line MethodExpression: the filter tells the compiler what the keys are, and lets all of them pass.
export const VERDICT_CODES: readonly VerdictCode[] = Object.keys(CATALOGUE).filter(isVerdictCode);

/** The compliance and severity of a verdict; the parameter `unverifiableKey` decides on a key that cannot be asked. */
export const gradeOf = (
  { code }: Verdict,
  { unverifiableKey }: RuleParameters,
): Pick<VerdictInfo, 'compliance' | 'severity'> => {
  const { compliance, severity } = CATALOGUE[code];
  return code === 'KEY_UNVERIFIABLE' && unverifiableKey === 'NOT_APPLICABLE'
    ? ELSEWHERE
    : { compliance, severity };
};
