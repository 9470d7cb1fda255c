import process from 'node:process';
import { describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/core/json-value.js';
import { account, liveTrail, metadata, operationsIn, putIn, row } from '../support/account.js';
import {
  ACCOUNT,
  ALLOW_CLOUDTRAIL,
  ALLOW_OWNER,
  KEY_ARN,
  KEY_ID,
  keyItem,
  OTHER_ACCOUNT,
  TRAIL_ARN,
  trailItem,
} from '../support/builders.js';
import { invoke } from '../support/invoke.js';
import {
  changeOf,
  NOTIFIED,
  oversizedChangeOf,
  ruleEvent,
  scheduled,
  snapshotDelivered,
} from '../support/rule-event.js';

const BASE = `arn:aws:cloudtrail:eu-west-1:${ACCOUNT}:trail/`;
const DELETED = { configuration: null, configurationItemStatus: 'ResourceDeleted' };
const ALIAS = `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/trails`;
const OTHER_KEY = `arn:aws:kms:us-east-1:${OTHER_ACCOUNT}:key/abcd`;

describe('a change of a trail', () => {
  it('makes two calls and reports one result with the ID in the event', async () => {
    const { calls } = await invoke(changeOf(trailItem({}, { resourceId: TRAIL_ARN })), {
      account: account(),
    });

    expect(operationsIn(calls)).toEqual(['DescribeKey', 'PutEvaluations']);
    expect(calls[1]?.body).toEqual({
      Evaluations: [
        {
          ComplianceResourceType: 'AWS::CloudTrail::Trail',
          ComplianceResourceId: TRAIL_ARN,
          ComplianceType: 'COMPLIANT',
          Annotation: expect.stringMatching(/^CMK_USABLE: /),
          OrderingTimestamp: Date.parse(NOTIFIED) / 1000,
        },
      ],
      ResultToken: 'token-of-this-event',
    });
  });

  it('makes one call without a key', async () => {
    const { calls } = await invoke(changeOf(trailItem({ kmsKeyId: undefined })), { account: account() });

    expect(operationsIn(calls)).toEqual(['PutEvaluations']);
    expect(putIn(calls)).toEqual(['audit NO_KMS_KEY']);
  });

  it('looks up the key in its own Region, by its full ARN', async () => {
    const { calls } = await invoke(changeOf(trailItem({ kmsKeyId: OTHER_KEY })), { account: account() });

    expect(calls[0]).toMatchObject({
      operation: 'DescribeKey',
      region: 'us-east-1',
      body: { KeyId: OTHER_KEY },
    });
    expect(putIn(calls)).toEqual(['audit KEY_NOT_FOUND']);
  });

  it.each([
    ['a key ID', KEY_ID, KEY_ARN],
    ['an alias', 'alias/audit', `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/audit`],
  ])('looks up %s in the Region and account of the trail', async (_name, kmsKeyId, keyId) => {
    const { calls } = await invoke(changeOf(trailItem({ kmsKeyId })), {
      account: account({ keys: { [keyId]: metadata() } }),
    });

    expect(calls[0]).toMatchObject({ region: 'eu-west-1', body: { KeyId: keyId } });
    expect(putIn(calls)).toEqual(['audit CMK_USABLE']);
  });

  it.each(['x@127.0.0.1:1/?', '127.0.0.1:1#', 'eu-west-1/', '-a', 'ü', 'a'.repeat(64)])(
    'does not call another host because of its Region: %s',
    async (region) => {
      const item = trailItem({ kmsKeyId: 'alias/audit', homeRegion: region }, { awsRegion: region });

      const { calls, error } = await invoke(changeOf(item), { account: account() });

      expect(calls).toEqual([]);
      expect(error?.message).toContain('contradicts arn:aws:cloudtrail:eu-west-1:');
    },
  );

  it('uses the capture time if it is later than the notification, or the only one', async () => {
    const late = { configurationItemCaptureTime: '2026-01-05T04:00:00.000Z' };
    const orderOf = async (event: unknown) =>
      (await invoke(event, { account: account() })).calls.at(-1)?.body['Evaluations'][0].OrderingTimestamp;

    expect(await orderOf(changeOf(trailItem({}, late)))).toBe(Date.parse('2026-01-05T04:00:00Z') / 1000);
    const bare = { messageType: 'ConfigurationItemChangeNotification', notificationCreationTime: null };
    expect(await orderOf(ruleEvent({ ...bare, configurationItem: trailItem({}, late) }))).toBe(
      Date.parse('2026-01-05T04:00:00Z') / 1000,
    );
  });

  it.each([
    ['was deleted', trailItem({}, DELETED), {}],
    [
      'was deleted, with only its ID',
      { ...trailItem({}, DELETED), ARN: undefined, awsAccountId: undefined },
      {},
    ],
    ['is not recorded', trailItem({}, { configurationItemStatus: 'ResourceNotRecorded' }), {}],
    ['left the scope', trailItem(), { eventLeftScope: true }],
  ])('that %s is not applicable, without another call', async (_name, item, overrides) => {
    const { calls } = await invoke(changeOf(item, overrides), { account: account() });

    expect(operationsIn(calls)).toEqual(['PutEvaluations']);
    expect(putIn(calls)).toEqual(['audit TRAIL_NOT_FOUND']);
  });

  it('with an unknown status is evaluated by its configuration, and rejected without one', async () => {
    const status = { configurationItemStatus: 'ResourceInventedLater' };

    const evaluated = await invoke(changeOf(trailItem({}, status)), { account: account() });
    const rejected = await invoke(changeOf(trailItem({}, { ...status, configuration: null })), {
      account: account(),
    });

    expect(putIn(evaluated.calls)).toEqual(['audit CMK_USABLE']);
    expect(rejected).toMatchObject({ calls: [], error: { name: 'FormatError' } });
  });

  it('is evaluated without optional fields', async () => {
    const event = changeOf(trailItem(), {
      ruleParameters: undefined,
      accountId: undefined,
      evaluationMode: undefined,
    });
    const { configurationItemStatus: _, awsRegion: __, awsAccountId: ___, ...item } = trailItem();

    expect(putIn((await invoke(event, { account: account() })).calls)).toEqual(['audit CMK_USABLE']);
    expect(putIn((await invoke(changeOf(item), { account: account() })).calls)).toEqual(['audit CMK_USABLE']);
  });

  it('uses TestMode for the token TESTMODE', async () => {
    const { calls } = await invoke(changeOf(trailItem(), { resultToken: 'TESTMODE' }), {
      account: account(),
    });

    expect(calls.at(-1)?.body).toMatchObject({ TestMode: true, ResultToken: 'TESTMODE' });
  });
});

describe('the key', () => {
  const verdictFor = async (key: object, ruleParameters = {}, overrides = {}) => {
    const { calls } = await invoke(
      changeOf(trailItem(), { ruleParameters: JSON.stringify(ruleParameters) }),
      {
        account: account({ keys: { [KEY_ARN]: key as never }, ...overrides }),
      },
    );
    return { verdict: putIn(calls)[0]?.split(' ')[1], operations: operationsIn(calls), calls };
  };

  it.each([
    [metadata({ KeyState: 'Disabled' }), 'KEY_DISABLED'],
    [metadata({ KeyState: 'PendingDeletion', DeletionDate: 1_800_000_000 }), 'KEY_PENDING_DELETION'],
    [metadata({ KeyState: 'PendingImport' }), 'KEY_PENDING_IMPORT'],
    [metadata({ KeyState: 'Unavailable' }), 'KEY_UNAVAILABLE'],
    [metadata({ KeyManager: 'AWS' }), 'KEY_NOT_CUSTOMER_MANAGED'],
    [metadata({ KeySpec: 'RSA_2048' }), 'KEY_WRONG_TYPE'],
    [metadata({ KeyState: undefined }), 'KEY_UNVERIFIABLE'],
    [{ error: 'NotFoundException' }, 'KEY_NOT_FOUND'],
    [{ error: 'InvalidArnException' }, 'KEY_NOT_FOUND'],
    [{ error: 'AccessDeniedException' }, 'KEY_UNVERIFIABLE'],
  ])('%o gives %s', async (key, code) => {
    expect((await verdictFor(key)).verdict).toBe(code);
  });

  it('in a Region that rejects the credentials is unverifiable, but in the Region of the rule that is a fault', async () => {
    const rejection = { error: 'UnrecognizedClientException' };
    const otherRegion = await invoke(changeOf(trailItem({ kmsKeyId: OTHER_KEY })), {
      account: account({ keys: { [OTHER_KEY]: rejection } }),
    });
    const ownRegion = await invoke(changeOf(trailItem()), {
      account: account({ keys: { [KEY_ARN]: rejection } }),
    });

    expect(putIn(otherRegion.calls)).toEqual(['audit KEY_UNVERIFIABLE']);
    expect(ownRegion).toMatchObject({ error: { name: 'ServiceFaultError' } });
    expect(operationsIn(ownRegion.calls)).not.toContain('PutEvaluations');
  });

  it('is looked up with policy and rotation status only if a parameter requires them', async () => {
    const policies = { [KEY_ARN]: JSON.stringify({ Statement: [ALLOW_OWNER, ALLOW_CLOUDTRAIL] }) };
    const parameters = { checkKeyPolicy: 'true', requireKeyRotation: 'true' };

    const both = await verdictFor(metadata(), parameters, { policies, rotation: { [KEY_ARN]: true } });

    expect(both).toMatchObject({ verdict: 'CMK_USABLE' });
    expect(both.operations.toSorted()).toEqual([
      'DescribeKey',
      'GetKeyPolicy',
      'GetKeyRotationStatus',
      'PutEvaluations',
    ]);
    expect((await verdictFor(metadata({ KeyState: 'Updating' }), parameters)).operations).toHaveLength(4);
    for (const unusable of [{ KeyState: 'Disabled' }, { KeyManager: 'AWS' }]) {
      const { operations } = await verdictFor(metadata(unusable), parameters);

      expect(operations).toEqual(['DescribeKey', 'PutEvaluations']);
    }
  });

  it('is evaluated by its policy, and passes with a note if access to the policy is denied', async () => {
    const parameters = { checkKeyPolicy: 'true' };

    const blocked = await verdictFor(metadata(), parameters, {
      policies: { [KEY_ARN]: JSON.stringify({ Statement: [ALLOW_OWNER] }) },
    });
    const denied = await verdictFor(metadata(), parameters);

    expect(blocked.verdict).toBe('KEY_POLICY_BLOCKS_CLOUDTRAIL');
    expect(denied.verdict).toBe('CMK_USABLE');
    expect(denied.calls.at(-1)?.body['Evaluations'][0].Annotation).toContain('so it was not checked');
  });

  it.each(['not JSON', '[]'])('with the policy %s is a fault, not a verdict', async (policy) => {
    const { calls, error } = await invoke(
      changeOf(trailItem(), { ruleParameters: '{"checkKeyPolicy":"true"}' }),
      {
        account: account({ policies: { [KEY_ARN]: policy } }),
      },
    );

    expect(error?.message).toContain(
      'kms:GetKeyPolicy failed in eu-west-1: the policy in the response is not a JSON object',
    );
    expect(operationsIn(calls)).not.toContain('PutEvaluations');
  });

  it.each([
    ['another key', KEY_ARN, `${KEY_ARN.slice(0, -1)}9`],
    ['a key of another account', KEY_ARN, OTHER_KEY],
    ['the key with this ID in another account', KEY_ARN, KEY_ARN.replace(ACCOUNT, OTHER_ACCOUNT)],
    ['a key in another account than the alias', ALIAS, KEY_ARN.replace(ACCOUNT, OTHER_ACCOUNT)],
    ['a key in another Region than the alias', ALIAS, KEY_ARN.replace('eu-west-1', 'us-east-1')],
    ['no key, for an alias', ALIAS, undefined],
  ])('in a response about %s is a fault, not a verdict', async (_name, kmsKeyId, Arn) => {
    const { calls, error } = await invoke(changeOf(trailItem({ kmsKeyId })), {
      account: account({ keys: { [kmsKeyId]: metadata({ Arn }) } }),
    });

    expect(error?.message).toMatch(
      /kms:DescribeKey failed in eu-west-1: (the response is about another key, arn|.*field "arn" is required)/,
    );
    expect(operationsIn(calls)).not.toContain('PutEvaluations');
  });

  it('in a response with its ID in other case is the same key', async () => {
    const kmsKeyId = KEY_ARN.toUpperCase()
      .replace(/^.*(?=KEY\/)/, KEY_ARN.replace(/key\/.*/, ''))
      .replace('KEY/', 'key/');
    const { error } = await invoke(changeOf(trailItem({ kmsKeyId })), {
      account: account({ keys: { [kmsKeyId]: metadata() } }),
    });

    expect(error).toBeUndefined();
  });

  it('of another account is looked up without its policy', async () => {
    const parameters = { ruleParameters: '{"checkKeyPolicy":"true"}' };
    const { calls } = await invoke(changeOf(trailItem({ kmsKeyId: OTHER_KEY }), parameters), {
      account: account({ keys: { [OTHER_KEY]: metadata({ Arn: OTHER_KEY }) } }),
    });

    expect(operationsIn(calls)).toEqual(['DescribeKey', 'PutEvaluations']);
    expect(calls.at(-1)?.body['Evaluations'][0].Annotation).toContain(
      'its policy was not checked, because the key is in another account',
    );
  });

  it('is evaluated by its rotation status, and is unverifiable if access to it is denied', async () => {
    const parameters = { requireKeyRotation: 'true' };

    expect((await verdictFor(metadata(), parameters, { rotation: { [KEY_ARN]: false } })).verdict).toBe(
      'KEY_ROTATION_OFF',
    );
    expect((await verdictFor(metadata(), parameters)).verdict).toBe('KEY_UNVERIFIABLE');
    expect((await verdictFor(metadata({ Origin: 'EXTERNAL' }), parameters)).operations).not.toContain(
      'GetKeyRotationStatus',
    );
  });
});

describe('an oversized change', () => {
  const { configuration: _, ...summary } = trailItem();

  it('is read from the history at its capture time, also after an empty page', async () => {
    const { ARN: arn, ...item } = trailItem();
    const configuration = JSON.stringify(item['configuration']);
    const history = [{ ...item, arn, configuration, configurationItemCaptureTime: 1_767_582_600 }];

    const { calls } = await invoke(oversizedChangeOf(summary), { account: account({ history }) });

    expect(operationsIn(calls)).toEqual([
      'GetResourceConfigHistory',
      'GetResourceConfigHistory',
      'DescribeKey',
      'PutEvaluations',
    ]);
    expect(calls[1]?.body).toEqual({
      resourceType: 'AWS::CloudTrail::Trail',
      resourceId: 'audit',
      laterTime: Date.parse('2026-01-05T03:10:00Z') / 1000,
      limit: 1,
      nextToken: 'more',
    });
    expect(putIn(calls)).toEqual(['audit CMK_USABLE']);
  });

  it('is read from CloudTrail if the history contains only an older item', async () => {
    const { ARN: arn, ...item } = trailItem({ kmsKeyId: undefined });
    const configuration = JSON.stringify(item['configuration']);
    const history = [{ ...item, arn, configuration, configurationItemCaptureTime: 1_767_000_000 }];

    const { calls } = await invoke(oversizedChangeOf(summary), { account: account({ history }) });

    expect(operationsIn(calls)).toContain('DescribeTrails');
    expect(putIn(calls)).toEqual(['audit CMK_USABLE']);
  });

  it('is read from CloudTrail if the history does not contain it', async () => {
    const { calls } = await invoke(oversizedChangeOf({ ...summary, resourceId: 'id-in-event' }), {
      account: account(),
    });

    expect(calls.find(({ operation }) => operation === 'DescribeTrails')?.body).toEqual({
      trailNameList: [TRAIL_ARN],
      includeShadowTrails: true,
    });
    expect(putIn(calls)).toEqual(['id-in-event CMK_USABLE']);
  });

  it('of a trail that does not exist is TRAIL_NOT_FOUND', async () => {
    const { calls } = await invoke(oversizedChangeOf(summary), { account: account({ trails: [] }) });

    expect(putIn(calls)).toEqual(['audit TRAIL_NOT_FOUND']);
  });

  it('of a deleted trail makes no other call', async () => {
    const { calls } = await invoke(oversizedChangeOf({ ...summary, ...DELETED }), { account: account() });

    expect(operationsIn(calls)).toEqual(['PutEvaluations']);
  });

  it('is handled like an item without configuration', async () => {
    const { calls } = await invoke(changeOf(trailItem({}, { configuration: null })), { account: account() });

    expect(putIn(calls)).toEqual(['audit CMK_USABLE']);
  });
});

describe('a change of a key', () => {
  const recorded = [
    row(),
    row({ trailARN: `${BASE}other`, kmsKeyId: OTHER_KEY }, { resourceId: 'other', arn: `${BASE}other` }),
    row({ trailARN: `${BASE}none`, kmsKeyId: undefined }, { resourceId: 'none', arn: `${BASE}none` }),
    row(
      { trailARN: `${BASE}aliased`, kmsKeyId: 'alias/audit' },
      { resourceId: 'aliased', arn: `${BASE}aliased` },
    ),
    row({ trailARN: `${BASE}bare`, kmsKeyId: KEY_ID }, { resourceId: 'bare', arn: `${BASE}bare` }),
    row({ trailARN: `${BASE}bad`, kmsKeyId: 'no key' }, { resourceId: 'bad', arn: `${BASE}bad` }),
  ];
  const keys = {
    [KEY_ARN]: metadata({ KeyState: 'Disabled' }),
    [`arn:aws:kms:eu-west-1:${ACCOUNT}:alias/audit`]: metadata({ KeyState: 'Disabled' }),
  };

  it('evaluates the trails that use it, with one constant query, and reports nothing for the key', async () => {
    const { calls } = await invoke(changeOf(keyItem()), { account: account({ recorded, keys, page: 2 }) });

    expect(putIn(calls).toSorted()).toEqual([
      'aliased KEY_DISABLED',
      'audit KEY_DISABLED',
      'bare KEY_DISABLED',
    ]);
    expect(operationsIn(calls).filter((name) => name === 'SelectResourceConfig')).toHaveLength(3);
    expect(operationsIn(calls).filter((name) => name === 'DescribeKey')).toHaveLength(2);
    expect(calls[0]?.body['Expression']).not.toContain(KEY_ID);
  });

  it('reports an empty list if no trail uses it', async () => {
    const { calls } = await invoke(changeOf(keyItem({}, { ARN: OTHER_KEY })), {
      account: account({ recorded: [row()] }),
    });

    expect(operationsIn(calls)).toEqual(['SelectResourceConfig', 'PutEvaluations']);
    expect(calls[1]?.body['Evaluations']).toEqual([]);
  });

  it('does not evaluate a trail whose alias has another key as its target, or none', async () => {
    const other = { [ALIAS]: metadata({ Arn: `${KEY_ARN.slice(0, -1)}9` }) };

    for (const keys of [other, {}]) {
      const recorded = [row({ kmsKeyId: ALIAS })];
      const { calls } = await invoke(changeOf(keyItem()), { account: account({ recorded, keys }) });

      expect(operationsIn(calls)).toContain('DescribeKey');
      expect(putIn(calls)).toEqual([]);
    }
  });

  it('is evaluated from a summary, and for a deleted key', async () => {
    const { configuration: _, ...summary } = keyItem();

    expect(putIn((await invoke(oversizedChangeOf(summary), { account: account() })).calls)).toEqual([
      'audit CMK_USABLE',
    ]);
    const deleted = await invoke(changeOf(keyItem({}, DELETED)), { account: account({ keys: {} }) });
    expect(putIn(deleted.calls)).toEqual(['audit KEY_NOT_FOUND']);
  });

  it('without an ARN is rejected', async () => {
    const { error } = await invoke(changeOf(keyItem({ arn: undefined }, { ARN: undefined })), {
      account: account(),
    });

    expect(error).toMatchObject({ name: 'FormatError', message: expect.stringContaining('field "ARN"') });
  });

  it.each(['key', 'arn:aws:kms:eu-west-1:111122223333:alias/a', TRAIL_ARN])(
    'with the ARN %s is rejected',
    async (ARN) => {
      const { calls, error } = await invoke(changeOf(keyItem({}, { ARN })), { account: account() });

      expect(error).toMatchObject({
        name: 'FormatError',
        message: expect.stringContaining(`received "${ARN}"`),
      });
      expect(calls).toEqual([]);
    },
  );

  it('looks up no alias with keyVerification presence', async () => {
    const { calls } = await invoke(
      changeOf(keyItem(), { ruleParameters: '{"keyVerification":"presence"}' }),
      {
        account: account({ recorded, keys }),
      },
    );

    expect(putIn(calls)).toEqual(['audit KEY_PRESENT', 'bare KEY_PRESENT']);
    expect(operationsIn(calls)).not.toContain('DescribeKey');
  });

  it('lists discovered resources if the Region does not support advanced queries', async () => {
    const withDiscovery = account({ recorded });
    const faults = ({ operation }: { operation: string }) =>
      operation === 'SelectResourceConfig' ? ({ error: 'InvalidExpressionException' } as const) : undefined;
    const { calls } = await invoke(changeOf(keyItem()), { account: withDiscovery, faults });

    expect(putIn(calls).toSorted()).toEqual(['audit CMK_USABLE', 'bare CMK_USABLE']);
  });
});

describe('a schedule', () => {
  it('evaluates every trail in CloudTrail, with the IDs of AWS Config, in the fewest calls', async () => {
    const trails = [
      liveTrail(),
      liveTrail({ Name: 'new', TrailARN: `${BASE}new`, KmsKeyId: undefined }),
      liveTrail({ Name: 'org', TrailARN: `${BASE}org`, IsOrganizationTrail: true }),
    ];
    const recorded = [row({ kmsKeyId: undefined }, { resourceId: 'id-of-config' })];

    const { calls } = await invoke(scheduled(), { account: account({ trails, recorded }) });

    expect(putIn(calls)).toEqual(['id-of-config CMK_USABLE', 'new NO_KMS_KEY', `${BASE}org CMK_USABLE`]);
    expect(operationsIn(calls).toSorted()).toEqual([
      'DescribeKey',
      'DescribeTrails',
      'GetComplianceDetailsByConfigRule',
      'PutEvaluations',
      'SelectResourceConfig',
    ]);
    expect(calls.at(-1)?.body['Evaluations'][0].OrderingTimestamp).toBe(Date.parse(NOTIFIED) / 1000);
  });

  it('looks up 100 keys at once without a warning of Node.js', async () => {
    const warned = vi.fn();
    process.on('warning', warned);
    const names = Array.from({ length: 100 }, (_entry, index) => `t${index}`);
    const keyOf = (name: string) => `arn:aws:kms:eu-west-1:${ACCOUNT}:key/${name}`;
    const trails = names.map((Name) =>
      liveTrail({ Name, TrailARN: `${BASE}${Name}`, KmsKeyId: keyOf(Name) }),
    );
    const keys = Object.fromEntries(names.map((name) => [keyOf(name), metadata({ Arn: keyOf(name) })]));

    const { calls, error } = await invoke(scheduled(), { account: account({ trails, recorded: [], keys }) });

    await new Promise(setImmediate);
    process.off('warning', warned);
    expect(error).toBeUndefined();
    expect(putIn(calls)).toHaveLength(100);
    expect(warned).not.toHaveBeenCalled();
  });

  it('reports recorded shadow and organization trails, and nothing for those that are not recorded', async () => {
    const shadow = {
      Name: 'shadow',
      TrailARN: `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/shadow`,
      HomeRegion: 'us-east-1',
    };
    const organization = {
      Name: 'organization',
      TrailARN: `arn:aws:cloudtrail:eu-west-1:${OTHER_ACCOUNT}:trail/organization`,
    };
    const trails = [shadow, organization].flatMap((one) => [
      liveTrail(one),
      liveTrail({ ...one, TrailARN: `${one.TrailARN}-unrecorded` }),
    ]);
    const recorded = [shadow, organization].map(({ Name, TrailARN, ...rest }) =>
      row(
        {
          trailARN: TrailARN,
          homeRegion: 'HomeRegion' in rest ? rest.HomeRegion : 'eu-west-1',
          isOrganizationTrail: Name === 'organization',
        },
        { resourceId: Name, arn: TrailARN },
      ),
    );

    const { calls } = await invoke(scheduled(), { account: account({ trails, recorded }) });

    expect(putIn(calls)).toEqual(['shadow SHADOW_TRAIL', 'organization ORGANIZATION_TRAIL']);
  });

  it('clears results of recorded trails that no longer exist, and results without a resource, by type and ID', async () => {
    const current = [
      ['AWS::CloudTrail::Trail', 'audit'],
      ['AWS::CloudTrail::Trail', 'old'],
      ['AWS::KMS::Key', 'audit'],
    ] as const;
    const recorded = [
      row(),
      row({ trailARN: `${BASE}deleted` }, { resourceId: 'deleted', arn: `${BASE}deleted` }),
    ];

    const { calls, outcome } = await invoke(scheduled(), {
      account: account({ current, recorded, page: 1 }),
    });

    expect(putIn(calls)).toEqual([
      'audit CMK_USABLE',
      'deleted TRAIL_NOT_FOUND',
      'old TRAIL_NOT_FOUND',
      'audit TRAIL_NOT_FOUND',
    ]);
    expect(calls.at(-1)?.body['Evaluations'][3]).toMatchObject({
      ComplianceResourceType: 'AWS::KMS::Key',
      ComplianceType: 'NOT_APPLICABLE',
    });
    expect(outcome?.cleared).toBe(2);
  });

  it('requires only the IDs of a recorded trail', async () => {
    for (const configuration of [undefined, null]) {
      const recorded = [row({}, { configuration, resourceId: 'id-of-config' })];

      const { calls } = await invoke(scheduled(), { account: account({ recorded }) });

      expect(putIn(calls)).toEqual(['id-of-config CMK_USABLE']);
    }
  });

  it('looks up a key once, however many trails use it', async () => {
    const trails = Array.from({ length: 5 }, (_, index) =>
      liveTrail({ Name: `t${index}`, TrailARN: `${BASE}t${index}` }),
    );

    const { calls } = await invoke(scheduled(), { account: account({ trails, recorded: [] }) });

    expect(putIn(calls)).toHaveLength(5);
    expect(operationsIn(calls).filter((name) => name === 'DescribeKey')).toHaveLength(1);
  });

  it.each([100, 101, 250])(
    'reports %i results in batches of at most 100, with the same token',
    async (count) => {
      const trails = Array.from({ length: count }, (_, index) =>
        liveTrail({ Name: `t${index}`, TrailARN: `${BASE}t${index}` }),
      );

      const { calls } = await invoke(scheduled(), { account: account({ trails, recorded: [] }) });

      const puts = calls.filter(({ operation }) => operation === 'PutEvaluations').map(({ body }) => body);
      expect(puts.map(({ Evaluations }) => Evaluations.length)).toEqual(
        Array.from({ length: Math.ceil(count / 100) }, (_, index) => Math.min(100, count - index * 100)),
      );
      expect(new Set(puts.map(({ ResultToken }) => ResultToken)).size).toBe(1);
    },
  );

  it('reports an empty list if there are no trails, also after a snapshot was delivered', async () => {
    const { calls } = await invoke(snapshotDelivered(), { account: account({ trails: [], recorded: [] }) });

    expect(calls.at(-1)).toMatchObject({ operation: 'PutEvaluations', body: { Evaluations: [] } });
  });

  it.each([
    [64, ['GetComplianceDetailsByConfigRule'], 0],
    [65, [], 1],
  ])(
    'lists the results of a rule whose name has %i characters, or warns',
    async (length, listed, warnings) => {
      const result = await invoke(scheduled({ configRuleName: 'r'.repeat(length) }), { account: account() });

      expect(operationsIn(result.calls).filter((name) => name.startsWith('GetCompliance'))).toEqual(listed);
      expect(result.warnings).toHaveLength(warnings);
      expect(putIn(result.calls)).toEqual(['audit CMK_USABLE']);
    },
  );
});

describe('rejected results', () => {
  const reportTwice = async (rejectedAgain: boolean) => {
    let puts = 0;
    const trails = ['a', 'b'].map((Name) => liveTrail({ Name, TrailARN: BASE + Name }));
    const refuse = (evaluations: readonly JsonObject[]) => {
      puts += 1;
      return puts === 1 || rejectedAgain ? evaluations.slice(0, 1) : [];
    };
    return invoke(scheduled(), { account: account({ trails, recorded: [], refuse }) });
  };

  it('are reported again, and only those', async () => {
    const { calls, error } = await reportTwice(false);

    expect(error).toBeUndefined();
    expect(putIn(calls)).toEqual(['a CMK_USABLE', 'b CMK_USABLE', 'a CMK_USABLE']);
  });

  it('are thrown with their IDs after the second time', async () => {
    const { error } = await reportTwice(true);

    expect(error).toMatchObject({
      name: 'EvaluationsRejectedError',
      message: expect.stringContaining('rejected the results of a twice.'),
    });
  });
});

it('reports an empty list for a resource of another type', async () => {
  const { calls } = await invoke(changeOf({ ...trailItem(), resourceType: 'AWS::S3::Bucket' }), {
    account: account(),
  });

  expect(calls).toMatchObject([{ operation: 'PutEvaluations', body: { Evaluations: [] } }]);
});

it('ends without an error if the rule was deleted', async () => {
  const { error, outcome } = await invoke(changeOf(trailItem()), {
    account: account(),
    faults: ({ operation }) =>
      operation === 'PutEvaluations' ? { error: 'NoSuchConfigRuleException' } : undefined,
  });

  expect(error).toBeUndefined();
  expect(outcome?.status).toBe('rule-deleted');
});

it('explains a rejected token, and never contains a token', async () => {
  const event = changeOf(trailItem());
  const failing = (fault: { error: string; message: string }) =>
    invoke(event, {
      account: account(),
      faults: ({ operation }) => (operation === 'PutEvaluations' ? fault : undefined),
    });

  const rejected = await failing({
    error: 'InvalidResultTokenException',
    message: 'token-of-this-event is bad',
  });
  const quoting = await failing({
    error: 'InvalidParameterValueException',
    message: 'bad: token-of-this-event',
  });

  expect(rejected.error).toMatchObject({
    name: 'ResultTokenError',
    message: expect.stringContaining('expired'),
  });
  expect(quoting.error).toMatchObject({
    name: 'ServiceFaultError',
    message: expect.stringContaining('[token]'),
  });
  for (const { error } of [rejected, quoting]) {
    expect(`${error?.message} ${error?.stack} ${JSON.stringify(error)} ${error?.cause}`).not.toContain(
      'token-of-this-event',
    );
  }
});
