import type { ConfigurationItem as ApiItem } from '@aws-sdk/client-config-service';
import { type ConfigurationItem, parseConfigurationItem, TRAIL_TYPE } from '../core/configuration-item.js';
import { isJsonObject, parseJson } from '../core/json-value.js';
import { type ObservedTrail, parseTrailItem } from '../core/trail.js';
import type { ConfigHistory } from '../ports.js';
import { type Caller, explained } from './call.js';
import type { Clients } from './clients.js';
import { discoveredTrails } from './config-discovery.js';
import { nameOf, ServiceFaultError } from './errors.js';
import { pages } from './pages.js';

/** Constant: nothing from an event ever enters an expression, whose quoting is not documented. */
const TRAILS_QUERY =
  'SELECT resourceId, resourceName, arn, accountId, awsRegion, configuration.name, configuration.trailARN, ' +
  'configuration.homeRegion, configuration.isOrganizationTrail, configuration.kmsKeyId ' +
  `WHERE resourceType = '${TRAIL_TYPE}'`;
const PAGE = 100;

/** Errors by which a Region says that it takes no advanced query. */
const NO_QUERIES = ['InvalidExpressionException', 'UnknownOperationException'];

/** Asks AWS Config for what it has recorded. */
export const configInventory = (clients: Clients, caller: Caller): ConfigHistory => ({
  trails: () => recordedTrails(clients, caller),
  itemOf: (summary) => historyItem(summary, clients, caller),
});

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_SelectResourceConfig.html */
const recordedTrails = async (clients: Clients, caller: Caller): Promise<readonly ObservedTrail[]> => {
  const name = { service: 'config', operation: 'SelectResourceConfig', region: clients.region };
  try {
    const rows = await pages((NextToken) =>
      caller.call(name, async (abortSignal) => {
        const asked = { Expression: TRAILS_QUERY, Limit: PAGE, NextToken };
        const { Results = [], NextToken: next } = await clients.config.selectResourceConfig(
          asked,
          abortSignal,
        );
        return { entries: Results, next };
      }),
    );
    return rows.map(observedTrailIn);
  } catch (error) {
    if (NO_QUERIES.includes(nameOf(error))) return discoveredTrails(clients, caller);
    throw explained(error, name);
  }
};

/** A row is JSON text of the columns that were asked for. */
const observedTrailIn = (row: string): ObservedTrail => {
  const columns = parseJson(row);
  if (!isJsonObject(columns))
    throw new ServiceFaultError('config:SelectResourceConfig answered a row that is no object');
  // A row may hold nothing but ids: CloudTrail itself says the rest.
  return parseTrailItem(
    parseConfigurationItem({
      ...columns,
      configuration: columns['configuration'] ?? {},
      resourceType: TRAIL_TYPE,
    }),
  );
};

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_GetResourceConfigHistory.html */
const historyItem = async (
  { resourceId, capturedAt }: ConfigurationItem,
  clients: Clients,
  caller: Caller,
): Promise<ConfigurationItem | undefined> => {
  const name = { service: 'config', operation: 'GetResourceConfigHistory', region: clients.region };
  const asked = {
    resourceType: TRAIL_TYPE,
    resourceId,
    limit: 1,
    ...(capturedAt === undefined ? {} : { laterTime: new Date(capturedAt) }),
  } as const;
  try {
    // An empty page with a token is legal: the next one may hold the item.
    const [item] = await pages<ApiItem>(
      (nextToken) =>
        caller.call(name, async (abortSignal) => {
          const { configurationItems = [], nextToken: next } = await clients.config.getResourceConfigHistory(
            { ...asked, nextToken },
            abortSignal,
          );
          return { entries: configurationItems, next };
        }),
      { enough: 1 },
    );
    const found = item && parseConfigurationItem({ ...item });
    // An older item tells of the trail before the change.
    return isOlder(found?.capturedAt, capturedAt) ? undefined : found;
  } catch (error) {
    if (nameOf(error) === 'ResourceNotDiscoveredException') return undefined;
    throw explained(error, name);
  }
};

/** The API gives whole seconds where an event has milliseconds. */
const PRECISION_MS = 1000;

const isOlder = (found = Infinity, asked = 0): boolean => found <= asked - PRECISION_MS;
