import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { KMSClient } from '@aws-sdk/client-kms';
import type { LiveAccount } from '../ports.js';
import type { Clients } from './clients.js';
import { cloudTrailTrails, listTrails } from './cloudtrail.js';
import { AccessDeniedError, isUnreachable, ServiceFaultError } from './errors.js';
import { kmsKeys } from './kms.js';
import type { Call } from './requests.js';

/** The caller in an account: its id, the Region that is called first, and the ARN that a policy would contain. */
export type Caller = { readonly accountId: string; readonly region: string; readonly arn: string };

/** An account as CloudTrail and KMS show it to a caller. */
export const liveAccount = (
  caller: Caller,
  { clients, call }: { readonly clients: Clients; readonly call: Call },
): LiveAccount => {
  const { accountId, region: ownRegion } = caller;
  const cloudTrail = { cloudTrail: clients(CloudTrailClient, 'cloudtrail'), call };
  return {
    accountId,
    region: ownRegion,
    listed: () =>
      // The list comes from the Region that is called first, whatever --regions contains.
      listTrails(cloudTrail, ownRegion).catch((error: unknown) => {
        const remedy = 'ask from another Region with AWS_REGION';
        throw advised(error, { operation: 'cloudtrail:ListTrails', region: ownRegion, remedy }, caller);
      }),
    seenFrom: (region) =>
      cloudTrailTrails(cloudTrail, region)
        .all()
        .catch((error: unknown) => {
          const remedy = 'leave the Region out with --regions';
          throw advised(error, { operation: 'cloudtrail:DescribeTrails', region, remedy }, caller);
        }),
    keys: kmsKeys({ region: ownRegion, kms: clients(KMSClient, 'kms'), call }),
  };
};

type FailedCall = { readonly operation: string; readonly region: string; readonly remedy: string };

/** An error of a Region that cannot be called, with what to do about it. */
const advised = (
  error: unknown,
  { operation, region, remedy }: FailedCall,
  { arn, accountId }: Caller,
): unknown => {
  if (error instanceof AccessDeniedError) {
    return new AccessDeniedError(`${operation} is denied in ${region}. Allow it to ${arn}, or ${remedy}.`);
  }
  if (error instanceof ServiceFaultError && isUnreachable(error)) {
    return new ServiceFaultError(
      `${operation} failed in ${region}: the Region is not enabled in account ${accountId}, or cannot be reached. ` +
        `Enable it, or ${remedy}.`,
      { cause: error },
    );
  }
  return error;
};
