import type { Finding } from './evaluate-trail.js';
import { CATALOGUE, type VerdictCode } from './verdict.js';

/** The SSM Automation documents that Trailkey deploys, by their names. */
export type DocumentName = 'Trailkey-EncryptTrail' | 'Trailkey-RestoreKey' | 'Trailkey-BackOut';

/** The default key for a trail: the alias that `cloudformation/trail-key.yaml` creates. */
export const DEFAULT_KEY = 'alias/trailkey';

/** When Trailkey-EncryptTrail may replace the trail's current key. */
export const REPLACE_EXISTING = ['never', 'if-unusable', 'always'] as const;

/** One of `never`, `if-unusable` and `always`. */
export type ReplaceExisting = (typeof REPLACE_EXISTING)[number];

/** How a trail is remediated. With `restoreKey`, the trail's current key is restored and not replaced. */
export type RemediationOptions = { readonly replaceExisting: ReplaceExisting; readonly restoreKey: boolean };

/** The automation to start for a trail, or what the user can do if there is none. */
export type Remediation =
  | { readonly kind: 'encrypt' }
  | { readonly kind: 'restore'; readonly keyArn: string }
  | { readonly kind: 'nothing'; readonly nextStep: string };

/** The remediation for each verdict. */
const REMEDIATIONS = {
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

/** Selects the remediation for a finding. */
export const remediationFor = (
  finding: Finding,
  { replaceExisting, restoreKey }: RemediationOptions,
): Remediation => {
  const remediation = REMEDIATIONS[finding.code];
  if (restoreKey && finding.compliance === 'NON_COMPLIANT') return restoreKeyOf(finding, remediation);
  switch (remediation) {
    case 'encrypt':
    case 'encrypt-or-restore':
      return { kind: 'encrypt' };
    case 'encrypt-if-always':
      return replaceExisting === 'always'
        ? { kind: 'encrypt' }
        : nothing(
            `${finding.nextStep} To set another key on the trail instead, add --replace-existing always.`,
          );
    case 'nothing':
      return nothing(finding.nextStep);
  }
};

const nothing = (nextStep: string): Remediation => ({ kind: 'nothing', nextStep });

const restoreKeyOf = (
  { code, key }: Finding,
  remediation: (typeof REMEDIATIONS)[VerdictCode],
): Remediation => {
  if (remediation === 'encrypt-or-restore' && key?.arn) return { kind: 'restore', keyArn: key.arn };
  return nothing(
    `--restore-key requires a key that is disabled or pending deletion; the verdict is ${code}. ${CATALOGUE[code].nextStep}`,
  );
};
