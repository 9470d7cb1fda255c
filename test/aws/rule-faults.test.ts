import { describe, expect, it } from 'vitest';
import { account, answersFor, liveTrail, metadata, operationsIn, putIn, row } from '../support/account.js';
import { ACCOUNT, KEY_ARN, keyItem, trailItem } from '../support/builders.js';
import { invoke, invokeAt } from '../support/invoke.js';
import { changeOf, oversizedChangeOf, scheduled } from '../support/rule-event.js';
import { type Fault, type Faults, startStandIn } from '../support/stand-in.js';

const { configuration: _, ...SUMMARY } = trailItem();
const POLICY = { ruleParameters: '{"checkKeyPolicy":"true"}' };
const ROTATION = { ruleParameters: '{"requireKeyRotation":"true"}' };

/** For each call an invocation that makes it. */
const OCCASIONS = {
  DescribeKey: changeOf(trailItem()),
  GetKeyPolicy: changeOf(trailItem(), POLICY),
  GetKeyRotationStatus: changeOf(trailItem(), ROTATION),
  PutEvaluations: changeOf(trailItem()),
  GetResourceConfigHistory: oversizedChangeOf(SUMMARY),
  DescribeTrails: scheduled(),
  SelectResourceConfig: changeOf(keyItem()),
  GetComplianceDetailsByConfigRule: scheduled(),
  ListDiscoveredResources: changeOf(keyItem()),
  BatchGetResourceConfig: changeOf(keyItem()),
} as const;

type Operation = keyof typeof OCCASIONS;

const OPERATIONS = Object.keys(OCCASIONS).filter((name): name is Operation => name in OCCASIONS);

/** Discovery is reached only where the query is refused. */
const isDiscovery = (operation: Operation): boolean => /Discovered|Batch/.test(operation);

/** Plays a fault at one call, the first times or always. */
const play = (operation: Operation, fault: Fault, { times = Infinity, budgetMs = 12_000 } = {}) => {
  const faults: Faults = (call, earlier) => {
    if (call.operation === operation && earlier < times) return fault;
    return call.operation === 'SelectResourceConfig' && isDiscovery(operation)
      ? { error: 'InvalidExpressionException' }
      : undefined;
  };
  const policies = {
    [KEY_ARN]:
      '{"Statement":[{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"kms:GenerateDataKey*","Resource":"*"}]}',
  };
  return invoke(OCCASIONS[operation], {
    account: account({ policies, rotation: { [KEY_ARN]: true } }),
    faults,
    budgetMs,
  });
};

const WELL = ['audit CMK_USABLE'];

/** Where the call only says more about the key, or only tidies up, results are put all the same. */
const STILL_PUT: Partial<Record<Operation, readonly string[]>> = {
  GetComplianceDetailsByConfigRule: WELL,
};

describe.concurrent.each(OPERATIONS)('%s', (operation) => {
  const nothingWrong = STILL_PUT[operation] ?? [];
  // The call itself may have come through, and its answer not.
  const putUpTo = (put: readonly string[]) => (operation === 'PutEvaluations' ? [] : put);

  it.each(['throttle', 'server-error', 'reset'] as const)(
    'that fails twice (%s) is tried again',
    async (fault) => {
      const { error, calls } = await play(operation, fault, { times: 2 });

      expect(error).toBeUndefined();
      expect(putIn(calls.filter((_call, index) => index >= calls.length - 1))).toEqual(WELL);
    },
  );

  it.each(['throttle', 'server-error', 'reset', 'malformed'] as const)(
    'that always fails (%s) is thrown by name',
    async (fault) => {
      const { error, calls } = await play(operation, fault);

      expect(error?.name).toMatch(
        isOfOneKey(operation) ? /^ServiceFaultError$/ : /^(ServiceFaultError|KeysUnavailableError)$/,
      );
      expect(error?.message).toContain(operation);
      expect(putUpTo(putIn(calls))).toEqual(nothingWrong);
    },
  );

  it('that hangs is given up within the time budget', async () => {
    const startedAt = Date.now();

    const { error, calls } = await play(operation, 'hang', { budgetMs: 1500 });

    // Nothing is timed for speed here: a budget that is not kept would take the fifteen seconds of three attempts.
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    expect(`${error?.name}: ${error?.message}`).toMatch(/Gave up on \w+:\w+ in eu-west-1/);
    expect(error?.message).toContain(operation);
    expect(putUpTo(putIn(calls))).toEqual(nothingWrong);
  });
});

const isOfOneKey = (operation: Operation): boolean => /Key/.test(operation);

describe.concurrent('a denied call', () => {
  it.each([
    ['DescribeKey', ['audit KEY_UNVERIFIABLE']],
    ['GetKeyPolicy', WELL],
    ['GetKeyRotationStatus', ['audit KEY_UNVERIFIABLE']],
  ] as const)('%s is a verdict about that key', async (operation, put) => {
    const { error, calls } = await play(operation, 'denied');

    expect(error).toBeUndefined();
    expect(putIn(calls)).toEqual(put);
  });

  it.each([
    ['PutEvaluations', 'config:PutEvaluations'],
    ['GetResourceConfigHistory', 'config:GetResourceConfigHistory'],
    ['DescribeTrails', 'cloudtrail:DescribeTrails'],
    ['SelectResourceConfig', 'config:SelectResourceConfig'],
    ['ListDiscoveredResources', 'config:ListDiscoveredResources'],
    ['BatchGetResourceConfig', 'config:BatchGetResourceConfig'],
  ] as const)('%s is thrown with the missing action, and nothing is put', async (operation, action) => {
    const { error, calls } = await play(operation, 'denied');

    expect(error).toMatchObject({
      name: 'AccessDeniedError',
      message: expect.stringContaining(`Allow ${action} `),
    });
    expect(operationsIn(calls).filter((name) => name === 'PutEvaluations')).toHaveLength(
      operation === 'PutEvaluations' ? 1 : 0,
    );
  });

  it('that only lists old results is thrown once the new ones are put', async () => {
    const { error, calls } = await play('GetComplianceDetailsByConfigRule', 'denied');

    expect(error).toMatchObject({ name: 'AccessDeniedError' });
    expect(putIn(calls)).toEqual(WELL);
  });
});

describe.concurrent('an empty page', () => {
  it.each(['SelectResourceConfig', 'GetComplianceDetailsByConfigRule', 'ListDiscoveredResources'] as const)(
    'of %s that names a next one is followed',
    async (operation) => {
      const pages = account({ current: [['AWS::CloudTrail::Trail', 'old']], page: 1 });
      let emptied = 0;
      const answers = answersFor(pages);
      const standIn = await startStandIn(() => ({
        ...answers,
        ...(isDiscovery(operation)
          ? { SelectResourceConfig: () => ({ error: 'InvalidExpressionException' }) }
          : {}),
        [operation]: (call) => {
          emptied += 1;
          const token = call.body['NextToken'] ?? call.body['nextToken'];
          if (token === undefined) return { NextToken: '0', nextToken: '0' };
          return answers[operation]?.(call) ?? {};
        },
      }));

      const { error } = await invokeAt(standIn.url, scheduled());
      await standIn.close();

      expect(error).toBeUndefined();
      expect(emptied).toBeGreaterThan(1);
      expect(putIn(standIn.calls)).toEqual(['audit CMK_USABLE', 'old TRAIL_NOT_FOUND']);
    },
  );
});

describe.concurrent('one key that cannot be asked', () => {
  const BASE = `arn:aws:cloudtrail:eu-west-1:${ACCOUNT}:trail/`;
  const BROKEN = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/b0`;
  const trails = [liveTrail(), liveTrail({ Name: 'broken', TrailARN: `${BASE}broken`, KmsKeyId: BROKEN })];
  const recorded = [
    row(),
    row({ trailARN: `${BASE}broken`, kmsKeyId: BROKEN }, { resourceId: 'broken', arn: `${BASE}broken` }),
  ];
  const current = [['AWS::CloudTrail::Trail', 'old']] as const;

  it.each([
    ['throttle', { error: 'ThrottlingException' }],
    ['no answer at all', undefined],
    ['a fault of KMS', { error: 'KMSInternalException' }],
    ['a fault behind KMS', { error: 'DependencyTimeoutException' }],
    ['an error that is not documented', { error: 'SomethingNewException' }],
    ['an answer without metadata', { malformed: true }],
  ])(
    'on a schedule (%s): the others are put, nothing is set aside, and it is thrown by name',
    async (_name, answer) => {
      const keys = { [KEY_ARN]: metadata(), [BROKEN]: answer ?? metadata() };
      const faults: Faults = ({ body }) =>
        answer === undefined && body['KeyId'] === BROKEN ? 'hang' : undefined;

      const { calls, error } = await invoke(scheduled(), {
        account: account({ trails, recorded, current, keys }),
        faults,
        budgetMs: 5000,
      });

      expect(putIn(calls)).toEqual(['audit CMK_USABLE']);
      expect(error).toMatchObject({
        name: 'KeysUnavailableError',
        message: expect.stringContaining(`${BASE}broken`),
      });
      expect(error?.message).toContain(BROKEN);
    },
  );

  it('on a key event: the others are put, and it is thrown', async () => {
    const alias = `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/broken`;
    const aliased = row(
      { trailARN: `${BASE}aliased`, kmsKeyId: 'alias/broken' },
      { resourceId: 'aliased', arn: `${BASE}aliased` },
    );

    const { calls, error } = await invoke(changeOf(keyItem()), {
      account: account({
        recorded: [row(), aliased],
        keys: { [KEY_ARN]: metadata(), [alias]: { error: 'KMSInternalException' } },
      }),
    });

    expect(putIn(calls)).toEqual(['audit CMK_USABLE']);
    expect(error).toMatchObject({
      name: 'KeysUnavailableError',
      message: expect.stringContaining(`${BASE}aliased`),
    });
  });

  it('is tried again where the SDK does not, for KMS says with status 400 that it broke', async () => {
    const { calls, error } = await play('DescribeKey', { error: 'KMSInternalException' }, { times: 2 });

    expect(error).toBeUndefined();
    expect(putIn(calls)).toEqual(WELL);
  });
});
