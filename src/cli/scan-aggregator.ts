import { aggregatedRows } from '../aws/config.js';
import type { Session } from '../aws/session.js';
import { parseConfigurationItem } from '../core/configuration-item.js';
import { CredentialsError, FormatError, isInterruption, messageOf } from '../core/errors.js';
import { isJsonObject, parseJson } from '../core/json-value.js';
import { evaluateForReport, type Recorded, type ReportError } from '../core/report.js';
import type { ObservedTrail } from '../core/trail.js';
import { addItem, emptyInventory, type Inventory, keySourceOf, recordedPeriod } from '../input/inventory.js';
import type { Scanned, ScanSettings } from '../scan/scan-accounts.js';

/** The result of a scan of recorded data, and the time range in which it was recorded. */
export type AggregatorScan = Scanned & { readonly recorded: Recorded | undefined };

/**
 * Evaluates the trails that an AWS Config aggregator has recorded, with the keys that it has recorded. If one of its two queries fails,
 * the errors of the result contain the reason.
 *
 * @throws CredentialsError if AWS rejects the credentials for both queries
 */
export const scanAggregator = async (
  aggregator: string,
  session: Session,
  { parameters, now, regions }: ScanSettings,
): Promise<AggregatorScan> => {
  const source = `aggregator ${aggregator}`;
  const [trails, keys] = await Promise.allSettled([
    aggregatedRows('trails', aggregator, session),
    aggregatedRows('keys', aggregator, session),
  ]);
  const [trailRefusal, keyRefusal] = [refusalIn(trails), refusalIn(keys)];
  if (trailRefusal && keyRefusal) throw trailRefusal;
  const rows = [trails, keys].flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
  const { inventory, errors } = inventoryOf(rows, source);
  const recordedTrails = [...inventory.trails.values()].map(({ entry }) => entry);
  const observedTrails = select(recordedTrails, regions);
  // Without the keys every trail would look as if its key were not recorded.
  const isWhole = keys.status === 'fulfilled';
  const context = { keys: keySourceOf(inventory), parameters, now };
  const evaluated = isWhole ? await evaluateForReport(observedTrails, context) : { findings: [], errors: [] };
  const { findings } = evaluated;
  const failures = [...failuresOf([trails, keys], source), ...errors];
  const isComplete = failures.length === 0;
  return {
    observedTrails,
    findings,
    errors: [
      ...failures,
      ...evaluated.errors,
      ...(isComplete ? unknownRegions(recordedTrails, regions) : []),
    ],
    accountsWithoutTrail: isComplete ? accountsWithout(observedTrails, rows) : [],
    recorded: recordedPeriod({ observedTrails, findings }, inventory),
  };
};

/** Selects the trails that a Region in `regions` shows, in these Regions and in their home Regions. */
const select = (
  trails: readonly ObservedTrail[],
  regions: readonly string[] | undefined,
): readonly ObservedTrail[] => {
  if (regions === undefined) return trails;
  const arns = new Set(trails.filter(({ region }) => regions.includes(region)).map(({ trail }) => trail.arn));
  return trails.filter(
    ({ region, trail }) => regions.includes(region) || (arns.has(trail.arn) && region === trail.homeRegion),
  );
};

/** Nothing is known about a Region in which the aggregator has no trail: it may not be recorded, or not exist. */
const unknownRegions = (
  trails: readonly ObservedTrail[],
  regions: readonly string[] = [],
): readonly ReportError[] => {
  const recorded = new Set(trails.map(({ region }) => region));
  return regions
    .filter((region) => !recorded.has(region))
    .map((region) => ({
      source: `aggregator ${region}`,
      message: `The aggregator has no trail that was recorded in ${region}. Check its name, and record trails in this Region.`,
    }));
};

/** The accounts whose keys are recorded, but no trail. */
const accountsWithout = (trails: readonly ObservedTrail[], rows: readonly string[]): readonly string[] => {
  const accounts = new Set(rows.map((row) => String(parseColumns(row)['accountId'])));
  for (const { accountId } of trails) accounts.delete(accountId);
  return [...accounts].toSorted();
};

const refusalIn = (list: PromiseSettledResult<unknown>): CredentialsError | undefined =>
  list.status === 'rejected' && list.reason instanceof CredentialsError ? list.reason : undefined;

/** If both queries fail for the same reason, it is reported once. */
const failuresOf = (
  lists: readonly PromiseSettledResult<unknown>[],
  source: string,
): readonly ReportError[] => {
  const messages = lists.flatMap((list) =>
    list.status === 'fulfilled' || isInterruption(list.reason) ? [] : [messageOf(list.reason)],
  );
  return [...new Set(messages)].map((message) => ({ source, message }));
};

/** A row that cannot be read is reported, and the others are kept. */
const inventoryOf = (
  rows: readonly string[],
  source: string,
): { readonly inventory: Inventory; readonly errors: readonly ReportError[] } => {
  const inventory = emptyInventory();
  const errors: ReportError[] = [];
  for (const row of rows) {
    try {
      addItem(inventory, parseConfigurationItem(parseColumns(row)));
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      errors.push({
        source,
        message: `Cannot read a row: ${error.message}. The row starts with: ${row.slice(0, MAX_EXCERPT)}`,
      });
    }
  }
  return { inventory, errors };
};

/** Enough of a row to find it, in characters. */
const MAX_EXCERPT = 200;

const parseColumns = (row: string) => {
  const columns = parseJson(row);
  if (isJsonObject(columns)) return columns;
  throw new FormatError('expected a JSON object of columns');
};
