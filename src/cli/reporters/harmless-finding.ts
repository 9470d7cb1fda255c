import type { Finding } from '../../core/finding.js';
import { harmless } from '../harmless.js';

/** A finding in which no text from outside can act: control characters and their like are spelled out. */
export const harmlessFinding = (finding: Finding): Finding => ({
  ...finding,
  accountId: harmless(finding.accountId),
  region: harmless(finding.region),
  resourceId: harmless(finding.resourceId),
  trailArn: harmless(finding.trailArn),
  trailName: harmless(finding.trailName),
  homeRegion: harmless(finding.homeRegion),
  kmsKeyId: harmlessOrNull(finding.kmsKeyId),
  key: finding.key && {
    arn: harmlessOrNull(finding.key.arn),
    state: harmlessOrNull(finding.key.state),
    manager: harmlessOrNull(finding.key.manager),
  },
});

const harmlessOrNull = (text: string | null): string | null => (text === null ? null : harmless(text));
