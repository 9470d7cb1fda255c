import { expect, it } from 'vitest';
import { evaluateTrails } from '../src/core/evaluate-trail.js';
import { observedAtHome } from '../src/core/trail.js';
import { found, NOW, parameters } from './support/builders.js';

/** The resource with which Panther's policy AWS.CloudTrail.LogEncryption is tested, its status cut short. */
const resource = (KmsKeyId: string | null) => ({
  CloudWatchLogsLogGroupArn: null,
  CloudWatchLogsRoleArn: null,
  EventSelectors: [{ DataResources: null, IncludeManagementEvents: false, ReadWriteType: 'All' }],
  HasCustomEventSelectors: true,
  HomeRegion: 'us-west-2',
  IncludeGlobalServiceEvents: true,
  IsMultiRegionTrail: false,
  IsOrganizationTrail: false,
  KmsKeyId,
  LogFileValidationEnabled: true,
  Name: 'cloudtrail-name',
  S3BucketName: 'bucket-name',
  S3KeyPrefix: null,
  Status: { IsLogging: true, LatestDeliveryError: null },
  TrailARN: 'arn:aws:cloudtrail:us-west-2:112233445566:trail/cloudtrail-name',
});

const PANTHER_KEY = 'arn:aws:kms:us-west-2:123456789012:key/1111-22-33-44-5555';

const judge = async (kmsKeyId: string | null, overrides = {}) => {
  const keys = { getKey: async () => found({ arn: PANTHER_KEY }) };
  const world = { keys, parameters: parameters(overrides), now: NOW };
  return (await evaluateTrails([observedAtHome(resource(kmsKeyId))], world))[0];
};

it('fails where the KMS CMK does not exist', async () => {
  expect(await judge(null)).toMatchObject({ code: 'NO_KMS_KEY', compliance: 'NON_COMPLIANT' });
  expect(await judge(null, { keyVerification: 'presence' })).toMatchObject({ compliance: 'NON_COMPLIANT' });
});

it('passes where the KMS CMK exists: by presence, and live when the key is usable', async () => {
  expect(await judge(PANTHER_KEY, { keyVerification: 'presence' })).toMatchObject({ code: 'KEY_PRESENT' });
  expect(await judge(PANTHER_KEY)).toMatchObject({ code: 'CMK_USABLE', compliance: 'COMPLIANT' });
});
