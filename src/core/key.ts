import { type ConfigurationItem, configurationOf } from './configuration-item.js';
import { FormatError } from './errors.js';
import { instantOf } from './instant.js';
import { fieldOf, isJsonObject, type JsonObject, parseJson, textOf } from './json-value.js';

/** Something about a key that may not have been asked for, recorded, or shown. */
export type Reading<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'unread'; readonly why: 'not-recorded' | 'denied' | 'other-account' };

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
  readonly policy: Reading<JsonObject>;
  readonly rotation: Reading<boolean>;
};

/** What came of asking for a key: an expected outcome, never an error. */
export type KeyAnswer =
  | { readonly kind: 'found'; readonly key: Key }
  | { readonly kind: 'missing'; readonly why: 'unknown' | 'deleted' }
  | {
      readonly kind: 'unreadable';
      readonly why: 'denied' | 'not-in-input' | 'alias-not-in-input' | 'region-unreachable';
    };

const NOT_RECORDED = { kind: 'unread', why: 'not-recorded' } as const;

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
    deletionDate: instantOf(metadata, ['deletionDate', 'DeletionDate']),
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
  const validTo = instantOf(metadata, ['validTo', 'ValidTo']);
  return model === 'KEY_MATERIAL_DOES_NOT_EXPIRE' ? undefined : validTo;
};

const policyIn = (supplementary: JsonObject): Reading<JsonObject> => {
  const value = decoded(fieldOf(supplementary, ['Policy', 'policy']));
  return isJsonObject(value) ? { kind: 'read', value } : NOT_RECORDED;
};

const rotationIn = (supplementary: JsonObject): Reading<boolean> => {
  const status = decoded(fieldOf(supplementary, ['KeyRotationStatus', 'keyRotationStatus']));
  const value = isJsonObject(status) ? fieldOf(status, ['keyRotationEnabled', 'KeyRotationEnabled']) : status;
  return typeof value === 'boolean' ? { kind: 'read', value } : NOT_RECORDED;
};

/** The AWS Config API writes each supplementary value as JSON text, and the policy is JSON text itself. */
const decoded = (value: unknown): unknown => {
  const once = typeof value === 'string' ? parseJson(value) : value;
  return typeof once === 'string' ? parseJson(once) : once;
};
