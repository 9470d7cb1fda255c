import { BACK_OUT } from './back-out.js';
import { ENCRYPT_TRAIL } from './encrypt-trail.js';
import { RESTORE_KEY } from './restore-key.js';
import type { Scenarios } from './scenario.js';

/** Every scenario, by the document that it is about. */
export const SCENARIOS = {
  'Trailkey-EncryptTrail': ENCRYPT_TRAIL,
  'Trailkey-RestoreKey': RESTORE_KEY,
  'Trailkey-BackOut': BACK_OUT,
} as const satisfies Readonly<Record<string, Scenarios>>;
