import { ListTrailsCommand } from '@aws-sdk/client-cloudtrail';
import { parseTrail, type Trail } from '../core/trail.js';
import type { LiveAccount } from '../ports.js';
import { type Caller, type CallName, explained } from './call.js';
import { cloudTrailTrails } from './cloudtrail-trails.js';
import type { ConnectionClients } from './connection.js';
import { AccessDeniedError, ServiceFaultError } from './errors.js';
import { isUnreachable, kmsKeys } from './kms-keys.js';
import { pages } from './pages.js';
import { cloudTrailCallsBy, kmsCallsBy } from './sdk-calls.js';

/** Who asks in an account: its id, the Region asked first, and the ARN that a policy would name. */
export type Asker = { readonly accountId: string; readonly region: string; readonly arn: string };

/** An account as CloudTrail and KMS show it to the holder of credentials for it. */
export const liveAccount = (asker: Asker, clients: ConnectionClients, caller: Caller): LiveAccount => ({
  accountId: asker.accountId,
  region: asker.region,
  listed: () => listTrails(asker, clients, caller),
  seenFrom: async (region) => {
    const cloudTrail = cloudTrailCallsBy(clients.cloudTrail(region));
    try {
      return await cloudTrailTrails({ region, cloudTrail }, caller).all();
    } catch (error) {
      throw advised(error, { service: 'cloudtrail', operation: 'DescribeTrails', region }, asker);
    }
  },
  keys: (question) =>
    kmsKeys({ region: asker.region, kms: (region) => kmsCallsBy(clients.kms(region)) }, caller, question),
});

/**
 * Lists the trails of an account with their home Regions, whatever Region is asked.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListTrails.html
 */
const listTrails = async (
  asker: Asker,
  clients: ConnectionClients,
  caller: Caller,
): Promise<readonly Trail[]> => {
  const { region } = asker;
  const name = { service: 'cloudtrail', operation: 'ListTrails', region };
  try {
    const trails = await pages((NextToken) =>
      caller.call(name, async (abortSignal) => {
        const command = new ListTrailsCommand({ NextToken });
        const { Trails = [], NextToken: next } = await clients
          .cloudTrail(region)
          .send(command, { abortSignal });
        return { entries: Trails, next };
      }),
    );
    return trails.map((trail) => parseTrail({ ...trail }));
  } catch (error) {
    throw advised(explained(error, name), name, asker);
  }
};

/** The list comes from the Region that is asked first, whatever --regions says. */
const remedyFor = ({ operation }: CallName): string =>
  operation === 'ListTrails'
    ? 'ask from another Region with AWS_REGION'
    : 'leave the Region out with --regions';

/** Says what to do about a Region that cannot be asked. */
const advised = (error: unknown, name: CallName, { arn, accountId }: Asker): unknown => {
  const { service, operation, region } = name;
  const call = `${service}:${operation}`;
  if (error instanceof AccessDeniedError) {
    return new AccessDeniedError(
      `${call} is denied in ${region}. Allow it to ${arn}, or ${remedyFor(name)}.`,
    );
  }
  if (error instanceof ServiceFaultError && isUnreachable(error.cause)) {
    return new ServiceFaultError(
      `${call} failed in ${region}: the Region is not enabled in account ${accountId}, or cannot be reached. ` +
        `Enable it, or ${remedyFor(name)}.`,
      { cause: error },
    );
  }
  return error;
};
