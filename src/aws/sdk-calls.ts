import { type CloudTrailClient, DescribeTrailsCommand } from '@aws-sdk/client-cloudtrail';
import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import type { CloudTrailCalls, KmsCalls } from './calls.js';

/** KMS, asked by a client of the SDK. */
export const kmsCallsBy = (client: KMSClient): KmsCalls => ({
  describeKey: (input, abortSignal) => client.send(new DescribeKeyCommand(input), { abortSignal }),
  getKeyPolicy: (input, abortSignal) => client.send(new GetKeyPolicyCommand(input), { abortSignal }),
  getKeyRotationStatus: (input, abortSignal) =>
    client.send(new GetKeyRotationStatusCommand(input), { abortSignal }),
});

/** CloudTrail, asked by a client of the SDK. */
export const cloudTrailCallsBy = (client: CloudTrailClient): CloudTrailCalls => ({
  describeTrails: (input, abortSignal) => client.send(new DescribeTrailsCommand(input), { abortSignal }),
});
