import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseConfigurationItem } from '../../src/core/configuration-item.js';
import { FormatError } from '../../src/core/errors.js';
import { observedAtHome, parseTrail, parseTrailItem } from '../../src/core/trail.js';
import { ACCOUNT, KEY_ARN, OTHER_ACCOUNT, REGION, TRAIL_ARN, trail, trailItem } from '../support/builders.js';

const read = (configuration = {}, item = {}) =>
  parseTrailItem(parseConfigurationItem(trailItem(configuration, item)));

it('reads a trail as AWS Config and as the CloudTrail API write it', () => {
  const api = {
    Name: 'audit',
    TrailARN: TRAIL_ARN,
    HomeRegion: REGION,
    IsOrganizationTrail: false,
    KmsKeyId: KEY_ARN,
  };

  expect(parseTrail(api)).toEqual(read().trail);
});

it.each([[undefined], [null], [''], ['  ']])('takes a kmsKeyId of %o for none', (kmsKeyId) => {
  expect(read({ kmsKeyId }).trail.kmsKeyId).toBeUndefined();
});

it('keeps the resourceId, account and Region as they came', () => {
  expect(
    read({}, { resourceId: TRAIL_ARN, awsAccountId: OTHER_ACCOUNT, awsRegion: 'us-east-1' }),
  ).toMatchObject({
    resourceId: TRAIL_ARN,
    accountId: OTHER_ACCOUNT,
    region: 'us-east-1',
    trail: { ownerAccountId: ACCOUNT, homeRegion: REGION },
  });
});

it('counts an item without a place as seen by the owner in the home Region', () => {
  expect(read({}, { awsAccountId: undefined, awsRegion: undefined })).toMatchObject({
    accountId: ACCOUNT,
    region: REGION,
  });
});

it('takes name and home Region from the ARN where the source lacks them', () => {
  expect(parseTrail({ TrailARN: TRAIL_ARN })).toMatchObject({ name: 'audit', homeRegion: REGION });
});

it('reads a deleted trail from its item alone', () => {
  const absent = { configuration: null, configurationItemStatus: 'ResourceDeleted' };

  expect(read({}, absent)).toMatchObject({ absent: 'deleted', trail: { arn: TRAIL_ARN, name: 'audit' } });
  expect(read({}, { ...absent, ARN: undefined, resourceId: TRAIL_ARN })).toMatchObject({ absent: 'deleted' });
  expect(read({}, { configurationItemStatus: 'ResourceNotRecorded' })).toMatchObject({
    absent: 'not-recorded',
  });
});

it('takes the ARN from the id of an organization trail where nothing else tells it', () => {
  const { trail } = read({ trailARN: undefined }, { ARN: undefined, resourceId: TRAIL_ARN });

  expect(trail.arn).toBe(TRAIL_ARN);
});

it('needs no more of a trail that is gone than its id', () => {
  const absent = { configuration: null, configurationItemStatus: 'ResourceDeleted', ARN: undefined };
  const bare = { ...absent, resourceName: undefined, awsAccountId: undefined, awsRegion: undefined };

  expect(read({}, absent)).toMatchObject({
    absent: 'deleted',
    resourceId: 'audit',
    accountId: ACCOUNT,
    trail: { name: 'audit' },
  });
  expect(read({}, bare)).toMatchObject({
    absent: 'deleted',
    accountId: '',
    region: '',
    trail: { arn: 'audit', name: 'audit' },
  });
  expect(read({}, { ...bare, resourceId: TRAIL_ARN })).toMatchObject({
    accountId: ACCOUNT,
    region: REGION,
    trail: { name: 'audit' },
  });
});

it('sees a trail of DescribeTrails at home, under the id that AWS Config would use', () => {
  const plain = { Name: 'audit', TrailARN: TRAIL_ARN, HomeRegion: REGION };

  expect(observedAtHome(plain)).toMatchObject({
    accountId: ACCOUNT,
    region: REGION,
    resourceId: 'audit',
    absent: false,
  });
  expect(observedAtHome({ ...plain, IsOrganizationTrail: true }).resourceId).toBe(TRAIL_ARN);
});

it.each([
  [{ trailARN: undefined }, { ARN: undefined }, 'is absent'],
  [{ trailARN: 'audit' }, {}, 'is "audit"'],
  [{ trailARN: 'arn:aws:s3:eu-west-1:111122223333:trail/audit' }, {}, 'is "arn:aws:s3'],
  [{ trailARN: 'arn:aws:cloudtrail:mars:111122223333:trail/audit' }, {}, 'is "arn:aws:cloudtrail:mars'],
  [{ trailARN: 'arn:aws:cloudtrail:eu-west-1:1:trail/audit' }, {}, 'is "arn:aws:cloudtrail'],
  [{ trailARN: 'arn:aws:cloudtrail:eu-west-1:111122223333:channel/x' }, {}, 'is "arn:aws:cloudtrail'],
])('refuses %o', (configuration, item, message) => {
  expect(() => read(configuration, item)).toThrow(FormatError);
  expect(() => read(configuration, item)).toThrow(message);
});

it('reads any configuration, or refuses it with a FormatError', () => {
  const names = ['name', 'trailARN', 'homeRegion', 'isOrganizationTrail', 'kmsKeyId', '__proto__'];
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom(TRAIL_ARN, KEY_ARN, 'true'));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value), (configuration) => {
      try {
        expect(parseTrail(configuration, TRAIL_ARN).name).not.toBe('');
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }),
  );
});

const READ = {
  arn: TRAIL_ARN,
  name: 'named',
  homeRegion: 'us-east-1',
  partition: 'aws',
  ownerAccountId: ACCOUNT,
  isOrganizationTrail: true,
  kmsKeyId: KEY_ARN,
};

it.each([
  [
    'AWS Config',
    {
      name: 'named',
      trailARN: TRAIL_ARN,
      homeRegion: 'us-east-1',
      isOrganizationTrail: true,
      kmsKeyId: KEY_ARN,
    },
  ],
  [
    'the CloudTrail API',
    {
      Name: 'named',
      TrailARN: TRAIL_ARN,
      HomeRegion: 'us-east-1',
      IsOrganizationTrail: true,
      KmsKeyId: KEY_ARN,
    },
  ],
  [
    'an event of CloudTrail',
    {
      name: 'named',
      trailArn: TRAIL_ARN,
      homeRegion: 'us-east-1',
      isOrganizationTrail: true,
      kmsKeyId: KEY_ARN,
    },
  ],
  [
    'CloudFormation',
    {
      Name: 'named',
      TrailArn: TRAIL_ARN,
      HomeRegion: 'us-east-1',
      IsOrganizationTrail: true,
      KMSKeyId: KEY_ARN,
    },
  ],
])('reads every field as %s spells it', (_name, configuration) => {
  expect(parseTrail(configuration)).toEqual(READ);
});

it('knows of a trail that is gone only where it was', () => {
  const absent = { configuration: null, configurationItemStatus: 'ResourceDeleted', resourceName: undefined };

  expect(read({}, absent).trail).toEqual(trail({ kmsKeyId: undefined }));
  expect(read({}, { ...absent, ARN: undefined }).trail).toMatchObject({ partition: '', homeRegion: REGION });
  const channel = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:channel/trail/x`;
  expect(read({}, { ...absent, ARN: channel }).trail.name).toBe('channel/trail/x');
});

it('quotes no more than two hundred characters of what is no ARN of a trail', () => {
  expect(() => parseTrail({ trailARN: 'x'.repeat(500) })).toThrow(`and is "${'x'.repeat(200)}"`);
});
