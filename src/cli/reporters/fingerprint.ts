import { createHash } from 'node:crypto';
import type { Finding } from '../../core/evaluate-trail.js';

/**
 * Identifies a finding in every run: the same for a trail observed in one account and Region, whatever the verdict. 64 hexadecimal
 * digits.
 */
export const fingerprintOf = ({ accountId, region, trailArn }: Finding): string =>
  createHash('sha256')
    .update(JSON.stringify([accountId, region, trailArn]))
    .digest('hex');
