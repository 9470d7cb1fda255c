import { aggregatedRows } from '../aws/config.js';
import type { Session } from '../aws/session.js';
import { parseConfigurationItem } from '../core/configuration-item.js';
import { CredentialsError, FormatError, isInterruption, messageOf } from '../core/errors.js';
import { evaluateTrails } from '../core/evaluate-trail.js';
import { isJsonObject, parseJson } from '../core/json-value.js';
import type { Recorded, ReportError } from '../core/report.js';
import { addItem, emptyInventory, type Inventory, keySourceOf, recordedPeriod } from '../input/inventory.js';
import type { Scanned, ScanSettings } from '../scan/scan-accounts.js';

/** What a scan of recorded facts found, and when they were recorded. */
export type AggregatorScan = Scanned & { readonly recorded: Recorded | undefined };

/**
 * Judges the trails that an aggregator has recorded by the keys that it has recorded.
 *
 * @throws CredentialsError where AWS takes the credentials for neither
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
  const [refusal, another] = [refusalIn(trails), refusalIn(keys)];
  if (refusal && another) throw refusal;
  const rows = [trails, keys].flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
  const { inventory, errors } = inventoryOf(rows, source);
  const observedTrails = [...inventory.trails.values()]
    .map(({ entry }) => entry)
    .filter(({ region }) => regions?.includes(region) ?? true);
  // Without the keys every trail would look as if its key were not recorded.
  const isWhole = keys.status === 'fulfilled';
  const context = { keys: keySourceOf(inventory), parameters, now };
  const findings = isWhole ? await evaluateTrails(observedTrails, context) : [];
  return {
    observedTrails,
    findings,
    errors: [...failuresOf([trails, keys], source), ...errors],
    recorded: recordedPeriod({ observedTrails, findings }, inventory),
  };
};

const refusalIn = (list: PromiseSettledResult<unknown>): CredentialsError | undefined =>
  list.status === 'rejected' && list.reason instanceof CredentialsError ? list.reason : undefined;

/** Both queries may fail for one reason: that is said once. */
const failuresOf = (
  lists: readonly PromiseSettledResult<unknown>[],
  source: string,
): readonly ReportError[] => {
  const messages = lists.flatMap((list) =>
    list.status === 'fulfilled' || isInterruption(list.reason) ? [] : [messageOf(list.reason)],
  );
  return [...new Set(messages)].map((message) => ({ source, message }));
};

/** A row that cannot be read is named, and does not hide the others. */
const inventoryOf = (
  rows: readonly string[],
  source: string,
): { readonly inventory: Inventory; readonly errors: readonly ReportError[] } => {
  const inventory = emptyInventory();
  const errors: ReportError[] = [];
  for (const row of rows) {
    try {
      addItem(inventory, parseConfigurationItem(columnsIn(row)));
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      errors.push({
        source,
        message: `A row cannot be read: ${error.message}. It begins: ${row.slice(0, SHOWN)}`,
      });
    }
  }
  return { inventory, errors };
};

/** As much of a row as is needed to find it. */
const SHOWN = 200;

const columnsIn = (row: string) => {
  const columns = parseJson(row);
  if (isJsonObject(columns)) return columns;
  throw new FormatError('expected an object of columns');
};
