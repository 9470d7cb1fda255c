import {
  BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  paginateListBuckets,
  S3Client,
} from '@aws-sdk/client-s3';
import { codeOf } from '../../../src/aws/errors.js';
import { RUN_TAG } from '../names.js';
import { bucketPolicy } from '../policies.js';
import { type Connection, sendTo } from './connection.js';

/** The object that contains the state of a run, outside the folder of CloudTrail. */
const STATE_KEY = 'trailkey-acceptance.json';

const MISSING = ['NoSuchBucket', 'NoSuchKey', 'NoSuchTagSet', 'NotFound'];

/** The S3 bucket of a run. */
export const bucketIn = (connection: Connection) => {
  const { region, clients } = connection;
  const s3 = clients(S3Client, 's3')(region);
  const send = sendTo(connection);

  const empty = async (Bucket: string): Promise<void> => {
    for (;;) {
      const { Contents = [] } = await send('s3:ListBucket', (options) =>
        s3.send(new ListObjectsV2Command({ Bucket }), options),
      );
      if (Contents.length === 0) return;
      const Objects = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]));
      const { Errors = [] } = await send('s3:DeleteObject', (options) =>
        s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }), options),
      );
      if (Errors[0] !== undefined) throw new Error(`s3:DeleteObject failed: ${Errors[0].Code}`);
    }
  };

  return {
    /** Creates the bucket, private and writable for one trail. A bucket that the account already owns is configured again. */
    create: async (Bucket: string, runId: string, trailArn: string): Promise<void> => {
      const LocationConstraint = Object.values(BucketLocationConstraint).find((one) => one === region);
      const location = LocationConstraint && { CreateBucketConfiguration: { LocationConstraint } };
      await send('s3:CreateBucket', (options) =>
        s3.send(new CreateBucketCommand({ Bucket, ...location }), options),
      ).catch((error: unknown) => {
        if (codeOf(error) !== 'BucketAlreadyOwnedByYou') throw error;
      });
      const Tagging = { TagSet: [{ Key: RUN_TAG, Value: runId }] };
      await send('s3:PutBucketTagging', (options) =>
        s3.send(new PutBucketTaggingCommand({ Bucket, Tagging }), options),
      );
      const PublicAccessBlockConfiguration = {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      };
      await send('s3:PutBucketPublicAccessBlock', (options) =>
        s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }), options),
      );
      const Policy = bucketPolicy(Bucket, trailArn, connection);
      await send('s3:PutBucketPolicy', (options) =>
        s3.send(new PutBucketPolicyCommand({ Bucket, Policy }), options),
      );
    },

    /** Returns the names of the buckets with a prefix, each with its tag. */
    list: (
      Prefix: string,
    ): Promise<readonly { readonly name: string; readonly runId: string | undefined }[]> =>
      send('s3:ListAllMyBuckets', async (options) => {
        const buckets = [];
        for await (const { Buckets = [] } of paginateListBuckets({ client: s3 }, { Prefix }, options)) {
          buckets.push(...Buckets.flatMap(({ Name }) => (Name?.startsWith(Prefix) ? [Name] : [])));
        }
        return buckets;
      }).then((names) =>
        Promise.all(
          names.map(async (name) => {
            const { TagSet = [] } = await send('s3:GetBucketTagging', (options) =>
              s3.send(new GetBucketTaggingCommand({ Bucket: name }), options),
            ).catch((error: unknown) => {
              if (MISSING.includes(codeOf(error))) return { TagSet: [] };
              throw error;
            });
            return { name, runId: TagSet.find(({ Key }) => Key === RUN_TAG)?.Value };
          }),
        ),
      ),

    readState: (Bucket: string): Promise<string | undefined> =>
      send('s3:GetObject', async (options) => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: STATE_KEY }), options);
        return Body?.transformToString();
      }).catch((error: unknown) => {
        if (MISSING.includes(codeOf(error))) return undefined;
        throw error;
      }),

    writeState: async (Bucket: string, Body: string): Promise<void> => {
      await send('s3:PutObject', (options) =>
        s3.send(new PutObjectCommand({ Bucket, Key: STATE_KEY, Body }), options),
      );
    },

    /** Deletes the bucket with its objects, if it exists. */
    remove: async (Bucket: string): Promise<void> => {
      try {
        await empty(Bucket);
        await send('s3:DeleteBucket', (options) => s3.send(new DeleteBucketCommand({ Bucket }), options));
      } catch (error) {
        if (!MISSING.includes(codeOf(error))) throw error;
      }
    },
  };
};
