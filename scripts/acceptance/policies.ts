import type { Connection } from './aws/connection.js';

const CLOUDTRAIL = { Service: 'cloudtrail.amazonaws.com' };

const policy = (...Statement: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement });

/**
 * The policy of the bucket: only one trail can write to it.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
 */
export const bucketPolicy = (
  bucket: string,
  trailArn: string,
  { partition, accountId }: Pick<Connection, 'partition' | 'accountId'>,
): string => {
  const arn = `arn:${partition}:s3:::${bucket}`;
  return policy(
    {
      Effect: 'Allow',
      Principal: CLOUDTRAIL,
      Action: 's3:GetBucketAcl',
      Resource: arn,
      Condition: { StringEquals: { 'aws:SourceArn': trailArn } },
    },
    {
      Effect: 'Allow',
      Principal: CLOUDTRAIL,
      Action: 's3:PutObject',
      Resource: `${arn}/AWSLogs/${accountId}/*`,
      Condition: {
        StringEquals: { 'aws:SourceArn': trailArn, 's3:x-amz-acl': 'bucket-owner-full-control' },
      },
    },
  );
};

/**
 * The policy of a key. The account manages it; with `allowsCloudTrail`, one trail can use it.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
 */
export const keyPolicy = (
  allowsCloudTrail: boolean,
  trailArn: string,
  { partition, accountId }: Pick<Connection, 'partition' | 'accountId'>,
): string => {
  const account = {
    Effect: 'Allow',
    Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  if (!allowsCloudTrail) return policy(account);
  const forTrail = { StringEquals: { 'aws:SourceArn': trailArn } };
  const encryptsLogs = {
    StringLike: {
      'kms:EncryptionContext:aws:cloudtrail:arn': `arn:${partition}:cloudtrail:*:${accountId}:trail/*`,
    },
  };
  return policy(
    account,
    {
      Effect: 'Allow',
      Principal: CLOUDTRAIL,
      Action: 'kms:GenerateDataKey*',
      Resource: '*',
      Condition: { ...forTrail, ...encryptsLogs },
    },
    { Effect: 'Allow', Principal: CLOUDTRAIL, Action: 'kms:DescribeKey', Resource: '*', Condition: forTrail },
  );
};
