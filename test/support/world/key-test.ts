import type { WorldKey } from './state.js';

/** Why a data key for logs cannot be had: the key is absent, of the wrong type, closed to CloudTrail, or in a state that forbids it. */
export type KeyProblem = 'missing' | 'wrong-type' | 'shut-out' | 'disabled' | 'wrong-state';

/**
 * Tells why CloudTrail cannot encrypt under a key; undefined where it can.
 *
 * As with KMS itself, the policy is asked before the state: who is not let in does not learn it.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
 */
export const problemOf = (key: WorldKey | undefined): KeyProblem | undefined => {
  if (!key) return 'missing';
  if (key.manager === 'AWS' || !key.admitsCloudTrail) return 'shut-out';
  if (key.spec !== 'SYMMETRIC_DEFAULT' || key.usage !== 'ENCRYPT_DECRYPT') return 'wrong-type';
  if (key.state === 'Disabled') return 'disabled';
  return key.state === 'Enabled' || key.state === 'Updating' ? undefined : 'wrong-state';
};
