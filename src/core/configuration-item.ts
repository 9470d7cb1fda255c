import { FormatError } from './errors.js';
import { type JsonObject, objectOf, parseTimestamp, textOf } from './json-value.js';

/** The resource types that Trailkey reads; every other item passes by. */
export const TRAIL_TYPE = 'AWS::CloudTrail::Trail';
export const KEY_TYPE = 'AWS::KMS::Key';
export const ALIAS_TYPE = 'AWS::KMS::Alias';

/** Whether the resource is there: `unknown` for a status that AWS added later, or none at all. */
type Presence = 'present' | 'deleted' | 'not-recorded' | 'unknown';

/**
 * A configuration item of AWS Config, whatever its casing: rule event, snapshot or history file, or API answer.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationItem.html
 */
export type ConfigurationItem = {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly resourceName: string | undefined;
  readonly arn: string | undefined;
  readonly accountId: string | undefined;
  readonly region: string | undefined;
  /** Milliseconds since 1970; undefined counts as the newest. */
  readonly capturedAt: number | undefined;
  readonly presence: Presence;
  readonly status: string | undefined;
  readonly configuration: JsonObject | undefined;
  readonly supplementary: JsonObject;
};

const PRESENCE: ReadonlyMap<string | undefined, Presence> = new Map([
  ['OK', 'present'],
  ['ResourceDiscovered', 'present'],
  ['ResourceDeleted', 'deleted'],
  ['ResourceDeletedNotRecorded', 'deleted'],
  ['ResourceNotRecorded', 'not-recorded'],
]);

/**
 * Reads a configuration item, or the summary of an oversized one, which has no configuration.
 *
 * @throws FormatError where a field that Trailkey needs is absent or of another type
 */
export const parseConfigurationItem = (item: JsonObject): ConfigurationItem => {
  const status = textOf(item, ['configurationItemStatus', 'ConfigurationItemStatus']);
  const resourceName = textOf(item, ['resourceName', 'ResourceName']);
  const arn = textOf(item, ['ARN', 'arn', 'Arn']);
  return {
    resourceType: required('resourceType', textOf(item, ['resourceType', 'ResourceType'])),
    resourceId: resourceIdOf(textOf(item, ['resourceId', 'ResourceId']) ?? resourceName ?? arn),
    resourceName,
    arn,
    accountId: textOf(item, ['awsAccountId', 'accountId', 'AccountId']),
    region: textOf(item, ['awsRegion', 'AwsRegion']),
    capturedAt: parseTimestamp(item, ['configurationItemCaptureTime', 'ConfigurationItemCaptureTime']),
    presence: PRESENCE.get(status) ?? 'unknown',
    status,
    configuration: objectOf(item, ['configuration', 'Configuration']),
    supplementary: objectOf(item, ['supplementaryConfiguration', 'SupplementaryConfiguration']) ?? {},
  };
};

/** Tells whether an item says that its resource is no longer there or no longer recorded. */
export const isAbsent = (item: ConfigurationItem): boolean =>
  item.presence === 'deleted' || item.presence === 'not-recorded';

/**
 * The configuration of an item whose resource is there.
 *
 * @throws FormatError where there is none: the item cannot be judged
 */
export const configurationOf = (item: ConfigurationItem): JsonObject => {
  if (item.configuration) return item.configuration;
  throw new FormatError(
    `${item.resourceType} "${item.resourceId}" has no configuration and its configurationItemStatus is ` +
      `${item.status ? `"${item.status}"` : 'absent'}: expected a configuration, or a status that says that it is gone`,
  );
};

/** PutEvaluations takes no longer one. */
const MAX_RESOURCE_ID_CHARACTERS = 768;

const resourceIdOf = (value: string | undefined): string => {
  const resourceId = required('resourceId', value);
  if (resourceId.length <= MAX_RESOURCE_ID_CHARACTERS) return resourceId;
  throw new FormatError(
    `field "resourceId" should have at most ${MAX_RESOURCE_ID_CHARACTERS} characters and has ${resourceId.length}`,
  );
};

const required = (name: string, value: string | undefined): string => {
  if (value !== undefined) return value;
  throw new FormatError(`field "${name}" is absent: expected a configuration item of AWS Config`);
};
