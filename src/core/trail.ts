import { isAccountId, isRegion, parseArn } from './arn.js';
import { type ConfigurationItem, configurationOf, isAbsent } from './configuration-item.js';
import { FormatError } from './errors.js';
import { flagOf, type JsonObject, textOf } from './json-value.js';

/**
 * What is known of one trail.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Trail.html
 */
export type Trail = {
  readonly arn: string;
  readonly name: string;
  readonly homeRegion: string;
  readonly partition: string;
  /** The account in the trail's ARN: the only one that can change the trail. */
  readonly ownerAccountId: string;
  readonly isOrganizationTrail: boolean;
  /** As the trail has it, or undefined where it is absent, null, empty or blank. */
  readonly kmsKeyId: string | undefined;
};

/** A trail as it was seen in one account and Region: copies of one trail are seen in many. */
export type ObservedTrail = {
  readonly accountId: string;
  readonly region: string;
  /** The id under which AWS Config knows the trail: kept exactly as it came. */
  readonly resourceId: string;
  /** Milliseconds since 1970; undefined counts as the newest. */
  readonly capturedAt: number | undefined;
  /** Why the trail is not to be seen, if so: a trail that left the rule's scope counts as not recorded. */
  readonly absent: 'deleted' | 'not-recorded' | false;
  readonly trail: Trail;
};

/**
 * Reads a trail as AWS Config (camelCase) or the CloudTrail API (PascalCase) writes it.
 *
 * @throws FormatError where the trail's ARN is absent or wrong, or a field has another type
 */
export const parseTrail = (configuration: JsonObject, knownArn?: string): Trail => {
  const arn = textOf(configuration, ['trailARN', 'TrailARN', 'trailArn', 'TrailArn']) ?? knownArn;
  const place = placeOf(arn);
  return {
    ...place,
    name: textOf(configuration, ['name', 'Name']) ?? place.name,
    homeRegion: textOf(configuration, ['homeRegion', 'HomeRegion']) ?? place.homeRegion,
    isOrganizationTrail: flagOf(configuration, ['isOrganizationTrail', 'IsOrganizationTrail']) ?? false,
    kmsKeyId: textOf(configuration, ['kmsKeyId', 'KmsKeyId', 'KMSKeyId']),
  };
};

/**
 * Reads a configuration item of a trail. An item without account or Region counts as seen by the trail's owner in its home
 * Region.
 *
 * @throws FormatError where the item has no configuration though its trail is there, or a field is wrong
 */
export const parseTrailItem = (item: ConfigurationItem): ObservedTrail => {
  const absent = isAbsent(item) && (item.presence === 'deleted' ? 'deleted' : 'not-recorded');
  const trail = absent ? absentTrail(item) : parseTrail(configurationOf(item), item.arn ?? arnFrom(item));
  return {
    accountId: item.accountId ?? trail.ownerAccountId,
    region: item.region ?? trail.homeRegion,
    resourceId: item.resourceId,
    capturedAt: item.capturedAt,
    absent,
    trail,
  };
};

/** Of a trail that is gone its id is enough: nothing is judged but that it is gone. */
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

/** A trail as it is seen from an account and Region, under the id that AWS Config would use: the name, or the ARN of an organization's. */
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
 * A trail from a source that records no place (DescribeTrails, GetTrail, a Panther resource): seen from its home Region by its
 * owner, under the id that AWS Config would use: the name, or the ARN for an organization trail.
 *
 * @throws FormatError where the trail's ARN is absent or wrong, or a field has another type
 */
export const observedAtHome = (configuration: JsonObject): ObservedTrail => {
  const trail = parseTrail(configuration);
  return observedIn({ accountId: trail.ownerAccountId, region: trail.homeRegion }, trail);
};

const arnFrom = (item: ConfigurationItem): string | undefined =>
  parseArn(item.resourceId) ? item.resourceId : undefined;

type Place = Pick<Trail, 'arn' | 'name' | 'homeRegion' | 'partition' | 'ownerAccountId'>;

const placeOf = (arn: string | undefined): Place => {
  const parts = parseArn(arn);
  const name = parts?.resource.startsWith('trail/') ? parts.resource.slice('trail/'.length) : '';
  if (
    arn &&
    parts?.service === 'cloudtrail' &&
    name &&
    isRegion(parts.region) &&
    isAccountId(parts.accountId)
  ) {
    const { region: homeRegion, partition, accountId: ownerAccountId } = parts;
    return { arn, name, homeRegion, partition, ownerAccountId };
  }
  throw new FormatError(
    `field "trailARN" should be the ARN of a trail, such as arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit, and is ` +
      (arn === undefined ? 'absent' : `"${arn.slice(0, 200)}"`),
  );
};
