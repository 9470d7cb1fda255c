import type { DescribeTrailsRequest } from '@aws-sdk/client-cloudtrail';
import { parseTrail, type Trail } from '../core/trail.js';
import type { LiveTrails } from '../ports.js';
import { type Caller, explained } from './call.js';
import type { TrailClients } from './clients.js';
import { nameOf, ServiceFaultError } from './errors.js';

/**
 * Asks CloudTrail for trails as they are now.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html
 */
export const cloudTrailTrails = (clients: TrailClients, caller: Caller): LiveTrails => ({
  all: () => describe({ includeShadowTrails: true }, clients, caller),
  named: async (nameOrArn) => {
    const asked = { trailNameList: [nameOrArn], includeShadowTrails: true };
    return (await describe(asked, clients, caller)).find(
      ({ arn, name }) => arn === nameOrArn || name === nameOrArn,
    );
  },
});

const describe = async (
  input: DescribeTrailsRequest,
  clients: TrailClients,
  caller: Caller,
): Promise<readonly Trail[]> => {
  const name = { service: 'cloudtrail', operation: 'DescribeTrails', region: clients.region };
  try {
    const { trailList } = await caller.call(name, (abortSignal) =>
      clients.cloudTrail.describeTrails(input, abortSignal),
    );
    if (trailList === undefined)
      throw new ServiceFaultError('cloudtrail:DescribeTrails answered without trailList');
    return trailList.map((trail) => parseTrail({ ...trail }));
  } catch (error) {
    if (nameOf(error) === 'TrailNotFoundException') return [];
    throw explained(error, name);
  }
};
