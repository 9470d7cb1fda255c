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
 * What the input holds of trails, keys and aliases. Of several items about one thing the newest capture time stays; none counts
 * as newest, and of equals the later one in the input.
 */
export type Inventory = {
  /** By account, Region and ARN. */
  readonly trails: Newest<ObservedTrail>;
  /** By account, Region and key id: an item of a key that was deleted may lack the ARN. */
  readonly keys: Newest<KeyLookupResult>;
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
  if (item.resourceType === TRAIL_TYPE) addObservedTrail(inventory, parseTrailItem(item));
  if (item.resourceType === KEY_TYPE) addKeyItem(inventory, item);
  if (item.resourceType === ALIAS_TYPE) addAliasItem(inventory, item);
};

/** Adds a trail as it was seen. */
export const addObservedTrail = ({ trails }: Inventory, observed: ObservedTrail): void => {
  const place = `${observed.accountId} ${observed.region} ${observed.trail.arn}`;
  keepNewest(trails, place, { capturedAt: observed.capturedAt, entry: observed });
};

/** The name under which an inventory keeps a key, by its ARN. */
const keyPlace = (keyArn: string): string => {
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

const NOT_IN_INPUT: KeyLookupResult = { kind: 'unreadable', why: 'not-in-input' };
const ALIAS_NOT_IN_INPUT: KeyLookupResult = { kind: 'unreadable', why: 'alias-not-in-input' };

/**
 * Answers for keys from an inventory: by the ARN of the key, wherever in the input it is recorded; an alias by the alias items.
 */
export const recordedKeys = (inventory: Inventory): KeySource => ({
  getKey: async (reference) => answerFor(inventory, reference),
});

const answerFor = (inventory: Inventory, { kind, arn }: KeyReference): KeyLookupResult => {
  if (kind === 'key') return answerForKey(inventory, arn);
  const alias = inventory.aliases.get(arn);
  if (!alias) return ALIAS_NOT_IN_INPUT;
  // An alias that was deleted leads nowhere: KMS knows no key of that name.
  return alias.entry === undefined
    ? { kind: 'missing', why: 'unknown' }
    : answerForKey(inventory, alias.entry);
};

/** DescribeKey tells neither policy nor rotation: those are taken from the item, if there is one. */
const answerForKey = ({ keys, described }: Inventory, arn: string): KeyLookupResult => {
  const recorded = keys.get(keyPlace(arn))?.entry;
  const key = described.get(arn);
  if (key === undefined) return recorded ?? NOT_IN_INPUT;
  if (recorded?.kind !== 'found') return { kind: 'found', key };
  return { kind: 'found', key: { ...key, policy: recorded.key.policy, rotation: recorded.key.rotation } };
};

type Judged = { readonly observedTrails: readonly ObservedTrail[]; readonly findings: readonly Finding[] };

/**
 * When AWS Config recorded the trails, and the keys that their verdicts rest on; undefined where it recorded none of them, as
 * where the AWS command line told them.
 */
export const recordedBetween = (
  { observedTrails, findings }: Judged,
  { keys, described }: Inventory,
): Recorded | undefined => {
  const ofTrails = observedTrails.flatMap(({ capturedAt }) => capturedAt ?? []);
  const ofKeys = findings.flatMap(({ key }) => {
    const arn = key?.arn ?? '';
    return described.has(arn) ? [] : (keys.get(keyPlace(arn))?.capturedAt ?? []);
  });
  const times = [...ofTrails, ...ofKeys].filter(Number.isFinite);
  if (times.length === 0) return undefined;
  const [oldest, newest] = times.reduce(
    ([first, last], time) => [Math.min(first, time), Math.max(last, time)],
    [Infinity, -Infinity],
  );
  return { oldest: new Date(oldest).toISOString(), newest: new Date(newest).toISOString() };
};
