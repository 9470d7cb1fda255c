import {
  evaluateKey,
  type Finding,
  findingOf as findingFrom,
  precheckTrail,
} from '../../src/core/evaluate-trail.js';
import type { JsonObject } from '../../src/core/json-value.js';
import type { Key, KeyLookupResult } from '../../src/core/key.js';
import { createReport, type Outcome, type Report } from '../../src/core/report.js';
import { DEFAULT_PARAMETERS, type RuleParameters } from '../../src/core/rule-parameters.js';
import type { ObservedTrail, Trail } from '../../src/core/trail.js';
import type { Verdict } from '../../src/core/verdict.js';

export const ACCOUNT = '111122223333';
export const OTHER_ACCOUNT = '444455556666';
export const REGION = 'eu-west-1';
export const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
export const KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${KEY_ID}`;
export const TRAIL_ARN = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/audit`;
export const NOW = Date.UTC(2026, 0, 5, 12);
export const DAY = 86_400_000;

export const trail = (overrides: Partial<Trail> = {}): Trail => ({
  arn: TRAIL_ARN,
  name: 'audit',
  homeRegion: REGION,
  partition: 'aws',
  ownerAccountId: ACCOUNT,
  isOrganizationTrail: false,
  kmsKeyId: KEY_ARN,
  ...overrides,
});

export const observed = (overrides: Partial<ObservedTrail> = {}): ObservedTrail => ({
  accountId: ACCOUNT,
  region: REGION,
  resourceId: 'audit',
  capturedAt: NOW,
  absent: false,
  trail: trail(),
  ...overrides,
});

export const key = (overrides: Partial<Key> = {}): Key => ({
  arn: KEY_ARN,
  state: 'Enabled',
  manager: 'CUSTOMER',
  spec: 'SYMMETRIC_DEFAULT',
  usage: 'ENCRYPT_DECRYPT',
  origin: 'AWS_KMS',
  deletionDate: undefined,
  validTo: undefined,
  policy: { kind: 'unavailable', why: 'not-recorded' },
  rotation: { kind: 'known', value: true },
  ...overrides,
});

export const found = (overrides: Partial<Key> = {}): KeyLookupResult => ({
  kind: 'found',
  key: key(overrides),
});

export const parameters = (overrides: Partial<RuleParameters> = {}): RuleParameters => ({
  ...DEFAULT_PARAMETERS,
  ...overrides,
});

/** All that a verdict rests on: `answer` is what the key lookup returns. */
export type Facts = {
  readonly observed: ObservedTrail;
  readonly answer: KeyLookupResult;
  readonly parameters: RuleParameters;
  readonly now: number;
};

export const facts = (overrides: Partial<Facts> = {}): Facts => ({
  observed: observed(),
  answer: found(),
  parameters: parameters(),
  now: NOW,
  ...overrides,
});

/** The verdict on facts. */
export const verdictOf = ({ observed, answer: lookup, ...context }: Facts): Verdict => {
  const precheck = precheckTrail(observed, context.parameters);
  if (precheck.kind === 'verdict') return precheck.verdict;
  return evaluateKey(lookup, { ...context, reference: precheck.reference, trail: observed.trail });
};

/** The finding on facts. */
export const findingOf = ({ observed, answer: lookup, ...context }: Facts): Finding => {
  const precheck = precheckTrail(observed, context.parameters);
  const evidence = precheck.kind === 'verdict' ? precheck : { ...precheck, lookup };
  return findingFrom(observed, evidence, context);
};

/** A key policy of statements, read. */
export const policy = (...Statement: readonly JsonObject[]): Key['policy'] => ({
  kind: 'known',
  value: { Version: '2012-10-17', Statement },
});

export const ALLOW_CLOUDTRAIL: JsonObject = {
  Effect: 'Allow',
  Principal: { Service: 'cloudtrail.amazonaws.com' },
  Action: 'kms:GenerateDataKey*',
  Resource: '*',
  Condition: {
    StringEquals: { 'aws:SourceArn': TRAIL_ARN },
    StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': `arn:aws:cloudtrail:*:${ACCOUNT}:trail/*` },
  },
};

export const ALLOW_OWNER: JsonObject = {
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: 'kms:*',
  Resource: '*',
};

export const ALLOW_EVERYONE_TO_DECRYPT: JsonObject = {
  Effect: 'Allow',
  Principal: '*',
  Action: 'kms:Decrypt',
  Resource: '*',
};

/** A configuration item of a trail, as a rule event and a snapshot file write it. */
export const trailItem = (configuration: JsonObject = {}, item: JsonObject = {}): JsonObject => ({
  configurationItemVersion: '1.3',
  configurationItemCaptureTime: '2026-01-05T03:10:00.000Z',
  configurationItemStatus: 'OK',
  awsAccountId: ACCOUNT,
  awsRegion: REGION,
  ARN: typeof configuration['trailARN'] === 'string' ? configuration['trailARN'] : TRAIL_ARN,
  resourceType: 'AWS::CloudTrail::Trail',
  resourceId: 'audit',
  resourceName: 'audit',
  configuration: {
    name: 'audit',
    trailARN: TRAIL_ARN,
    homeRegion: REGION,
    isMultiRegionTrail: true,
    isOrganizationTrail: false,
    s3BucketName: 'logs',
    kmsKeyId: KEY_ARN,
    ...configuration,
  },
  ...item,
});

/** A configuration item of a key, as a rule event and a snapshot file write it. */
export const keyItem = (configuration: JsonObject = {}, item: JsonObject = {}): JsonObject => ({
  configurationItemVersion: '1.3',
  configurationItemCaptureTime: '2026-01-05T03:10:00.000Z',
  configurationItemStatus: 'OK',
  awsAccountId: ACCOUNT,
  awsRegion: REGION,
  ARN: typeof configuration['arn'] === 'string' ? configuration['arn'] : KEY_ARN,
  resourceType: 'AWS::KMS::Key',
  resourceId: KEY_ID,
  configuration: {
    keyId: KEY_ID,
    arn: KEY_ARN,
    awsaccountId: ACCOUNT,
    enabled: true,
    keyState: 'Enabled',
    keyManager: 'CUSTOMER',
    keyUsage: 'ENCRYPT_DECRYPT',
    keySpec: 'SYMMETRIC_DEFAULT',
    origin: 'AWS_KMS',
    multiRegion: false,
    ...configuration,
  },
  supplementaryConfiguration: {
    Policy: JSON.stringify({ Version: '2012-10-17', Statement: [ALLOW_OWNER, ALLOW_CLOUDTRAIL] }),
    KeyRotationStatus: true,
  },
  ...item,
});

/** A configuration item of an alias. */
export const aliasItem = (configuration: JsonObject = {}, item: JsonObject = {}): JsonObject => ({
  configurationItemCaptureTime: '2026-01-05T03:10:00.000Z',
  configurationItemStatus: 'OK',
  awsAccountId: ACCOUNT,
  awsRegion: REGION,
  ARN: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/audit`,
  resourceType: 'AWS::KMS::Alias',
  resourceId: 'alias/audit',
  configuration: { AliasName: 'alias/audit', TargetKeyId: KEY_ID, ...configuration },
  ...item,
});

/** A report of a run without trails, but for what is given. */
export const reportOf = (outcome: Partial<Outcome>): Report =>
  createReport({
    version: '1.2.3',
    mode: 'offline',
    sources: [],
    evaluatedAt: NOW,
    parameters: {},
    observedTrails: [],
    findings: [],
    errors: [],
    ...outcome,
  });
