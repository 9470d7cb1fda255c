import { parseArn } from '../core/arn.js';
import { ALIAS_TYPE, type ConfigurationItem, KEY_TYPE, TRAIL_TYPE } from '../core/configuration-item.js';
import type { Finding } from '../core/evaluate-trail.js';
import {
  type Alias,
  aliasArnOf,
  type Key,
  type KeyLookupResult,
  type KeyReference,
  type KeySource,
  parseAliasItem,
  parseKeyItem,
} from '../core/key.js';
import type { Recorded } from '../core/report.js';
import { type ObservedTrail, parseTrailItem } from '../core/trail.js';

/**
 * The trails, keys and aliases of an input. Of several items for one resource, the one with the latest capture time is used. An item
 * without a capture time counts as the newest, and of equal ones the last in the input is used.
 */
export type Inventory = {
  /** By account, Region and ARN. */
  readonly trails: NewestById<ObservedTrail>;
  /** By account, Region and key ID, because the item of a deleted key can lack the ARN. */
  readonly keys: NewestById<KeyLookupResult>;
  /** By alias ARN: the ARN of the target key, or undefined if the alias was deleted. */
  readonly aliases: NewestById<string | undefined>;
  /** By key ARN: the output of describe-key, which takes precedence over any item. */
  readonly described: Map<string, Key>;
};

/** The newest entry for each ID. `capturedAt` is in milliseconds since 1970. */
type NewestById<T> = Map<string, { readonly capturedAt: number; readonly entry: T }>;

/** Returns an empty inventory. */
export const emptyInventory = (): Inventory => ({
  trails: new Map(),
  keys: new Map(),
  aliases: new Map(),
  described: new Map(),
});

/** Whether Trailkey reads items of a resource type. */
export const isSupportedType = (resourceType: unknown): boolean =>
  resourceType === TRAIL_TYPE || resourceType === KEY_TYPE || resourceType === ALIAS_TYPE;

/**
 * Adds a configuration item to the inventory. Items of other types are ignored.
 *
 * @throws FormatError if the item is not valid
 */
export const addItem = (inventory: Inventory, item: ConfigurationItem): void => {
  if (item.resourceType === TRAIL_TYPE) addObservedTrail(inventory, parseTrailItem(item));
  if (item.resourceType === KEY_TYPE) addKeyItem(inventory, item);
  if (item.resourceType === ALIAS_TYPE) addAliasItem(inventory, item);
};

/** Adds an observed trail. */
export const addObservedTrail = ({ trails }: Inventory, observed: ObservedTrail): void => {
  const id = `${observed.accountId} ${observed.region} ${observed.trail.arn}`;
  setNewest(trails, id, { capturedAt: observed.capturedAt, entry: observed });
};

/** Adds a key from the output of describe-key. */
export const addDescribedKey = ({ described }: Inventory, key: Key): void => {
  described.set(key.arn, key);
};

/** Adds an alias. `capturedAt` is in milliseconds since 1970. */
export const addAlias = (
  { aliases }: Inventory,
  { arn, keyArn }: Alias,
  capturedAt: number | undefined,
): void => {
  setNewest(aliases, arn, { capturedAt, entry: keyArn });
};

/** Adds everything in another inventory, which counts as later in the input. */
export const addInventory = (inventory: Inventory, later: Inventory): void => {
  for (const [id, newest] of later.trails) setNewest(inventory.trails, id, newest);
  addKeysAndAliases(inventory, later);
};

/** Adds the keys and aliases in another inventory, which counts as later in the input. */
export const addKeysAndAliases = (inventory: Inventory, later: Inventory): void => {
  for (const [id, newest] of later.keys) setNewest(inventory.keys, id, newest);
  for (const [arn, newest] of later.aliases) setNewest(inventory.aliases, arn, newest);
  for (const key of later.described.values()) addDescribedKey(inventory, key);
};

/** Returns a key source that looks up keys and aliases in an inventory. */
export const keySourceOf = (inventory: Inventory): KeySource => ({
  getKey: async (reference) => lookUp(inventory, reference),
});

type Evaluated = { readonly observedTrails: readonly ObservedTrail[]; readonly findings: readonly Finding[] };

/**
 * Returns when AWS Config recorded the trails, and the keys that their verdicts are based on. Undefined if AWS Config recorded none of
 * them, as with output of the AWS CLI.
 */
export const recordedPeriod = (
  { observedTrails, findings }: Evaluated,
  { keys, described }: Inventory,
): Recorded | undefined => {
  const ofTrails = observedTrails.flatMap(({ capturedAt }) => capturedAt ?? []);
  const ofKeys = findings.flatMap(({ key }) => {
    const arn = key?.arn ?? '';
    return described.has(arn) ? [] : (keys.get(inventoryIdOf(arn))?.capturedAt ?? []);
  });
  const times = [...ofTrails, ...ofKeys].filter(Number.isFinite);
  if (times.length === 0) return undefined;
  const [oldest, newest] = times.reduce(
    ([first, last], time) => [Math.min(first, time), Math.max(last, time)],
    [Infinity, -Infinity],
  );
  return { oldest: new Date(oldest).toISOString(), newest: new Date(newest).toISOString() };
};

const addKeyItem = ({ keys }: Inventory, item: ConfigurationItem): void => {
  if (item.presence === 'not-recorded') return;
  const { capturedAt } = item;
  if (item.presence === 'deleted') {
    const id = item.arn ? inventoryIdOf(item.arn) : `${item.accountId} ${item.region} key/${item.resourceId}`;
    setNewest(keys, id, { capturedAt, entry: { kind: 'missing', why: 'deleted' } });
    return;
  }
  const key = parseKeyItem(item);
  setNewest(keys, inventoryIdOf(key.arn), { capturedAt, entry: { kind: 'found', key } });
};

const addAliasItem = (inventory: Inventory, item: ConfigurationItem): void => {
  if (item.presence === 'not-recorded') return;
  const { capturedAt } = item;
  if (item.presence === 'deleted')
    setNewest(inventory.aliases, aliasArnOf(item), { capturedAt, entry: undefined });
  else addAlias(inventory, parseAliasItem(item), capturedAt);
};

/** The ID of a key in the inventory. */
const inventoryIdOf = (keyArn: string): string => {
  const { accountId, region, resource } = parseArn(keyArn) ?? {};
  return `${accountId} ${region} ${resource}`;
};

const setNewest = <T>(
  newest: NewestById<T>,
  id: string,
  { capturedAt = Infinity, entry }: { readonly capturedAt: number | undefined; readonly entry: T },
): void => {
  const existing = newest.get(id);
  if (existing === undefined || capturedAt >= existing.capturedAt) newest.set(id, { capturedAt, entry });
};

const NOT_IN_INPUT: KeyLookupResult = { kind: 'unreadable', why: 'not-in-input' };
const ALIAS_NOT_IN_INPUT: KeyLookupResult = { kind: 'unreadable', why: 'alias-not-in-input' };

const lookUp = (inventory: Inventory, { kind, arn }: KeyReference): KeyLookupResult => {
  if (kind === 'key') return lookUpKey(inventory, arn);
  const alias = inventory.aliases.get(arn);
  if (!alias) return ALIAS_NOT_IN_INPUT;
  // A deleted alias has no target: KMS would report that the key does not exist.
  return alias.entry === undefined ? { kind: 'missing', why: 'unknown' } : lookUpKey(inventory, alias.entry);
};

/** The output of describe-key contains neither the policy nor the rotation status. They come from the item, if there is one. */
const lookUpKey = ({ keys, described }: Inventory, arn: string): KeyLookupResult => {
  const recorded = keys.get(inventoryIdOf(arn))?.entry;
  const key = described.get(arn);
  if (key === undefined) return recorded ?? NOT_IN_INPUT;
  if (recorded?.kind !== 'found') return { kind: 'found', key };
  return { kind: 'found', key: { ...key, policy: recorded.key.policy, rotation: recorded.key.rotation } };
};
