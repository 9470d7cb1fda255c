import type { WorldBucket, WorldKey, WorldTrail } from './state.js';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const NOW = Date.UTC(2026, 0, 5, 12);
export const TRAIL_ARN = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/audit`;
/** The key that the alias names, and that the trail does not name yet. */
export const TARGET_KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
export const OTHER_KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/99999999-12ab-34cd-56ef-1234567890ab`;

/** A trail that logs and has delivered well, without a key, but for what is said otherwise. */
export const worldTrail = (overrides: Partial<WorldTrail> = {}): WorldTrail => ({
  name: 'audit',
  arn: TRAIL_ARN,
  homeRegion: REGION,
  bucket: 'logs',
  kmsKeyId: undefined,
  spreadsAfter: 0,
  former: undefined,
  isMultiRegion: true,
  isOrganization: false,
  isLogging: true,
  startedAt: NOW - 86_400_000,
  stoppedAt: undefined,
  quiet: false,
  deliversEvery: 300,
  deliversAfter: undefined,
  attemptedAt: NOW - 60_000,
  deliveredAt: NOW - 60_000,
  deliveryError: undefined,
  ...overrides,
});

/** A key that CloudTrail may use, but for what is said otherwise. */
export const worldKey = (overrides: Partial<WorldKey> = {}): WorldKey => ({
  arn: TARGET_KEY,
  state: 'Enabled',
  deletionDate: undefined,
  becomes: undefined,
  settlesAfter: 0,
  manager: 'CUSTOMER',
  spec: 'SYMMETRIC_DEFAULT',
  usage: 'ENCRYPT_DECRYPT',
  origin: 'AWS_KMS',
  rotates: true,
  admitsCloudTrail: true,
  closed: false,
  lacks: [],
  ...overrides,
});

/** A bucket that takes every delivery, but for what is said otherwise. */
export const worldBucket = (overrides: Partial<WorldBucket> = {}): WorldBucket => ({
  name: 'logs',
  region: REGION,
  pinnedKey: undefined,
  demandsKey: false,
  deliveryError: undefined,
  ...overrides,
});
