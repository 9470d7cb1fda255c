import type { Origin, Policy, Rotation, State, Text } from './cases.js';

/** Everything that the documents say a verdict may depend on, each in the words of the documents. */
export type Case = {
  readonly absent: boolean;
  readonly seen: 'in its home Region' | 'in another Region';
  readonly by: 'its owner' | 'another account';
  readonly text: Text;
  readonly answer:
    | 'found'
    | 'unknown'
    | 'deleted'
    | 'denied'
    | 'not-in-input'
    | 'alias-not-in-input'
    | 'region-unreachable';
  readonly manager: 'CUSTOMER' | 'AWS' | 'not told';
  readonly type: 'symmetric' | 'not told' | 'another spec' | 'another usage' | 'another of both';
  readonly state: State;
  readonly origin: Origin;
  readonly policy: Policy;
  readonly rotation: Rotation;
  readonly list: 'not given' | 'with this key' | 'of other keys';
  readonly keyVerification: 'live' | 'presence';
  readonly organizationTrails: 'owner' | 'everywhere';
  readonly unverifiableKey: 'NON_COMPLIANT' | 'NOT_APPLICABLE';
  readonly checkKeyPolicy: 'false' | 'true' | 'strict';
  readonly requireKeyRotation: boolean;
  /** The days asked for; the material of a case ends on the last of 30. */
  readonly days: 0 | 30 | 29;
};

/** When a verdict applies, and the verdict: its code, its grade, and what it says beyond. */
type Row = readonly [applies: (it: Case) => boolean, verdict: string];

/**
 * The table of verdicts in `docs/verdicts/`, row by row, and nothing else: written from the pages and not from the code that it
 * is held against, as plainly as it can be. The first row that applies counts.
 */
const TABLE: readonly Row[] = [
  [(it) => it.absent, 'TRAIL_NOT_FOUND NOT_APPLICABLE INFORMATIONAL'],
  [(it) => it.seen === 'in another Region', 'SHADOW_TRAIL NOT_APPLICABLE INFORMATIONAL'],
  [
    (it) => it.by === 'another account' && it.organizationTrails === 'owner',
    'ORGANIZATION_TRAIL NOT_APPLICABLE INFORMATIONAL',
  ],
  [(it) => it.text === 'none', 'NO_KMS_KEY NON_COMPLIANT MEDIUM'],
  [(it) => it.keyVerification === 'presence', 'KEY_PRESENT COMPLIANT INFORMATIONAL'],
  [(it) => it.text === 'nonsense', 'KEY_NOT_FOUND NON_COMPLIANT HIGH not-a-key'],
  [(it) => it.text === 'ARN of another service', 'KEY_NOT_FOUND NON_COMPLIANT HIGH not-a-key'],
  [(it) => it.text === 'ARN in no Region', 'KEY_NOT_FOUND NON_COMPLIANT HIGH no-such-region'],
  [(it) => it.text === 'ARN in another partition', 'KEY_NOT_FOUND NON_COMPLIANT HIGH other-partition'],
  [(it) => it.answer === 'unknown', 'KEY_NOT_FOUND NON_COMPLIANT HIGH unknown'],
  [(it) => it.answer === 'deleted', 'KEY_NOT_FOUND NON_COMPLIANT HIGH deleted'],
  [(it) => it.answer === 'denied', 'KEY_UNVERIFIABLE denied'],
  [(it) => it.answer === 'not-in-input', 'KEY_UNVERIFIABLE not-in-input'],
  [(it) => it.answer === 'alias-not-in-input', 'KEY_UNVERIFIABLE alias-not-in-input'],
  [(it) => it.answer === 'region-unreachable', 'KEY_UNVERIFIABLE region-unreachable'],
  [(it) => it.manager === 'not told', 'KEY_UNVERIFIABLE incomplete'],
  [(it) => it.state === 'not told', 'KEY_UNVERIFIABLE incomplete'],
  [(it) => it.manager === 'AWS', 'KEY_NOT_CUSTOMER_MANAGED NON_COMPLIANT MEDIUM'],
  [(it) => it.type === 'another spec', 'KEY_WRONG_TYPE NON_COMPLIANT HIGH'],
  [(it) => it.type === 'another usage', 'KEY_WRONG_TYPE NON_COMPLIANT HIGH'],
  [(it) => it.type === 'another of both', 'KEY_WRONG_TYPE NON_COMPLIANT HIGH'],
  [(it) => it.state === 'PendingDeletion', 'KEY_PENDING_DELETION NON_COMPLIANT HIGH'],
  [(it) => it.state === 'PendingDeletion, a day ahead', 'KEY_PENDING_DELETION NON_COMPLIANT HIGH dated'],
  [
    (it) => it.state === 'PendingDeletion, a day over',
    'KEY_PENDING_DELETION NON_COMPLIANT HIGH dated overdue',
  ],
  [(it) => it.state === 'PendingReplicaDeletion', 'KEY_PENDING_DELETION NON_COMPLIANT HIGH'],
  [(it) => it.state === 'Disabled', 'KEY_DISABLED NON_COMPLIANT HIGH'],
  [(it) => it.state === 'PendingImport', 'KEY_PENDING_IMPORT NON_COMPLIANT HIGH'],
  [(it) => it.state === 'Unavailable', 'KEY_UNAVAILABLE NON_COMPLIANT HIGH Unavailable'],
  [(it) => it.state === 'Creating', 'KEY_UNAVAILABLE NON_COMPLIANT HIGH Creating'],
  [(it) => it.state === 'Hibernating', 'KEY_UNAVAILABLE NON_COMPLIANT HIGH Hibernating'],
  [(it) => it.state === 'enabled', 'KEY_UNAVAILABLE NON_COMPLIANT HIGH enabled'],
  [(it) => it.list === 'of other keys', 'KEY_NOT_ALLOWED NON_COMPLIANT MEDIUM'],
  [
    (it) => checksPolicy(it) && it.policy === 'denies',
    'KEY_POLICY_BLOCKS_CLOUDTRAIL NON_COMPLIANT HIGH denied',
  ],
  [
    (it) => checksPolicy(it) && it.policy === 'lacks an Allow',
    'KEY_POLICY_BLOCKS_CLOUDTRAIL NON_COMPLIANT HIGH not-allowed',
  ],
  [(it) => checksPolicy(it) && it.policy === 'open', 'KEY_POLICY_OPEN NON_COMPLIANT MEDIUM'],
  [(it) => it.days > 0 && it.origin === 'imported, ended', 'KEY_MATERIAL_EXPIRING NON_COMPLIANT HIGH ended'],
  [
    (it) => it.days > 0 && it.origin === 'imported, ends within a day',
    'KEY_MATERIAL_EXPIRING NON_COMPLIANT MEDIUM',
  ],
  [
    (it) => it.days === 30 && it.origin === 'imported, ends in 30 days',
    'KEY_MATERIAL_EXPIRING NON_COMPLIANT MEDIUM',
  ],
  [(it) => isStrict(it) && it.policy === 'not proven to allow CloudTrail', 'KEY_UNVERIFIABLE delivery'],
  [(it) => isStrict(it) && it.policy === 'not proven to limit access', 'KEY_UNVERIFIABLE access'],
  [(it) => isStrict(it) && it.policy === 'not recorded', 'KEY_UNVERIFIABLE policy-not-recorded'],
  [(it) => isStrict(it) && it.policy === 'denied', 'KEY_UNVERIFIABLE policy-denied'],
  [(it) => isStrict(it) && it.policy === 'of another account', 'KEY_UNVERIFIABLE policy-other-account'],
  [(it) => rotates(it) && it.rotation === 'off', 'KEY_ROTATION_OFF NON_COMPLIANT LOW'],
  [(it) => rotates(it) && it.rotation === 'not recorded', 'KEY_UNVERIFIABLE rotation-unavailable'],
  [(it) => rotates(it) && it.rotation === 'denied', 'KEY_UNVERIFIABLE rotation-unavailable'],
  [
    (it) => checksPolicy(it) && it.policy === 'not proven to allow CloudTrail',
    'CMK_USABLE COMPLIANT INFORMATIONAL delivery',
  ],
  [
    (it) => checksPolicy(it) && it.policy === 'not proven to limit access',
    'CMK_USABLE COMPLIANT INFORMATIONAL access',
  ],
  [
    (it) => checksPolicy(it) && it.policy === 'not recorded',
    'CMK_USABLE COMPLIANT INFORMATIONAL policy-not-recorded',
  ],
  [(it) => checksPolicy(it) && it.policy === 'denied', 'CMK_USABLE COMPLIANT INFORMATIONAL policy-denied'],
  [
    (it) => checksPolicy(it) && it.policy === 'of another account',
    'CMK_USABLE COMPLIANT INFORMATIONAL policy-other-account',
  ],
  [() => true, 'CMK_USABLE COMPLIANT INFORMATIONAL'],
];

const checksPolicy = (it: Case): boolean => it.checkKeyPolicy !== 'false';

/** A policy has to be proven. */
const isStrict = (it: Case): boolean => it.checkKeyPolicy === 'strict';

/** Rotation is asked for, and KMS made the material of the key, as far as is known. */
const rotates = (it: Case): boolean =>
  it.requireKeyRotation && (it.origin === 'KMS' || it.origin === 'not told');

/** Evaluates a case with the table: the code of the verdict, its compliance and severity, and the unchecked facts. */
export const evaluateNaively = (it: Case): string => {
  const verdict = TABLE.find(([applies]) => applies(it))?.[1] ?? 'no verdict';
  const grade =
    it.unverifiableKey === 'NON_COMPLIANT' ? 'NON_COMPLIANT MEDIUM' : 'NOT_APPLICABLE INFORMATIONAL';
  return verdict.replace(/^KEY_UNVERIFIABLE/, `KEY_UNVERIFIABLE ${grade}`);
};
