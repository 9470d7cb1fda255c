import type { WorldCall, WorldTrail } from './state.js';
import { checkName, isVisible, meant, ownerOf, trailAsked } from './trail-lookup.js';

/** GetTrail: KmsKeyId is not there where the trail names no key. */
export const getTrail = ({ world, region, body }: WorldCall): object => ({
  Trail: settingsOf(trailAsked(world, body['Name'], region)),
});

const settingsOf = (trail: WorldTrail): object => ({
  Name: trail.name,
  S3BucketName: trail.bucket,
  IncludeGlobalServiceEvents: true,
  IsMultiRegionTrail: trail.isMultiRegion,
  HomeRegion: trail.homeRegion,
  TrailARN: trail.arn,
  LogFileValidationEnabled: true,
  ...(trail.kmsKeyId === undefined ? {} : { KmsKeyId: trail.kmsKeyId }),
  HasCustomEventSelectors: false,
  HasInsightSelectors: false,
  IsOrganizationTrail: trail.isOrganization,
});

/** GetTrailStatus: times are epoch seconds, their older twins text; what never happened is left out, or empty there. */
export const getTrailStatus = ({ world, region, body }: WorldCall): object => {
  const trail = trailAsked(world, body['Name'], region);
  return {
    IsLogging: trail.isLogging,
    ...(trail.deliveryError === undefined ? {} : { LatestDeliveryError: trail.deliveryError }),
    ...secondsOf({
      LatestDeliveryTime: trail.deliveredAt,
      StartLoggingTime: trail.startedAt,
      StopLoggingTime: trail.stoppedAt,
    }),
    LatestDeliveryAttemptTime: textOf(trail.attemptedAt),
    LatestDeliveryAttemptSucceeded: textOf(trail.deliveredAt),
    LatestNotificationAttemptTime: '',
    LatestNotificationAttemptSucceeded: '',
    TimeLoggingStarted: textOf(trail.startedAt),
    TimeLoggingStopped: textOf(trail.stoppedAt),
  };
};

const secondsOf = (times: Readonly<Record<string, number | undefined>>): object =>
  Object.fromEntries(
    Object.entries(times).flatMap(([name, time]) => (time === undefined ? [] : [[name, time / 1000]])),
  );

const textOf = (time: number | undefined): string =>
  time === undefined ? '' : new Date(time).toISOString().replace(/\.\d+/, '');

/** DescribeTrails: the Region's own trails, with copies unless these are not wanted; by name, or by ARN from any Region. */
export const describeTrails = ({ world, region, body }: WorldCall): object => {
  const names: readonly string[] = body['trailNameList'] ?? [];
  for (const name of names) checkName(name);
  const isCopy = (trail: WorldTrail): boolean =>
    trail.homeRegion !== region || ownerOf(trail) !== world.accountId;
  const isHere = (trail: WorldTrail): boolean =>
    isVisible(world, trail) && (trail.homeRegion === region || trail.isMultiRegion);
  const isWanted = (trail: WorldTrail): boolean =>
    names.length === 0 ? isHere(trail) : names.some((name) => meant(world, name, region)(trail));
  return {
    trailList: world.trails
      .filter((trail) => isWanted(trail) && (body['includeShadowTrails'] !== false || !isCopy(trail)))
      .map(settingsOf),
  };
};

/** ListTrails: the trails of all Regions, in pages. */
export const listTrails = ({ world, body }: WorldCall): object => {
  const from = Number(body['NextToken'] ?? 0);
  const to = from + world.page;
  const visible = world.trails.filter((trail) => isVisible(world, trail));
  return {
    Trails: visible
      .slice(from, to)
      .map(({ name, arn, homeRegion }) => ({ TrailARN: arn, Name: name, HomeRegion: homeRegion })),
    ...(to < visible.length ? { NextToken: String(to) } : {}),
  };
};
