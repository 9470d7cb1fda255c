import { checkAgainstArn, isAccountId, isRegion, parseArn } from './arn.js';
import { type ConfigurationItem, configurationOf } from './configuration-item.js';
import { FormatError } from './errors.js';
import { fieldOf, isJsonObject, type JsonObject, parseJson, parseTimestamp, textOf } from './json-value.js';
import type { Trail } from './trail.js';

/** A fact about a key, or the reason why it is unavailable. */
export type Fact<T> =
  | { readonly kind: 'known'; readonly value: T }
  | {
      readonly kind: 'unavailable';
      readonly why: 'not-recorded' | 'denied' | 'other-account' | 'after-apply';
    };

/**
 * The properties of a KMS key. Fields that the source does not contain are undefined.
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
  /** Milliseconds since 1970. Only with `PendingDeletion`. */
  readonly deletionDate: number | undefined;
  /** Milliseconds since 1970. When imported key material expires, if it does. */
  readonly validTo: number | undefined;
  readonly policy: Fact<JsonObject>;
  readonly rotation: Fact<boolean>;
};

/** The result of a key lookup. A missing or unreadable key is an expected result, not an error. */
export type KeyLookupResult =
  | { readonly kind: 'found'; readonly key: Key }
  | { readonly kind: 'missing'; readonly why: 'unknown' | 'deleted' }
  | {
      readonly kind: 'unreadable';
      /** `after-apply`: known only after the deployment of the template that contains the trail. */
      readonly why: 'not-in-input' | 'alias-not-in-input' | 'region-unreachable' | 'after-apply';
    }
  | {
      readonly kind: 'unreadable';
      readonly why: 'denied';
      /** The ARN of the caller whose access was denied, for a person who can allow it. */
      readonly caller?: string | undefined;
    };

/** Why a `kmsKeyId` cannot identify a key. */
export type InvalidReferenceReason = 'not-a-key' | 'no-such-region' | 'other-partition';

/**
 * The key or alias that a trail's `kmsKeyId` identifies.
 *
 * `kmsKeyId` is the value in the trail, without surrounding white space. `arn` is completed with the trail's partition, Region and
 * account if the value does not contain them.
 */
export type KeyReference = {
  readonly kind: 'key' | 'alias';
  readonly kmsKeyId: string;
  readonly arn: string;
  readonly region: string;
  readonly accountId: string;
};

/** A `kmsKeyId` that cannot identify a key, and the reason. */
export type InvalidReference = {
  readonly kind: 'invalid';
  readonly kmsKeyId: string;
  readonly reason: InvalidReferenceReason;
};

/** A KMS alias and the ARN of its target key. */
export type Alias = { readonly arn: string; readonly keyArn: string };

/** A source of keys: KMS itself, or the keys in an input. */
export type KeySource = {
  /**
   * Looks up a key. A key that does not exist or cannot be read is a result.
   *
   * @throws if the lookup fails temporarily: a transient fault never becomes a verdict
   */
  readonly getKey: (reference: KeyReference) => Promise<KeyLookupResult>;
};

/**
 * Parses key metadata from AWS Config (camelCase) or KMS DescribeKey (PascalCase). Neither contains the key policy or the rotation
 * status, so both are unavailable in the result. `knownArn` is used if the metadata does not contain an ARN.
 *
 * @throws FormatError if there is no key ARN, or a field has the wrong type
 */
export const parseKeyMetadata = (metadata: JsonObject, knownArn?: string): Key => {
  const arn = textOf(metadata, ['arn', 'Arn', 'ARN']) ?? knownArn;
  if (arn === undefined) {
    throw new FormatError('field "arn" is required in the metadata of a KMS key; it is absent');
  }
  if (!isKeyArn(arn)) {
    throw new FormatError(`field "arn" must be the ARN of a KMS key; received "${arn.slice(0, 200)}"`);
  }
  return {
    arn,
    state: textOf(metadata, ['keyState', 'KeyState']),
    manager: textOf(metadata, ['keyManager', 'KeyManager']),
    spec: textOf(metadata, ['keySpec', 'KeySpec', 'customerMasterKeySpec', 'CustomerMasterKeySpec']),
    usage: textOf(metadata, ['keyUsage', 'KeyUsage']),
    origin: textOf(metadata, ['origin', 'Origin']),
    deletionDate: parseTimestamp(metadata, ['deletionDate', 'DeletionDate']),
    validTo: expirationOf(metadata),
    policy: NOT_RECORDED,
    rotation: NOT_RECORDED,
  };
};

/**
 * Parses the configuration item of a key that exists, with the policy and the rotation status that AWS Config records as
 * supplementary configuration.
 *
 * @throws FormatError if the item has no configuration or ARN, a field has the wrong type, or the item contradicts the key's ARN
 */
export const parseKeyItem = (item: ConfigurationItem): Key => {
  const key = parseKeyMetadata(configurationOf(item), item.arn);
  checkAgainstArn(key.arn, { name: 'ARN', value: item.arn, expected: key.arn });
  checkItemPlace(item, key.arn);
  return { ...key, ...parseKeyFacts(item.supplementary) };
};

/** Parses the policy and the rotation status of a key, as AWS Config records them in `supplementaryConfiguration`. */
export const parseKeyFacts = (supplementary: JsonObject): Pick<Key, 'policy' | 'rotation'> => ({
  policy: policyIn(supplementary),
  rotation: rotationIn(supplementary),
});

/**
 * Checks that the account and the Region in the item of a key or an alias are those of its ARN.
 *
 * @throws FormatError if they contradict each other
 */
export const checkItemPlace = (item: ConfigurationItem, arn: string): void => {
  const parts = parseArn(arn);
  if (parts === undefined) return;
  checkAgainstArn(arn, { name: 'awsRegion', value: item.region, expected: parts.region });
  checkAgainstArn(arn, { name: 'awsAccountId', value: item.accountId, expected: parts.accountId });
};

/**
 * Parses a trail's `kmsKeyId`: a key ARN, an alias ARN, an alias name or a key ID, in any partition, also of a multi-Region key.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html (KmsKeyId)
 */
export const parseKeyReference = (text: string, trail: Trail): KeyReference | InvalidReference => {
  const kmsKeyId = text.trim();
  const resource = resourceIn(kmsKeyId, trail);
  if (typeof resource === 'string') return { kind: 'invalid', kmsKeyId, reason: resource };
  const { partition, region, accountId, path } = resource;
  const kind = path.startsWith('key/') ? 'key' : 'alias';
  return { kind, kmsKeyId, arn: `arn:${partition}:kms:${region}:${accountId}:${path}`, region, accountId };
};

/** Whether a text is the ARN of a KMS key (not of an alias), in any partition. */
export const isKeyArn = (text: string): boolean => {
  const arn = parseArn(text);
  return (
    arn?.service === 'kms' &&
    isRegion(arn.region) &&
    isAccountId(arn.accountId) &&
    KEY_RESOURCE.test(arn.resource)
  );
};

/**
 * Parses the configuration item of an alias that exists.
 *
 * @throws FormatError if the alias's ARN or its target is absent or not valid
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-alias.html
 */
export const parseAliasItem = (item: ConfigurationItem): Alias =>
  parseAlias(configurationOf(item), aliasArnOf(item));

/**
 * Parses an alias from AWS Config or KMS ListAliases. A target that is a key ID is a key in the alias's account and Region.
 *
 * @throws FormatError if the alias's ARN or its target is absent or not valid
 */
export const parseAlias = (alias: JsonObject, arn: string | undefined): Alias => {
  const target = textOf(alias, ['TargetKeyId', 'targetKeyId']);
  const parts = parseArn(arn);
  if (arn && parts && target !== undefined) {
    const { partition, region, accountId } = parts;
    const isArn = target.startsWith('arn:');
    return { arn, keyArn: isArn ? target : `arn:${partition}:kms:${region}:${accountId}:key/${target}` };
  }
  throw new FormatError('an alias must have an ARN and a TargetKeyId; at least one is absent or not valid');
};

/** The ARN of the alias in a configuration item, or an empty string if the item does not contain it. */
export const aliasArnOf = (item: ConfigurationItem): string =>
  [item.arn, item.resourceId, textOf(item.configuration ?? {}, ['AliasArn', 'aliasArn'])].find((text) =>
    parseArn(text)?.resource.startsWith('alias/'),
  ) ?? '';

/** Returns a key source that looks up each key once, however many trails use it. A lookup that failed is repeated. */
export const cacheKeys = (keys: KeySource): KeySource => {
  const results = new Map<string, Promise<KeyLookupResult>>();
  return {
    getKey: ({ arn, ...reference }) => {
      const existing = results.get(arn);
      if (existing) return existing;
      const result = keys.getKey({ arn, ...reference });
      results.set(arn, result);
      result.catch(() => results.delete(arn));
      return result;
    },
  };
};

const NOT_RECORDED = { kind: 'unavailable', why: 'not-recorded' } as const;

const expirationOf = (metadata: JsonObject): number | undefined => {
  const model = textOf(metadata, ['expirationModel', 'ExpirationModel']);
  const validTo = parseTimestamp(metadata, ['validTo', 'ValidTo']);
  return model === 'KEY_MATERIAL_DOES_NOT_EXPIRE' ? undefined : validTo;
};

const policyIn = (supplementary: JsonObject): Fact<JsonObject> => {
  const value = decode(fieldOf(supplementary, ['Policy', 'policy']));
  return isJsonObject(value) ? { kind: 'known', value } : NOT_RECORDED;
};

const rotationIn = (supplementary: JsonObject): Fact<boolean> => {
  const status = decode(fieldOf(supplementary, ['KeyRotationStatus', 'keyRotationStatus']));
  const value = isJsonObject(status) ? fieldOf(status, ['keyRotationEnabled', 'KeyRotationEnabled']) : status;
  return typeof value === 'boolean' ? { kind: 'known', value } : NOT_RECORDED;
};

/** The AWS Config API returns each supplementary value as JSON text, and the policy is JSON text itself. */
const decode = (value: unknown): unknown => {
  const once = typeof value === 'string' ? parseJson(value) : value;
  return typeof once === 'string' ? parseJson(once) : once;
};

/** A key ID has 36 characters, an alias at most 256: longer ones cost time and cannot exist. */
const KEY_ID = /^(mrk-)?[0-9a-f]{1,64}(-[0-9a-f]{1,64}){0,8}$/i;
const KEY_RESOURCE = /^key\/[A-Za-z0-9-]{1,64}$/;
const ALIAS_RESOURCE = /^alias\/[A-Za-z0-9/_-]{1,250}$/;

type Resource = {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly path: string;
};

const resourceIn = (kmsKeyId: string, trail: Trail): Resource | InvalidReferenceReason => {
  if (kmsKeyId.startsWith('arn:')) return resourceOfArn(kmsKeyId, trail);
  const home = { partition: trail.partition, region: trail.homeRegion, accountId: trail.ownerAccountId };
  if (ALIAS_RESOURCE.test(kmsKeyId)) return { ...home, path: kmsKeyId };
  return KEY_ID.test(kmsKeyId) ? { ...home, path: `key/${kmsKeyId}` } : 'not-a-key';
};

const resourceOfArn = (kmsKeyId: string, trail: Trail): Resource | InvalidReferenceReason => {
  const arn = parseArn(kmsKeyId);
  if (arn?.service !== 'kms' || !isAccountId(arn.accountId)) return 'not-a-key';
  if (!KEY_RESOURCE.test(arn.resource) && !ALIAS_RESOURCE.test(arn.resource)) return 'not-a-key';
  if (!isRegion(arn.region)) return 'no-such-region';
  if (arn.partition !== trail.partition) return 'other-partition';
  return { partition: arn.partition, region: arn.region, accountId: arn.accountId, path: arn.resource };
};
