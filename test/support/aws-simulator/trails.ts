import { arnOf, type KeyProblem, keyBehind, partsOf, problemOf } from './keys.js';
import { changed, Refusal, type SimulatedAws, type SimulatedCall, type SimulatedTrail } from './state.js';

const NAME = /^[A-Za-z0-9](?:[._-]?[A-Za-z0-9])*$/;
const ARN = /^arn:[^:]+:cloudtrail:[a-z0-9-]+:\d{12}:trail\/(?<name>.+)$/;

/** The account that owns a trail. */
const ownerOf = ({ arn }: SimulatedTrail): string => arn.split(':')[4] ?? '';

/** Tells whether the caller sees a trail: those of the own account, and the organization's. */
const isVisible = (aws: SimulatedAws, trail: SimulatedTrail): boolean =>
  ownerOf(trail) === aws.accountId || trail.isOrganization;

/** Refuses what is neither the name nor the ARN of a trail. */
const checkName = (nameOrArn: string): void => {
  if (nameOrArn.startsWith('arn:')) {
    if (!ARN.test(nameOrArn))
      throw new Refusal('CloudTrailARNInvalidException', `${nameOrArn} is no ARN of a trail`);
  } else if (nameOrArn.length < 3 || nameOrArn.length > 128 || !NAME.test(nameOrArn)) {
    throw new Refusal('InvalidTrailNameException', `'${nameOrArn}' is no name of a trail`);
  }
};

/** Tells of a trail whether it is meant: by its ARN anywhere, by its name in its home Region and for its owner alone. */
const meant =
  (aws: SimulatedAws, nameOrArn: string, region: string) =>
  (trail: SimulatedTrail): boolean =>
    isVisible(aws, trail) &&
    (trail.arn === nameOrArn ||
      (trail.name === nameOrArn && trail.homeRegion === region && ownerOf(trail) === aws.accountId));

/** @throws InvalidTrailNameException, CloudTrailARNInvalidException, TrailNotFoundException */
const trailAsked = (aws: SimulatedAws, nameOrArn: string, region: string): SimulatedTrail => {
  checkName(nameOrArn);
  const trail = aws.trails.find(meant(aws, nameOrArn, region));
  if (trail) return trail;
  throw new Refusal('TrailNotFoundException', `Unknown trail: ${nameOrArn} for the user: ${aws.accountId}`);
};

/**
 * The trail that a call wants to change, which its owner alone may, in its home Region. In other Regions a trail of all Regions is
 * known by its name as well.
 *
 * @throws as trailAsked, and InvalidHomeRegionException, NotOrganizationMasterAccountException
 */
const trailToChange = (aws: SimulatedAws, nameOrArn: string, region: string): SimulatedTrail => {
  const copied = aws.trails.find(
    (one) => one.name === nameOrArn && one.isMultiRegion && ownerOf(one) === aws.accountId,
  );
  const trail = copied ?? trailAsked(aws, nameOrArn, region);
  if (ownerOf(trail) !== aws.accountId && !aws.isDelegatedAdministrator)
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

/** GetTrail: KmsKeyId is not there where the trail names no key. */
export const getTrail = ({ aws, region, body }: SimulatedCall): object => ({
  Trail: settingsOf(trailAsked(aws, body['Name'], region)),
});

const settingsOf = (trail: SimulatedTrail): object => ({
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
export const getTrailStatus = ({ aws, region, body }: SimulatedCall): object => {
  const trail = trailAsked(aws, body['Name'], region);
  return {
    IsLogging: trail.isLogging,
    ...(trail.deliveryError === undefined ? {} : { LatestDeliveryError: trail.deliveryError }),
    ...secondsOf({
      LatestDeliveryTime: trail.deliveredAt,
      StartLoggingTime: trail.startedAt,
      StopLoggingTime: trail.stoppedAt,
    }),
    LatestDeliveryAttemptTime: trail.showsAttempts ? textOf(trail.attemptedAt) : '',
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
export const describeTrails = ({ aws, region, body }: SimulatedCall): object => {
  const names: readonly string[] = body['trailNameList'] ?? [];
  for (const name of names) checkName(name);
  const isCopy = (trail: SimulatedTrail): boolean =>
    trail.homeRegion !== region || ownerOf(trail) !== aws.accountId;
  const isHere = (trail: SimulatedTrail): boolean =>
    isVisible(aws, trail) && (trail.homeRegion === region || trail.isMultiRegion);
  const isWanted = (trail: SimulatedTrail): boolean =>
    names.length === 0 ? isHere(trail) : names.some((name) => meant(aws, name, region)(trail));
  return {
    trailList: aws.trails
      .filter((trail) => isWanted(trail) && (body['includeShadowTrails'] !== false || !isCopy(trail)))
      .map(settingsOf),
  };
};

/** ListTrails: the trails of all Regions, in pages. */
export const listTrails = ({ aws, body }: SimulatedCall): object => {
  const from = Number(body['NextToken'] ?? 0);
  const to = from + aws.page;
  const visible = aws.trails.filter((trail) => isVisible(aws, trail));
  return {
    Trails: visible
      .slice(from, to)
      .map(({ name, arn, homeRegion }) => ({ TrailARN: arn, Name: name, HomeRegion: homeRegion })),
    ...(to < visible.length ? { NextToken: String(to) } : {}),
  };
};

/** UpdateTrail: nothing but the key can be changed here. CloudTrail tests the key first, and stores its ARN. */
export const updateTrail = (call: SimulatedCall): object => {
  const { aws, region, body } = call;
  const trail = trailToChange(aws, body['Name'], region);
  const reference: string | undefined = body['KmsKeyId'];
  if (reference !== undefined) {
    const tested = reference === '' ? undefined : testedKey(call, trail, reference);
    if (trail.spreadsAfter > 0) trail.former = { kmsKeyId: trail.kmsKeyId, for: trail.spreadsAfter };
    trail.kmsKeyId = tested;
    changed(aws, 'UpdateTrail', trail.name, trail.kmsKeyId ?? 'none');
  }
  return {
    Name: trail.name,
    S3BucketName: trail.bucket,
    IncludeGlobalServiceEvents: true,
    IsMultiRegionTrail: trail.isMultiRegion,
    TrailARN: trail.arn,
    LogFileValidationEnabled: true,
    ...(trail.kmsKeyId === undefined ? {} : { KmsKeyId: trail.kmsKeyId }),
    IsOrganizationTrail: trail.isOrganization,
  };
};

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html */
const testedKey = ({ aws, region }: SimulatedCall, { bucket }: SimulatedTrail, reference: string): string => {
  const arn = arnOf(aws, reference, region);
  if (arn === undefined)
    throw new Refusal('InvalidKmsKeyIdException', `'${reference}' is no key ARN, alias ARN, alias or key id`);
  const into = aws.buckets.find(({ name }) => name === bucket);
  if (!into) throw new Refusal('S3BucketDoesNotExistException', `Bucket ${bucket} does not exist`);
  const key = keyBehind(aws, arn);
  if (!key || partsOf(key.arn)?.region !== into.region)
    throw new Refusal(
      'KmsKeyNotFoundException',
      `${arn} is not found in ${into.region}, the Region of bucket ${bucket}`,
    );
  const problem = problemOf(key);
  if (problem === 'shut-out')
    throw new Refusal(
      'InsufficientEncryptionPolicyException',
      `Insufficient permissions to access S3 bucket ${bucket} or KMS key ${key.arn}.`,
    );
  if (problem)
    throw new Refusal('KmsException', `${key.arn} cannot be used: ${key.state}, ${key.spec}, ${key.usage}`);
  return key.arn;
};

/** StopLogging, which changes nothing for a trail that does not log. */
export const stopLogging = ({ aws, region, body }: SimulatedCall): object => {
  const trail = trailToChange(aws, body['Name'], region);
  if (trail.isLogging) {
    trail.isLogging = false;
    trail.stoppedAt = aws.now;
    changed(aws, 'StopLogging', trail.name);
  }
  return {};
};

/** StartLogging, which changes nothing for a trail that logs. */
export const startLogging = ({ aws, region, body }: SimulatedCall): object => {
  const trail = trailToChange(aws, body['Name'], region);
  if (!trail.isLogging) {
    trail.isLogging = true;
    trail.startedAt = aws.now;
    changed(aws, 'StartLogging', trail.name);
  }
  return {};
};

/**
 * What LatestDeliveryError then says. Documented are S3's own error codes; S3 passes the errors of KMS on under these names, and a
 * policy that refuses, of the key or of the bucket, as AccessDenied.
 */
const DELIVERY_ERRORS = {
  missing: 'KMS.NotFoundException',
  'wrong-type': 'KMS.InvalidKeyUsageException',
  'shut-out': 'AccessDenied',
  disabled: 'KMS.DisabledException',
  'wrong-state': 'KMS.KMSInvalidStateException',
} as const satisfies Record<KeyProblem, string>;

/** In how many seconds a trail's next delivery is due. */
export const dueIn = ({ deliversAfter, deliversEvery }: SimulatedTrail): number =>
  deliversAfter ?? deliversEvery;

/** Lets time pass for a trail; delivers where that is due. */
export const passTime = (aws: SimulatedAws, trail: SimulatedTrail, seconds: number): void => {
  if (trail.former) trail.former.for -= seconds;
  if (trail.former && trail.former.for < 0) trail.former = undefined;
  const left = dueIn(trail) - seconds;
  trail.deliversAfter = left > 0 ? left : trail.deliversEvery;
  if (left <= 0 && trail.isLogging && !trail.quiet) deliver(aws, trail);
};

const deliver = (aws: SimulatedAws, trail: SimulatedTrail): void => {
  trail.attemptedAt = aws.now;
  const [error, ...nextErrors] = trail.nextErrors;
  trail.nextErrors = nextErrors;
  trail.deliveryError = error ?? errorFor(aws, trail);
  if (trail.deliveryError === undefined) trail.deliveredAt = aws.now;
};

const errorFor = (aws: SimulatedAws, trail: SimulatedTrail): string | undefined => {
  const { bucket } = trail;
  const { kmsKeyId } = trail.former ?? trail;
  const into = aws.buckets.find(({ name }) => name === bucket);
  if (!into) return 'NoSuchBucket';
  if (into.deliveryError !== undefined) return into.deliveryError;
  if (isRefused(into, kmsKeyId)) return 'AccessDenied';
  const problem = kmsKeyId === undefined ? undefined : problemOf(keyBehind(aws, kmsKeyId));
  return problem && DELIVERY_ERRORS[problem];
};

const isRefused = (
  { pinnedKey, demandsKey }: SimulatedAws['buckets'][number],
  kmsKeyId: string | undefined,
): boolean => {
  if (kmsKeyId === undefined) return demandsKey;
  return pinnedKey !== undefined && pinnedKey !== kmsKeyId;
};
