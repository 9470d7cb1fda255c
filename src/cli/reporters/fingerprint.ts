import { createHash } from 'node:crypto';
import type { Finding } from '../../core/finding.js';

/**
 * What a finding is known by from run to run: the same for a trail, as seen from one account and Region, whatever the verdict.
 * 64 hexadecimal digits.
 */
export const fingerprintOf = ({ accountId, region, trailArn }: Finding): string =>
  createHash('sha256')
    .update(JSON.stringify([accountId, region, trailArn]))
    .digest('hex');
