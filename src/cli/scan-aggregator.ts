import { readAggregatedRows } from '../aws/config.js';
import type { Session } from '../aws/session.js';
import { type ConfigurationItem, parseConfigurationItem } from '../core/configuration-item.js';
import { CredentialsError, FormatError, isInterruption, messageOf } from '../core/errors.js';
import { isJsonObject, parseJson } from '../core/json-value.js';
import { parseKeyReference } from '../core/key.js';
import type { Recorded, ReportError } from '../core/report.js';
import type { ObservedTrail } from '../core/trail.js';
import { evaluateInventory } from '../input/evaluate-inventory.js';
import type { Place } from '../input/facts.js';
import { addItem, emptyInventory, type Inventory } from '../input/inventory.js';
import { contradictionsIn } from '../input/read-input.js';
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
  const inventory = emptyInventory();
  const errors: ReportError[] = [];
  const accounts = new Set<string>();
  let at = 0;
  const read = async (resources: 'trails' | 'keys', isNeeded: (item: ConfigurationItem) => boolean) => {
    const onRow = (row: string) => {
      addRow(row, { inventory, errors, accounts, place: { source, at, unit: 'row' } }, isNeeded);
      at += 1;
    };
    const [result] = await Promise.allSettled([
      readAggregatedRows(resources, aggregator, { session, onRow }),
    ]);
    return result;
  };
  const trails = await read('trails', () => true);
  const recordedTrails = [...inventory.trails.values()].flat().map(({ value }) => value.observed);
  const usedKeys = new Set(recordedTrails.map(keyArnOf));
  const keys = await read('keys', ({ arn }) => arn === undefined || usedKeys.has(arn));
  const [trailRefusal, keyRefusal] = [refusalIn(trails), refusalIn(keys)];
  if (trailRefusal && keyRefusal) throw trailRefusal;
  const { observedTrails, findings, recorded } = evaluateInventory(
    inventory,
    { parameters, now },
    selection(recordedTrails, regions),
  );
  const allErrors = [...failuresOf([trails, keys], source), ...errors, ...contradictionsIn(inventory)];
  const isComplete = allErrors.length === 0;
  for (const { accountId } of observedTrails) accounts.delete(accountId);
  return {
    observedTrails,
    // Without the keys every trail would look as if its key were not recorded.
    findings: keys.status === 'fulfilled' ? findings : [],
    errors: [...allErrors, ...(isComplete ? unknownRegions(recordedTrails, regions) : [])],
    accountsWithoutTrail: isComplete ? [...accounts].toSorted() : [],
    recorded,
  };
};

/** The ARN of the key of a trail. Rows of aliases cannot be selected, so their targets are unknown. */
const keyArnOf = ({ trail }: ObservedTrail): string | undefined => {
  if (trail.kmsKeyId === undefined) return undefined;
  const reference = parseKeyReference(trail.kmsKeyId, trail);
  return reference.kind === 'invalid' ? undefined : reference.arn;
};

/** Selects the trails that a Region in `regions` shows, in these Regions and in their home Regions. */
const selection = (
  trails: readonly ObservedTrail[],
  regions: readonly string[] | undefined,
): ((observed: ObservedTrail) => boolean) => {
  if (regions === undefined) return () => true;
  const arns = new Set(trails.filter(({ region }) => regions.includes(region)).map(({ trail }) => trail.arn));
  return ({ region, trail }) =>
    regions.includes(region) || (arns.has(trail.arn) && region === trail.homeRegion);
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

type Rows = {
  readonly inventory: Inventory;
  readonly errors: ReportError[];
  readonly accounts: Set<string>;
  readonly place: Place;
};

/** Adds a row to the inventory, if it is needed, and its account to the accounts. A row that cannot be read is an error beside the others. */
const addRow = (
  row: string,
  { inventory, errors, accounts, place }: Rows,
  isNeeded: (item: ConfigurationItem) => boolean,
): void => {
  try {
    const item = parseConfigurationItem(parseColumns(row));
    if (item.accountId !== undefined) accounts.add(item.accountId);
    if (isNeeded(item)) addItem(inventory, item, place);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    if (errors.length >= MAX_ERRORS) return;
    const message = `Cannot read a row: ${error.message}. The row starts with: ${row.slice(0, MAX_EXCERPT)}`;
    errors.push({ source: place.source, message });
  }
};

/** Rows that cannot be read, in the report. More of them do not help to find the cause. */
const MAX_ERRORS = 100;

/** Enough of a row to find it, in characters. */
const MAX_EXCERPT = 200;

const parseColumns = (row: string) => {
  const columns = parseJson(row);
  if (isJsonObject(columns)) return columns;
  throw new FormatError('expected a JSON object of columns');
};
