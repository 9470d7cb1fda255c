import { problemOf } from '../aws-simulator/keys.js';
import {
  changed,
  type SimulatedAws,
  type SimulatedKey,
  simulatedKey,
  simulatedTrail,
} from '../aws-simulator/state.js';
import type { Answers, Call } from '../stand-in.js';

type Tags = readonly Readonly<Record<string, string>>[];

const DAY_MS = 86_400_000;
const NOT_FOUND = { error: 'ResourceNotFoundException' };

/** What a run creates and removes besides its bucket: keys, trails, and the collection of events. */
export const resourceService = (aws: SimulatedAws) => {
  const tags = new Map<string, Tags>();
  const collections = { rules: new Set<string>(), targets: new Set<string>(), policies: new Set<string>() };
  const logGroups = new Set<string>();
  let created = 0;

  const own = (id: string): SimulatedKey | undefined => aws.keys.find(({ arn }) => arn === id);
  const onKey = (operation: string, change: (key: SimulatedKey, body: Call['body']) => void) => {
    const answer = ({ body }: Call): object => {
      const key = own(body['KeyId']);
      if (!key) return { error: 'NotFoundException' };
      if (key.state === 'PendingDeletion') return { error: 'KMSInvalidStateException' };
      change(key, body);
      changed(aws, operation, key.arn);
      return {};
    };
    return answer;
  };
  const inSet = (set: Set<string>, name: string): object => (set.delete(name) ? {} : NOT_FOUND);

  const answers: Answers = {
    CreateKey: ({ body, region }) => {
      created += 1;
      const id = `00000000-0000-4000-8000-${String(created).padStart(12, '0')}`;
      const key = simulatedKey({ arn: `arn:aws:kms:${region}:${aws.accountId}:key/${id}` });
      aws.keys.push(key);
      tags.set(key.arn, body['Tags']);
      return { KeyMetadata: { KeyId: id, Arn: key.arn } };
    },
    EnableKeyRotation: onKey('EnableKeyRotation', (key) => {
      key.rotates = true;
    }),
    DisableKey: onKey('DisableKey', (key) => {
      key.state = 'Disabled';
    }),
    ScheduleKeyDeletion: onKey('ScheduleKeyDeletion', (key, body) => {
      key.state = 'PendingDeletion';
      key.deletionDate = aws.now + body['PendingWindowInDays'] * DAY_MS;
    }),
    PutKeyPolicy: onKey('PutKeyPolicy', (key, body) => {
      key.admitsCloudTrail = body['Policy'].includes('cloudtrail.amazonaws.com');
    }),
    ListKeys: () => ({ Keys: aws.keys.map(({ arn }) => ({ KeyArn: arn })) }),
    ListResourceTags: ({ body }) => ({ Tags: tags.get(body['KeyId']) ?? [] }),

    CreateTrail: ({ body, region }) => {
      const { Name: name, S3BucketName: bucket, KmsKeyId: kmsKeyId } = body;
      if (aws.trails.some((trail) => trail.name === name)) return { error: 'TrailAlreadyExistsException' };
      if (!aws.buckets.some((one) => one.name === bucket)) return { error: 'S3BucketDoesNotExistException' };
      if (problemOf(own(kmsKeyId))) return { error: 'InsufficientEncryptionPolicyException' };
      const arn = `arn:aws:cloudtrail:${region}:${aws.accountId}:trail/${name}`;
      const never = { startedAt: undefined, attemptedAt: undefined, deliveredAt: undefined };
      const isMultiRegion = body['IsMultiRegionTrail'];
      aws.trails.push(
        simulatedTrail({ name, arn, bucket, kmsKeyId, isMultiRegion, isLogging: false, ...never }),
      );
      tags.set(arn, body['TagsList']);
      changed(aws, 'CreateTrail', name);
      return { TrailARN: arn };
    },
    ListTags: ({ body }) => {
      const [arn] = body['ResourceIdList'];
      if (!aws.trails.some((trail) => trail.arn === arn)) return NOT_FOUND;
      return { ResourceTagList: [{ ResourceId: arn, TagsList: tags.get(arn) }] };
    },
    DeleteTrail: ({ body }) => {
      aws.trails = aws.trails.filter(({ name }) => name !== body['Name']);
      changed(aws, 'DeleteTrail', body['Name']);
      return {};
    },

    CreateLogGroup: ({ body }) => {
      logGroups.add(body['logGroupName']);
      return {};
    },
    PutResourcePolicy: ({ body }) => {
      collections.policies.add(body['policyName']);
      return {};
    },
    PutRule: ({ body }) => {
      collections.rules.add(body['Name']);
      return {};
    },
    PutTargets: ({ body }) => {
      collections.targets.add(body['Rule']);
      return { FailedEntries: [] };
    },
    RemoveTargets: ({ body }) => inSet(collections.targets, body['Rule']),
    DeleteRule: ({ body }) => inSet(collections.rules, body['Name']),
    DeleteResourcePolicy: ({ body }) => inSet(collections.policies, body['policyName']),
    DeleteLogGroup: ({ body }) => inSet(logGroups, body['logGroupName']),
  };
  return {
    answers,
    /** What exists, by name or ARN. Keys that are pending deletion are not listed. */
    existing: (): readonly string[] => [
      ...aws.trails.map(({ arn }) => arn),
      ...aws.keys.filter(({ state }) => state !== 'PendingDeletion').map(({ arn }) => arn),
      ...Object.values(collections).flatMap((set) => [...set]),
      ...logGroups,
    ],
    collectsEvents: () => collections.targets.size > 0,
  };
};
