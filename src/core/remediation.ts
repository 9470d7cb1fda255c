import type { Finding } from './evaluate-trail.js';
import { CATALOGUE, type VerdictCode } from './verdict.js';

/** The SSM Automation documents that Trailkey deploys, by their names. */
export type DocumentName = 'Trailkey-EncryptTrail' | 'Trailkey-RestoreKey' | 'Trailkey-BackOut';

/** The key that a trail is given where none is named: the alias that `cloudformation/trail-key.yaml` makes. */
export const DEFAULT_KEY = 'alias/trailkey';

/** Whether Trailkey-EncryptTrail may replace another key that the trail has. */
export const REPLACE_EXISTING = ['never', 'if-unusable', 'always'] as const;

/** One of `never`, `if-unusable` and `always`. */
export type ReplaceExisting = (typeof REPLACE_EXISTING)[number];

/** What the person who repairs wants. `restoreKey` brings the trail's own key back in place of giving it another. */
export type RemediationOptions = { readonly replaceExisting: ReplaceExisting; readonly restoreKey: boolean };

/** What is to be started for a trail, or why nothing is, and what to do then. */
export type Remediation =
  | { readonly kind: 'encrypt' }
  | { readonly kind: 'restore'; readonly keyArn: string }
  | { readonly kind: 'nothing'; readonly sentence: string };

/** What a document can do about each verdict. */
const REPAIRS = {
  TRAIL_NOT_FOUND: 'nothing',
  SHADOW_TRAIL: 'nothing',
  ORGANIZATION_TRAIL: 'nothing',
  NO_KMS_KEY: 'encrypt',
  KEY_PRESENT: 'nothing',
  KEY_NOT_FOUND: 'encrypt',
  KEY_UNVERIFIABLE: 'nothing',
  KEY_NOT_CUSTOMER_MANAGED: 'encrypt',
  KEY_WRONG_TYPE: 'encrypt',
  KEY_PENDING_DELETION: 'encrypt-or-restore',
  KEY_DISABLED: 'encrypt-or-restore',
  KEY_PENDING_IMPORT: 'encrypt',
  KEY_UNAVAILABLE: 'encrypt',
  KEY_NOT_ALLOWED: 'encrypt-if-always',
  KEY_POLICY_BLOCKS_CLOUDTRAIL: 'encrypt',
  KEY_POLICY_OPEN: 'encrypt-if-always',
  KEY_MATERIAL_EXPIRING: 'encrypt-if-always',
  KEY_ROTATION_OFF: 'encrypt-if-always',
  CMK_USABLE: 'nothing',
} as const satisfies Record<VerdictCode, 'encrypt' | 'encrypt-or-restore' | 'encrypt-if-always' | 'nothing'>;

/** Chooses what to start for a finding: nothing for one that no document can mend, with what a person can do. */
export const remediationFor = (
  finding: Finding,
  { replaceExisting, restoreKey }: RemediationOptions,
): Remediation => {
  const repair = REPAIRS[finding.code];
  if (restoreKey && finding.compliance === 'NON_COMPLIANT') return restoring(finding, repair);
  switch (repair) {
    case 'encrypt':
    case 'encrypt-or-restore':
      return { kind: 'encrypt' };
    case 'encrypt-if-always':
      return replaceExisting === 'always'
        ? { kind: 'encrypt' }
        : nothing(
            `${finding.nextStep} To give the trail another key instead, add --replace-existing always.`,
          );
    case 'nothing':
      return nothing(finding.nextStep);
  }
};

const nothing = (sentence: string): Remediation => ({ kind: 'nothing', sentence });

const restoring = ({ code, key }: Finding, repair: (typeof REPAIRS)[VerdictCode]): Remediation => {
  if (repair === 'encrypt-or-restore' && key?.arn) return { kind: 'restore', keyArn: key.arn };
  return nothing(
    `--restore-key brings back a key that is disabled or waits for deletion, and the verdict is ${code}. ${CATALOGUE[code].nextStep}`,
  );
};
