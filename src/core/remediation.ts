import { CATALOGUE } from './catalogue.js';
import type { Finding } from './finding.js';
import type { VerdictCode } from './verdict.js';

/** The SSM Automation documents that Trailkey deploys, by their names. */
export type DocumentName = 'Trailkey-EncryptTrail' | 'Trailkey-RestoreKey' | 'Trailkey-BackOut';

/** The key that a trail is given where none is named: the alias that `cloudformation/trail-key.yaml` makes. */
export const DEFAULT_KEY = 'alias/trailkey';

/** Whether Trailkey-EncryptTrail may replace another key that the trail has. */
export const REPLACE_EXISTING = ['never', 'if-unusable', 'always'] as const;

/** One of `never`, `if-unusable` and `always`. */
export type ReplaceExisting = (typeof REPLACE_EXISTING)[number];

/** What the person who repairs wants. `restoreKey` brings the trail's own key back in place of giving it another. */
export type Wish = { readonly replaceExisting: ReplaceExisting; readonly restoreKey: boolean };

/** What is to be started for a trail, or why nothing is, and what to do then. */
export type Remedy =
  | { readonly kind: 'encrypt' }
  | { readonly kind: 'restore'; readonly keyArn: string }
  | { readonly kind: 'nothing'; readonly sentence: string };

/** What a document can do about each verdict. */
const REPAIRS = {
  TRAIL_GONE: 'nothing',
  TRAIL_IS_COPY: 'nothing',
  TRAIL_OF_ORGANIZATION: 'nothing',
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
export const remedyFor = (finding: Finding, { replaceExisting, restoreKey }: Wish): Remedy => {
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
            `${CATALOGUE[finding.code].nextStep} To give the trail another key instead, add --replace-existing always.`,
          );
    case 'nothing':
      return nothing(CATALOGUE[finding.code].nextStep);
  }
};

const nothing = (sentence: string): Remedy => ({ kind: 'nothing', sentence });

const restoring = ({ code, key }: Finding, repair: (typeof REPAIRS)[VerdictCode]): Remedy => {
  if (repair === 'encrypt-or-restore' && key?.arn) return { kind: 'restore', keyArn: key.arn };
  return nothing(
    `--restore-key brings back a key that is disabled or waits for deletion, and the verdict is ${code}. ${CATALOGUE[code].nextStep}`,
  );
};
