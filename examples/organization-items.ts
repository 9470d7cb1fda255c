import {
  type ExampleKey,
  type ExampleTrail,
  KEYS,
  keyArn,
  MANAGEMENT,
  PAYMENTS,
  partitionOf,
  TRAILS,
} from './organization-facts.js';

type Json = Readonly<Record<string, unknown>>;

/** All configuration items of one account and Region, as in a snapshot file. */
export const itemsAt = (account: string, region: string): readonly Json[] => [
  ...otherItems(account, region),
  ...TRAILS.filter((trail) => isRecordedIn(trail, { account, region })).map((trail) =>
    trailItem(trail, { account, region }),
  ),
  ...Object.values(KEYS)
    .filter((key) => key !== KEYS.unrecorded && key.account === account && key.region === region)
    .map(keyItem),
  ...(account === PAYMENTS && region === ALIAS_REGION ? [aliasItem(account, region)] : []),
];

type Place = { readonly account: string; readonly region: string };

const ALIAS_REGION = 'eu-west-1';
const CAPTURED = '2026-01-05T03:10:00.000Z';

/** An organization trail is recorded everywhere in its partition, a multi-Region trail in all Regions, other trails in the home Region. */
const isRecordedIn = (trail: ExampleTrail, { account, region }: Place): boolean => {
  if (partitionOf(trail.region) !== partitionOf(region)) return false;
  if (trail.organization) return true;
  return trail.account === account && (trail.region === region || trail.name === 'global-events');
};

const base = ({ account, region }: Place, rest: Json): Json => ({
  configurationItemVersion: '1.3',
  configurationItemCaptureTime: CAPTURED,
  configurationStateId: 1767582600000,
  awsAccountId: account,
  configurationItemStatus: 'OK',
  awsRegion: region,
  availabilityZone: 'Not Applicable',
  tags: {},
  relatedEvents: [],
  relationships: [],
  supplementaryConfiguration: {},
  ...rest,
});

const trailItem = (trail: ExampleTrail, place: Place): Json => {
  const arn = `arn:${partitionOf(trail.region)}:cloudtrail:${trail.region}:${trail.account}:trail/${trail.name}`;
  const isAtHome = place.account === trail.account && place.region === trail.region;
  return base(place, {
    ARN: arn,
    resourceType: 'AWS::CloudTrail::Trail',
    resourceId: trail.organization || !isAtHome ? arn : trail.name,
    resourceName: trail.name,
    configurationItemStatus: trail.status ?? 'OK',
    configuration: trail.status ? null : trailConfiguration(trail, arn),
  });
};

const trailConfiguration = (trail: ExampleTrail, arn: string): Json => ({
  name: trail.name,
  s3BucketName: `logs-of-${trail.account}`,
  includeGlobalServiceEvents: true,
  isMultiRegionTrail: trail.organization === true || trail.name === 'global-events',
  homeRegion: trail.region,
  trailARN: arn,
  logFileValidationEnabled: true,
  ...(trail.kmsKeyId ? { kmsKeyId: trail.kmsKeyId } : {}),
  hasCustomEventSelectors: false,
  hasInsightSelectors: false,
  isOrganizationTrail: trail.organization === true,
});

const keyItem = (key: ExampleKey): Json =>
  base(key, {
    ARN: keyArn(key),
    resourceType: 'AWS::KMS::Key',
    resourceId: key.id,
    resourceName: key.id,
    configurationItemStatus: key.status ?? 'OK',
    ...(key.status
      ? { configuration: null }
      : {
          configuration: keyConfiguration(key),
          supplementaryConfiguration: {
            Policy: JSON.stringify(policyOf(key)),
            KeyRotationStatus: key.rotation === true,
          },
        }),
  });

const keyConfiguration = (key: ExampleKey): Json => ({
  keyId: key.id,
  arn: keyArn(key),
  creationDate: Date.UTC(2019, 5, 1),
  enabled: (key.state ?? 'Enabled') === 'Enabled',
  description: '',
  keyUsage: 'ENCRYPT_DECRYPT',
  keyState: key.state ?? 'Enabled',
  origin: 'AWS_KMS',
  keyManager: 'CUSTOMER',
  keySpec: 'SYMMETRIC_DEFAULT',
  customerMasterKeySpec: 'SYMMETRIC_DEFAULT',
  encryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
  multiRegion: false,
  awsaccountId: key.account,
  ...key.configuration,
});

const policyOf = (key: ExampleKey): Json => {
  const partition = partitionOf(key.region);
  const owner = {
    Sid: 'The account administers the key',
    Effect: 'Allow',
    Principal: { AWS: `arn:${partition}:iam::${key.account}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  const everyone = {
    Sid: 'Everyone decrypts',
    Effect: 'Allow',
    Principal: '*',
    Action: 'kms:Decrypt',
    Resource: '*',
  };
  const statements = {
    'for-trails': [owner, cloudTrailStatement(partition)],
    'root-only': [owner],
    open: [owner, cloudTrailStatement(partition), everyone],
  };
  return { Version: '2012-10-17', Id: 'example', Statement: statements[key.policy ?? 'for-trails'] };
};

const cloudTrailStatement = (partition: string): Json => ({
  Sid: 'CloudTrail encrypts logs',
  Effect: 'Allow',
  Principal: { Service: 'cloudtrail.amazonaws.com' },
  Action: 'kms:GenerateDataKey*',
  Resource: '*',
  Condition: {
    StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': `arn:${partition}:cloudtrail:*:*:trail/*` },
  },
});

const aliasItem = (account: string, region: string): Json => {
  const arn = `arn:${partitionOf(region)}:kms:${region}:${account}:alias/trailkey-example`;
  return base(
    { account, region },
    {
      ARN: arn,
      resourceType: 'AWS::KMS::Alias',
      resourceId: 'alias/trailkey-example',
      resourceName: 'alias/trailkey-example',
      configuration: { AliasName: 'alias/trailkey-example', TargetKeyId: keyArn(KEYS.shared) },
    },
  );
};

const OTHER_TYPES = [
  'AWS::EC2::Instance',
  'AWS::EC2::NetworkInterface',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Subnet',
  'AWS::EC2::Volume',
  'AWS::IAM::Role',
  'AWS::Lambda::Function',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
];
const ITEMS_OF_OTHER_TYPES = 60;

/** Items of other types, which fill a real snapshot. Their text resembles items, to test the parser. */
const otherItems = (account: string, region: string): readonly Json[] =>
  Array.from({ length: ITEMS_OF_OTHER_TYPES }, (_, index) => {
    const type = OTHER_TYPES[index % OTHER_TYPES.length] ?? 'AWS::EC2::Instance';
    const name = `${type.split('::').at(-1)?.toLowerCase()}-${index}`;
    return base(
      { account, region },
      {
        ARN: `arn:${partitionOf(region)}:${type.split('::')[1]?.toLowerCase()}:${region}:${account}:${name}`,
        resourceType: type,
        resourceId: name,
        resourceName: name,
        tags: account === MANAGEMENT ? { note: 'said "resourceType":"AWS::CloudTrail::Trail" }]' } : {},
        configuration: {
          name,
          enabled: index % 2 === 0,
          nested: { list: [index, { deeper: [null, true, '\\"{['] }] },
        },
      },
    );
  });
