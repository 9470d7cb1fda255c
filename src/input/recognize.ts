import {
  type ConfigurationItem,
  isAbsent,
  parseConfigurationItem,
  TRAIL_TYPE,
} from '../core/configuration-item.js';
import { FormatError } from '../core/errors.js';
import {
  describeType,
  fieldOf,
  isJsonObject,
  type JsonObject,
  objectOf,
  textOf,
} from '../core/json-value.js';
import { type Alias, type Key, parseAlias, parseKeyMetadata } from '../core/key.js';
import { type ObservedTrail, observedAtHome } from '../core/trail.js';
import { isWanted } from './inventory.js';

/** What a value of the input turned out to be. */
export type Recognized =
  | { readonly kind: 'item'; readonly item: ConfigurationItem; readonly hasParameters: boolean }
  | { readonly kind: 'trail'; readonly observed: ObservedTrail }
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'alias'; readonly alias: Alias }
  /** Data of AWS Config that says nothing of trails and keys. */
  | { readonly kind: 'other' }
  | { readonly kind: 'unknown' };

/** The lists of a document whose elements are recognized one by one; of items only those that may be about trails and keys. */
export const LISTS = new Map([
  ['configurationItems', 'hits'],
  ['baseConfigurationItems', 'hits'],
  ['trailList', 'every'],
  ['Aliases', 'every'],
] as const);

/** Short texts that stand in every item about a trail, a key or an alias, and in few others. */
export const SEARCH_TERMS = ['Trail::', 'KMS::'] as const;

/**
 * Recognises a value by its content: a configuration item, an event of a rule or the invoking event in it, a trail or a key as the
 * AWS command line prints them, or a trail as Panther has it. `list` is the list of a document that it stood in.
 *
 * @throws FormatError where it is one of these and broken, or one that holds nothing to judge
 */
export const recognize = (value: unknown, list?: string): Recognized => {
  if (!isJsonObject(value)) {
    if (list === undefined) return { kind: 'unknown' };
    throw new FormatError(`expected an object and found ${describeType(value)}`);
  }
  if (list === 'Aliases') return recognizeAlias(value);
  if (list === 'trailList') return { kind: 'trail', observed: observedAtHome(value) };
  if (typeof value['resourceType'] === 'string') return recognizeItem(value, value);
  if (fieldOf(value, ['invokingEvent']) !== undefined) return recognizeEvent(value);
  if (fieldOf(value, ['messageType', 'configurationItem', 'configurationItemSummary']) !== undefined) {
    return recognizeNotification(value, value);
  }
  return recognizeAnswer(value);
};

/** AWS keeps names of aliases for keys that were never made: those stand for nothing. */
const recognizeAlias = (value: JsonObject): Recognized =>
  fieldOf(value, ['TargetKeyId']) === undefined
    ? { kind: 'other' }
    : { kind: 'alias', alias: parseAlias(value, textOf(value, ['AliasArn'])) };

/** What KMS, CloudTrail or Panther tell of one key or trail. */
const recognizeAnswer = (value: JsonObject): Recognized => {
  const metadata =
    objectOf(value, ['KeyMetadata']) ?? (fieldOf(value, ['KeyManager']) === undefined ? undefined : value);
  if (metadata) return { kind: 'key', key: parseKeyMetadata(metadata) };
  const trail = objectOf(value, ['Trail']) ?? value;
  if (fieldOf(trail, ['TrailARN', 'trailARN']) === undefined) {
    return {
      kind: [...LISTS.keys(), 'fileVersion'].some((name) => Object.hasOwn(value, name)) ? 'other' : 'unknown',
    };
  }
  // ListTrails names trails and not their keys: that a key is absent there means nothing.
  if (!TOLD_WITH_THE_KEY.some((name) => Object.hasOwn(trail, name))) {
    throw new FormatError(
      'this trail comes without its settings: expected the output of describe-trails or get-trail',
    );
  }
  return { kind: 'trail', observed: observedAtHome(trail) };
};

const TOLD_WITH_THE_KEY = ['KmsKeyId', 'kmsKeyId', 'S3BucketName', 's3BucketName'];

const recognizeEvent = (event: JsonObject): Recognized => {
  const notification = objectOf(event, ['invokingEvent']);
  if (!notification) throw new FormatError('field "invokingEvent" should be the JSON text of a notification');
  return recognizeNotification(notification, event);
};

const recognizeNotification = (notification: JsonObject, event: JsonObject): Recognized => {
  const item = objectOf(notification, ['configurationItem']);
  if (item) return recognizeItem(item, event);
  const summary = objectOf(notification, ['configurationItemSummary']);
  if (summary) return recognizeSummary(summary, event);
  const type = textOf(notification, ['messageType']);
  throw new FormatError(
    `a notification of type ${type ?? 'unknown'} names no trail: expected an item, a snapshot, or the output of describe-trails`,
  );
};

const recognizeSummary = (summary: JsonObject, event: JsonObject): Recognized => {
  const recognized = recognizeItem(summary, event);
  if (recognized.kind !== 'item' || isAbsent(recognized.item)) return recognized;
  const { resourceType, resourceId } = recognized.item;
  throw new FormatError(
    `only a summary of ${resourceType} "${resourceId}" is here, as the item is too large for an event: check the output of ` +
      `aws configservice get-resource-config-history --resource-type ${resourceType} --resource-id ${resourceId}`,
  );
};

const recognizeItem = (value: JsonObject, event: JsonObject): Recognized => {
  if (!isWanted(value['resourceType'])) return { kind: 'other' };
  const item = parseConfigurationItem(value);
  const hasLeft = event['eventLeftScope'] === true && item.resourceType === TRAIL_TYPE;
  return {
    kind: 'item',
    item: hasLeft && !isAbsent(item) ? { ...item, presence: 'not-recorded' } : item,
    hasParameters: !NO_PARAMETERS.includes(textOf(event, ['ruleParameters']) ?? ''),
  };
};

/** What AWS Config sends where a rule has no parameters. */
const NO_PARAMETERS = ['', '{}', 'null'];
