import { type ConfigurationItem, isGone } from '../core/configuration-item.js';
import type { Invocation, Trigger } from '../core/invocation.js';
import { parseTrailItem, sightFrom, type TrailSighting } from '../core/trail.js';
import type { RulePorts } from '../ports.js';

/** A change of one resource, whole or as a summary. */
export type Change = Extract<Trigger, { readonly item: ConfigurationItem }>;

/**
 * The trail that an event tells of, under the id that came with it. What the event leaves out is fetched: from AWS Config's history
 * first, as that is what the event is about, then from CloudTrail.
 *
 * @throws FormatError where the item is broken; whatever the ports throw
 */
export const changedTrail = async (
  { item: came, leftScope, kind }: Change,
  invocation: Invocation,
  ports: RulePorts,
): Promise<TrailSighting> => {
  const item = {
    ...came,
    accountId: came.accountId ?? invocation.accountId,
    region: came.region ?? ports.region,
  };
  if (isGone(item)) return parseTrailItem(item);
  if (leftScope) return parseTrailItem({ ...item, presence: 'not-recorded' });
  const isTold = item.configuration !== undefined || (kind === 'change' && item.presence === 'unknown');
  return isTold ? parseTrailItem(item) : fetchTrail(item, ports);
};

const fetchTrail = async (item: ConfigurationItem, ports: RulePorts): Promise<TrailSighting> => {
  const recorded = await ports.inventory.itemOf(item);
  if (recorded?.configuration) return parseTrailItem({ ...item, configuration: recorded.configuration });
  const trail = await ports.live.named(item.arn ?? item.resourceId);
  if (trail === undefined) return parseTrailItem({ ...item, presence: 'deleted' });
  const place = {
    accountId: item.accountId ?? trail.ownerAccountId,
    region: item.region ?? trail.homeRegion,
  };
  return { ...sightFrom(place, trail), resourceId: item.resourceId, capturedAt: item.capturedAt };
};
