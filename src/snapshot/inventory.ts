import { type Alias, aliasArnOf, parseAliasItem } from '../core/alias.js';
import { parseArn } from '../core/arn.js';
import { ALIAS_TYPE, type ConfigurationItem, KEY_TYPE, TRAIL_TYPE } from '../core/configuration-item.js';
import { type Key, type KeyAnswer, parseKeyItem } from '../core/key.js';
import { parseTrailItem, type TrailSighting } from '../core/trail.js';

/**
 * What the input holds of trails, keys and aliases. Of several items about one thing the newest capture time stays; none counts
 * as newest, and of equals the later one in the input.
 */
export type Inventory = {
  /** By account, Region and ARN. */
  readonly trails: Newest<TrailSighting>;
  /** By account, Region and key id: an item of a key that was deleted may lack the ARN. */
  readonly keys: Newest<KeyAnswer>;
  /** By alias ARN: the ARN of its key, or undefined where the alias was deleted. */
  readonly aliases: Newest<string | undefined>;
  /** By key ARN: what DescribeKey said, which counts for more than any item. */
  readonly described: Map<string, Key>;
};

/** The newest entry under each name. `capturedAt` is in milliseconds since 1970. */
type Newest<T> = Map<string, { readonly capturedAt: number; readonly entry: T }>;

/** An inventory with nothing in it. */
export const emptyInventory = (): Inventory => ({
  trails: new Map(),
  keys: new Map(),
  aliases: new Map(),
  described: new Map(),
});

/** Tells whether Trailkey reads items of a resource type. */
export const isWanted = (resourceType: unknown): boolean =>
  resourceType === TRAIL_TYPE || resourceType === KEY_TYPE || resourceType === ALIAS_TYPE;

/**
 * Adds a configuration item to the inventory; items of other types pass by.
 *
 * @throws FormatError where the item is not what its type promises
 */
export const addItem = (inventory: Inventory, item: ConfigurationItem): void => {
  if (item.resourceType === TRAIL_TYPE) addSighting(inventory, parseTrailItem(item));
  if (item.resourceType === KEY_TYPE) addKeyItem(inventory, item);
  if (item.resourceType === ALIAS_TYPE) addAliasItem(inventory, item);
};

/** Adds a trail as it was seen. */
export const addSighting = ({ trails }: Inventory, sighting: TrailSighting): void => {
  const place = `${sighting.accountId} ${sighting.region} ${sighting.trail.arn}`;
  keepNewest(trails, place, { capturedAt: sighting.capturedAt, entry: sighting });
};

/** The name under which an inventory keeps a key, by its ARN. */
export const keyPlace = (keyArn: string): string => {
  const { accountId, region, resource } = parseArn(keyArn) ?? {};
  return `${accountId} ${region} ${resource}`;
};

/** Adds a key as DescribeKey told it. */
export const addDescribedKey = ({ described }: Inventory, key: Key): void => {
  described.set(key.arn, key);
};

/** Adds an alias and the key it stands for. */
export const addAlias = (
  { aliases }: Inventory,
  { arn, keyArn }: Alias,
  capturedAt: number | undefined,
): void => {
  keepNewest(aliases, arn, { capturedAt, entry: keyArn });
};

/** Adds all of another inventory, as if it had been read after this one. */
export const addInventory = (inventory: Inventory, later: Inventory): void => {
  for (const [place, found] of later.trails) keepNewest(inventory.trails, place, found);
  addKeysOf(inventory, later);
};

/** Adds the keys and aliases of another inventory, as if they had been read after this one, and not its trails. */
export const addKeysOf = (inventory: Inventory, later: Inventory): void => {
  for (const [arn, found] of later.keys) keepNewest(inventory.keys, arn, found);
  for (const [arn, found] of later.aliases) keepNewest(inventory.aliases, arn, found);
  for (const key of later.described.values()) addDescribedKey(inventory, key);
};

const addKeyItem = ({ keys }: Inventory, item: ConfigurationItem): void => {
  if (item.presence === 'not-recorded') return;
  const { capturedAt } = item;
  if (item.presence === 'deleted') {
    const place = item.arn ? keyPlace(item.arn) : `${item.accountId} ${item.region} key/${item.resourceId}`;
    keepNewest(keys, place, { capturedAt, entry: { kind: 'missing', why: 'deleted' } });
    return;
  }
  const key = parseKeyItem(item);
  keepNewest(keys, keyPlace(key.arn), { capturedAt, entry: { kind: 'found', key } });
};

const addAliasItem = (inventory: Inventory, item: ConfigurationItem): void => {
  if (item.presence === 'not-recorded') return;
  const { capturedAt } = item;
  if (item.presence === 'deleted')
    keepNewest(inventory.aliases, aliasArnOf(item), { capturedAt, entry: undefined });
  else addAlias(inventory, parseAliasItem(item), capturedAt);
};

type Found<T> = { readonly capturedAt: number | undefined; readonly entry: T };

const keepNewest = <T>(newest: Newest<T>, name: string, { capturedAt = Infinity, entry }: Found<T>): void => {
  const known = newest.get(name);
  if (known === undefined || capturedAt >= known.capturedAt) newest.set(name, { capturedAt, entry });
};
