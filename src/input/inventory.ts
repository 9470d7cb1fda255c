import { isDeepStrictEqual } from 'node:util';
import { parseArn } from '../core/arn.js';
import { ALIAS_TYPE, type ConfigurationItem, KEY_TYPE, TRAIL_TYPE } from '../core/configuration-item.js';
import type { SourceLocation } from '../core/evaluate-trail.js';
import {
  type Alias,
  aliasArnOf,
  checkItemPlace,
  type Key,
  type KeyLookupResult,
  parseAliasItem,
  parseKeyItem,
} from '../core/key.js';
import { type ObservedTrail, parseTrailItem } from '../core/trail.js';
import {
  addFact,
  type Combine,
  type Contradiction,
  type FactsById,
  formatPlace,
  type Place,
  type SourcedFact,
} from './facts.js';
import type { Problem } from './problem.js';

/** A trail in the input. */
export type RecordedTrail = {
  readonly observed: ObservedTrail;
  /** The key of a trail in infrastructure as code, if its ARN is known only after the deployment. */
  readonly plannedKey: KeyLookupResult | undefined;
  /** Where the trail is defined in a template. */
  readonly location: SourceLocation | undefined;
  /** A name that distinguishes trails of several templates, whose accounts and Regions are unknown. */
  readonly definedAs: string | undefined;
};

/** A key in the input, or a key that was deleted. */
export type RecordedKey =
  | { readonly kind: 'found'; readonly key: Key }
  | { readonly kind: 'missing'; readonly why: 'deleted' };

/** The trails, keys and aliases of an input. */
export type Inventory = {
  /** By account, Region and ARN. */
  readonly trails: FactsById<RecordedTrail>;
  /** By account, Region and key ID, because the item of a deleted key can lack the ARN. */
  readonly keys: FactsById<RecordedKey>;
  /** By alias ARN: the ARN of the target key, or null if the alias was deleted. */
  readonly aliases: FactsById<string | null>;
  /** By resource: facts with the same time and different content. */
  readonly contradictions: Map<string, Problem>;
};

/** Returns an empty inventory. */
export const emptyInventory = (): Inventory => ({
  trails: new Map(),
  keys: new Map(),
  aliases: new Map(),
  contradictions: new Map(),
});

/** Whether Trailkey reads items of a resource type. */
export const isSupportedType = (resourceType: unknown): boolean =>
  resourceType === TRAIL_TYPE || resourceType === KEY_TYPE || resourceType === ALIAS_TYPE;

/**
 * Adds a configuration item to the inventory. Items of other types are ignored.
 *
 * @throws FormatError if the item is not valid
 */
export const addItem = (inventory: Inventory, item: ConfigurationItem, place: Place): void => {
  if (item.resourceType === TRAIL_TYPE) addObservedTrail(inventory, parseTrailItem(item), place);
  if (item.resourceType === KEY_TYPE) addKeyItem(inventory, item, place);
  if (item.resourceType === ALIAS_TYPE) addAliasItem(inventory, item, place);
};

/** Adds an observed trail. */
export const addObservedTrail = (inventory: Inventory, observed: ObservedTrail, place: Place): void =>
  addTrail(inventory, { observed, plannedKey: undefined, location: undefined, definedAs: undefined }, place);

/** Adds a trail. */
export const addTrail = (inventory: Inventory, trail: RecordedTrail, place: Place): void =>
  addTrailFact(inventory, factOf(trail, trail.observed.capturedAt, place));

/** Adds a key from a source without a date, such as the output of describe-key. */
export const addKey = (inventory: Inventory, key: Key, place: Place): void =>
  addKeyFact(inventory, keyIdOf(key.arn), factOf({ kind: 'found', key }, undefined, place));

/** Adds an alias from a source without a date. */
export const addAlias = (inventory: Inventory, { arn, keyArn }: Alias, place: Place): void =>
  addAliasFact(inventory, arn, factOf(keyArn, undefined, place));

/** Adds everything in another inventory. */
export const addInventory = (inventory: Inventory, other: Inventory): void => {
  for (const fact of [...other.trails.values()].flat()) addTrailFact(inventory, fact);
  addKeysAndAliases(inventory, other, false);
};

/** Adds the keys and aliases in another inventory. `isCurrent` states that those without a date are current. */
export const addKeysAndAliases = (inventory: Inventory, other: Inventory, isCurrent: boolean): void => {
  for (const [id, facts] of other.keys) {
    for (const fact of facts) addKeyFact(inventory, id, { ...fact, isCurrent });
  }
  for (const [arn, facts] of other.aliases) {
    for (const fact of facts) addAliasFact(inventory, arn, { ...fact, isCurrent });
  }
  for (const [resource, problem] of other.contradictions) inventory.contradictions.set(resource, problem);
};

/** The ID of a key in the inventory. */
export const keyIdOf = (keyArn: string): string => {
  const { accountId, region, resource } = parseArn(keyArn) ?? {};
  return `${accountId} ${region} ${resource}`;
};

/** Adds the values that a key lacks and another one contains. */
export const withDefaults = (key: Key, defaults: Key): Key => ({
  arn: key.arn,
  state: key.state ?? defaults.state,
  manager: key.manager ?? defaults.manager,
  spec: key.spec ?? defaults.spec,
  usage: key.usage ?? defaults.usage,
  origin: key.origin ?? defaults.origin,
  deletionDate: key.deletionDate ?? defaults.deletionDate,
  validTo: key.validTo ?? defaults.validTo,
  policy: key.policy.kind === 'known' ? key.policy : defaults.policy,
  rotation: key.rotation.kind === 'known' ? key.rotation : defaults.rotation,
});

const factOf = <T>(value: T, capturedAt: number | undefined, place: Place): SourcedFact<T> => ({
  value,
  capturedAt,
  place,
  isCurrent: false,
});

const addKeyItem = (inventory: Inventory, item: ConfigurationItem, place: Place): void => {
  if (item.presence === 'not-recorded') return;
  if (item.presence === 'deleted') {
    const id = item.arn ? keyIdOf(item.arn) : `${item.accountId} ${item.region} key/${item.resourceId}`;
    checkItemPlace(item, item.arn ?? '');
    addKeyFact(inventory, id, factOf({ kind: 'missing', why: 'deleted' }, item.capturedAt, place));
    return;
  }
  const key = parseKeyItem(item);
  addKeyFact(inventory, keyIdOf(key.arn), factOf({ kind: 'found', key }, item.capturedAt, place));
};

const addAliasItem = (inventory: Inventory, item: ConfigurationItem, place: Place): void => {
  if (item.presence === 'not-recorded') return;
  const { arn, keyArn } =
    item.presence === 'deleted' ? { arn: aliasArnOf(item), keyArn: null } : parseAliasItem(item);
  checkItemPlace(item, arn);
  addAliasFact(inventory, arn, factOf(keyArn, item.capturedAt, place));
};

const addTrailFact = (inventory: Inventory, fact: SourcedFact<RecordedTrail>): void => {
  const { accountId, region, trail } = fact.value.observed;
  const id = `${accountId} ${region} ${trail.arn} ${fact.value.definedAs ?? ''}`;
  const contradiction = addFact(inventory.trails, { id, combine: combineTrails }, fact);
  report(inventory, `trail ${trail.arn} in account ${accountId}, Region ${region}`, contradiction);
};

const addKeyFact = (inventory: Inventory, id: string, fact: SourcedFact<RecordedKey>): void => {
  const contradiction = addFact(inventory.keys, { id, combine: combineKeys }, fact);
  const [accountId, region, resource] = id.split(' ');
  report(inventory, `${resource} in account ${accountId}, Region ${region}`, contradiction);
};

const addAliasFact = (inventory: Inventory, arn: string, fact: SourcedFact<string | null>): void => {
  const combine: Combine<string | null> = (one, other) => (one === other ? one : undefined);
  report(inventory, `alias ${arn}`, addFact(inventory.aliases, { id: arn, combine }, fact));
};

/** A trail that AWS Config does not record, or that left the scope of a rule, does not contradict its item. */
const combineTrails: Combine<RecordedTrail> = (one, other) => {
  if (one.observed.absent === 'not-recorded') return other;
  if (other.observed.absent === 'not-recorded') return one;
  const isEqual =
    one.observed.absent === other.observed.absent &&
    isDeepStrictEqual(one.observed.trail, other.observed.trail) &&
    isDeepStrictEqual(one.plannedKey, other.plannedKey);
  return isEqual ? one : undefined;
};

const combineKeys: Combine<RecordedKey> = (one, other) => {
  if (one.kind === 'missing' || other.kind === 'missing') return one.kind === other.kind ? one : undefined;
  const combined = withDefaults(one.key, other.key);
  // If they contradict each other, the result depends on which of them comes first.
  return isDeepStrictEqual(combined, withDefaults(other.key, one.key))
    ? { kind: 'found', key: combined }
    : undefined;
};

const report = (
  { contradictions }: Inventory,
  resource: string,
  contradiction: Contradiction | undefined,
): void => {
  if (contradiction === undefined || contradictions.has(resource)) return;
  const { capturedAt, places } = contradiction;
  const [first = '', second = ''] = places.map(formatPlace);
  const time = capturedAt === undefined ? 'without a time' : `of ${new Date(capturedAt).toISOString()}`;
  contradictions.set(resource, {
    source: places.at(-1)?.source ?? '',
    message: `${first} and ${second} contain different data ${time} about ${resource}. Remove the one that is not right.`,
  });
};
