import type { Key, KeyLookupResult } from '../../src/core/key.js';
import {
  ACCOUNT,
  ALLOW_CLOUDTRAIL,
  ALLOW_EVERYONE_TO_DECRYPT,
  ALLOW_OWNER,
  DAY,
  type Facts,
  KEY_ARN,
  KEY_ID,
  key,
  NOW,
  OTHER_ACCOUNT,
  observed,
  parameters,
  policy,
  REGION,
  trail,
} from '../support/builders.js';
import type { Case } from './naive-evaluator.js';

/** The facts that a case stands for, as `decide` takes them. */
export const factsOf = (it: Case): Facts => ({
  observed: observed({
    absent: it.absent && 'deleted',
    region: it.seen === 'in its home Region' ? REGION : 'us-east-1',
    accountId: it.by === 'its owner' ? ACCOUNT : OTHER_ACCOUNT,
    trail: trail({ kmsKeyId: TEXTS[it.text] }),
  }),
  answer: answerOf(it),
  parameters: parameters({
    kmsKeyArns: LISTS[it.list],
    keyVerification: it.keyVerification,
    organizationTrails: it.organizationTrails,
    unverifiableKey: it.unverifiableKey,
    checkKeyPolicy: it.checkKeyPolicy,
    requireKeyRotation: it.requireKeyRotation,
    keyMaterialExpiryDays: it.days,
  }),
  now: NOW,
});

const TEXTS = {
  none: undefined,
  'key ARN': KEY_ARN,
  'mrk- ARN': `arn:aws:kms:${REGION}:${ACCOUNT}:key/mrk-1234abcd12ab34cd56ef1234567890ab`,
  'alias ARN': `arn:aws:kms:${REGION}:${ACCOUNT}:alias/audit`,
  alias: 'alias/audit',
  'key id': KEY_ID,
  nonsense: 'the usual key',
  'ARN of another service': `arn:aws:s3:${REGION}:${ACCOUNT}:key/${KEY_ID}`,
  'ARN in no Region': `arn:aws:kms:frankfurt:${ACCOUNT}:key/${KEY_ID}`,
  'ARN in another partition': `arn:aws-cn:kms:cn-north-1:${ACCOUNT}:key/${KEY_ID}`,
} satisfies Record<Case['text'], string | undefined>;

const OTHER_KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/99999999-12ab-34cd-56ef-1234567890ab`;

const LISTS = {
  'not given': [],
  'with this key': [OTHER_KEY_ARN, KEY_ARN],
  'of other keys': [OTHER_KEY_ARN],
} satisfies Record<Case['list'], readonly string[]>;

const answerOf = (it: Case): KeyLookupResult => {
  switch (it.answer) {
    case 'found':
      return { kind: 'found', key: keyOf(it) };
    case 'unknown':
    case 'deleted':
      return { kind: 'missing', why: it.answer };
    default:
      return { kind: 'unreadable', why: it.answer };
  }
};

const keyOf = (it: Case): Key =>
  key({
    manager: it.manager === 'not told' ? undefined : it.manager,
    ...TYPES[it.type],
    ...stateOf(it.state),
    ...ORIGINS[it.origin],
    policy: POLICIES[it.policy],
    rotation: ROTATIONS[it.rotation],
  });

const TYPES = {
  symmetric: { spec: 'SYMMETRIC_DEFAULT', usage: 'ENCRYPT_DECRYPT' },
  'not told': { spec: undefined, usage: undefined },
  'another spec': { spec: 'RSA_2048', usage: 'ENCRYPT_DECRYPT' },
  'another usage': { spec: 'SYMMETRIC_DEFAULT', usage: 'GENERATE_VERIFY_MAC' },
  'another of both': { spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY' },
} satisfies Record<Case['type'], Partial<Key>>;

const stateOf = (state: Case['state']): Partial<Key> => {
  switch (state) {
    case 'not told':
      return { state: undefined };
    case 'PendingDeletion, a day ahead':
      return { state: 'PendingDeletion', deletionDate: NOW + DAY };
    case 'PendingDeletion, a day over':
      return { state: 'PendingDeletion', deletionDate: NOW - DAY };
    default:
      return { state };
  }
};

const ORIGINS = {
  KMS: { origin: 'AWS_KMS' },
  'not told': { origin: undefined },
  imported: { origin: 'EXTERNAL' },
  'imported, ended': { origin: 'EXTERNAL', validTo: NOW - DAY },
  'imported, ends within a day': { origin: 'EXTERNAL', validTo: NOW + DAY / 2 },
  'imported, ends in 30 days': { origin: 'EXTERNAL', validTo: NOW + 30 * DAY },
  'imported, ends in a year': { origin: 'EXTERNAL', validTo: NOW + 365 * DAY },
  CloudHSM: { origin: 'AWS_CLOUDHSM' },
  'external store': { origin: 'EXTERNAL_KEY_STORE' },
} satisfies Record<Case['origin'], Partial<Key>>;

const POLICIES = {
  'lets CloudTrail in': policy(ALLOW_OWNER, ALLOW_CLOUDTRAIL),
  'not proven to allow CloudTrail': policy({
    ...ALLOW_CLOUDTRAIL,
    Condition: { StringEquals: { 'kms:ViaService': `s3.${REGION}.amazonaws.com` } },
  }),
  'not proven to limit access': policy(ALLOW_CLOUDTRAIL, {
    ...ALLOW_EVERYONE_TO_DECRYPT,
    Condition: { StringEquals: { 'kms:ViaService': `s3.${REGION}.amazonaws.com` } },
  }),
  denies: policy(ALLOW_CLOUDTRAIL, { ...ALLOW_CLOUDTRAIL, Effect: 'Deny' }),
  'lacks an Allow': policy(ALLOW_OWNER),
  open: policy(ALLOW_CLOUDTRAIL, ALLOW_EVERYONE_TO_DECRYPT),
  'not recorded': { kind: 'unavailable', why: 'not-recorded' },
  denied: { kind: 'unavailable', why: 'denied' },
  'of another account': { kind: 'unavailable', why: 'other-account' },
} satisfies Record<Case['policy'], Key['policy']>;

const ROTATIONS = {
  on: { kind: 'known', value: true },
  off: { kind: 'known', value: false },
  'not recorded': { kind: 'unavailable', why: 'not-recorded' },
  denied: { kind: 'unavailable', why: 'denied' },
} satisfies Record<Case['rotation'], Key['rotation']>;
