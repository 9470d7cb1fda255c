import {
  type KeyState,
  NOW,
  OTHER_KEY,
  REGION,
  type SimulatedAws,
  type SimulatedKey,
  type SimulatedTrail,
  simulatedAws,
  simulatedBucket,
  simulatedKey,
  simulatedTrail,
  TARGET_KEY,
  TRAIL_ARN,
} from '../../support/aws-simulator/state.js';
import { type End, type Scenario, type Scenarios, scenariosOf } from './scenario.js';

const CHECKED = 'Assess Decide Blocked';
const VERIFIED = 'VerifyDelivery DecideOnDelivery';
const CHANGED = `Assess Decide UpdateTrail ${VERIFIED}`;
const SET = `UpdateTrail audit ${TARGET_KEY}`;
const EVALUATED = 'StartConfigRulesEvaluation cloudtrail-cmk-usable';
const RULE = 'cloudtrail-cmk-usable';
const THIRD_KEY = 'arn:aws:kms:eu-west-1:111122223333:key/33333333-12ab-34cd-56ef-1234567890ab';

const scenario = scenariosOf('Trailkey-EncryptTrail', {
  TrailName: 'audit',
  KmsKeyId: 'alias/trailkey',
  Mode: 'Apply',
});

/** A trail whose present key is as said. */
const withKey = (key: Partial<SimulatedKey>, trail: Partial<SimulatedTrail> = {}): SimulatedAws =>
  simulatedAws({
    trails: [simulatedTrail({ kmsKeyId: OTHER_KEY, ...trail })],
    keys: [simulatedKey(), simulatedKey({ arn: OTHER_KEY, ...key })],
  });

const withTrail = (trail: Partial<SimulatedTrail>): SimulatedAws =>
  simulatedAws({ trails: [simulatedTrail(trail)] });

const withTarget = (key: Partial<SimulatedKey>): SimulatedAws => simulatedAws({ keys: [simulatedKey(key)] });

const blocked = (given: Scenario['given'], aws: () => SimulatedAws, because: string): Scenario =>
  scenario(given, aws, {
    ends: 'Failed',
    path: CHECKED,
    changes: [],
    because,
    outputs: { Decision: 'Blocked' },
  });

/** Runs `work` before a call, which is named by its operation and index. */
const before = (
  [operation, index]: readonly [string, number],
  work: (aws: SimulatedAws) => void,
  end: End,
): Scenario => {
  let aws = simulatedAws();
  return {
    ...scenario(
      { ReplaceExistingKey: 'Never' },
      () => {
        aws = simulatedAws();
        return aws;
      },
      end,
    ),
    faults: ({ operation: called }, earlier) => {
      if (called === operation && earlier === index) work(aws);
      return undefined;
    },
  };
};

const setKey =
  (key: string) =>
  ({ trails }: SimulatedAws): void => {
    for (const trail of trails) trail.kmsKeyId = key;
  };

/** The connection ends before the response of UpdateTrail arrives: with or without the change. */
const lostResponse = (isApplied: boolean, end: End): Scenario => {
  const scene = before(['UpdateTrail', 0], (aws) => isApplied && setKey(TARGET_KEY)(aws), end);
  return {
    ...scene,
    faults: (call, earlier) => {
      scene.faults?.(call, earlier);
      return call.operation === 'UpdateTrail' ? 'reset' : undefined;
    },
  };
};

const ORGANIZATION_TRAIL = `arn:aws:cloudtrail:${REGION}:999988887777:trail/audit`;

const UNUSABLE: readonly KeyState[] = [
  'Creating',
  'Disabled',
  'PendingDeletion',
  'PendingImport',
  'PendingReplicaDeletion',
  'Unavailable',
];

const byState = (name: string, make: (state: KeyState) => Scenario): Scenarios =>
  Object.fromEntries(UNUSABLE.map((state) => [`${name} ${state}`, make(state)]));

const SUCCEEDS: Scenarios = {
  'a trail without a key gets one, which a delivery proves': scenario(
    { ConfigRuleName: RULE },
    simulatedAws,
    {
      ends: 'Success',
      path: `${CHANGED} ReEvaluate`,
      changes: [SET, EVALUATED],
      outputs: {
        Decision: 'UpdateTrail',
        TrailArn: TRAIL_ARN,
        TargetKeyArn: TARGET_KEY,
        PreviousKmsKeyId: 'none',
        CurrentKeyProblem: 'none',
        DeliveryErrorBefore: 'none',
        RollBackPlan: 'RemoveKey',
        'VerifyDelivery.State': 'Delivered',
      },
    },
  ),
  'a dry run changes nothing, and says what it would do': scenario({ Mode: 'DryRun' }, simulatedAws, {
    ends: 'Success',
    path: 'Assess Decide ReportDryRun',
    changes: [],
    outputs: {
      Decision: 'DryRun',
      Reason: `Dry run: Mode Apply would change the key of trail ${TRAIL_ARN} from none to ${TARGET_KEY} (Enabled). Nothing was changed.`,
      'VerifyDelivery.State': 'No output available yet because the step is not successfully executed',
    },
  }),
  'a trail and a key by their ARNs': scenario({ TrailName: TRAIL_ARN, KmsKeyId: TARGET_KEY }, simulatedAws, {
    ends: 'Success',
    path: `${CHANGED} ReEvaluate`,
    changes: [SET],
  }),
  'a trail that has the key is verified alone': scenario({}, () => withTrail({ kmsKeyId: TARGET_KEY }), {
    ends: 'Success',
    path: `Assess Decide ${VERIFIED} ReEvaluate`,
    changes: [],
    outputs: { Decision: 'NoChange', RollBackPlan: 'none', 'VerifyDelivery.State': 'Delivered' },
  }),
  'a dry run for a trail that has the key': scenario(
    { Mode: 'DryRun' },
    () => withTrail({ kmsKeyId: TARGET_KEY }),
    {
      ends: 'Success',
      path: 'Assess Decide ReportDryRun',
      changes: [],
      outputs: {
        Reason: `Dry run: Trail ${TRAIL_ARN} already has key ${TARGET_KEY}, and CloudTrail can use the key. Mode Apply would change nothing and wait for a log delivery.`,
      },
    },
  ),
  'a usable key is replaced with Always': scenario({ ReplaceExistingKey: 'Always' }, () => withKey({}), {
    ends: 'Success',
    path: `${CHANGED} ReEvaluate`,
    changes: [SET],
    outputs: { PreviousKmsKeyId: OTHER_KEY, CurrentKeyProblem: 'none', RollBackPlan: 'RestorePreviousKey' },
  }),
  'a usable key that delivery fails with is replaced': scenario(
    {},
    () => withKey({}, { deliveryError: 'KMS.DisabledException' }),
    {
      ends: 'Success',
      path: `${CHANGED} ReEvaluate`,
      changes: [SET],
      outputs: {
        CurrentKeyProblem: 'the latest delivery failed with KMS.DisabledException',
        DeliveryErrorBefore: 'KMS.DisabledException',
        RollBackPlan: 'none',
      },
    },
  ),
  'a key that cannot be asked is replaced where delivery is denied': scenario(
    {},
    () => withKey({ closed: true }, { deliveryError: 'AccessDenied' }),
    { ends: 'Success', path: `${CHANGED} ReEvaluate`, changes: [SET], outputs: { RollBackPlan: 'none' } },
  ),
  'a key that cannot be read is replaced with Always, and is restored if delivery fails': scenario(
    { ReplaceExistingKey: 'Always' },
    () => withKey({ closed: true }),
    {
      ends: 'Success',
      path: `${CHANGED} ReEvaluate`,
      changes: [SET],
      outputs: {
        CurrentKeyProblem: `its state in Region ${REGION} is unknown (AccessDeniedException)`,
        RollBackPlan: 'RestorePreviousKey',
      },
    },
  ),
  'a key that no longer exists is replaced': scenario(
    {},
    () => simulatedAws({ trails: [simulatedTrail({ kmsKeyId: OTHER_KEY })], keys: [simulatedKey()] }),
    {
      ends: 'Success',
      path: `${CHANGED} ReEvaluate`,
      changes: [SET],
      outputs: {
        CurrentKeyProblem: `it does not exist in Region ${REGION} (NotFoundException)`,
        RollBackPlan: 'none',
      },
    },
  ),
  'a key that AWS manages is replaced': scenario({}, () => withKey({ manager: 'AWS' }), {
    ends: 'Success',
    path: `${CHANGED} ReEvaluate`,
    changes: [SET],
    outputs: { CurrentKeyProblem: 'its KeyManager is AWS, not CUSTOMER' },
  }),
  'a key of the wrong type is replaced': scenario(
    {},
    () => withKey({ spec: 'RSA_2048', usage: 'SIGN_VERIFY' }),
    {
      ends: 'Success',
      path: `${CHANGED} ReEvaluate`,
      changes: [SET],
      outputs: {
        CurrentKeyProblem:
          'its KeySpec is RSA_2048 and its KeyUsage is SIGN_VERIFY, not SYMMETRIC_DEFAULT and ENCRYPT_DECRYPT',
      },
    },
  ),
  ...byState('replaced is a key in state', (state) =>
    scenario({}, () => withKey({ state, deletionDate: NOW + 7 * 86_400_000 }), {
      ends: 'Success',
      path: `${CHANGED} ReEvaluate`,
      changes: [SET],
      outputs: { RollBackPlan: 'none' },
    }),
  ),
  'a multi-Region key in the Region of the bucket, which is another': scenario(
    { KmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/mrk-1234567890abcdef1234567890abcdef' },
    () =>
      simulatedAws({
        buckets: [simulatedBucket({ region: 'us-east-1' })],
        keys: [
          simulatedKey({
            arn: 'arn:aws:kms:us-east-1:111122223333:key/mrk-1234567890abcdef1234567890abcdef',
          }),
        ],
      }),
    {
      ends: 'Success',
      path: `${CHANGED} ReEvaluate`,
      changes: [
        'UpdateTrail audit arn:aws:kms:us-east-1:111122223333:key/mrk-1234567890abcdef1234567890abcdef',
      ],
    },
  ),
  'a key whose metadata lack its type': scenario(
    {},
    () => withTarget({ lacks: ['KeySpec', 'CustomerMasterKeySpec', 'KeyUsage'] }),
    {
      ends: 'Success',
      path: `${CHANGED} ReEvaluate`,
      changes: [SET],
    },
  ),
  'a quiet trail is no failure': scenario({ ConfigRuleName: RULE }, () => withTrail({ quiet: true }), {
    ends: 'Success',
    path: `${CHANGED} ReEvaluate`,
    changes: [SET, EVALUATED],
    outputs: { 'VerifyDelivery.State': 'NotSeenYet' },
  }),
  'a trail that does not log is not waited for': scenario({}, () => withTrail({ isLogging: false }), {
    ends: 'Success',
    path: `${CHANGED} ReEvaluate`,
    changes: [SET],
    outputs: { 'VerifyDelivery.State': 'NotSeenYet' },
  }),
  'nothing is waited for with DeliveryWaitSeconds 0': scenario({ DeliveryWaitSeconds: '0' }, simulatedAws, {
    ends: 'Success',
    path: `${CHANGED} ReEvaluate`,
    changes: [SET],
    outputs: { 'VerifyDelivery.State': 'NotSeenYet' },
  }),
  'a delivery that comes late is waited for': scenario({}, () => withTrail({ deliversAfter: 470 }), {
    ends: 'Success',
    path: `${CHANGED} ReEvaluate`,
    changes: [SET],
    outputs: { 'VerifyDelivery.State': 'Delivered' },
  }),
  'an old delivery error that a delivery ends': scenario(
    {},
    () => withKey({ state: 'Disabled' }, { deliveryError: 'KMS.DisabledException' }),
    {
      ends: 'Success',
      path: `${CHANGED} ReEvaluate`,
      changes: [SET],
      outputs: { 'VerifyDelivery.State': 'Delivered' },
    },
  ),
  'a rule that cannot be evaluated is no failure': scenario(
    { ConfigRuleName: 'no-such-rule' },
    simulatedAws,
    {
      ends: 'Success',
      path: `${CHANGED} ReEvaluate`,
      changes: [SET],
    },
  ),
  'rules of conformance packs are found by their prefix': scenario(
    { ConfigRuleName: RULE },
    () =>
      simulatedAws({
        rules: [`${RULE}-conformance-pack-a1b2c3d4e`, `${RULE}-2`, `x-${RULE}-conformance-pack-a`],
      }),
    {
      ends: 'Success',
      path: `${CHANGED} ReEvaluate`,
      changes: [SET, `${EVALUATED}-conformance-pack-a1b2c3d4e`],
      outputs: {
        'ReEvaluate.Message': `Trail ${TRAIL_ARN} has key ${TARGET_KEY}. The evaluation of ${RULE}-conformance-pack-a1b2c3d4e was started.`,
      },
    },
  ),
  'a rule that may not be evaluated is no failure, and is named': {
    ...scenario({ ConfigRuleName: RULE }, simulatedAws, {
      ends: 'Success',
      path: `${CHANGED} ReEvaluate`,
      changes: [SET],
      outputs: {
        'ReEvaluate.Message': `Trail ${TRAIL_ARN} has key ${TARGET_KEY}. The rule ${RULE} was not evaluated (AccessDeniedException). The next scheduled evaluation of the rule includes the trail.`,
      },
    }),
    faults: ({ operation }) => (operation === 'StartConfigRulesEvaluation' ? 'denied' : undefined),
  },
  'one temporary delivery error does not roll the change back': scenario(
    {},
    () => withTrail({ nextErrors: ['SlowDown'] }),
    {
      ends: 'Success',
      path: `${CHANGED} RollBack ReEvaluate`,
      changes: [SET],
      outputs: { 'VerifyDelivery.State': 'FailedOnce', 'RollBack.State': 'Delivered' },
    },
  ),
  'the response of UpdateTrail is lost after the change: reading back shows it': lostResponse(true, {
    ends: 'Success',
    path: `${CHANGED} ReEvaluate`,
    changes: [],
  }),
  'conflicts are waited for, for almost three minutes': {
    ...scenario({}, simulatedAws, { ends: 'Success', path: `${CHANGED} ReEvaluate`, changes: [SET] }),
    faults: ({ operation }, earlier) =>
      operation === 'UpdateTrail' && earlier < 17 ? { error: 'ConflictException' } : undefined,
  },
  'an organization trail is changed by a delegated administrator': scenario(
    { TrailName: ORGANIZATION_TRAIL },
    () => ({
      ...withTrail({ arn: ORGANIZATION_TRAIL, isOrganization: true }),
      isDelegatedAdministrator: true,
    }),
    {
      ends: 'Success',
      path: `${CHANGED} ReEvaluate`,
      changes: [SET],
      outputs: {
        Reason: `Changing the key of trail ${ORGANIZATION_TRAIL} from none to ${TARGET_KEY} (Enabled). CloudTrail accepts this only if this account is a CloudTrail delegated administrator of the organization.`,
      },
    },
  ),
  'an update that is throttled or meets another is tried again': {
    ...scenario({}, simulatedAws, { ends: 'Success', path: `${CHANGED} ReEvaluate`, changes: [SET] }),
    faults: ({ operation }, earlier) => {
      if (operation !== 'UpdateTrail') return undefined;
      return [{ error: 'ThrottlingException' }, { error: 'ConflictException' }][earlier];
    },
  },
  'reads that are throttled are tried again': {
    ...scenario({}, simulatedAws, { ends: 'Success', path: `${CHANGED} ReEvaluate`, changes: [SET] }),
    faults: ({ operation }, earlier) =>
      ['GetTrailStatus', 'DescribeKey'].includes(operation) && earlier < 2 ? 'throttle' : undefined,
  },
  'the document of an organization, which names its role itself': {
    ...scenario({}, simulatedAws, { ends: 'Success', path: `${CHANGED} ReEvaluate`, changes: [SET] }),
    document: 'Trailkey-EncryptTrail-Organization',
    given: { TrailName: 'audit', KmsKeyId: 'alias/trailkey', Mode: 'Apply' },
  },
};

const REFUSES: Scenarios = {
  'a usable key is not replaced': blocked(
    {},
    () => withKey({}),
    `Trail ${TRAIL_ARN} has a different key, ${OTHER_KEY}, and CloudTrail can use that key (KeyState Enabled).`,
  ),
  'a usable key is not replaced because its bucket fails': blocked(
    {},
    () => withKey({}, { deliveryError: 'NoSuchBucket' }),
    'and CloudTrail can use that key (KeyState Enabled)',
  ),
  'a key of unknown state is not replaced': blocked(
    {},
    () => withKey({ closed: true }),
    `its state in Region ${REGION} is unknown (AccessDeniedException), so it might be usable.`,
  ),
  'a key of unknown state is not replaced because its bucket fails': blocked(
    {},
    () => withKey({ closed: true }, { deliveryError: 'NoSuchBucket' }),
    'so it might be usable',
  ),
  'a key of which KMS returns too little is not replaced': blocked(
    {},
    () => withKey({ state: 'Disabled', lacks: ['KeyManager'] }),
    'DescribeKey did not return its KeyState and KeyManager, so it might be usable.',
  ),
  'a broken key is not replaced with Never': blocked(
    { ReplaceExistingKey: 'Never' },
    () => withKey({ state: 'Disabled' }),
    'and ReplaceExistingKey is Never',
  ),
  'a dry run that would be refused is refused': blocked(
    { Mode: 'DryRun' },
    () => withKey({}),
    'and CloudTrail can use that key (KeyState Enabled)',
  ),
  'no alias, which the key template would make': blocked(
    { Mode: 'DryRun' },
    () => simulatedAws({ aliases: [] }),
    `A trail in account 111122223333, Region ${REGION} cannot be configured with key alias/trailkey: it does not exist in Region ${REGION} (NotFoundException). Specify another key, or create one with the Trailkey template cloudformation/trail-key.yaml.`,
  ),
  ...byState('a target key in state', (state) =>
    blocked({}, () => withTarget({ state, deletionDate: NOW + 7 * 86_400_000 }), `its KeyState is ${state}`),
  ),
  'a target key that is pending deletion, with its date': blocked(
    {},
    () => withTarget({ state: 'PendingDeletion', deletionDate: NOW + 7 * 86_400_000 }),
    'its KeyState is PendingDeletion, with deletion date 2026-01-12',
  ),
  'a target key that may not be asked': blocked(
    {},
    () => withTarget({ closed: true }),
    'call kms:DescribeKey on the key',
  ),
  'a target key of which KMS returns too little': blocked(
    {},
    () => withTarget({ lacks: ['KeyState'] }),
    'DescribeKey did not return its KeyState and KeyManager',
  ),
  'a target key that AWS manages': blocked({}, () => withTarget({ manager: 'AWS' }), 'its KeyManager is AWS'),
  'a target key of the wrong type': blocked(
    {},
    () => withTarget({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY' }),
    'its KeySpec is ECC_NIST_P256 and its KeyUsage is SIGN_VERIFY',
  ),
  'no such trail': blocked(
    { TrailName: 'other' },
    simulatedAws,
    'Trail other does not exist in account 111122223333',
  ),
  'a trail whose home is another Region, by ARN': {
    ...blocked({ TrailName: TRAIL_ARN }, simulatedAws, `The home Region of trail ${TRAIL_ARN} is ${REGION}`),
    region: 'us-east-1',
  },
  'a trail of another account, by ARN': blocked(
    { TrailName: 'arn:aws:cloudtrail:eu-west-1:999988887777:trail/audit' },
    simulatedAws,
    'It belongs to account 999988887777. Run this document there',
  ),
};

const FAILS: Scenarios = {
  'somebody changes the key between Assess and UpdateTrail: it is left so': before(
    ['GetTrail', 1],
    setKey(THIRD_KEY),
    {
      ends: 'Failed',
      path: 'Assess Decide UpdateTrail RollBack Failed',
      changes: [],
      because: `The key of trail ${TRAIL_ARN} is now ${THIRD_KEY}, not none: it was changed in the meantime. This step changed nothing.`,
    },
  ),
  'somebody changes the key while a delivery is waited for: it is left so': before(
    ['GetTrail', 9],
    setKey(THIRD_KEY),
    {
      ends: 'Failed',
      path: `${CHANGED} RollBack Failed`,
      changes: [SET],
      because: `The trail now has the key ${THIRD_KEY}: it was changed in the meantime, so it was not rolled back.`,
      outputs: { 'VerifyDelivery.State': 'KeyChanged' },
    },
  ),
  'the response of UpdateTrail is lost without the change: the failure says what the trail has': lostResponse(
    false,
    {
      ends: 'Failed',
      path: 'Assess Decide UpdateTrail RollBack Failed',
      changes: [],
      because: `The response of CloudTrail was lost (ConnectionClosedError), and trail ${TRAIL_ARN} has the key none, not ${TARGET_KEY}.`,
    },
  ),
  'CloudTrail refuses the change of an organization trail, which is explained': scenario(
    { TrailName: ORGANIZATION_TRAIL },
    () => withTrail({ arn: ORGANIZATION_TRAIL, isOrganization: true }),
    {
      ends: 'Failed',
      path: 'Assess Decide UpdateTrail RollBack Failed',
      changes: [],
      because:
        'Only the management account of the organization, or a CloudTrail delegated administrator account, can change an organization trail.',
    },
  ),
  'delivery fails with the new key, and the previous one cannot be read: it is set again': scenario(
    { ReplaceExistingKey: 'Always' },
    () => ({ ...withKey({ closed: true }), buckets: [simulatedBucket({ pinnedKey: OTHER_KEY })] }),
    {
      ends: 'Failed',
      path: `${CHANGED} RollBack Failed`,
      changes: [SET, `UpdateTrail audit ${OTHER_KEY}`],
      because: `The trail has its previous key again: ${OTHER_KEY}.`,
    },
  ),
  'a rollback waits for conflicts': {
    ...scenario({}, () => simulatedAws({ buckets: [simulatedBucket({ pinnedKey: OTHER_KEY })] }), {
      ends: 'Failed',
      path: `${CHANGED} RollBack Failed`,
      changes: [SET, 'UpdateTrail audit none'],
      because: 'The trail has its previous key again: none.',
    }),
    faults: ({ operation }, earlier) =>
      operation === 'UpdateTrail' && earlier > 0 && earlier < 9 ? { error: 'ConflictException' } : undefined,
  },
  'two temporary delivery errors lead to no advice about policies': scenario(
    {},
    () => simulatedAws({ buckets: [simulatedBucket({ deliveryError: 'SlowDown' })] }),
    {
      ends: 'Failed',
      path: `${CHANGED} RollBack Failed`,
      changes: [SET, 'UpdateTrail audit none'],
      because:
        'Logs are not delivered with the new key: SlowDown. The trail has its previous key again: none. Amazon S3 reports a temporary problem. Start the automation again later.',
    },
  ),
  'a key whose policy shuts CloudTrail out is refused by CloudTrail': scenario(
    {},
    () => withTarget({ admitsCloudTrail: false }),
    {
      ends: 'Failed',
      path: 'Assess Decide UpdateTrail RollBack Failed',
      changes: [],
      because: 'InsufficientEncryptionPolicyException',
    },
  ),
  'a key outside the Region of the bucket is refused by CloudTrail': scenario(
    {},
    () => simulatedAws({ buckets: [simulatedBucket({ region: 'us-east-1' })] }),
    {
      ends: 'Failed',
      path: 'Assess Decide UpdateTrail RollBack Failed',
      changes: [],
      because: 'KmsKeyNotFoundException',
    },
  ),
  ...Object.fromEntries(
    [
      'KmsException',
      'InvalidKmsKeyIdException',
      'InvalidHomeRegionException',
      'NotOrganizationMasterAccountException',
      'TrailNotFoundException',
      'ConflictException',
      'ThrottlingException',
    ].map((error) => [
      `CloudTrail refuses the update with ${error}`,
      {
        ...scenario({}, simulatedAws, {
          ends: 'Failed',
          path: 'Assess Decide UpdateTrail RollBack Failed',
          changes: [],
          because: error,
        }),
        faults: ({ operation }) => (operation === 'UpdateTrail' ? { error } : undefined),
      } satisfies Scenario,
    ]),
  ),
  'a read that is denied fails before any change': {
    ...scenario({}, simulatedAws, {
      ends: 'Failed',
      path: 'Assess',
      changes: [],
      because: 'AccessDeniedException',
    }),
    faults: ({ operation }) => (operation === 'GetTrail' ? 'denied' : undefined),
  },
  'delivery fails with the new key, and the trail had none: the key is removed again': scenario(
    {},
    () => simulatedAws({ buckets: [simulatedBucket({ pinnedKey: OTHER_KEY })] }),
    {
      ends: 'Failed',
      path: `${CHANGED} RollBack Failed`,
      changes: [SET, 'UpdateTrail audit none'],
      because: `Trail ${TRAIL_ARN}, new key ${TARGET_KEY}, previous key none: Logs are not delivered with the new key: AccessDenied. The trail has its previous key again: none. Check the key policy, and whether the bucket policy denies the delivery`,
      outputs: { RollBackPlan: 'RemoveKey', 'VerifyDelivery.State': 'FailedOnce' },
    },
  ),
  'delivery fails with the new key, and the previous one worked: it is set again': scenario(
    { ReplaceExistingKey: 'Always' },
    () => ({ ...withKey({}), buckets: [simulatedBucket({ pinnedKey: OTHER_KEY })] }),
    {
      ends: 'Failed',
      path: `${CHANGED} RollBack Failed`,
      changes: [SET, `UpdateTrail audit ${OTHER_KEY}`],
      because: `The trail has its previous key again: ${OTHER_KEY}.`,
      outputs: { RollBackPlan: 'RestorePreviousKey' },
    },
  ),
  'delivery fails once the change has propagated, after one with the previous key': scenario(
    {},
    () =>
      simulatedAws({
        trails: [simulatedTrail({ spreadsAfter: 120, deliversAfter: 20, deliversEvery: 180 })],
        buckets: [simulatedBucket({ pinnedKey: OTHER_KEY })],
      }),
    {
      ends: 'Failed',
      path: `${CHANGED} RollBack Failed`,
      changes: [SET, 'UpdateTrail audit none'],
      because: 'The trail has its previous key again: none.',
      outputs: { 'VerifyDelivery.State': 'FailedOnce' },
    },
  ),
  'the status cannot be read: the change is not rolled back, and the failure says so': {
    ...scenario({}, simulatedAws, {
      ends: 'Failed',
      path: `${CHANGED} RollBack Failed`,
      changes: [SET],
      because: `Trail ${TRAIL_ARN}, new key ${TARGET_KEY}, previous key none: No delivery with the new key was seen, so the change was not rolled back.`,
      outputs: { 'VerifyDelivery.State': 'Unknown' },
    }),
    faults: ({ operation }, earlier) =>
      operation === 'GetTrailStatus' && earlier > 0 ? 'denied' : undefined,
  },
  'a change is accepted and never visible': {
    ...scenario({}, simulatedAws, {
      ends: 'Failed',
      path: 'Assess Decide UpdateTrail RollBack Failed',
      changes: [SET],
      because: `CloudTrail accepted the change, and trail ${TRAIL_ARN} has the key unknown (AccessDeniedException), not ${TARGET_KEY}.`,
    }),
    faults: ({ operation }, earlier) => (operation === 'GetTrail' && earlier > 1 ? 'denied' : undefined),
  },
  'delivery fails as it did before: nothing is rolled back': scenario(
    {},
    () => ({
      ...withKey({ state: 'Disabled' }, { deliveryError: 'AccessDenied' }),
      buckets: [simulatedBucket({ pinnedKey: OTHER_KEY })],
    }),
    {
      ends: 'Failed',
      path: `${CHANGED} RollBack Failed`,
      changes: [SET],
      because:
        'The change was not rolled back, because the previous key is known not to work: its KeyState is Disabled. The trail keeps the new key.',
      outputs: { RollBackPlan: 'none', DeliveryErrorBefore: 'AccessDenied' },
    },
  ),
  'delivery fails and the previous key is broken: nothing is rolled back': scenario(
    {},
    () => ({ ...withKey({ state: 'Disabled' }), buckets: [simulatedBucket({ pinnedKey: OTHER_KEY })] }),
    {
      ends: 'Failed',
      path: `${CHANGED} RollBack Failed`,
      changes: [SET],
      because: 'The trail keeps the new key.',
    },
  ),
  'delivery fails for a trail that had the key already: nothing is rolled back': scenario(
    {},
    () => ({
      ...withTrail({ kmsKeyId: TARGET_KEY }),
      buckets: [simulatedBucket({ deliveryError: 'NoSuchBucket' })],
    }),
    {
      ends: 'Failed',
      path: `Assess Decide ${VERIFIED} RollBack Failed`,
      changes: [],
      because: 'This automation changed nothing, so there is nothing to roll back.',
    },
  ),
  'the previous key breaks in the meantime: the rollback fails and reports it': {
    ...scenario(
      { ReplaceExistingKey: 'Always' },
      () => {
        const aws: SimulatedAws = {
          ...withKey({}),
          buckets: [simulatedBucket({ pinnedKey: OTHER_KEY })],
          onChange: () => {
            for (const key of aws.keys) if (key.arn === OTHER_KEY) key.state = 'Disabled';
          },
        };
        return aws;
      },
      {
        ends: 'Failed',
        path: `${CHANGED} RollBack Failed`,
        changes: [SET],
        because: `The rollback failed: The key of trail ${TRAIL_ARN} is still ${TARGET_KEY}, not ${OTHER_KEY}: An error occurred (KmsException)`,
      },
    ),
  },
  'somebody gives the trail a third key at once: it is left so': scenario(
    { ReplaceExistingKey: 'Always' },
    () => {
      const aws: SimulatedAws = {
        ...withKey({}),
        onChange: () => {
          for (const trail of aws.trails) trail.kmsKeyId = THIRD_KEY;
        },
      };
      return aws;
    },
    {
      ends: 'Failed',
      path: 'Assess Decide UpdateTrail RollBack Failed',
      changes: [SET],
      because: `The trail now has the key ${THIRD_KEY}: it was changed in the meantime, so it was not rolled back.`,
    },
  ),
  'somebody takes the key away at once: it is left so': scenario(
    {},
    () => {
      const aws: SimulatedAws = simulatedAws({
        onChange: () => {
          for (const trail of aws.trails) trail.kmsKeyId = undefined;
        },
      });
      return aws;
    },
    {
      ends: 'Failed',
      path: 'Assess Decide UpdateTrail RollBack Failed',
      changes: [SET],
      because: 'The trail has its previous key: the change was not made, or it was undone.',
    },
  ),
};

/** Trailkey-EncryptTrail, by what is shown. */
export const ENCRYPT_TRAIL: Scenarios = { ...SUCCEEDS, ...REFUSES, ...FAILS };
