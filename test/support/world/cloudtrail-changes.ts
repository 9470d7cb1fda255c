import { arnOf, keyBehind, partsOf } from './key-lookup.js';
import { problemOf } from './key-test.js';
import { changed, Refusal, type WorldCall, type WorldTrail } from './state.js';
import { trailToChange } from './trail-lookup.js';

/** UpdateTrail: nothing but the key can be changed here. CloudTrail tests the key first, and stores its ARN. */
export const updateTrail = (call: WorldCall): object => {
  const { world, region, body } = call;
  const trail = trailToChange(world, body['Name'], region);
  const reference: string | undefined = body['KmsKeyId'];
  if (reference !== undefined) {
    const tested = reference === '' ? undefined : testedKey(call, trail, reference);
    if (trail.spreadsAfter > 0) trail.former = { kmsKeyId: trail.kmsKeyId, for: trail.spreadsAfter };
    trail.kmsKeyId = tested;
    changed(world, 'UpdateTrail', trail.name, trail.kmsKeyId ?? 'none');
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
const testedKey = ({ world, region }: WorldCall, { bucket }: WorldTrail, reference: string): string => {
  const arn = arnOf(world, reference, region);
  if (arn === undefined)
    throw new Refusal('InvalidKmsKeyIdException', `'${reference}' is no key ARN, alias ARN, alias or key id`);
  const into = world.buckets.find(({ name }) => name === bucket);
  if (!into) throw new Refusal('S3BucketDoesNotExistException', `Bucket ${bucket} does not exist`);
  const key = keyBehind(world, arn);
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
export const stopLogging = ({ world, region, body }: WorldCall): object => {
  const trail = trailToChange(world, body['Name'], region);
  if (trail.isLogging) {
    trail.isLogging = false;
    trail.stoppedAt = world.now;
    changed(world, 'StopLogging', trail.name);
  }
  return {};
};

/** StartLogging, which changes nothing for a trail that logs. */
export const startLogging = ({ world, region, body }: WorldCall): object => {
  const trail = trailToChange(world, body['Name'], region);
  if (!trail.isLogging) {
    trail.isLogging = true;
    trail.startedAt = world.now;
    changed(world, 'StartLogging', trail.name);
  }
  return {};
};
