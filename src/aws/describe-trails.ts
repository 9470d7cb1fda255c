import {
  CloudTrailClient,
  type CloudTrailClientConfig,
  DescribeTrailsCommand,
  type DescribeTrailsCommandInput,
  type Trail,
} from '@aws-sdk/client-cloudtrail';

/** Asks CloudTrail for trails; undefined where the answer holds no list. */
export type DescribeTrails = (
  input: DescribeTrailsCommandInput,
  abortSignal: AbortSignal,
) => Promise<readonly Trail[] | undefined>;

/** A client of CloudTrail's that describes trails. */
export const describeTrailsBy = (settings: CloudTrailClientConfig): DescribeTrails =>
  describeTrailsOf(new CloudTrailClient(settings));

/** Describes trails by a client that is there already. */
export const describeTrailsOf =
  (client: CloudTrailClient): DescribeTrails =>
  async (input, abortSignal) => {
    const { trailList } = await client.send(new DescribeTrailsCommand(input), { abortSignal });
    return trailList;
  };
