import {
  type CloudTrailClient,
  DescribeTrailsCommand,
  type DescribeTrailsRequest,
  paginateListTrails,
} from '@aws-sdk/client-cloudtrail';
import { parseTrail, type Trail } from '../core/trail.js';
import type { LiveTrails } from '../ports.js';
import { codeOf } from './errors.js';
import { type Call, readPages, required } from './requests.js';

/** How CloudTrail is called. */
export type CloudTrailConnection = {
  readonly cloudTrail: (region: string) => CloudTrailClient;
  readonly call: Call;
};

/** The trails that CloudTrail shows in a Region. */
export const liveTrails = (connection: CloudTrailConnection, region: string): LiveTrails => ({
  listTrails: () => describeTrails(connection, region, { includeShadowTrails: true }),
  getTrail: async (nameOrArn) => {
    const request = { trailNameList: [nameOrArn], includeShadowTrails: true };
    const trails = await describeTrails(connection, region, request);
    return trails.find(({ arn, name }) => arn === nameOrArn || name === nameOrArn);
  },
});

/**
 * Lists the trails of an account with their home Regions, whichever Region is called. The list does not contain their keys.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListTrails.html
 */
export const listTrails = (
  { cloudTrail, call }: CloudTrailConnection,
  region: string,
): Promise<readonly Trail[]> =>
  call('cloudtrail:ListTrails', region, async (options) => {
    const pages = paginateListTrails({ client: cloudTrail(region) }, {}, options);
    const trails = await readPages(pages, 'Trails');
    return trails.map((trail) => parseTrail({ ...trail }));
  });

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html */
const describeTrails = async (
  { cloudTrail, call }: CloudTrailConnection,
  region: string,
  request: DescribeTrailsRequest,
): Promise<readonly Trail[]> => {
  try {
    return await call('cloudtrail:DescribeTrails', region, async (options) => {
      const { trailList } = await cloudTrail(region).send(new DescribeTrailsCommand(request), options);
      return required(trailList, 'trailList').map((trail) => parseTrail({ ...trail }));
    });
  } catch (error) {
    if (codeOf(error) === 'TrailNotFoundException') return [];
    throw error;
  }
};
