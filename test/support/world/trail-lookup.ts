import { Refusal, type World, type WorldTrail } from './state.js';

const NAME = /^[A-Za-z0-9](?:[._-]?[A-Za-z0-9])*$/;
const ARN = /^arn:[^:]+:cloudtrail:[a-z0-9-]+:\d{12}:trail\/(?<name>.+)$/;

/** The account that owns a trail. */
export const ownerOf = ({ arn }: WorldTrail): string => arn.split(':')[4] ?? '';

/** Tells whether the caller sees a trail: those of the own account, and the organization's. */
export const isVisible = (world: World, trail: WorldTrail): boolean =>
  ownerOf(trail) === world.accountId || trail.isOrganization;

/** Refuses what is neither the name nor the ARN of a trail. */
export const checkName = (nameOrArn: string): void => {
  if (nameOrArn.startsWith('arn:')) {
    if (!ARN.test(nameOrArn))
      throw new Refusal('CloudTrailARNInvalidException', `${nameOrArn} is no ARN of a trail`);
  } else if (nameOrArn.length < 3 || nameOrArn.length > 128 || !NAME.test(nameOrArn)) {
    throw new Refusal('InvalidTrailNameException', `'${nameOrArn}' is no name of a trail`);
  }
};

/** Tells of a trail whether it is meant: by its ARN anywhere, by its name in its home Region and for its owner alone. */
export const meant =
  (world: World, nameOrArn: string, region: string) =>
  (trail: WorldTrail): boolean =>
    isVisible(world, trail) &&
    (trail.arn === nameOrArn ||
      (trail.name === nameOrArn && trail.homeRegion === region && ownerOf(trail) === world.accountId));

/** @throws InvalidTrailNameException, CloudTrailARNInvalidException, TrailNotFoundException */
export const trailAsked = (world: World, nameOrArn: string, region: string): WorldTrail => {
  checkName(nameOrArn);
  const trail = world.trails.find(meant(world, nameOrArn, region));
  if (trail) return trail;
  throw new Refusal('TrailNotFoundException', `Unknown trail: ${nameOrArn} for the user: ${world.accountId}`);
};

/**
 * The trail that a call wants to change, which its owner alone may, in its home Region. In other Regions a trail of all Regions is
 * known by its name as well.
 *
 * @throws as trailAsked, and InvalidHomeRegionException, NotOrganizationMasterAccountException
 */
export const trailToChange = (world: World, nameOrArn: string, region: string): WorldTrail => {
  const copied = world.trails.find(
    (one) => one.name === nameOrArn && one.isMultiRegion && ownerOf(one) === world.accountId,
  );
  const trail = copied ?? trailAsked(world, nameOrArn, region);
  if (ownerOf(trail) !== world.accountId)
    throw new Refusal(
      'NotOrganizationMasterAccountException',
      `${trail.arn} can be changed in account ${ownerOf(trail)} alone`,
    );
  if (trail.homeRegion !== region)
    throw new Refusal(
      'InvalidHomeRegionException',
      `${trail.arn} can be changed in its home Region ${trail.homeRegion} alone, not in ${region}`,
    );
  return trail;
};
