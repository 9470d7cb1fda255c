import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isAccountId, isRegion, parseArn } from '../../src/core/arn.js';

const PARTITIONS = [
  'aws',
  'aws-cn',
  'aws-us-gov',
  'aws-iso',
  'aws-iso-b',
  'aws-iso-e',
  'aws-iso-f',
  'aws-eusc',
];

it.each(PARTITIONS)('parses ARNs of partition %s', (partition) => {
  expect(parseArn(`arn:${partition}:kms:eu-west-1:111122223333:key/mrk-1:2`)).toEqual({
    partition,
    service: 'kms',
    region: 'eu-west-1',
    accountId: '111122223333',
    resource: 'key/mrk-1:2',
  });
});

it.each([
  '',
  'arn',
  'arn:aws:kms:eu-west-1:111122223333:',
  'arn:gcp:kms:a:b:c',
  'arn:aws:kms:a:b',
  ' arn:aws:s3:::a',
  'arn:aws:s3:::a b',
])('rejects "%s" as an ARN', (text) => {
  expect(parseArn(text)).toBeUndefined();
});

it('returns undefined for undefined', () => {
  expect(parseArn(undefined)).toBeUndefined();
});

it('parses an ARN without Region and account', () => {
  expect(parseArn('arn:aws:s3:::logs')).toMatchObject({ region: '', accountId: '', resource: 'logs' });
});

it.each([
  'eu-west-1',
  'ap-southeast-7',
  'us-gov-west-1',
  'us-isob-east-1',
  'us-iso-west-1',
  'eu-isoe-west-1',
  'eusc-de-east-1',
  'cn-north-1',
  'us-east-10',
])('accepts %s as a Region', (region) => {
  expect(isRegion(region)).toBe(true);
});

it.each([
  '',
  'mars',
  'eu-west',
  'EU-WEST-1',
  'eu-west-1a',
  'eu_west_1',
  '-west-1',
  'EU-eu-west-1',
  'us-east-100',
])('rejects "%s" as a Region', (region) => {
  expect(isRegion(region)).toBe(false);
});

it('accepts only 12 digits as an account ID', () => {
  expect(['111122223333', '11112222333', '1111222233334', '11112222333a'].map(isAccountId)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

it('parses every part of a generated ARN', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z0-9-]{1,12}$/), { minLength: 4, maxLength: 4 }), (parts) => {
      const [service = '', region = '', accountId = '', resource = ''] = parts;
      expect(parseArn(`arn:aws:${service}:${region}:${accountId}:${resource}`)).toEqual({
        partition: 'aws',
        service,
        region,
        accountId,
        resource,
      });
    }),
  );
});
