import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
  ListTagsCommand,
  StartLoggingCommand,
  UpdateTrailCommand,
} from '@aws-sdk/client-cloudtrail';
import { listTrails, liveTrails } from '../../../src/aws/cloudtrail.js';
import { codeOf } from '../../../src/aws/errors.js';
import { required } from '../../../src/aws/requests.js';
import { RUN_TAG } from '../names.js';
import { type Connection, sendTo } from './connection.js';

/** What a trail is created with. */
export type NewTrail = {
  readonly bucket: string;
  readonly keyArn: string;
  readonly isMultiRegion: boolean;
};

/** The trail of a run. */
export const trailIn = (connection: Connection) => {
  const { region, clients, call } = connection;
  const cloudTrailIn = clients(CloudTrailClient, 'cloudtrail');
  const cloudTrail = cloudTrailIn(region);
  const send = sendTo(connection);

  /** @throws if a trail is not one of this run */
  const checkTag = async (arn: string, runId: string): Promise<void> => {
    const { ResourceTagList = [] } = await send('cloudtrail:ListTags', (options) =>
      cloudTrail.send(new ListTagsCommand({ ResourceIdList: [arn] }), options),
    );
    const tags = ResourceTagList.flatMap(({ TagsList = [] }) => TagsList);
    if (!tags.some(({ Key, Value }) => Key === RUN_TAG && Value === runId)) {
      throw new Error(`the trail does not have the tag ${RUN_TAG} with the value ${runId}`);
    }
  };

  return {
    /** Creates a trail that logs. A trail that an earlier process of the run created is used. */
    create: async (
      arn: string,
      { bucket, keyArn, isMultiRegion }: NewTrail,
      runId: string,
    ): Promise<void> => {
      const Name = nameOf(arn);
      const input = {
        Name,
        S3BucketName: bucket,
        KmsKeyId: keyArn,
        IsMultiRegionTrail: isMultiRegion,
        TagsList: [{ Key: RUN_TAG, Value: runId }],
      };
      await send('cloudtrail:CreateTrail', (options) =>
        cloudTrail.send(new CreateTrailCommand(input), options),
      ).catch((error: unknown) => {
        if (codeOf(error) !== 'TrailAlreadyExistsException') throw error;
        return checkTag(arn, runId);
      });
      await send('cloudtrail:StartLogging', (options) =>
        cloudTrail.send(new StartLoggingCommand({ Name }), options),
      );
    },

    /** The ARN of the key of a trail. */
    keyOf: (Name: string): Promise<string | undefined> =>
      send('cloudtrail:GetTrail', async (options) => {
        const { Trail } = await cloudTrail.send(new GetTrailCommand({ Name }), options);
        return required(Trail, 'Trail').KmsKeyId;
      }),

    setKey: async (Name: string, KmsKeyId: string): Promise<void> => {
      await send('cloudtrail:UpdateTrail', (options) =>
        cloudTrail.send(new UpdateTrailCommand({ Name, KmsKeyId }), options),
      );
    },

    /** The error of the latest delivery, and when a delivery last succeeded. */
    delivery: (Name: string) =>
      send('cloudtrail:GetTrailStatus', async (options) => {
        const status = await cloudTrail.send(new GetTrailStatusCommand({ Name }), options);
        return {
          error: status.LatestDeliveryError || undefined,
          deliveredAt: status.LatestDeliveryTime?.getTime(),
        };
      }),

    /** Deletes a trail of a run, if it exists. */
    remove: async (arn: string, runId: string): Promise<void> => {
      try {
        await checkTag(arn, runId);
        await send('cloudtrail:DeleteTrail', (options) =>
          cloudTrail.send(new DeleteTrailCommand({ Name: nameOf(arn) }), options),
        );
      } catch (error) {
        if (!MISSING.includes(codeOf(error))) throw error;
      }
    },

    /** The trails that ListTrails returns. */
    listed: () => listTrails({ cloudTrail: cloudTrailIn, call }, region),

    /** The trails that a Region shows, including shadow trails and organization trails. */
    shown: () => liveTrails({ cloudTrail: cloudTrailIn, call }, region).listTrails(),
  };
};

const nameOf = (arn: string): string => arn.slice(arn.indexOf('/') + 1);

const MISSING = ['TrailNotFoundException', 'ResourceNotFoundException'];
