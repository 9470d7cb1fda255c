import { type SimulatedAws, simulatedBucket } from '../aws-simulator/state.js';
import type { Answers } from '../stand-in.js';

type Stored = { tag: string; readonly objects: Map<string, string> };

/** S3: buckets that can take the deliveries of simulated trails. */
export const bucketService = (aws: SimulatedAws) => {
  const stored = new Map<string, Stored>();
  const missing = { error: 'NoSuchBucket', status: 404 };
  const answers: Answers = {
    ListBuckets: ({ body }) => ({
      ListAllMyBucketsResult: {
        Buckets: {
          Bucket: [...stored.keys()]
            .filter((name) => name.startsWith(body['prefix']))
            .map((Name) => ({ Name })),
        },
      },
    }),
    CreateBucket: ({ body, region }) => {
      if (stored.has(body['bucket'])) return { error: 'BucketAlreadyOwnedByYou', status: 409 };
      stored.set(body['bucket'], { tag: '', objects: new Map() });
      aws.buckets.push(simulatedBucket({ name: body['bucket'], region }));
      return {};
    },
    PutBucketTagging: ({ body }) => {
      const bucket = stored.get(body['bucket']);
      if (!bucket) return missing;
      bucket.tag = body['text'];
      return {};
    },
    GetBucketTagging: ({ body }) => {
      const tag = stored.get(body['bucket'])?.tag;
      if (!tag) return { error: 'NoSuchTagSet', status: 404 };
      const [, Key, Value] = /<Key>(.*)<\/Key><Value>(.*)<\/Value>/.exec(tag) ?? [];
      return { Tagging: { TagSet: { Tag: { Key, Value } } } };
    },
    PutPublicAccessBlock: () => ({}),
    PutBucketPolicy: () => ({}),
    PutObject: ({ body }) => {
      stored.get(body['bucket'])?.objects.set(body['key'], body['text']);
      return stored.has(body['bucket']) ? {} : missing;
    },
    GetObject: ({ body }) => {
      const text = stored.get(body['bucket'])?.objects.get(body['key']);
      return text === undefined ? { error: 'NoSuchKey', status: 404 } : { text };
    },
    ListObjectsV2: ({ body }) => {
      const bucket = stored.get(body['bucket']);
      if (!bucket) return missing;
      return { ListBucketResult: { Contents: [...bucket.objects.keys()].map((Key) => ({ Key })) } };
    },
    DeleteObjects: ({ body }) => {
      for (const [, key = ''] of body['text'].matchAll(/<Key>(.*?)<\/Key>/g))
        stored.get(body['bucket'])?.objects.delete(key);
      return { DeleteResult: {} };
    },
    DeleteBucket: ({ body }) => {
      const bucket = stored.get(body['bucket']);
      if (!bucket) return missing;
      if (bucket.objects.size > 0) return { error: 'BucketNotEmpty', status: 409 };
      stored.delete(body['bucket']);
      return {};
    },
  };
  return { answers, stored };
};
