import { aggregatedItems } from '../aws/config-aggregator.js';
import type { Session } from '../aws/session.js';
import type { ConfigurationItem } from '../core/configuration-item.js';
import { FormatError, isInterruption } from '../core/errors.js';
import type { Recorded, ReportError } from '../core/report.js';
import { judgeTrails } from '../evaluate.js';
import type { Scanned, ScanSettings } from '../scan/scan-account.js';
import { addItem, emptyInventory, type Inventory } from '../snapshot/inventory.js';
import { recordedKeys } from '../snapshot/recorded-keys.js';

/** What a scan of recorded facts found, and when they were recorded. */
export type AggregatorScan = Scanned & { readonly recorded: Recorded | undefined };

/** Judges the trails that an aggregator has recorded by the keys that it has recorded. */
export const scanAggregator = async (
  aggregator: string,
  session: Session,
  { parameters, now, regions }: ScanSettings,
): Promise<AggregatorScan> => {
  const source = `aggregator ${aggregator}`;
  const [trails, keys] = await Promise.allSettled([
    aggregatedItems('trails', aggregator, session),
    aggregatedItems('keys', aggregator, session),
  ]);
  const items = [trails, keys].flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
  const { inventory, errors } = inventoryOf(items, source);
  const sightings = [...inventory.trails.values()]
    .map(({ entry }) => entry)
    .filter(({ region }) => regions?.includes(region) ?? true);
  // Without the keys every trail would look as if its key were not recorded.
  const isWhole = keys.status === 'fulfilled';
  const world = { keys: recordedKeys(inventory), parameters, now };
  return {
    sightings,
    findings: isWhole ? await judgeTrails(sightings, world) : [],
    errors: [...[trails, keys].flatMap((list) => failureOf(list, source)), ...errors],
    recorded: recordedIn(items),
  };
};

const failureOf = (list: PromiseSettledResult<unknown>, source: string): readonly ReportError[] =>
  list.status === 'fulfilled' || isInterruption(list.reason)
    ? []
    : [{ source, message: list.reason instanceof Error ? list.reason.message : String(list.reason) }];

const inventoryOf = (
  items: readonly ConfigurationItem[],
  source: string,
): { readonly inventory: Inventory; readonly errors: readonly ReportError[] } => {
  const inventory = emptyInventory();
  const errors: ReportError[] = [];
  for (const item of items) {
    try {
      addItem(inventory, item);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      errors.push({ source, message: `${item.resourceType} ${item.resourceId}: ${error.message}.` });
    }
  }
  return { inventory, errors };
};

const recordedIn = (items: readonly ConfigurationItem[]): Recorded | undefined => {
  const times = items.flatMap(({ capturedAt }) => capturedAt ?? []);
  if (times.length === 0) return undefined;
  const [oldest, newest] = times.reduce(
    ([first, last], time) => [Math.min(first, time), Math.max(last, time)],
    [Infinity, -Infinity],
  );
  return { oldest: new Date(oldest).toISOString(), newest: new Date(newest).toISOString() };
};
