import { isJsonObject, type JsonObject } from '../core/json-value.js';

/** The fields that Trailkey reads, as AWS Config spells them. */
const FIELDS = [
  ...['resourceType', 'resourceId', 'resourceName', 'arn', 'awsAccountId', 'accountId', 'awsRegion'],
  ...[
    'configuration',
    'supplementaryConfiguration',
    'configurationItemCaptureTime',
    'configurationItemStatus',
  ],
  ...['configurationItem', 'configurationItemSummary', 'messageType'],
  ...['invokingEvent', 'ruleParameters', 'eventLeftScope'],
  ...[
    'trailARN',
    'name',
    'homeRegion',
    'isMultiRegionTrail',
    'isOrganizationTrail',
    'kmsKeyId',
    's3BucketName',
  ],
  ...['keyMetadata', 'keyId', 'keyState', 'keyManager', 'keySpec', 'customerMasterKeySpec', 'keyUsage'],
  ...['origin', 'deletionDate', 'validTo', 'expirationModel', 'keyRotationEnabled', 'policy', 'policyName'],
  ...['aliasArn', 'aliasName', 'targetKeyId', 'isLogging'],
] as const;

const CANONICAL: ReadonlyMap<string, string> = new Map(FIELDS.map((name) => [name.toLowerCase(), name]));

/**
 * Returns an object with its fields spelled as in AWS Config, whatever the spelling of the SDK that wrote it: `trail_arn`, `TrailARN`,
 * `trailArn`. Columns with dots become nested objects, and enumerations and dates of PowerShell become text. Other fields stay.
 */
export const normalize = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(nestDotted(object)).map(([name, value]) => [
      CANONICAL.get(name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase()) ?? name,
      plainValue(value),
    ]),
  );

/** Nests the columns of an advanced query: `{"configuration.keyState": 1}` becomes `{"configuration": {"keyState": 1}}`. */
const nestDotted = (object: JsonObject): JsonObject => {
  if (!Object.keys(object).some((name) => NESTED_COLUMN.test(name))) return object;
  const nested = new Map<string, Map<string, unknown>>();
  const plain = Object.entries(object).filter(([name, value]) => {
    const [, column = '', member = ''] = NESTED_COLUMN.exec(name) ?? [];
    if (member === '') return true;
    nested.set(column, (nested.get(column) ?? new Map<string, unknown>()).set(member, value));
    return false;
  });
  return Object.fromEntries([
    ...[...nested].map(([column, members]) => [column, Object.fromEntries(members)] as const),
    ...plain,
  ]);
};

const NESTED_COLUMN = /^(configuration|supplementaryConfiguration)\.(\w+)$/i;

/** The value of an enumeration or a date that PowerShell wrote. Its default for an absent date is the year 1. */
const plainValue = (value: unknown): unknown => {
  if (isJsonObject(value)) {
    const [wrapped] = Object.entries(value).flatMap(([name, member]) =>
      name.toLowerCase() === 'value' && Object.keys(value).every((one) => WRAPPER.has(one.toLowerCase()))
        ? [member]
        : [],
    );
    return wrapped === undefined ? value : plainValue(wrapped);
  }
  if (typeof value !== 'string') return value;
  const [, milliseconds] = POWERSHELL_DATE.exec(value) ?? [];
  if (milliseconds !== undefined) {
    const date = new Date(Number(milliseconds));
    return date.getTime() > 0 ? date.toISOString() : null;
  }
  return value.startsWith('0001-01-01T') ? null : value;
};

const WRAPPER: ReadonlySet<string> = new Set(['value', 'displayhint', 'datetime']);
const POWERSHELL_DATE = /^\/Date\((-?\d{1,15})\)\/$/;
