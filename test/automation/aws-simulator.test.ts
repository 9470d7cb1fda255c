import { CloudTrailClient, GetTrailStatusCommand, UpdateTrailCommand } from '@aws-sdk/client-cloudtrail';
import { CancelKeyDeletionCommand, DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { describe, expect, it, onTestFinished } from 'vitest';
import { advance, startSimulator } from '../support/aws-simulator/simulator.js';
import {
  ACCOUNT,
  NOW,
  OTHER_KEY,
  REGION,
  type SimulatedAws,
  simulatedAws,
  simulatedBucket,
  simulatedKey,
  simulatedTrail,
  TARGET_KEY,
  TRAIL_ARN,
} from '../support/aws-simulator/state.js';
import type { Faults } from '../support/stand-in.js';

const SERVICES = {
  cloudtrail: 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101',
  kms: 'TrentService',
  config: 'StarlingDoveService',
};

type Request = readonly [operation: `${keyof typeof SERVICES}:${string}`, body?: object, region?: string];

const KEY_ID = TARGET_KEY.slice(-36);
const AWAY = 'us-east-1';
const OTHER_ACCOUNT = '444455556666';

/** Starts the simulated AWS for the length of a test; gives a function that calls them and returns the answer, or the error's name. */
const serve = async (aws: SimulatedAws, faults?: Faults) => {
  const { url, close } = await startSimulator(aws, faults);
  onTestFinished(close);
  const ask = async (...[operation, body = {}, region = REGION]: Request): Promise<any> => {
    const [service = '', name = ''] = operation.split(':');
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20260105/${region}/${service}/aws4_request, Signature=0`,
        'x-amz-target': `${Object.entries(SERVICES).find(([id]) => id === service)?.[1]}.${name}`,
      },
      body: JSON.stringify(body),
    });
    const answer: any = await response.json();
    return response.ok ? answer : answer['__type'];
  };
  return { url, ask };
};

const updateTo = (KmsKeyId: string, Name = 'audit'): Request => [
  'cloudtrail:UpdateTrail',
  { Name, KmsKeyId },
];
const describeKey = (KeyId: string, region?: string): Request =>
  region === undefined ? ['kms:DescribeKey', { KeyId }] : ['kms:DescribeKey', { KeyId }, region];

/** A simulated AWS whose only key is as given. */
const withKey = (...overrides: Parameters<typeof simulatedKey>) =>
  simulatedAws({ keys: [simulatedKey(...overrides)] });

const PENDING = { state: 'PendingDeletion', deletionDate: NOW + 86_400_000 } as const;

describe('reading trails', () => {
  it('finds a trail by its name in its home Region, and by its ARN in any', async () => {
    const { ask } = await serve(simulatedAws());

    expect(await ask('cloudtrail:GetTrail', { Name: 'audit' })).toMatchObject({
      Trail: { TrailARN: TRAIL_ARN, HomeRegion: REGION, IsOrganizationTrail: false },
    });
    expect(await ask('cloudtrail:GetTrail', { Name: TRAIL_ARN }, AWAY)).toHaveProperty('Trail.Name', 'audit');
    expect(await ask('cloudtrail:GetTrail', { Name: 'audit' }, AWAY)).toBe('TrailNotFoundException');
  });

  it.each([
    ['gone', 'TrailNotFoundException'],
    ['a b', 'InvalidTrailNameException'],
    ['ab', 'InvalidTrailNameException'],
    ['arn:aws:s3:::logs', 'CloudTrailARNInvalidException'],
    [TRAIL_ARN.replace(ACCOUNT, OTHER_ACCOUNT), 'TrailNotFoundException'],
  ])('has no trail %s', async (Name, error) => {
    const { ask } = await serve(simulatedAws());

    expect(await ask('cloudtrail:GetTrail', { Name })).toBe(error);
    expect(await ask('cloudtrail:GetTrailStatus', { Name })).toBe(error);
  });

  it('leaves the key out where there is none', async () => {
    const { ask } = await serve(
      simulatedAws({ trails: [simulatedTrail(), simulatedTrail({ name: 'keyed', kmsKeyId: OTHER_KEY })] }),
    );

    expect((await ask('cloudtrail:GetTrail', { Name: 'audit' })).Trail).not.toHaveProperty('KmsKeyId');
    expect(await ask('cloudtrail:GetTrail', { Name: 'keyed' })).toHaveProperty('Trail.KmsKeyId', OTHER_KEY);
  });

  it('tells an error of delivery from before', async () => {
    const { ask } = await serve(
      simulatedAws({ trails: [simulatedTrail({ deliveryError: 'AccessDenied', deliveredAt: undefined })] }),
    );

    const status = await ask('cloudtrail:GetTrailStatus', { Name: 'audit' });

    expect(status).toMatchObject({ IsLogging: true, LatestDeliveryError: 'AccessDenied' });
    expect(status).not.toHaveProperty('LatestDeliveryTime');
    expect(status).not.toHaveProperty('StopLoggingTime');
  });

  const elsewhere = simulatedTrail({
    name: 'local',
    arn: `arn:aws:cloudtrail:${AWAY}:${ACCOUNT}:trail/local`,
    homeRegion: AWAY,
    isMultiRegion: false,
  });
  const ofOrganization = simulatedTrail({
    name: 'everyone',
    arn: `arn:aws:cloudtrail:${REGION}:${OTHER_ACCOUNT}:trail/everyone`,
    isOrganization: true,
  });

  it.each([
    [{}, REGION, ['audit', 'everyone']],
    [{}, AWAY, ['audit', 'local', 'everyone']],
    [{ includeShadowTrails: false }, REGION, ['audit']],
    [{ includeShadowTrails: false }, AWAY, ['local']],
    [{ trailNameList: ['audit'] }, REGION, ['audit']],
    [{ trailNameList: ['audit', 'gone'] }, AWAY, []],
    [{ trailNameList: [TRAIL_ARN] }, AWAY, ['audit']],
  ])('describes with %j in %s: %j', async (body, region, names) => {
    const { ask } = await serve(simulatedAws({ trails: [simulatedTrail(), elsewhere, ofOrganization] }));

    const { trailList } = await ask('cloudtrail:DescribeTrails', body, region);

    expect(trailList.map(({ Name }: { Name: string }) => Name)).toEqual(names);
  });

  it('lists the trails of all Regions in pages', async () => {
    const { ask } = await serve(
      simulatedAws({ trails: [simulatedTrail(), elsewhere, ofOrganization], page: 2 }),
    );

    const first = await ask('cloudtrail:ListTrails');
    const second = await ask('cloudtrail:ListTrails', { NextToken: first.NextToken });

    expect([...first.Trails, ...second.Trails].map(({ HomeRegion }) => HomeRegion)).toEqual([
      REGION,
      AWAY,
      REGION,
    ]);
    expect(second).not.toHaveProperty('NextToken');
  });
});

describe('changing the key of a trail', () => {
  it.each([
    ['a key ARN', TARGET_KEY],
    ['a key id', KEY_ID],
    ['an alias', 'alias/trailkey'],
    ['an alias ARN', `arn:aws:kms:${REGION}:${ACCOUNT}:alias/trailkey`],
  ])('takes %s and stores the ARN of the key', async (_kind, reference) => {
    const aws = simulatedAws();
    const { ask } = await serve(aws);

    expect(await ask(...updateTo(reference))).toHaveProperty('KmsKeyId', TARGET_KEY);
    expect(aws.trails[0]?.kmsKeyId).toBe(TARGET_KEY);
    expect(aws.log).toEqual([`UpdateTrail audit ${TARGET_KEY}`]);
  });

  it('takes a multi-Region key', async () => {
    const id = 'mrk-1234abcd12ab34cd56ef1234567890ab';
    const arn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${id}`;
    const { ask } = await serve(withKey({ arn }));

    expect(await ask(...updateTo(id))).toHaveProperty('KmsKeyId', arn);
    expect(await ask(...describeKey(id))).toHaveProperty('KeyMetadata.MultiRegion', true);
  });

  it('takes the key away for an empty text', async () => {
    const aws = simulatedAws({ trails: [simulatedTrail({ kmsKeyId: TARGET_KEY })] });
    const { ask } = await serve(aws);

    expect(await ask(...updateTo(''))).not.toHaveProperty('KmsKeyId');
    expect(aws.log).toEqual(['UpdateTrail audit none']);
  });

  it.each([
    ['no such key', withKey({ arn: OTHER_KEY }), TARGET_KEY, 'KmsKeyNotFoundException'],
    ['no such alias', simulatedAws(), 'alias/gone', 'KmsKeyNotFoundException'],
    ['no such kind of text', simulatedAws(), 'my key', 'InvalidKmsKeyIdException'],
    ['another ARN', simulatedAws(), 'arn:aws:s3:::logs', 'InvalidKmsKeyIdException'],
    [
      "a key that is not in the bucket's Region",
      simulatedAws({ buckets: [simulatedBucket({ region: AWAY })] }),
      TARGET_KEY,
      'KmsKeyNotFoundException',
    ],
    ['no such bucket', simulatedAws({ buckets: [] }), TARGET_KEY, 'S3BucketDoesNotExistException'],
    ['a disabled key', withKey({ state: 'Disabled' }), TARGET_KEY, 'KmsException'],
    ['a key that waits for deletion', withKey(PENDING), TARGET_KEY, 'KmsException'],
    ['a key without material', withKey({ state: 'PendingImport' }), TARGET_KEY, 'KmsException'],
    ['an unavailable key', withKey({ state: 'Unavailable' }), TARGET_KEY, 'KmsException'],
    [
      'an asymmetric key',
      withKey({ spec: 'RSA_2048', usage: 'ENCRYPT_DECRYPT' }),
      TARGET_KEY,
      'KmsException',
    ],
    [
      'a key closed to CloudTrail',
      withKey({ admitsCloudTrail: false }),
      TARGET_KEY,
      'InsufficientEncryptionPolicyException',
    ],
    ['a key of AWS', withKey({ manager: 'AWS' }), TARGET_KEY, 'InsufficientEncryptionPolicyException'],
  ])('refuses %s and leaves the trail as it was', async (...[, aws, reference, error]) => {
    const { ask } = await serve(aws);

    expect(await ask(...updateTo(reference))).toBe(error);
    expect(aws.trails[0]?.kmsKeyId).toBeUndefined();
    expect(aws.log).toEqual([]);
  });

  it("takes a key of the bucket's Region that is not the trail's", async () => {
    const arn = TARGET_KEY.replace(REGION, AWAY);
    const { ask } = await serve(
      simulatedAws({ keys: [simulatedKey({ arn })], buckets: [simulatedBucket({ region: AWAY })] }),
    );

    expect(await ask(...updateTo(arn))).toHaveProperty('KmsKeyId', arn);
  });

  it('takes a key that is being updated', async () => {
    const { ask } = await serve(withKey({ state: 'Updating' }));

    expect(await ask(...updateTo(TARGET_KEY))).toHaveProperty('KmsKeyId', TARGET_KEY);
  });

  it.each(['UpdateTrail', 'StopLogging', 'StartLogging'] as const)(
    '%s works in the home Region and for the owner alone',
    async (operation) => {
      const arn = TRAIL_ARN.replace(ACCOUNT, OTHER_ACCOUNT);
      const aws = simulatedAws({
        trails: [simulatedTrail(), simulatedTrail({ arn, name: 'everyone', isOrganization: true })],
      });
      const { ask } = await serve(aws);

      expect(await ask(`cloudtrail:${operation}`, { Name: TRAIL_ARN }, AWAY)).toBe(
        'InvalidHomeRegionException',
      );
      expect(await ask(`cloudtrail:${operation}`, { Name: 'audit' }, AWAY)).toBe(
        'InvalidHomeRegionException',
      );
      expect(await ask(`cloudtrail:${operation}`, { Name: arn })).toBe(
        'NotOrganizationMasterAccountException',
      );
      expect(await ask(`cloudtrail:${operation}`, { Name: 'gone' })).toBe('TrailNotFoundException');
      expect(aws.log).toEqual([]);
    },
  );

  it('stops and starts logging, and tells when', async () => {
    const aws = simulatedAws();
    const { ask } = await serve(aws);

    await ask('cloudtrail:StopLogging', { Name: 'audit' });
    await ask('cloudtrail:StopLogging', { Name: TRAIL_ARN });
    const stopped = await ask('cloudtrail:GetTrailStatus', { Name: 'audit' });
    advance(aws, 10);
    await ask('cloudtrail:StartLogging', { Name: 'audit' });
    const started = await ask('cloudtrail:GetTrailStatus', { Name: 'audit' });

    expect(stopped).toMatchObject({ IsLogging: false, StopLoggingTime: NOW / 1000 });
    expect(started).toMatchObject({ IsLogging: true, StartLoggingTime: NOW / 1000 + 10 });
    expect(aws.log).toEqual(['StopLogging audit', 'StartLogging audit']);
  });

  it('lets a test play what somebody else does right after a change', async () => {
    const aws = simulatedAws({
      onChange: () => {
        for (const trail of aws.trails) trail.kmsKeyId = OTHER_KEY;
      },
    });
    const { ask } = await serve(aws);

    await ask(...updateTo(TARGET_KEY));

    expect(await ask('cloudtrail:GetTrail', { Name: 'audit' })).toHaveProperty('Trail.KmsKeyId', OTHER_KEY);
  });

  it('changes nothing where a fault is played', async () => {
    const aws = simulatedAws();
    const { ask } = await serve(aws, (_call, earlier) =>
      earlier === 0 ? { error: 'ConflictException' } : undefined,
    );

    expect(await ask(...updateTo(TARGET_KEY))).toBe('ConflictException');
    expect(aws.log).toEqual([]);
    expect(await ask(...updateTo(TARGET_KEY))).toHaveProperty('KmsKeyId', TARGET_KEY);
  });
});

describe('keys', () => {
  it.each([TARGET_KEY, KEY_ID, 'alias/trailkey', `arn:aws:kms:${REGION}:${ACCOUNT}:alias/trailkey`])(
    'are found by %s, in their own Region alone',
    async (reference) => {
      const { ask } = await serve(simulatedAws());

      expect(await ask(...describeKey(reference))).toMatchObject({
        KeyMetadata: { Arn: TARGET_KEY, KeyId: KEY_ID, KeyState: 'Enabled', KeyManager: 'CUSTOMER' },
      });
      expect(await ask(...describeKey(reference, AWAY))).toBe('NotFoundException');
    },
  );

  it.each([
    ['alias/gone', 'NotFoundException'],
    ['my key', 'NotFoundException'],
    [TARGET_KEY.replace('1234abcd', '00000000'), 'NotFoundException'],
    [TARGET_KEY.replace('arn:aws:', 'arn:aws-cn:'), 'NotFoundException'],
    ['arn:aws:s3:::logs', 'InvalidArnException'],
    [TARGET_KEY.replace(ACCOUNT, OTHER_ACCOUNT), 'AccessDeniedException'],
  ])('are not found by %s', async (reference, error) => {
    const { ask } = await serve(simulatedAws());

    expect(await ask(...describeKey(reference))).toBe(error);
  });

  it('that are closed to the caller tell nothing', async () => {
    const { ask } = await serve(withKey({ closed: true, state: 'Disabled' }));

    for (const operation of ['DescribeKey', 'EnableKey', 'CancelKeyDeletion', 'GetKeyPolicy'] as const)
      expect(await ask(`kms:${operation}`, { KeyId: TARGET_KEY })).toBe('AccessDeniedException');
  });

  it('of another account can be described, and not changed', async () => {
    const arn = TARGET_KEY.replace(ACCOUNT, OTHER_ACCOUNT);
    const { ask } = await serve(withKey({ arn, state: 'Disabled' }));

    expect(await ask(...describeKey(arn))).toHaveProperty('KeyMetadata.AWSAccountId', OTHER_ACCOUNT);
    expect(await ask('kms:GetKeyRotationStatus', { KeyId: arn })).toHaveProperty('KeyRotationEnabled', true);
    for (const operation of ['EnableKey', 'CancelKeyDeletion', 'GetKeyPolicy'] as const)
      expect(await ask(`kms:${operation}`, { KeyId: arn })).toBe('AccessDeniedException');
  });

  it('leave out of their metadata what they are marked to lack', async () => {
    const { ask } = await serve(withKey({ lacks: ['KeyUsage', 'KeySpec'] }));

    const { KeyMetadata } = await ask(...describeKey(TARGET_KEY));

    expect(KeyMetadata).not.toHaveProperty('KeyUsage');
    expect(KeyMetadata).not.toHaveProperty('KeySpec');
    expect(KeyMetadata).toHaveProperty('KeyState');
  });

  it('tell the date of their deletion while they wait for it', async () => {
    const { ask } = await serve(withKey(PENDING));

    expect(await ask(...describeKey(TARGET_KEY))).toHaveProperty(
      'KeyMetadata.DeletionDate',
      NOW / 1000 + 86_400,
    );
  });

  it('are enabled from Disabled', async () => {
    const aws = withKey({ state: 'Disabled' });
    const { ask } = await serve(aws);

    expect(await ask('kms:EnableKey', { KeyId: KEY_ID })).toEqual({});
    expect(await ask('kms:EnableKey', { KeyId: TARGET_KEY })).toEqual({});
    expect(aws.keys[0]?.state).toBe('Enabled');
    expect(aws.log).toEqual([`EnableKey ${TARGET_KEY}`]);
  });

  it.each(['PendingDeletion', 'PendingReplicaDeletion', 'PendingImport', 'Unavailable', 'Creating'] as const)(
    'are not enabled from %s',
    async (state) => {
      const aws = withKey({ state });
      const { ask } = await serve(aws);

      expect(await ask('kms:EnableKey', { KeyId: TARGET_KEY })).toBe('KMSInvalidStateException');
      expect(aws.log).toEqual([]);
    },
  );

  it.each(['EnableKey', 'CancelKeyDeletion', 'GetKeyPolicy'] as const)(
    '%s takes no alias and no key of AWS',
    async (operation) => {
      const { ask } = await serve(simulatedAws());

      expect(await ask(`kms:${operation}`, { KeyId: 'alias/trailkey' })).toBe('NotFoundException');
      expect(
        await ask(`kms:${operation}`, { KeyId: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/trailkey` }),
      ).toBe('InvalidArnException');
    },
  );

  it.each(['PendingDeletion', 'PendingReplicaDeletion'] as const)(
    'are disabled once their deletion (%s) is cancelled',
    async (state) => {
      const aws = withKey({ ...PENDING, state });
      const { ask } = await serve(aws);

      expect(await ask('kms:CancelKeyDeletion', { KeyId: TARGET_KEY })).toEqual({ KeyId: TARGET_KEY });
      expect(await ask(...describeKey(TARGET_KEY))).toHaveProperty('KeyMetadata.KeyState', 'Disabled');
      expect(await ask('kms:CancelKeyDeletion', { KeyId: TARGET_KEY })).toBe('KMSInvalidStateException');
      expect(aws.log).toEqual([`CancelKeyDeletion ${TARGET_KEY}`]);
    },
  );

  it('read as before until a change has settled', async () => {
    const aws = withKey({ ...PENDING, settlesAfter: 5 });
    const { ask } = await serve(aws);

    await ask('kms:CancelKeyDeletion', { KeyId: TARGET_KEY });
    expect(await ask('kms:EnableKey', { KeyId: TARGET_KEY })).toBe('KMSInvalidStateException');
    advance(aws, 5);

    expect(await ask(...describeKey(TARGET_KEY))).toHaveProperty('KeyMetadata.KeyState', 'Disabled');
  });

  it('come to their next state, and are gone at the date of their deletion', async () => {
    const aws = simulatedAws({
      keys: [
        simulatedKey({ state: 'Creating', becomes: { state: 'Enabled', after: 20 } }),
        simulatedKey({ ...PENDING, arn: OTHER_KEY }),
      ],
    });

    advance(aws, 20);
    expect(aws.keys.map(({ state }) => state)).toEqual(['Enabled', 'PendingDeletion']);
    advance(aws, 86_380);

    expect(aws.keys.map(({ arn }) => arn)).toEqual([TARGET_KEY]);
  });

  it.each([
    [true, 'cloudtrail.amazonaws.com'],
    [false, undefined],
  ])('have a policy that says whether CloudTrail may use them: %s', async (admitsCloudTrail, service) => {
    const { ask } = await serve(withKey({ admitsCloudTrail }));

    const { Policy } = await ask('kms:GetKeyPolicy', { KeyId: TARGET_KEY, PolicyName: 'default' });

    expect(JSON.parse(Policy).Statement[1]?.Principal.Service).toBe(service);
  });

  it('rotate or not, if they are symmetric', async () => {
    const { ask } = await serve(
      simulatedAws({
        keys: [simulatedKey({ rotates: false }), simulatedKey({ arn: OTHER_KEY, spec: 'RSA_2048' })],
      }),
    );

    expect(await ask('kms:GetKeyRotationStatus', { KeyId: KEY_ID })).toHaveProperty(
      'KeyRotationEnabled',
      false,
    );
    expect(await ask('kms:GetKeyRotationStatus', { KeyId: OTHER_KEY })).toBe('UnsupportedOperationException');
  });
});

describe('deliveries', () => {
  const keyed = (
    trail: Parameters<typeof simulatedTrail>[0],
    overrides: Parameters<typeof simulatedAws>[0] = {},
  ) => simulatedAws({ trails: [simulatedTrail({ kmsKeyId: TARGET_KEY, ...trail })], ...overrides });
  const lastOf = ({ trails }: SimulatedAws) => [
    trails[0]?.deliveredAt === undefined ? undefined : (trails[0].deliveredAt - NOW) / 1000,
    trails[0]?.deliveryError,
  ];

  it.each([
    ['every five minutes', {}, 299, -60],
    ['every five minutes', {}, 300, 300],
    ['every five minutes', {}, 899, 600],
    ['as often as told', { deliversEvery: 60 }, 130, 120],
    ['as soon as told, and then as often', { deliversAfter: 10 }, 309, 10],
    ['as soon as told, and then as often', { deliversAfter: 10 }, 310, 310],
    ['not where nothing happens', { quiet: true }, 900, -60],
    ['not where nothing is logged', { isLogging: false }, 900, -60],
  ])('come %s: %j after %i s', (...[, trail, seconds, last]) => {
    const aws = keyed(trail);

    advance(aws, seconds);

    expect(lastOf(aws)).toEqual([last, undefined]);
    expect(aws.now).toBe(NOW + seconds * 1000);
  });

  it('come at the same times however time is cut', () => {
    const aws = keyed({});

    for (let second = 0; second < 601; second += 7) advance(aws, 7);

    expect(lastOf(aws)).toEqual([600, undefined]);
  });

  it.each([
    ['under the pinned key', { pinnedKey: TARGET_KEY }, TARGET_KEY, undefined],
    ['under another key than the pinned one', { pinnedKey: OTHER_KEY }, TARGET_KEY, 'AccessDenied'],
    ['without a key, where one is pinned', { pinnedKey: OTHER_KEY }, undefined, undefined],
    [
      'without a key, where one is demanded',
      { pinnedKey: OTHER_KEY, demandsKey: true },
      undefined,
      'AccessDenied',
    ],
    ['where the bucket fails', { deliveryError: 'NoSuchBucket' }, TARGET_KEY, 'NoSuchBucket'],
  ])('%s end with %j: %s %s', (...[, bucket, kmsKeyId, error]) => {
    const aws = keyed({ kmsKeyId }, { buckets: [simulatedBucket(bucket)] });

    advance(aws, 300);

    expect(lastOf(aws)).toEqual(error === undefined ? [300, undefined] : [-60, error]);
  });

  it.each([
    [{ state: 'Disabled' }, 'KMS.DisabledException'],
    [{ state: 'PendingDeletion' }, 'KMS.KMSInvalidStateException'],
    [{ admitsCloudTrail: false }, 'AccessDenied'],
    [{ usage: 'SIGN_VERIFY', spec: 'RSA_2048' }, 'KMS.InvalidKeyUsageException'],
    [{ arn: OTHER_KEY }, 'KMS.NotFoundException'],
  ] as const)('under a key that is %j fail with %s', (key, error) => {
    const aws = keyed({}, { keys: [simulatedKey(key)] });

    advance(aws, 300);

    expect(lastOf(aws)).toEqual([-60, error]);
  });

  it('use the key that the trail has by then, and clear an error once they succeed', async () => {
    const aws = simulatedAws({ buckets: [simulatedBucket({ pinnedKey: OTHER_KEY })] });
    const { ask } = await serve(aws);

    await ask(...updateTo(TARGET_KEY));
    advance(aws, 300);
    const failing = await ask('cloudtrail:GetTrailStatus', { Name: 'audit' });
    await ask(...updateTo(OTHER_KEY));
    advance(aws, 300);
    const delivered = await ask('cloudtrail:GetTrailStatus', { Name: 'audit' });

    expect(failing).toMatchObject({
      LatestDeliveryError: 'AccessDenied',
      LatestDeliveryTime: NOW / 1000 - 60,
      LatestDeliveryAttemptTime: '2026-01-05T12:05:00Z',
    });
    expect(delivered).not.toHaveProperty('LatestDeliveryError');
    expect(delivered).toHaveProperty('LatestDeliveryTime', NOW / 1000 + 600);
  });
});

describe('what is asked', () => {
  it('starts evaluations of known rules', async () => {
    const aws = simulatedAws();
    const { ask } = await serve(aws);
    const start = (...ConfigRuleNames: readonly string[]) =>
      ask('config:StartConfigRulesEvaluation', { ConfigRuleNames });

    expect(await start('cloudtrail-cmk-usable')).toEqual({});
    expect(await start('cloudtrail-cmk-usable', 'gone')).toBe('NoSuchConfigRuleException');
    expect(await start()).toBe('InvalidParameterValueException');
    expect(await start(...Array.from({ length: 26 }, () => 'cloudtrail-cmk-usable'))).toBe(
      'InvalidParameterValueException',
    );
    expect(aws.log).toEqual(['StartConfigRulesEvaluation cloudtrail-cmk-usable']);
  });

  it.each<[string, Request]>([
    ['a member that is not known', ['kms:DescribeKey', { KeyId: KEY_ID, Region: REGION }]],
    ['a member that is missing', ['cloudtrail:GetTrail', {}]],
    ['a member of another type', ['cloudtrail:GetTrail', { Name: ['audit'] }]],
    ['a list of another type', ['config:StartConfigRulesEvaluation', { ConfigRuleNames: [1] }]],
    [
      'a change of more than the key',
      ['cloudtrail:UpdateTrail', { Name: 'audit', KmsKeyId: TARGET_KEY, S3BucketName: 'logs' }],
    ],
  ])('is refused for %s', async (_what, request) => {
    const aws = simulatedAws();
    const { ask } = await serve(aws);

    expect(await ask(...request)).toBe('InvalidParameterException');
    expect(aws.log).toEqual([]);
  });

  it('is refused where no such operation is played, by that service', async () => {
    const { ask } = await serve(simulatedAws());

    expect(await ask('kms:ScheduleKeyDeletion', { KeyId: KEY_ID })).toBe('UnknownOperationException');
    expect(await ask('kms:GetTrail', { Name: 'audit' })).toBe('UnknownOperationException');
    expect(await ask('cloudtrail:GetTrail', { Name: 'audit' }, '')).toBe(
      'MissingAuthenticationTokenException',
    );
  });

  it('is told who calls, in XML', async () => {
    const { url } = await serve(simulatedAws());
    const asked = (Action: string) =>
      fetch(url, {
        method: 'POST',
        headers: {
          authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20260105/${REGION}/sts/aws4_request, Signature=0`,
        },
        body: new URLSearchParams({ Action, Version: '2011-06-15' }),
      });

    const identity = await asked('GetCallerIdentity');
    const unknown = await asked('AssumeRole');

    expect(await identity.text()).toContain(`<Account>${ACCOUNT}</Account>`);
    expect(unknown.status).toBe(400);
    expect(await unknown.text()).toContain('<Code>UnknownOperationException</Code>');
  });
});

it("the SDK's clients understand the answers", async () => {
  const aws = simulatedAws({ keys: [simulatedKey(PENDING), simulatedKey({ arn: OTHER_KEY })] });
  const { url } = await serve(aws);
  const settings = {
    region: REGION,
    endpoint: url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const cloudTrail = new CloudTrailClient(settings);
  const kms = new KMSClient(settings);

  const status = await cloudTrail.send(new GetTrailStatusCommand({ Name: 'audit' }));
  const described = await kms.send(new DescribeKeyCommand({ KeyId: KEY_ID }));
  const refused = cloudTrail.send(new UpdateTrailCommand({ Name: 'audit', KmsKeyId: KEY_ID }));

  expect(status.LatestDeliveryTime).toEqual(new Date(NOW - 60_000));
  expect(described.KeyMetadata?.DeletionDate).toEqual(new Date(PENDING.deletionDate));
  await expect(refused).rejects.toMatchObject({
    name: 'KmsException',
    message: expect.stringContaining('PendingDeletion'),
  });
  expect(await kms.send(new CancelKeyDeletionCommand({ KeyId: KEY_ID }))).toHaveProperty('KeyId', TARGET_KEY);
});
