import type { VerdictCode } from '../../src/core/verdict.js';
import {
  ALLOW_CLOUDTRAIL,
  ALLOW_EVERYONE_TO_DECRYPT,
  ALLOW_OWNER,
  DAY,
  type Facts,
  facts,
  found,
  NOW,
  OTHER_ACCOUNT,
  observed,
  parameters,
  policy,
  trail,
} from './builders.js';

/** Keyed by code: a verdict that nobody has an example of does not compile. */
export const EXAMPLES = {
  TRAIL_NOT_FOUND: facts({ observed: observed({ absent: 'deleted' }) }),
  SHADOW_TRAIL: facts({ observed: observed({ region: 'us-east-1' }) }),
  ORGANIZATION_TRAIL: facts({ observed: observed({ accountId: OTHER_ACCOUNT }) }),
  NO_KMS_KEY: facts({ observed: observed({ trail: trail({ kmsKeyId: undefined }) }) }),
  KEY_PRESENT: facts({ parameters: parameters({ keyVerification: 'presence' }) }),
  KEY_NOT_FOUND: facts({ answer: { kind: 'missing', why: 'unknown' } }),
  KEY_UNVERIFIABLE: facts({ answer: { kind: 'unreadable', why: 'denied' } }),
  KEY_NOT_CUSTOMER_MANAGED: facts({ answer: found({ manager: 'AWS' }) }),
  KEY_WRONG_TYPE: facts({ answer: found({ spec: 'RSA_2048', usage: 'SIGN_VERIFY' }) }),
  KEY_PENDING_DELETION: facts({ answer: found({ state: 'PendingDeletion', deletionDate: NOW + 7 * DAY }) }),
  KEY_DISABLED: facts({ answer: found({ state: 'Disabled' }) }),
  KEY_PENDING_IMPORT: facts({ answer: found({ state: 'PendingImport' }) }),
  KEY_UNAVAILABLE: facts({ answer: found({ state: 'Unavailable' }) }),
  KEY_NOT_ALLOWED: facts({
    parameters: parameters({ kmsKeyArns: [`arn:aws:kms:eu-west-1:${OTHER_ACCOUNT}:key/abcd`] }),
  }),
  KEY_POLICY_BLOCKS_CLOUDTRAIL: facts({
    answer: found({ policy: policy(ALLOW_OWNER) }),
    parameters: parameters({ checkKeyPolicy: 'true' }),
  }),
  KEY_POLICY_OPEN: facts({
    answer: found({ policy: policy(ALLOW_CLOUDTRAIL, ALLOW_EVERYONE_TO_DECRYPT) }),
    parameters: parameters({ checkKeyPolicy: 'true' }),
  }),
  KEY_MATERIAL_EXPIRING: facts({
    answer: found({ origin: 'EXTERNAL', validTo: NOW + 10 * DAY }),
    parameters: parameters({ keyMaterialExpiryDays: 30 }),
  }),
  KEY_ROTATION_OFF: facts({
    answer: found({ rotation: { kind: 'known', value: false } }),
    parameters: parameters({ requireKeyRotation: true }),
  }),
  CMK_USABLE: facts(),
} as const satisfies Record<VerdictCode, Facts>;
