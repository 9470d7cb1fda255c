import type { ListDiscoveredResourcesRequest, ResourceKey } from '@aws-sdk/client-config-service';
import { parseConfigurationItem, TRAIL_TYPE } from '../core/configuration-item.js';
import { type ObservedTrail, parseTrailItem } from '../core/trail.js';
import { batchesOf } from './batches.js';
import { type Caller, explained } from './call.js';
import type { Clients } from './clients.js';
import { ServiceFaultError } from './errors.js';
import { pages } from './pages.js';

/** BatchGetResourceConfig takes so many keys. */
const BATCH = 100;
const MORE_ATTEMPTS = 2;

/**
 * Lists recorded trails where a Region takes no advanced query.
 *
 * @throws where the list cannot be had whole
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_BatchGetResourceConfig.html
 */
export const discoveredTrails = async (
  clients: Clients,
  caller: Caller,
): Promise<readonly ObservedTrail[]> => {
  const ids = await listIds(clients, caller);
  const keys: readonly ResourceKey[] = ids.map((resourceId) => ({ resourceType: TRAIL_TYPE, resourceId }));
  const items = await Promise.all(
    batchesOf(keys, BATCH).map((batch) =>
      fetchItems([...batch], { clients, caller, attempts: MORE_ATTEMPTS }),
    ),
  );
  return items.flat();
};

const listIds = async (clients: Clients, caller: Caller): Promise<readonly string[]> => {
  const name = { service: 'config', operation: 'ListDiscoveredResources', region: clients.region };
  try {
    return await pages((nextToken) =>
      caller.call(name, async (abortSignal) => {
        const asked: ListDiscoveredResourcesRequest = { resourceType: TRAIL_TYPE, limit: BATCH, nextToken };
        const { resourceIdentifiers = [], nextToken: next } = await clients.config.listDiscoveredResources(
          asked,
          abortSignal,
        );
        return { entries: resourceIdentifiers.flatMap(({ resourceId }) => resourceId ?? []), next };
      }),
    );
  } catch (error) {
    throw explained(error, name);
  }
};

type Means = { readonly clients: Clients; readonly caller: Caller; readonly attempts: number };

const fetchItems = async (keys: ResourceKey[], means: Means): Promise<readonly ObservedTrail[]> => {
  const { clients, caller, attempts } = means;
  const name = { service: 'config', operation: 'BatchGetResourceConfig', region: clients.region };
  try {
    const { baseConfigurationItems = [], unprocessedResourceKeys = [] } = await caller.call(
      name,
      (abortSignal) => clients.config.batchGetResourceConfig({ resourceKeys: keys }, abortSignal),
    );
    const found = baseConfigurationItems.map((item) =>
      parseTrailItem(parseConfigurationItem({ ...item, configuration: item.configuration ?? '{}' })),
    );
    if (unprocessedResourceKeys.length === 0) return found;
    if (attempts === 0)
      throw new ServiceFaultError(
        `config:BatchGetResourceConfig left ${unprocessedResourceKeys.length} trails out`,
      );
    return [...found, ...(await fetchItems(unprocessedResourceKeys, { ...means, attempts: attempts - 1 }))];
  } catch (error) {
    throw explained(error, name);
  }
};
