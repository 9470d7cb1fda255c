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
import { isSupportedType } from './inventory.js';

/** A value of the input, by its kind. */
export type RecognizedValue =
  | { readonly kind: 'item'; readonly item: ConfigurationItem; readonly hasParameters: boolean }
  | { readonly kind: 'trail'; readonly observed: ObservedTrail }
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'alias'; readonly alias: Alias }
  /** AWS data that contains no trail, key or alias. */
  | { readonly kind: 'other' }
  | { readonly kind: 'unknown' };

/** The lists of a document whose elements are recognized separately. Only items that can be about trails and keys are parsed. */
export const DOCUMENT_LISTS = new Map([
  ['configurationItems', 'matching'],
  ['baseConfigurationItems', 'matching'],
  ['trailList', 'all'],
  ['Aliases', 'all'],
] as const);

/** Terms that every item of a trail, a key or an alias contains, and few other items. */
export const SEARCH_TERMS = ['Trail::', 'KMS::'] as const;

/**
 * Recognizes a value by its content: a configuration item, a rule event or its invoking event, a trail or a key in output of the AWS
 * CLI, or a trail from Panther. `list` is the list of the document that contains the value.
 *
 * @throws FormatError if the value is of one of these kinds but not valid, or contains nothing to evaluate
 */
export const recognize = (value: unknown, list?: string): RecognizedValue => {
  if (!isJsonObject(value)) {
    if (list === undefined) return { kind: 'unknown' };
    throw new FormatError(`expected an object; received ${describeType(value)}`);
  }
  if (list === 'Aliases') return recognizeAlias(value);
  if (list === 'trailList') return { kind: 'trail', observed: observedAtHome(value) };
  if (typeof value['resourceType'] === 'string') return recognizeItem(value, value);
  if (fieldOf(value, ['invokingEvent']) !== undefined) return recognizeEvent(value);
  if (fieldOf(value, ['messageType', 'configurationItem', 'configurationItemSummary']) !== undefined) {
    return recognizeNotification(value, value);
  }
  return recognizeKeyOrTrail(value);
};

/** AWS reserves aliases for AWS managed keys that do not exist yet. Those have no target. */
const recognizeAlias = (value: JsonObject): RecognizedValue =>
  fieldOf(value, ['TargetKeyId']) === undefined
    ? { kind: 'other' }
    : { kind: 'alias', alias: parseAlias(value, textOf(value, ['AliasArn'])) };

/** Output of describe-key or get-trail, or a trail from Panther. */
const recognizeKeyOrTrail = (value: JsonObject): RecognizedValue => {
  const metadata =
    objectOf(value, ['KeyMetadata']) ?? (fieldOf(value, ['KeyManager']) === undefined ? undefined : value);
  if (metadata) return { kind: 'key', key: parseKeyMetadata(metadata) };
  const trail = objectOf(value, ['Trail']) ?? value;
  if (fieldOf(trail, ['TrailARN', 'trailARN']) === undefined) {
    const isDocument = [...DOCUMENT_LISTS.keys(), 'fileVersion'].some((name) => Object.hasOwn(value, name));
    return { kind: isDocument ? 'other' : 'unknown' };
  }
  // The output of list-trails does not contain the key, so an absent key has no meaning there.
  if (!SETTINGS.some((name) => Object.hasOwn(trail, name))) {
    throw new FormatError(
      'the settings of the trail are absent: expected the output of describe-trails or get-trail',
    );
  }
  return { kind: 'trail', observed: observedAtHome(trail) };
};

const SETTINGS = ['KmsKeyId', 'kmsKeyId', 'S3BucketName', 's3BucketName'];

const recognizeEvent = (event: JsonObject): RecognizedValue => {
  const notification = objectOf(event, ['invokingEvent']);
  if (!notification) throw new FormatError('field "invokingEvent" must be the JSON text of a notification');
  return recognizeNotification(notification, event);
};

const recognizeNotification = (notification: JsonObject, event: JsonObject): RecognizedValue => {
  const item = objectOf(notification, ['configurationItem']);
  if (item) return recognizeItem(item, event);
  const summary = objectOf(notification, ['configurationItemSummary']);
  if (summary) return recognizeSummary(summary, event);
  const type = textOf(notification, ['messageType']);
  throw new FormatError(
    `a notification of type ${type ?? 'unknown'} contains no trail: expected a configuration item, a snapshot, or the output of describe-trails`,
  );
};

const recognizeSummary = (summary: JsonObject, event: JsonObject): RecognizedValue => {
  const value = recognizeItem(summary, event);
  if (value.kind !== 'item' || isAbsent(value.item)) return value;
  const { resourceType, resourceId } = value.item;
  throw new FormatError(
    `the event contains only a summary of ${resourceType} "${resourceId}", because the item is too large: check the output of ` +
      `aws configservice get-resource-config-history --resource-type ${resourceType} --resource-id ${resourceId}`,
  );
};

const recognizeItem = (value: JsonObject, event: JsonObject): RecognizedValue => {
  if (!isSupportedType(value['resourceType'])) return { kind: 'other' };
  const item = parseConfigurationItem(value);
  const leftScope = event['eventLeftScope'] === true && item.resourceType === TRAIL_TYPE;
  return {
    kind: 'item',
    item: leftScope && !isAbsent(item) ? { ...item, presence: 'not-recorded' } : item,
    hasParameters: !NO_PARAMETERS.includes(textOf(event, ['ruleParameters'], Infinity) ?? ''),
  };
};

/** The values that AWS Config sends for a rule without parameters. */
const NO_PARAMETERS = ['', '{}', 'null'];
