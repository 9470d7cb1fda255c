import { isAccountId, isRegion, parseArn } from './arn.js';
import { type ConfigurationItem, configurationOf } from './configuration-item.js';
import { FormatError } from './errors.js';
import { fieldOf, isJsonObject, type JsonObject, parseJson, parseTimestamp, textOf } from './json-value.js';
import type { Trail } from './trail.js';

/** Something about a key that may not have been asked for, recorded, or shown. */
export type Fact<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'unavailable'; readonly why: 'not-recorded' | 'denied' | 'other-account' };

/**
 * What is known of one KMS key. Absent fields are undefined: the source did not tell.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html
 */
export type Key = {
  readonly arn: string;
  readonly state: string | undefined;
  readonly manager: string | undefined;
  readonly spec: string | undefined;
  readonly usage: string | undefined;
  readonly origin: string | undefined;
  /** Milliseconds since 1970, with `PendingDeletion` only. */
  readonly deletionDate: number | undefined;
  /** Milliseconds since 1970: when imported key material expires, if it does. */
  readonly validTo: number | undefined;
  readonly policy: Fact<JsonObject>;
  readonly rotation: Fact<boolean>;
};

/** What came of asking for a key: an expected outcome, never an error. */
export type KeyLookupResult =
  | { readonly kind: 'found'; readonly key: Key }
  | { readonly kind: 'missing'; readonly why: 'unknown' | 'deleted' }
  | {
      readonly kind: 'unreadable';
      readonly why: 'denied' | 'not-in-input' | 'alias-not-in-input' | 'region-unreachable';
    };

const NOT_RECORDED = { kind: 'unavailable', why: 'not-recorded' } as const;

/**
 * Reads the metadata of a key as AWS Config (camelCase) or KMS DescribeKey (PascalCase) writes it; policy and rotation are
 * told apart from it, so they start unread.
 *
 * @throws FormatError where there is no ARN, or a field has another type
 */
export const parseKeyMetadata = (metadata: JsonObject, knownArn?: string): Key => {
  const arn = textOf(metadata, ['arn', 'Arn', 'ARN']) ?? knownArn;
  if (arn === undefined) throw new FormatError('field "arn" is absent: expected the metadata of a KMS key');
  return {
    arn,
    state: textOf(metadata, ['keyState', 'KeyState']),
    manager: textOf(metadata, ['keyManager', 'KeyManager']),
    spec: textOf(metadata, ['keySpec', 'KeySpec', 'customerMasterKeySpec', 'CustomerMasterKeySpec']),
    usage: textOf(metadata, ['keyUsage', 'KeyUsage']),
    origin: textOf(metadata, ['origin', 'Origin']),
    deletionDate: parseTimestamp(metadata, ['deletionDate', 'DeletionDate']),
    validTo: expiryOf(metadata),
    policy: NOT_RECORDED,
    rotation: NOT_RECORDED,
  };
};

/**
 * Reads a configuration item of a key that is there, with the policy and rotation status that AWS Config records beside it.
 *
 * @throws FormatError where the item has no configuration or ARN, or a field has another type
 */
export const parseKeyItem = (item: ConfigurationItem): Key => ({
  ...parseKeyMetadata(configurationOf(item), item.arn),
  policy: policyIn(item.supplementary),
  rotation: rotationIn(item.supplementary),
});

const expiryOf = (metadata: JsonObject): number | undefined => {
  const model = textOf(metadata, ['expirationModel', 'ExpirationModel']);
  const validTo = parseTimestamp(metadata, ['validTo', 'ValidTo']);
  return model === 'KEY_MATERIAL_DOES_NOT_EXPIRE' ? undefined : validTo;
};

const policyIn = (supplementary: JsonObject): Fact<JsonObject> => {
  const value = decoded(fieldOf(supplementary, ['Policy', 'policy']));
  return isJsonObject(value) ? { kind: 'known', value } : NOT_RECORDED;
};

const rotationIn = (supplementary: JsonObject): Fact<boolean> => {
  const status = decoded(fieldOf(supplementary, ['KeyRotationStatus', 'keyRotationStatus']));
  const value = isJsonObject(status) ? fieldOf(status, ['keyRotationEnabled', 'KeyRotationEnabled']) : status;
  return typeof value === 'boolean' ? { kind: 'known', value } : NOT_RECORDED;
};

/** The AWS Config API writes each supplementary value as JSON text, and the policy is JSON text itself. */
const decoded = (value: unknown): unknown => {
  const once = typeof value === 'string' ? parseJson(value) : value;
  return typeof once === 'string' ? parseJson(once) : once;
};

/** Why a text can name no key that KMS knows. */
export type ReferenceFault = 'not-a-key' | 'no-such-region' | 'other-partition';

/**
 * The key that a trail names, completed by the trail's own partition, Region and account where the text leaves them out.
 *
 * `written` is the text as the trail has it; `arn` is the ARN of the key or alias that it stands for.
 */
export type KeyReference = {
  readonly kind: 'key' | 'alias';
  readonly written: string;
  readonly arn: string;
  readonly region: string;
  readonly accountId: string;
};

/** A text that names no key, and why. */
export type InvalidReference = {
  readonly kind: 'invalid';
  readonly written: string;
  readonly fault: ReferenceFault;
};

const KEY_ID = /^(mrk-)?[0-9a-f]+(-[0-9a-f]+)*$/i;
const KEY_RESOURCE = /^key\/[A-Za-z0-9-]+$/;
const ALIAS_RESOURCE = /^alias\/[A-Za-z0-9/_-]+$/;

/**
 * Reads a trail's `kmsKeyId`: a key ARN, an alias ARN, an alias or a bare key id, of any partition, `mrk-` keys included.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html (KmsKeyId)
 */
export const parseKeyReference = (kmsKeyId: string, trail: Trail): KeyReference | InvalidReference => {
  const written = kmsKeyId.trim();
  const resource = resourceIn(written, trail);
  if (typeof resource === 'string') return { kind: 'invalid', written, fault: resource };
  const { partition, region, accountId, path } = resource;
  const kind = path.startsWith('key/') ? 'key' : 'alias';
  return { kind, written, arn: `arn:${partition}:kms:${region}:${accountId}:${path}`, region, accountId };
};

/** Tells whether a text is the ARN of a KMS key (not of an alias), in any partition. */
export const isKeyArn = (text: string): boolean => {
  const arn = parseArn(text);
  return (
    arn?.service === 'kms' &&
    isRegion(arn.region) &&
    isAccountId(arn.accountId) &&
    KEY_RESOURCE.test(arn.resource)
  );
};

type Resource = {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly path: string;
};

const resourceIn = (written: string, trail: Trail): Resource | ReferenceFault => {
  if (written.startsWith('arn:')) return resourceOfArn(written, trail);
  const home = { partition: trail.partition, region: trail.homeRegion, accountId: trail.ownerAccountId };
  if (ALIAS_RESOURCE.test(written)) return { ...home, path: written };
  return KEY_ID.test(written) ? { ...home, path: `key/${written}` } : 'not-a-key';
};

const resourceOfArn = (written: string, trail: Trail): Resource | ReferenceFault => {
  const arn = parseArn(written);
  if (arn?.service !== 'kms' || !isAccountId(arn.accountId)) return 'not-a-key';
  if (!KEY_RESOURCE.test(arn.resource) && !ALIAS_RESOURCE.test(arn.resource)) return 'not-a-key';
  if (!isRegion(arn.region)) return 'no-such-region';
  if (arn.partition !== trail.partition) return 'other-partition';
  return { partition: arn.partition, region: arn.region, accountId: arn.accountId, path: arn.resource };
};

/** An alias of KMS and the ARN of the key it stands for. */
export type Alias = { readonly arn: string; readonly keyArn: string };

/**
 * Reads a configuration item of an alias that is there.
 *
 * @throws FormatError where the alias's ARN or its target is absent or wrong
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-alias.html
 */
export const parseAliasItem = (item: ConfigurationItem): Alias =>
  parseAlias(configurationOf(item), aliasArnOf(item));

/**
 * Reads an alias as AWS Config or KMS ListAliases tells it. A target without a place is a key of the alias's own account and Region.
 *
 * @throws FormatError where the alias's ARN or its target is absent or wrong
 */
export const parseAlias = (alias: JsonObject, arn: string | undefined): Alias => {
  const target = textOf(alias, ['TargetKeyId', 'targetKeyId']);
  const parts = parseArn(arn);
  if (arn && parts && target !== undefined) {
    const { partition, region, accountId } = parts;
    const isWhole = target.startsWith('arn:');
    return { arn, keyArn: isWhole ? target : `arn:${partition}:kms:${region}:${accountId}:key/${target}` };
  }
  throw new FormatError('an alias should have an ARN and a TargetKeyId');
};

/** The ARN of the alias that an item is about, or empty text where the item does not tell. */
export const aliasArnOf = (item: ConfigurationItem): string =>
  [item.arn, item.resourceId, textOf(item.configuration ?? {}, ['AliasArn', 'aliasArn'])].find((text) =>
    parseArn(text)?.resource.startsWith('alias/'),
  ) ?? '';

/** A source of keys: KMS itself, or what an input contains. */
export type KeySource = {
  /**
   * Looks up a key. A key that does not exist or may not be read is a result.
   *
   * @throws where the key cannot be read now: a transient fault is never a verdict
   */
  readonly getKey: (reference: KeyReference) => Promise<KeyLookupResult>;
};

/** A key source that looks up each key once, however many trails use it. */
export const cacheKeys = (keys: KeySource): KeySource => {
  const results = new Map<string, Promise<KeyLookupResult>>();
  return {
    getKey: (reference) => {
      const result = results.get(reference.arn) ?? keys.getKey(reference);
      results.set(reference.arn, result);
      return result;
    },
  };
};
