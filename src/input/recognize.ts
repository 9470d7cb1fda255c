import { parseArn } from '../core/arn.js';
import {
  ALIAS_TYPE,
  type ConfigurationItem,
  isAbsent,
  KEY_TYPE,
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
  parseJson,
  textOf,
} from '../core/json-value.js';
import { type Alias, type Key, parseAlias, parseKeyFacts, parseKeyMetadata } from '../core/key.js';
import { type ObservedTrail, observedAtHome } from '../core/trail.js';
import { isSupportedType } from './inventory.js';
import { normalize } from './normalize.js';
import { type NotEvaluated, recognizeOther } from './other-output.js';

/** A value of the input, by its kind. */
export type RecognizedValue =
  | { readonly kind: 'item'; readonly item: ConfigurationItem; readonly hasParameters: boolean }
  | { readonly kind: 'trail'; readonly observed: ObservedTrail }
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'key-facts'; readonly facts: KeyFacts }
  | { readonly kind: 'alias'; readonly alias: Alias }
  /** Infrastructure as code, by its format. */
  | { readonly kind: 'CloudFormation' | 'Terraform'; readonly value: JsonObject }
  /** AWS data that contains no trail, key or alias. */
  | { readonly kind: 'other' }
  /** A document whose lists are recognized separately. */
  | { readonly kind: 'document' }
  | NotEvaluated
  /** Not valid, but its kind is known. */
  | { readonly kind: 'invalid'; readonly error: FormatError }
  | { readonly kind: 'unknown'; readonly isEmpty: boolean };

/** The policy or the rotation status of a key, in output of the AWS CLI that can lack the key. */
export type KeyFacts = Pick<Key, 'policy' | 'rotation'> & {
  /** A key ID or key ARN. */
  readonly keyId: string | undefined;
  /** The operation of the AWS CLI. */
  readonly operation: 'get-key-policy' | 'get-key-rotation-status';
};

/** The lists of a document whose elements are recognized separately. Only items that can be about trails and keys are parsed. */
export const DOCUMENT_LISTS = new Map([
  ['configurationitems', 'matching'],
  ['baseconfigurationitems', 'matching'],
  ['traillist', 'all'],
  ['aliases', 'all'],
  ['results', 'all'],
  ['records', 'all'],
  ['messages', 'all'],
] as const);

/** Lists that contain only trails, keys or aliases, so that a document without elements is complete. */
const ITEM_LISTS = ['configurationitems', 'baseconfigurationitems', 'traillist'];
const AWS_LISTS = [...ITEM_LISTS, 'aliases', 'results', 'fileversion'];

/** Terms that every item of a trail, a key or an alias contains, and few other items. */
export const SEARCH_TERMS = ['Trail::', 'KMS::'] as const;

/**
 * Recognizes the parts of a value by their content, in wrappers and envelopes of any name: configuration items, rule events and
 * notifications, trails and keys in the output of AWS tools, and infrastructure as code. `list` is the list of the document that contains
 * the value, in lower case.
 */
export const recognize = (value: unknown, list?: string): readonly RecognizedValue[] =>
  visit(value, { list, depth: 0 });

type Position = { readonly list: string | undefined; readonly depth: number };

/** The maximum number of wrappers and envelopes around a part. */
const MAX_DEPTH = 8;

const visit = (value: unknown, { list, depth }: Position): readonly RecognizedValue[] => {
  if (depth > MAX_DEPTH) return [UNKNOWN];
  if (isJsonObject(value)) return visitObject(value, { list, depth });
  const inner = { list, depth: depth + 1 };
  if (Array.isArray(value) && !(depth === 0 && isItemList(list))) {
    return value.flatMap((element) => visit(element, inner));
  }
  if (typeof value === 'string' && TEXT.test(value)) return visit(parseJson(value), inner);
  return isItemList(list) ? [notAnObject(value)] : [UNKNOWN];
};

const visitObject = (value: JsonObject, { list, depth }: Position): readonly RecognizedValue[] => {
  try {
    const part = recognizeObject(normalize(value), list, value);
    return part ? [part] : visitMembers(value, depth);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return [{ kind: 'invalid', error }];
  }
};

const isItemList = (list: string | undefined): boolean => list !== undefined && ITEM_LISTS.includes(list);

const UNKNOWN = { kind: 'unknown', isEmpty: false } as const;
const EMPTY = { kind: 'unknown', isEmpty: true } as const;
const TEXT = /^\s*[{[]/;

const notAnObject = (value: unknown): RecognizedValue => ({
  kind: 'invalid',
  error: new FormatError(`expected an object; received ${describeType(value)}`),
});

/** Lists of envelopes, whose elements are recognized separately. */
const ENVELOPE_LISTS = ['records', 'messages'];

/** Members of envelopes that contain JSON text. */
const ENVELOPES: ReadonlySet<string> = new Set(['message', 'body']);

/** The parts of a wrapper or an envelope. */
const visitMembers = (object: JsonObject, depth: number): readonly RecognizedValue[] => {
  const members = Object.entries(object);
  if (members.length === 0) return [EMPTY];
  const parts = members.flatMap(([name, member]) => {
    const list = name.toLowerCase();
    const isInside = typeof member === 'object' ? member !== null : ENVELOPES.has(list);
    return isInside
      ? visit(member, { list: Array.isArray(member) ? list : undefined, depth: depth + 1 })
      : [];
  });
  const recognized = parts.filter(({ kind }) => kind !== 'unknown' && kind !== 'document');
  const names = members.map(([name]) => name.toLowerCase());
  if (names.some((name) => AWS_LISTS.includes(name)) || parts.some(({ kind }) => kind === 'document')) {
    return [...recognized, { kind: 'document' }];
  }
  const isEnvelope = names.some((name) => ENVELOPE_LISTS.includes(name));
  return recognized.length > 0 || isEnvelope ? recognized : [UNKNOWN];
};

/** Recognizes an object that is not a wrapper. Its fields are normalized. */
const recognizeObject = (
  object: JsonObject,
  list: string | undefined,
  original: JsonObject,
): RecognizedValue | undefined => {
  if (list === 'aliases' || has(object, 'aliasArn', 'targetKeyId')) return recognizeAlias(object);
  if (list === 'traillist') return { kind: 'trail', observed: observedAtHome(object) };
  const other = recognizeOther(object);
  if (other) return other;
  const kind = formatOfTemplate(original);
  if (kind) return { kind, value: original };
  if (isApiCall(object)) return UNKNOWN;
  if (has(object, 'invokingEvent')) return recognizeEvent(object);
  if (has(object, 'messageType', 'configurationItem', 'configurationItemSummary')) {
    return recognizeNotification(object, object);
  }
  return typeof object['resourceType'] === 'string' || typeOfRow(object) !== undefined
    ? recognizeResource(object, list)
    : recognizeOutput(object);
};

const has = (object: JsonObject, ...names: readonly string[]): boolean =>
  fieldOf(object, names) !== undefined;

/** The file format of infrastructure as code. */
const formatOfTemplate = (value: JsonObject): 'CloudFormation' | 'Terraform' | undefined => {
  if (has(value, 'terraform_version') && has(value, 'planned_values', 'values', 'resource_changes'))
    return 'Terraform';
  const resources = value['Resources'];
  const isTemplate = isJsonObject(resources) && Object.values(resources).some(isResource);
  return isTemplate || has(value, 'AWSTemplateFormatVersion') ? 'CloudFormation' : undefined;
};

const isResource = (value: unknown): boolean =>
  isJsonObject(value) && typeof value['Type'] === 'string' && value['Type'].includes('::');

/** An event of CloudTrail. Its request and response contain fields of trails and keys, which can be outdated. */
const isApiCall = (object: JsonObject): boolean =>
  has(object, 'eventVersion') && has(object, 'eventSource') && has(object, 'eventName');

/** AWS reserves aliases for AWS managed keys that do not exist yet. Those have no target. */
const recognizeAlias = (object: JsonObject): RecognizedValue =>
  has(object, 'targetKeyId')
    ? { kind: 'alias', alias: parseAlias(object, textOf(object, ['aliasArn'])) }
    : { kind: 'other' };

/** A configuration item, a row of an advanced query, or a resource of Panther. */
const recognizeResource = (object: JsonObject, list: string | undefined): RecognizedValue => {
  const given = textOf(object, ['resourceType']);
  if (given?.startsWith('AWS.')) return recognizeOutput(object) ?? { kind: 'other' };
  if (given !== undefined && list !== 'results') return recognizeItem(object, object);
  const resourceType = given ?? typeOfRow(object);
  const value = recognizeItem({ ...object, resourceType, resourceId: idOfRow(object) }, object);
  const isTrail = value.kind === 'item' && resourceType === TRAIL_TYPE && !isAbsent(value.item);
  return isTrail && !hasSettings(value.item.configuration ?? {}) ? ROW_WITHOUT_KEY : value;
};

const ROW_WITHOUT_KEY: NotEvaluated = {
  kind: 'not-evaluated',
  isError: 'always',
  message:
    'the row does not contain the KMS key of the trail: select the column configuration, or configuration.kmsKeyId and configuration.s3BucketName',
};

/** A query need not select the type of a resource. */
const typeOfRow = (row: JsonObject): string | undefined => {
  const configuration = configurationIn(row);
  if (configuration === undefined) return undefined;
  const arn = textOf(row, ['arn']) ?? textOf(configuration, ['trailARN', 'arn', 'aliasArn']);
  const { service, resource = '' } = parseArn(arn) ?? {};
  if (service === 'cloudtrail' && resource.startsWith('trail/')) return TRAIL_TYPE;
  if (service !== 'kms') return undefined;
  return resource.startsWith('alias/') ? ALIAS_TYPE : KEY_TYPE;
};

const configurationIn = (row: JsonObject): JsonObject | undefined => {
  const value = row['configuration'];
  const configuration = typeof value === 'string' ? parseJson(value) : value;
  return isJsonObject(configuration) ? normalize(configuration) : undefined;
};

const idOfRow = (row: JsonObject): unknown =>
  fieldOf(row, ['resourceId', 'resourceName', 'arn']) ??
  fieldOf(configurationIn(row) ?? {}, ['name', 'keyId', 'trailARN', 'aliasName']);

/** Output of the AWS CLI, an SDK or PowerShell about one trail or key, or a resource of Panther. */
const recognizeOutput = (object: JsonObject): RecognizedValue | undefined => {
  const metadata = objectOf(object, ['keyMetadata']);
  if (metadata) return { kind: 'key', key: parseKeyMetadata(normalize(metadata)) };
  if (has(object, 'keyManager', 'keyState')) {
    return { kind: 'key', key: { ...parseKeyMetadata(object), ...factsIn(object) } };
  }
  if (has(object, 'trailARN')) {
    return hasSettings(object) ? { kind: 'trail', observed: observedAtHome(object) } : LIST_TRAILS;
  }
  const keyId = textOf(object, ['keyId']);
  const facts = { ...factsIn(object), keyId };
  if (has(object, 'keyRotationEnabled')) {
    return { kind: 'key-facts', facts: { ...facts, operation: 'get-key-rotation-status' } };
  }
  return (facts.policy.kind === 'known' && JSON.stringify(facts.policy.value).includes('kms:')) ||
    isKeyPolicy(object)
    ? { kind: 'key-facts', facts: { ...facts, operation: 'get-key-policy' } }
    : undefined;
};

/** A policy document alone. A policy of IAM has no principal, and a policy of another resource has other actions. */
const isKeyPolicy = ({ Statement: statements }: JsonObject): boolean =>
  [statements]
    .flat()
    .some(
      (statement) =>
        isJsonObject(statement) &&
        has(statement, 'Principal', 'NotPrincipal') &&
        [statement['Action']]
          .flat()
          .some((action) => typeof action === 'string' && action.startsWith('kms:')),
    );

const LIST_TRAILS: NotEvaluated = {
  kind: 'not-evaluated',
  isError: 'always',
  message:
    'this is the output of list-trails, which does not contain the KMS key of the trail: expected the output of describe-trails or get-trail',
};

/** Where the key of a trail is absent, other settings show that the trail has none. */
const hasSettings = (trail: JsonObject): boolean => {
  const settings = normalize(trail);
  return Object.hasOwn(settings, 'kmsKeyId') || Object.hasOwn(settings, 's3BucketName');
};

const factsIn = (object: JsonObject): Pick<Key, 'policy' | 'rotation'> =>
  parseKeyFacts({
    Policy: isKeyPolicy(object) ? object : object['policy'],
    KeyRotationStatus: object['keyRotationEnabled'],
  });

const recognizeEvent = (event: JsonObject): RecognizedValue => {
  const notification = objectOf(event, ['invokingEvent']);
  if (!notification) throw new FormatError('field "invokingEvent" must be the JSON text of a notification');
  return recognizeNotification(normalize(notification), event);
};

const recognizeNotification = (notification: JsonObject, event: JsonObject): RecognizedValue => {
  const item = objectOf(notification, ['configurationItem']);
  if (item) return recognizeItem(normalize(item), event);
  const summary = objectOf(notification, ['configurationItemSummary']);
  if (summary) return recognizeSummary(normalize(summary), event);
  const type = textOf(notification, ['messageType']);
  throw new FormatError(
    `a notification of type ${type ?? 'unknown'} contains no trail to evaluate: expected a configuration item, a snapshot, or the output of describe-trails`,
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
