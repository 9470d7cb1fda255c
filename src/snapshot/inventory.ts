import { aliasArnOf, parseAliasItem } from '../core/alias.js';
import { ALIAS_TYPE, type ConfigurationItem, KEY_TYPE, TRAIL_TYPE } from '../core/configuration-item.js';
import { type KeyAnswer, parseKeyItem } from '../core/key.js';
import { parseTrailItem, type TrailSighting } from '../core/trail.js';

/**
 * What the input holds of trails, keys and aliases. Of several items about one thing the newest capture time stays; none counts
 * as newest, and of equals the later one in the input.
 */
export type Inventory = {
  /** By account, Region and ARN. */
  readonly trails: Newest<TrailSighting>;
  /** By key ARN. */
  readonly keys: Newest<KeyAnswer>;
  /** By alias ARN: the ARN of its key, or undefined where the alias was deleted. */
  readonly aliases: Newest<string | undefined>;
};

/** The newest entry under each name. `capturedAt` is in milliseconds since 1970. */
export type Newest<T> = Map<string, { readonly capturedAt: number; readonly entry: T }>;

/** An inventory with nothing in it. */
export const emptyInventory = (): Inventory => ({ trails: new Map(), keys: new Map(), aliases: new Map() });

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
  if (item.resourceType === KEY_TYPE) addKey(inventory, item);
  if (item.resourceType === ALIAS_TYPE) addAlias(inventory, item);
};

/** Adds a trail as it was seen. */
export const addSighting = ({ trails }: Inventory, sighting: TrailSighting): void => {
  const place = `${sighting.accountId} ${sighting.region} ${sighting.trail.arn}`;
  keepNewest(trails, place, { capturedAt: sighting.capturedAt, entry: sighting });
};

const addKey = ({ keys }: Inventory, item: ConfigurationItem): void => {
  if (item.presence === 'not-recorded') return;
  const { capturedAt } = item;
  if (item.presence === 'deleted') {
    if (item.arn) keepNewest(keys, item.arn, { capturedAt, entry: { kind: 'missing', why: 'deleted' } });
    return;
  }
  const key = parseKeyItem(item);
  keepNewest(keys, key.arn, { capturedAt, entry: { kind: 'found', key } });
};

const addAlias = ({ aliases }: Inventory, item: ConfigurationItem): void => {
  if (item.presence === 'not-recorded') return;
  const { capturedAt } = item;
  if (item.presence === 'deleted') {
    keepNewest(aliases, aliasArnOf(item), { capturedAt, entry: undefined });
    return;
  }
  const { arn, keyArn } = parseAliasItem(item);
  keepNewest(aliases, arn, { capturedAt, entry: keyArn });
};

type Found<T> = { readonly capturedAt: number | undefined; readonly entry: T };

const keepNewest = <T>(newest: Newest<T>, name: string, { capturedAt = Infinity, entry }: Found<T>): void => {
  const known = newest.get(name);
  if (known === undefined || capturedAt >= known.capturedAt) newest.set(name, { capturedAt, entry });
};
