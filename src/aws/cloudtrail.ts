import {
  type CloudTrailClient,
  DescribeTrailsCommand,
  type DescribeTrailsRequest,
  paginateListTrails,
} from '@aws-sdk/client-cloudtrail';
import { parseTrail, type Trail } from '../core/trail.js';
import type { LiveTrails } from '../ports.js';
import { type Call, readPages, required, unlessMissing } from './requests.js';

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
    return uniqueTrails(trails.map((trail) => parseTrail({ ...trail })));
  });

/** Each trail once, also if a page or an entry is repeated. */
const uniqueTrails = (trails: readonly Trail[]): readonly Trail[] => [
  ...new Map(trails.map((trail) => [trail.arn, trail])).values(),
];

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html */
const describeTrails = async (
  { cloudTrail, call }: CloudTrailConnection,
  region: string,
  request: DescribeTrailsRequest,
): Promise<readonly Trail[]> => {
  const trails = await unlessMissing(['TrailNotFoundException'], () =>
    call('cloudtrail:DescribeTrails', region, async (options) => {
      const { trailList } = await cloudTrail(region).send(new DescribeTrailsCommand(request), options);
      return uniqueTrails(required(trailList, 'trailList').map((trail) => parseTrail({ ...trail })));
    }),
  );
  return trails ?? [];
};
