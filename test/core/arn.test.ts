import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkAgainstArn, isAccountId, isRegion, parseArn } from '../../src/core/arn.js';
import { FormatError } from '../../src/core/errors.js';

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

it('parses an ARN of at most 2,048 characters', () => {
  const ofLength = (length: number) => 'arn:aws:s3:::'.padEnd(length, 'a');

  expect(parseArn(ofLength(2048))?.resource).toHaveLength(2035);
  expect(parseArn(ofLength(2049))).toBeUndefined();
});

it.each(['eu-west-1', 'us-gov-west-1', `eu-${'a'.repeat(20)}-1`, 'a'.repeat(5).concat('-b-c-d-e-12')])(
  'accepts "%s" as a Region',
  (region) => {
    expect(isRegion(region)).toBe(true);
  },
);

it.each([`eu-${'a'.repeat(21)}-1`, 'eu-b-c-d-e-f-1', 'e-west-1', 'europe-west-1', 'eu-west-123'])(
  'rejects "%s" as a Region',
  (region) => {
    expect(isRegion(region)).toBe(false);
  },
);

describe('a field beside an ARN', () => {
  const check = (value: string | undefined) =>
    checkAgainstArn('arn:aws:s3:::a', { name: 'awsRegion', value, expected: 'eu-west-1' });

  it('matches if it is equal or absent', () => {
    expect(() => check('eu-west-1')).not.toThrow();
    expect(() => check(undefined)).not.toThrow();
  });

  it('contradicts it otherwise, and a long value is shortened', () => {
    expect(() => check('')).toThrow(
      new FormatError('field "awsRegion" contradicts arn:aws:s3:::a: expected "eu-west-1"; received ""'),
    );
    expect(() => check('x'.repeat(300))).toThrow(
      new FormatError(
        `field "awsRegion" contradicts arn:aws:s3:::a: expected "eu-west-1"; received "${'x'.repeat(200)}"`,
      ),
    );
  });
});
