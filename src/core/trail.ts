import { checkAgainstArn, isAccountId, isRegion, parseArn } from './arn.js';
import { type ConfigurationItem, configurationOf, isAbsent } from './configuration-item.js';
import { FormatError } from './errors.js';
import { flagOf, type JsonObject, textOf } from './json-value.js';

/**
 * A CloudTrail trail.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Trail.html
 */
export type Trail = {
  readonly arn: string;
  readonly name: string;
  readonly homeRegion: string;
  readonly partition: string;
  /** The account in the trail's ARN. */
  readonly ownerAccountId: string;
  readonly isOrganizationTrail: boolean;
  /** The value in the trail, or undefined if it is absent, null, empty or blank. */
  readonly kmsKeyId: string | undefined;
};

/**
 * A trail as observed in one account and Region: the trail itself, its shadow trail in another Region, or an organization trail in a
 * member account.
 */
export type ObservedTrail = {
  readonly accountId: string;
  readonly region: string;
  /** The ID of the trail in AWS Config, unchanged. */
  readonly resourceId: string;
  /** Milliseconds since 1970. Undefined counts as the newest. */
  readonly capturedAt: number | undefined;
  /** Whether the trail was deleted or is not recorded. A trail that left the scope of the rule counts as not recorded. */
  readonly absent: 'deleted' | 'not-recorded' | false;
  readonly trail: Trail;
};

/**
 * Parses a trail from AWS Config (camelCase) or the CloudTrail API (PascalCase). `knownArn` is used if the source does not contain an
 * ARN.
 *
 * @throws FormatError if the trail's ARN is absent, not valid or contradicts another field, or a field has the wrong type
 */
export const parseTrail = (configuration: JsonObject, knownArn?: string): Trail => {
  const arn = textOf(configuration, ['trailARN', 'TrailARN', 'trailArn', 'TrailArn']);
  const fromArn = parseTrailArn(arn ?? knownArn);
  const homeRegion = textOf(configuration, ['homeRegion', 'HomeRegion']);
  checkAgainstArn(fromArn.arn, { name: 'ARN', value: knownArn, expected: fromArn.arn });
  checkAgainstArn(fromArn.arn, { name: 'homeRegion', value: homeRegion, expected: fromArn.homeRegion });
  return {
    ...fromArn,
    name: textOf(configuration, ['name', 'Name'], MAX_NAME_CHARACTERS) ?? fromArn.name,
    isOrganizationTrail: flagOf(configuration, ['isOrganizationTrail', 'IsOrganizationTrail']) ?? false,
    kmsKeyId: textOf(configuration, ['kmsKeyId', 'KmsKeyId', 'KMSKeyId']),
  };
};

/**
 * Parses the configuration item of a trail. If the item has no account or Region, the trail's owner and home Region are used.
 *
 * @throws FormatError if the item of an existing trail has no configuration, a field is not valid, or the account or the Region
 * contradicts the trail's ARN: only a multi-Region trail has shadow trails, and only an organization trail is in other accounts
 */
export const parseTrailItem = (item: ConfigurationItem): ObservedTrail => {
  const absent = isAbsent(item) && (item.presence === 'deleted' ? 'deleted' : 'not-recorded');
  const trail = absent ? absentTrail(item) : presentTrail(item);
  const accountId = item.accountId ?? trail.ownerAccountId;
  const region = item.region ?? trail.homeRegion;
  if (!isAccountId(accountId)) throw invalidPlace('awsAccountId', 'an account ID of 12 digits', accountId);
  if (!isRegion(region)) throw invalidPlace('awsRegion', 'a Region, such as eu-west-1', region);
  return {
    accountId,
    region,
    resourceId: item.resourceId,
    capturedAt: item.capturedAt,
    absent,
    trail,
  };
};

const invalidPlace = (name: string, expected: string, received: string): FormatError =>
  new FormatError(`field "${name}" must be ${expected}; received "${received.slice(0, 200)}"`);

const presentTrail = (item: ConfigurationItem): Trail => {
  const configuration = configurationOf(item);
  const trail = parseTrail(configuration, item.arn ?? arnInResourceId(item));
  const { arn, homeRegion, ownerAccountId } = trail;
  if (flagOf(configuration, ['isMultiRegionTrail', 'IsMultiRegionTrail']) === false) {
    checkAgainstArn(arn, { name: 'awsRegion', value: item.region, expected: homeRegion });
  }
  if (flagOf(configuration, ['isOrganizationTrail', 'IsOrganizationTrail']) === false) {
    checkAgainstArn(arn, { name: 'awsAccountId', value: item.accountId, expected: ownerAccountId });
  }
  return trail;
};

/** Returns a trail as observed in an account and Region, with the ID that AWS Config uses: the name, or the ARN of an organization trail. */
export const observedIn = (
  place: { readonly accountId: string; readonly region: string },
  trail: Trail,
): ObservedTrail => ({
  ...place,
  resourceId: trail.isOrganizationTrail ? trail.arn : trail.name,
  capturedAt: undefined,
  absent: false,
  trail,
});

/**
 * Parses a trail from a source that does not contain where it was observed (DescribeTrails, GetTrail, a Panther resource). The result is
 * observed in the trail's account and home Region, with the ID that AWS Config uses: the name, or the ARN of an organization trail.
 *
 * @throws FormatError if the trail's ARN is absent or not valid, or a field has the wrong type
 */
export const observedAtHome = (configuration: JsonObject): ObservedTrail => {
  const trail = parseTrail(configuration);
  return observedIn({ accountId: trail.ownerAccountId, region: trail.homeRegion }, trail);
};

/** The verdict on an absent trail depends on nothing else, so its ID is enough. */
const absentTrail = (item: ConfigurationItem): Trail => {
  const arn = item.arn ?? item.resourceId;
  const parts = parseArn(arn);
  return {
    arn,
    name: item.resourceName ?? parts?.resource.replace(/^trail\//, '') ?? item.resourceId,
    homeRegion: parts?.region ?? item.region ?? '',
    partition: parts?.partition ?? '',
    ownerAccountId: parts?.accountId ?? item.accountId ?? '',
    isOrganizationTrail: false,
    kmsKeyId: undefined,
  };
};

const arnInResourceId = (item: ConfigurationItem): string | undefined =>
  parseArn(item.resourceId) ? item.resourceId : undefined;

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html (Name) */
const MAX_NAME_CHARACTERS = 128;

type TrailArn = Pick<Trail, 'arn' | 'name' | 'homeRegion' | 'partition' | 'ownerAccountId'>;

const parseTrailArn = (arn: string | undefined): TrailArn => {
  const parts = parseArn(arn);
  const name = parts?.resource.startsWith('trail/') ? parts.resource.slice('trail/'.length) : '';
  if (
    arn &&
    parts?.service === 'cloudtrail' &&
    name &&
    name.length <= MAX_NAME_CHARACTERS &&
    isRegion(parts.region) &&
    isAccountId(parts.accountId)
  ) {
    const { region: homeRegion, partition, accountId: ownerAccountId } = parts;
    return { arn, name, homeRegion, partition, ownerAccountId };
  }
  throw new FormatError(
    'field "trailARN" must be the ARN of a trail, such as arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit; ' +
      (arn === undefined ? 'it is absent' : `received "${arn.slice(0, 200)}"`),
  );
};
