import { FormatError } from './errors.js';
import { type JsonObject, objectOf, parseTimestamp, textOf } from './json-value.js';

/** The resource types that Trailkey reads. Items of other types are ignored. */
export const TRAIL_TYPE = 'AWS::CloudTrail::Trail';
export const KEY_TYPE = 'AWS::KMS::Key';
export const ALIAS_TYPE = 'AWS::KMS::Alias';

/** Whether the resource exists. `unknown` stands for an absent status, or one that AWS added later. */
type Presence = 'present' | 'deleted' | 'not-recorded' | 'unknown';

/**
 * A configuration item of AWS Config: from a rule event, a snapshot, a history file, or the API.
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
  /** Milliseconds since 1970. Undefined counts as the newest. */
  readonly capturedAt: number | undefined;
  readonly presence: Presence;
  readonly status: string | undefined;
  readonly configuration: JsonObject | undefined;
  readonly supplementary: JsonObject;
};

/**
 * Parses a configuration item, in any of the spellings that AWS uses, or the summary of an oversized item, which has no
 * configuration.
 *
 * @throws FormatError if a required field is absent, or a field has the wrong type
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

/** Whether the resource of an item was deleted or is not recorded. */
export const isAbsent = (item: ConfigurationItem): boolean =>
  item.presence === 'deleted' || item.presence === 'not-recorded';

/**
 * Returns the configuration of an item whose resource exists.
 *
 * @throws FormatError if the item has no configuration
 */
export const configurationOf = (item: ConfigurationItem): JsonObject => {
  if (item.configuration) return item.configuration;
  const status = item.status ? `"${item.status}"` : 'absent';
  throw new FormatError(
    `${item.resourceType} "${item.resourceId}" must have a configuration, unless its configurationItemStatus is ResourceDeleted, ` +
      `ResourceDeletedNotRecorded or ResourceNotRecorded; received no configuration, and the status is ${status}`,
  );
};

const PRESENCE: ReadonlyMap<string | undefined, Presence> = new Map([
  ['OK', 'present'],
  ['ResourceDiscovered', 'present'],
  ['ResourceDeleted', 'deleted'],
  ['ResourceDeletedNotRecorded', 'deleted'],
  ['ResourceNotRecorded', 'not-recorded'],
]);

/** The maximum length of ComplianceResourceId in PutEvaluations. */
const MAX_RESOURCE_ID_CHARACTERS = 768;

const resourceIdOf = (value: string | undefined): string => {
  const resourceId = required('resourceId', value);
  if (resourceId.length <= MAX_RESOURCE_ID_CHARACTERS) return resourceId;
  throw new FormatError(
    `field "resourceId" must have at most ${MAX_RESOURCE_ID_CHARACTERS} characters; received ${resourceId.length}`,
  );
};

const required = (name: string, value: string | undefined): string => {
  if (value !== undefined) return value;
  throw new FormatError(`field "${name}" is required in a configuration item of AWS Config; it is absent`);
};
