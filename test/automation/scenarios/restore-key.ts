import {
  type KeyState,
  NOW,
  OTHER_KEY,
  type SimulatedAws,
  type SimulatedKey,
  simulatedAws,
  simulatedBucket,
  simulatedKey,
  simulatedTrail,
  TARGET_KEY,
  TRAIL_ARN,
} from '../../support/aws-simulator/state.js';
import { type End, ROLE, type Scenario, type Scenarios, scenariosOf } from './scenario.js';

const VERIFIED = 'UpdateTrail VerifyDelivery DecideOnDelivery';
const ENABLED = `Assess Decide DecideApproval ApproveInWeek DecideChange EnableKey ${VERIFIED}`;
const RESCUED = `Assess Decide DecideApproval ApproveInWeek DecideChange CancelKeyDeletion DecideToEnable EnableKey ${VERIFIED}`;
const ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const SET = `UpdateTrail audit ${TARGET_KEY}`;
const APPROVER = 'arn:aws:iam::111122223333:role/security';

const restoring = scenariosOf('Trailkey-RestoreKey', {
  TrailName: 'audit',
  KeyArn: TARGET_KEY,
  Approvers: [APPROVER],
});
const scenario = (aws: Scenario['aws'], end: End): Scenario =>
  restoring({}, aws, { approve: () => 'Approved', ...end });

/** A trail with a key that is as said, and whose delivery fails for it. */
const withKey = (key: Partial<SimulatedKey>, overrides: Partial<SimulatedAws> = {}): SimulatedAws =>
  simulatedAws({
    trails: [simulatedTrail({ kmsKeyId: TARGET_KEY, deliveryError: 'KMS.DisabledException' })],
    keys: [simulatedKey({ deletionDate: NOW + 30 * 86_400_000, ...key }), simulatedKey({ arn: OTHER_KEY })],
    ...overrides,
  });

/** A trail that has moved on to another key. */
const movedOn = (key: Partial<SimulatedKey>): SimulatedAws =>
  withKey(key, { trails: [simulatedTrail({ kmsKeyId: OTHER_KEY })] });

const blocked = (aws: () => SimulatedAws, because: string): Scenario =>
  scenario(aws, { ends: 'Failed', path: 'Assess Decide Blocked', changes: [], because });

const moveOn = (aws: SimulatedAws): void => {
  for (const trail of aws.trails) trail.kmsKeyId = OTHER_KEY;
};

/** Trailkey-RestoreKey, by what is shown. */
export const RESTORE_KEY: Scenarios = {
  'a disabled key is enabled, which a delivery proves': scenario(() => withKey({ state: 'Disabled' }), {
    ends: 'Success',
    path: `${ENABLED} ReEvaluate`,
    changes: [`EnableKey ${TARGET_KEY}`, SET],
    outputs: { 'VerifyDelivery.State': 'Delivered' },
  }),
  'a key whose change takes a while is waited for': scenario(
    () => withKey({ state: 'PendingDeletion', settlesAfter: 20 }),
    {
      ends: 'Success',
      path: `${RESCUED} ReEvaluate`,
      changes: [`CancelKeyDeletion ${TARGET_KEY}`, `EnableKey ${TARGET_KEY}`, SET],
    },
  ),
  ...Object.fromEntries(
    (['PendingDeletion', 'PendingReplicaDeletion'] satisfies KeyState[]).map((state) => [
      `the deletion of a key in state ${state} is cancelled, and the key enabled`,
      scenario(() => withKey({ state }), {
        ends: 'Success',
        path: `${RESCUED} ReEvaluate`,
        changes: [`CancelKeyDeletion ${TARGET_KEY}`, `EnableKey ${TARGET_KEY}`, SET],
      }),
    ]),
  ),
  ...Object.fromEntries(
    (['Creating', 'Updating'] satisfies KeyState[]).map((state) => [
      `a key in state ${state} is waited for`,
      scenario(() => withKey({ state, becomes: { state: 'Enabled', after: 60 } }), {
        ends: 'Success',
        path: `Assess Decide WaitForKey ${VERIFIED} ReEvaluate`,
        changes: [SET],
      }),
    ]),
  ),
  'an enabled key is not changed, and is tested': scenario(() => withKey({}), {
    ends: 'Success',
    path: `Assess Decide ${VERIFIED} ReEvaluate`,
    changes: [SET],
  }),
  ...Object.fromEntries(
    (
      [
        [30, 'ApproveInWeek'],
        [3, 'ApproveInDay'],
        [0.5, 'ApproveInHour'],
      ] as const
    ).map(([days, step]) => [
      `the approval ends before the deletion date, ${days} days ahead`,
      scenario(() => withKey({ state: 'PendingDeletion', deletionDate: NOW + days * 86_400_000 }), {
        ends: 'Success',
        path: `${RESCUED} ReEvaluate`.replace('ApproveInWeek', step),
        changes: [`CancelKeyDeletion ${TARGET_KEY}`, `EnableKey ${TARGET_KEY}`, SET],
      }),
    ]),
  ),
  'a key that is deleted within the hour is not waited for': blocked(
    () => withKey({ state: 'PendingDeletion', deletionDate: NOW + 3_600_000 }),
    `KMS deletes key ${TARGET_KEY} on 2026-01-05 13:00 UTC, too soon to wait for an approval. Cancel the deletion now, by hand`,
  ),
  'an old error that is still shown is not a failed delivery': scenario(
    () =>
      withKey(
        { state: 'Disabled' },
        {
          trails: [
            simulatedTrail({ kmsKeyId: TARGET_KEY, deliveryError: 'KMS.DisabledException', quiet: true }),
          ],
        },
      ),
    {
      ends: 'Success',
      path: `${ENABLED} ReEvaluate`,
      changes: [`EnableKey ${TARGET_KEY}`, SET],
      outputs: {
        'VerifyDelivery.State': 'NotSeenYet',
        'VerifyDelivery.DeliveryError': 'KMS.DisabledException',
      },
    },
  ),
  'the rule is evaluated again': {
    ...scenario(() => withKey({ state: 'Disabled' }), {
      ends: 'Success',
      path: `${ENABLED} ReEvaluate`,
      changes: [`EnableKey ${TARGET_KEY}`, SET, 'StartConfigRulesEvaluation cloudtrail-cmk-usable'],
    }),
    given: {
      AutomationAssumeRole: ROLE,
      TrailName: TRAIL_ARN,
      KeyArn: TARGET_KEY,
      Approvers: [APPROVER, 'second'],
      MinRequiredApprovals: '2',
      ConfigRuleName: 'cloudtrail-cmk-usable',
    },
  },
  'nothing is changed without approval': {
    ...scenario(() => withKey({ state: 'PendingDeletion' }), {
      ends: 'Failed',
      path: 'Assess Decide DecideApproval ApproveInWeek',
      changes: [],
    }),
    approve: () => 'Rejected',
  },
  'the deletion of a key is cancelled although the trail has a different key': scenario(
    () => movedOn({ state: 'PendingDeletion' }),
    {
      ends: 'Success',
      path: 'Assess Decide DecideApproval ApproveInWeek DecideChange CancelKeyDeletion DecideToEnable KeyRescued',
      changes: [`CancelKeyDeletion ${TARGET_KEY}`],
    },
  ),
  'a disabled key is refused where the trail has moved on': blocked(
    () => movedOn({ state: 'Disabled' }),
    `Trail ${TRAIL_ARN} now has a different key, ${OTHER_KEY}. Key ${TARGET_KEY} (Disabled) was not changed.`,
  ),
  'a key of another account': {
    ...blocked(simulatedAws, 'belongs to account 999988887777; this is account 111122223333'),
    given: {
      AutomationAssumeRole: ROLE,
      TrailName: 'audit',
      KeyArn: `arn:aws:kms:eu-west-1:999988887777:key/${ID}`,
      Approvers: [APPROVER],
    },
  },
  'material that is missing': blocked(
    () => withKey({ state: 'PendingImport' }),
    'its KeyState is PendingImport. Import the key material again.',
  ),
  'a key store that is not connected': blocked(
    () => withKey({ state: 'Unavailable' }),
    'its KeyState is Unavailable. Connect the custom key store of the key.',
  ),
  'a key that AWS manages': blocked(
    () => withKey({ manager: 'AWS' }),
    'its KeyManager is AWS, not CUSTOMER. Configure the trail with another key by running Trailkey-EncryptTrail.',
  ),
  'a disabled key of the wrong type': blocked(
    () => withKey({ state: 'Disabled', spec: 'RSA_2048', usage: 'SIGN_VERIFY' }),
    'its KeySpec is RSA_2048 and its KeyUsage is SIGN_VERIFY',
  ),
  'a key that may not be asked': blocked(
    () => withKey({ state: 'Disabled', closed: true }),
    'Allow the automation role to call kms:DescribeKey on the key',
  ),
  'a key in another Region': {
    ...scenario(
      () =>
        simulatedAws({
          trails: [simulatedTrail({ kmsKeyId: `arn:aws:kms:us-east-1:111122223333:key/${ID}` })],
          buckets: [simulatedBucket({ region: 'us-east-1' })],
          keys: [simulatedKey({ arn: `arn:aws:kms:us-east-1:111122223333:key/${ID}`, state: 'Disabled' })],
        }),
      {
        ends: 'Success',
        path: `${ENABLED} ReEvaluate`,
        changes: [
          `EnableKey arn:aws:kms:us-east-1:111122223333:key/${ID}`,
          `UpdateTrail audit arn:aws:kms:us-east-1:111122223333:key/${ID}`,
        ],
      },
    ),
    given: {
      AutomationAssumeRole: ROLE,
      TrailName: 'audit',
      KeyArn: `arn:aws:kms:us-east-1:111122223333:key/${ID}`,
      Approvers: [APPROVER],
    },
  },
  'the trail moves on while approval is waited for': {
    ...scenario(() => withKey({ state: 'Disabled' }), {
      ends: 'Failed',
      path: 'Assess Decide DecideApproval ApproveInWeek DecideChange EnableKey',
      changes: [],
      because: `now has a different key, ${OTHER_KEY}, so key ${TARGET_KEY} was not enabled`,
    }),
    approve: (aws) => {
      moveOn(aws);
      return 'Approved';
    },
  },
  'the trail moves on after its key was enabled: it keeps the other one': scenario(
    () => {
      const aws: SimulatedAws = withKey({ state: 'Disabled' }, { onChange: () => moveOn(aws) });
      return aws;
    },
    {
      ends: 'Failed',
      path: 'Assess Decide DecideApproval ApproveInWeek DecideChange EnableKey UpdateTrail',
      changes: [`EnableKey ${TARGET_KEY}`],
    },
  ),
  'the key is scheduled for deletion while approval to enable it is pending': {
    ...scenario(() => withKey({ state: 'Disabled' }), {
      ends: 'Failed',
      path: 'Assess Decide DecideApproval ApproveInWeek DecideChange EnableKey',
      changes: [],
      because: 'is now PendingDeletion, not Disabled',
    }),
    approve: (aws) => {
      for (const key of aws.keys) key.state = 'PendingDeletion';
      return 'Approved';
    },
  },
  'somebody else rescues the key first': {
    ...scenario(() => withKey({ state: 'PendingDeletion' }), {
      ends: 'Success',
      path: `${RESCUED} ReEvaluate`,
      changes: [SET],
    }),
    approve: (aws) => {
      for (const key of aws.keys) key.state = 'Enabled';
      return 'Approved';
    },
  },
  'delivery still fails with the enabled key': scenario(
    () => withKey({ state: 'Disabled' }, { buckets: [simulatedBucket({ pinnedKey: OTHER_KEY })] }),
    {
      ends: 'Failed',
      path: `${ENABLED} ConfirmDelivery`,
      changes: [`EnableKey ${TARGET_KEY}`, SET],
      because: `Key ${TARGET_KEY} is enabled, but logs of trail ${TRAIL_ARN} are still not delivered: AccessDenied. Check the key policy, and whether the bucket policy denies`,
      outputs: { 'VerifyDelivery.State': 'FailedOnce' },
    },
  ),
  'a key that stays as it is for too long': scenario(() => withKey({ state: 'Creating' }), {
    ends: 'Failed',
    path: 'Assess Decide WaitForKey',
    changes: [],
    because: 'is still Creating after 480 seconds',
  }),
};
