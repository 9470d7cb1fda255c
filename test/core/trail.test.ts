import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseConfigurationItem } from '../../src/core/configuration-item.js';
import { FormatError } from '../../src/core/errors.js';
import type { JsonObject } from '../../src/core/json-value.js';
import { observedAtHome, parseTrail, parseTrailItem } from '../../src/core/trail.js';
import { ACCOUNT, KEY_ARN, OTHER_ACCOUNT, REGION, TRAIL_ARN, trail, trailItem } from '../support/builders.js';

const read = (configuration = {}, item = {}) =>
  parseTrailItem(parseConfigurationItem(trailItem(configuration, item)));

it('parses a trail from AWS Config and from the CloudTrail API', () => {
  const api = {
    Name: 'audit',
    TrailARN: TRAIL_ARN,
    HomeRegion: REGION,
    IsOrganizationTrail: false,
    KmsKeyId: KEY_ARN,
  };

  expect(parseTrail(api)).toEqual(read().trail);
});

it.each([[undefined], [null], [''], ['  ']])('treats a kmsKeyId of %o as absent', (kmsKeyId) => {
  expect(read({ kmsKeyId }).trail.kmsKeyId).toBeUndefined();
});

it('keeps the resourceId, account and Region of the item', () => {
  expect(
    read(
      { isOrganizationTrail: true },
      { resourceId: TRAIL_ARN, awsAccountId: OTHER_ACCOUNT, awsRegion: 'us-east-1' },
    ),
  ).toMatchObject({
    resourceId: TRAIL_ARN,
    accountId: OTHER_ACCOUNT,
    region: 'us-east-1',
    trail: { ownerAccountId: ACCOUNT, homeRegion: REGION },
  });
});

it('uses the owner and the home Region for an item without account and Region', () => {
  expect(read({}, { awsAccountId: undefined, awsRegion: undefined })).toMatchObject({
    accountId: ACCOUNT,
    region: REGION,
  });
});

it('reads the name and the home Region from the ARN if the source does not contain them', () => {
  expect(parseTrail({ TrailARN: TRAIL_ARN })).toMatchObject({ name: 'audit', homeRegion: REGION });
});

it('parses the item of a deleted trail', () => {
  const absent = { configuration: null, configurationItemStatus: 'ResourceDeleted' };

  expect(read({}, absent)).toMatchObject({ absent: 'deleted', trail: { arn: TRAIL_ARN, name: 'audit' } });
  expect(read({}, { ...absent, ARN: undefined, resourceId: TRAIL_ARN })).toMatchObject({ absent: 'deleted' });
  expect(read({}, { configurationItemStatus: 'ResourceNotRecorded' })).toMatchObject({
    absent: 'not-recorded',
  });
});

it('reads the ARN of an organization trail from its resourceId if no other field contains it', () => {
  const { trail } = read({ trailARN: undefined }, { ARN: undefined, resourceId: TRAIL_ARN });

  expect(trail.arn).toBe(TRAIL_ARN);
});

it.each([
  [{ awsAccountId: '1111' }, 'field "awsAccountId" must be an account ID of 12 digits; received "1111"'],
  [{ awsRegion: 'Ireland' }, 'field "awsRegion" must be a Region, such as eu-west-1; received "Ireland"'],
])('rejects a trail at %j', (place, message) => {
  expect(() => read({ isMultiRegionTrail: true, isOrganizationTrail: true }, place)).toThrow(message);
});

it('requires only the ID of a deleted trail', () => {
  const absent = { configuration: null, configurationItemStatus: 'ResourceDeleted', ARN: undefined };
  const bare = { ...absent, resourceName: undefined, awsAccountId: undefined, awsRegion: undefined };

  expect(read({}, absent)).toMatchObject({
    absent: 'deleted',
    resourceId: 'audit',
    accountId: ACCOUNT,
    trail: { name: 'audit' },
  });
  expect(read({}, { ...bare, awsAccountId: ACCOUNT, awsRegion: REGION })).toMatchObject({
    absent: 'deleted',
    trail: { arn: 'audit', name: 'audit' },
  });
  expect(() => read({}, bare)).toThrow(
    'field "awsAccountId" must be an account ID of 12 digits; received ""',
  );
  expect(read({}, { ...bare, resourceId: TRAIL_ARN })).toMatchObject({
    accountId: ACCOUNT,
    region: REGION,
    trail: { name: 'audit' },
  });
});

it('observes a trail of DescribeTrails at home, with the ID that AWS Config uses', () => {
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
  [{ trailARN: undefined }, { ARN: undefined }, 'it is absent'],
  [{ trailARN: 'audit' }, {}, 'received "audit"'],
  [{ trailARN: 'arn:aws:s3:eu-west-1:111122223333:trail/audit' }, {}, 'received "arn:aws:s3'],
  [{ trailARN: 'arn:aws:cloudtrail:mars:111122223333:trail/audit' }, {}, 'received "arn:aws:cloudtrail:mars'],
  [{ trailARN: 'arn:aws:cloudtrail:eu-west-1:1:trail/audit' }, {}, 'received "arn:aws:cloudtrail'],
  [{ trailARN: 'arn:aws:cloudtrail:eu-west-1:111122223333:channel/x' }, {}, 'received "arn:aws:cloudtrail'],
])('rejects %o', (configuration, item, message) => {
  expect(() => read(configuration, item)).toThrow(FormatError);
  expect(() => read(configuration, item)).toThrow(message);
});

it.each([
  [{ homeRegion: 'us-east-1' }, {}, 'field "homeRegion" contradicts'],
  [{ homeRegion: 'us-east-1' }, { awsRegion: 'us-east-1' }, 'expected "eu-west-1"; received "us-east-1"'],
  [{ isMultiRegionTrail: false }, { awsRegion: 'us-east-1' }, 'field "awsRegion" contradicts'],
  [{}, { awsAccountId: OTHER_ACCOUNT }, 'field "awsAccountId" contradicts'],
  [{}, { ARN: `${TRAIL_ARN}-2` }, `field "ARN" contradicts ${TRAIL_ARN}`],
])('rejects an item whose fields contradict the ARN of its trail: %o, %o', (configuration, item, message) => {
  expect(() => read(configuration, item)).toThrow(FormatError);
  expect(() => read(configuration, item)).toThrow(message);
});

it('accepts shadow trails of multi-Region trails, and organization trails in other accounts', () => {
  const trails = [
    read({}, { awsRegion: 'us-east-1' }),
    read({ isMultiRegionTrail: undefined }, { awsRegion: 'us-east-1' }),
    read({ isOrganizationTrail: true }, { awsAccountId: OTHER_ACCOUNT }),
    read({ isOrganizationTrail: undefined }, { awsAccountId: OTHER_ACCOUNT }),
  ];

  expect(trails.map(({ trail }) => trail.arn)).toEqual(Array(4).fill(TRAIL_ARN));
});

it('parses any configuration or throws a FormatError', () => {
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
  homeRegion: REGION,
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
      homeRegion: REGION,
      isOrganizationTrail: true,
      kmsKeyId: KEY_ARN,
    },
  ],
  [
    'the CloudTrail API',
    {
      Name: 'named',
      TrailARN: TRAIL_ARN,
      HomeRegion: REGION,
      IsOrganizationTrail: true,
      KmsKeyId: KEY_ARN,
    },
  ],
  [
    'a CloudTrail event',
    {
      name: 'named',
      trailArn: TRAIL_ARN,
      homeRegion: REGION,
      isOrganizationTrail: true,
      kmsKeyId: KEY_ARN,
    },
  ],
  [
    'CloudFormation',
    {
      Name: 'named',
      TrailArn: TRAIL_ARN,
      HomeRegion: REGION,
      IsOrganizationTrail: true,
      KMSKeyId: KEY_ARN,
    },
  ],
])('reads every field as %s spells it', (_name, configuration) => {
  expect(parseTrail(configuration)).toEqual(READ);
});

it('reads the account and the Region of a deleted trail from its ARN', () => {
  const absent = { configuration: null, configurationItemStatus: 'ResourceDeleted', resourceName: undefined };

  expect(read({}, absent).trail).toEqual(trail({ kmsKeyId: undefined }));
  expect(read({}, { ...absent, ARN: undefined }).trail).toMatchObject({ partition: '', homeRegion: REGION });
  const channel = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:channel/trail/x`;
  expect(read({}, { ...absent, ARN: channel }).trail.name).toBe('channel/trail/x');
});

it('quotes at most 200 characters of an invalid ARN', () => {
  expect(() => parseTrail({ trailARN: 'x'.repeat(500) })).toThrow(
    'field "trailARN" must be the ARN of a trail, such as arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit; ' +
      `received "${'x'.repeat(200)}"`,
  );
});

it.each([128, 129])('limits the name of a trail to 128 characters: %i', (length) => {
  const name = 'a'.repeat(length);
  const parse = (configuration: JsonObject) => () => parseTrail(configuration);
  const parsers = [
    parse({ trailARN: `arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name}` }),
    parse({ trailARN: TRAIL_ARN, name }),
  ];

  for (const parser of parsers) {
    if (length === 128) expect(parser().name).toBe(name);
    else expect(parser).toThrow(/must (be the ARN of a trail|have at most 128 characters)/);
  }
});

it.each([
  [{ HomeRegion: 'us-east-1' }, {}, 'homeRegion'],
  [{ IsMultiRegionTrail: false }, { awsRegion: 'us-east-1' }, 'awsRegion'],
  [{ IsOrganizationTrail: false }, { awsAccountId: OTHER_ACCOUNT }, 'awsAccountId'],
])('is rejected if a field in the spelling of the API contradicts the ARN: %j', (fields, item, name) => {
  const {
    homeRegion: _,
    isMultiRegionTrail: __,
    isOrganizationTrail: ___,
    ...configuration
  } = Object(trailItem()['configuration']);
  const contradicted = trailItem({}, { configuration: { ...configuration, ...fields }, ...item });

  expect(() => parseTrailItem(parseConfigurationItem(contradicted))).toThrow(`field "${name}" contradicts`);
});

it('describes an account and a Region that are not valid, and shortens a long value', () => {
  const deleted = { configuration: null, configurationItemStatus: 'ResourceDeleted', ARN: undefined };
  const long = 'x'.repeat(300);

  expect(() => read({}, { ...deleted, awsAccountId: long })).toThrow(
    new FormatError(`field "awsAccountId" must be an account ID of 12 digits; received "${'x'.repeat(200)}"`),
  );
  expect(() => read({}, { ...deleted, awsRegion: undefined })).toThrow(
    new FormatError('field "awsRegion" must be a Region, such as eu-west-1; received ""'),
  );
  expect(() => read({}, { ...deleted, awsAccountId: undefined })).toThrow(
    new FormatError('field "awsAccountId" must be an account ID of 12 digits; received ""'),
  );
});
