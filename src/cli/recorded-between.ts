import type { Finding } from '../core/finding.js';
import type { Recorded } from '../core/report.js';
import type { TrailSighting } from '../core/trail.js';
import { type Inventory, keyPlace } from '../snapshot/inventory.js';

type Judged = { readonly sightings: readonly TrailSighting[]; readonly findings: readonly Finding[] };

/**
 * When AWS Config recorded the trails, and the keys that their verdicts rest on; undefined where it recorded none of them, as
 * where the AWS command line told them.
 */
export const recordedBetween = (
  { sightings, findings }: Judged,
  { keys, described }: Inventory,
): Recorded | undefined => {
  const ofTrails = sightings.flatMap(({ capturedAt }) => capturedAt ?? []);
  const ofKeys = findings.flatMap(({ key }) => {
    const arn = key?.arn ?? '';
    return described.has(arn) ? [] : (keys.get(keyPlace(arn))?.capturedAt ?? []);
  });
  const times = [...ofTrails, ...ofKeys].filter(Number.isFinite);
  if (times.length === 0) return undefined;
  const [oldest, newest] = times.reduce(
    ([first, last], time) => [Math.min(first, time), Math.max(last, time)],
    [Infinity, -Infinity],
  );
  return { oldest: new Date(oldest).toISOString(), newest: new Date(newest).toISOString() };
};
