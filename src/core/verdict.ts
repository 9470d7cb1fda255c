import type { ReferenceFault } from './key-reference.js';

/**
 * The conclusion about one trail, in the order of precedence.
 *
 * Codes are public API: reports, dashboards and exemptions match on them. A code may be added or deprecated; it is never
 * renamed and never reused. Each has a page in `docs/verdicts/`. Dates are milliseconds since 1970.
 */
export type Verdict =
  | { readonly code: 'TRAIL_GONE' }
  | { readonly code: 'TRAIL_IS_COPY' }
  | { readonly code: 'TRAIL_OF_ORGANIZATION' }
  | { readonly code: 'NO_KMS_KEY' }
  | { readonly code: 'KEY_PRESENT'; readonly key: string }
  | { readonly code: 'KEY_NOT_FOUND'; readonly key: string; readonly why: MissingKey }
  | { readonly code: 'KEY_UNVERIFIABLE'; readonly key: string; readonly why: UnverifiableKey }
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
  | { readonly code: 'KEY_POLICY_OPEN'; readonly key: string }
  | {
      readonly code: 'KEY_MATERIAL_EXPIRING';
      readonly key: string;
      readonly validTo: number;
      readonly ended: boolean;
    }
  | { readonly code: 'KEY_ROTATION_OFF'; readonly key: string }
  | { readonly code: 'CMK_USABLE'; readonly key: string; readonly unchecked: UncheckedPolicy | undefined };

export type VerdictCode = Verdict['code'];

/** Why there is no such key: KMS does not know it, it was deleted, or the text names none. */
export type MissingKey = 'unknown' | 'deleted' | ReferenceFault;

/** Why nobody can tell whether the key works. */
export type UnverifiableKey =
  | 'denied'
  | 'not-in-input'
  | 'alias-not-in-input'
  | 'region-unreachable'
  | 'incomplete'
  | 'rotation-unread';

/** How the key policy shuts CloudTrail out: by a Deny that surely applies, or for want of any Allow that might. */
export type PolicyBlock = 'denied' | 'not-allowed';

/** Why a key policy was asked for and not checked. */
export type UncheckedPolicy = 'not-recorded' | 'denied' | 'other-account';
