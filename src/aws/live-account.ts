import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { KMSClient } from '@aws-sdk/client-kms';
import type { LiveAccount } from '../ports.js';
import type { Clients } from './clients.js';
import { listTrails, liveTrails } from './cloudtrail.js';
import { AccessDeniedError, isUnreachable, ServiceFaultError } from './errors.js';
import { kmsKeys } from './kms.js';
import type { Call } from './requests.js';

/** The caller in an account: the account ID, the Region that is called first, and the caller's ARN. */
export type Caller = { readonly accountId: string; readonly region: string; readonly arn: string };

/** Returns an account as CloudTrail and KMS show it to a caller. */
export const liveAccount = (
  caller: Caller,
  { clients, call }: { readonly clients: Clients; readonly call: Call },
): LiveAccount => {
  const { accountId, region: ownRegion } = caller;
  const cloudTrail = { cloudTrail: clients(CloudTrailClient, 'cloudtrail'), call };
  return {
    accountId,
    region: ownRegion,
    listTrails: () =>
      // Called in the caller's Region, whether or not --regions contains it.
      listTrails(cloudTrail, ownRegion).catch((error: unknown) => {
        const alternative = 'call another Region by setting AWS_REGION';
        throw regionError(
          error,
          { operation: 'cloudtrail:ListTrails', region: ownRegion, alternative },
          caller,
        );
      }),
    trailsIn: (region) =>
      liveTrails(cloudTrail, region)
        .listTrails()
        .catch((error: unknown) => {
          const alternative = 'exclude the Region with --regions';
          throw regionError(error, { operation: 'cloudtrail:DescribeTrails', region, alternative }, caller);
        }),
    keys: kmsKeys({ region: ownRegion, caller: caller.arn, kms: clients(KMSClient, 'kms'), call }),
  };
};

type FailedCall = { readonly operation: string; readonly region: string; readonly alternative: string };

/** Adds what the user can do to the error of a Region that cannot be called. */
const regionError = (
  error: unknown,
  { operation, region, alternative }: FailedCall,
  { arn, accountId }: Caller,
): unknown => {
  if (error instanceof AccessDeniedError) {
    return new AccessDeniedError(
      `${operation} is denied in ${region}. Allow it for ${arn}, or ${alternative}.`,
    );
  }
  if (error instanceof ServiceFaultError && isUnreachable(error)) {
    return new ServiceFaultError(
      `${operation} failed in ${region}: the Region does not exist, is not enabled in account ${accountId}, or cannot be reached. ` +
        `Enable it, or ${alternative}.`,
      { cause: error },
    );
  }
  return error;
};
