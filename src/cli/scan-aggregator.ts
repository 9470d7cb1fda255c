import { aggregatedRows } from '../aws/config.js';
import type { Session } from '../aws/session.js';
import { parseConfigurationItem } from '../core/configuration-item.js';
import { CredentialsError, FormatError, isInterruption, messageOf } from '../core/errors.js';
import { isJsonObject, parseJson } from '../core/json-value.js';
import type { Recorded, ReportError } from '../core/report.js';
import { evaluateInventory } from '../input/evaluate-inventory.js';
import { addItem, emptyInventory, type Inventory } from '../input/inventory.js';
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
  const { observedTrails, findings, recorded } = evaluateInventory(
    inventory,
    { parameters, now },
    ({ region }) => regions?.includes(region) ?? true,
  );
  // Without the keys every trail would look as if its key were not recorded.
  const isWhole = keys.status === 'fulfilled';
  return {
    observedTrails,
    findings: isWhole ? findings : [],
    errors: [...failuresOf([trails, keys], source), ...errors],
    recorded,
  };
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
  for (const [at, row] of rows.entries()) {
    try {
      addItem(inventory, parseConfigurationItem(parseColumns(row)), { source, at });
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
