import { keyBehind } from './key-lookup.js';
import { type KeyProblem, problemOf } from './key-test.js';
import type { World, WorldTrail } from './state.js';

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
export const dueIn = ({ deliversAfter, deliversEvery }: WorldTrail): number => deliversAfter ?? deliversEvery;

/** Lets time pass for a trail; delivers where that is due. */
export const passTime = (world: World, trail: WorldTrail, seconds: number): void => {
  if (trail.former) trail.former.for -= seconds;
  if (trail.former && trail.former.for < 0) trail.former = undefined;
  const left = dueIn(trail) - seconds;
  trail.deliversAfter = left > 0 ? left : trail.deliversEvery;
  if (left <= 0 && trail.isLogging && !trail.quiet) deliver(world, trail);
};

const deliver = (world: World, trail: WorldTrail): void => {
  trail.attemptedAt = world.now;
  trail.deliveryError = errorFor(world, trail);
  if (trail.deliveryError === undefined) trail.deliveredAt = world.now;
};

const errorFor = (world: World, trail: WorldTrail): string | undefined => {
  const { bucket } = trail;
  const { kmsKeyId } = trail.former ?? trail;
  const into = world.buckets.find(({ name }) => name === bucket);
  if (!into) return 'NoSuchBucket';
  if (into.deliveryError !== undefined) return into.deliveryError;
  if (isRefused(into, kmsKeyId)) return 'AccessDenied';
  const problem = kmsKeyId === undefined ? undefined : problemOf(keyBehind(world, kmsKeyId));
  return problem && DELIVERY_ERRORS[problem];
};

const isRefused = (
  { pinnedKey, demandsKey }: World['buckets'][number],
  kmsKeyId: string | undefined,
): boolean => {
  if (kmsKeyId === undefined) return demandsKey;
  return pinnedKey !== undefined && pinnedKey !== kmsKeyId;
};
