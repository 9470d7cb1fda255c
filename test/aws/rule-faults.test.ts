import { describe, expect, it } from 'vitest';
import { account, answersFor, liveTrail, metadata, operationsIn, putIn, row } from '../support/account.js';
import { ACCOUNT, KEY_ARN, keyItem, trailItem } from '../support/builders.js';
import { invoke, invokeAt } from '../support/invoke.js';
import { changeOf, oversizedChangeOf, scheduled } from '../support/rule-event.js';
import { type Fault, type Faults, startStandIn } from '../support/stand-in.js';

const { configuration: _, ...SUMMARY } = trailItem();
const POLICY = { ruleParameters: '{"checkKeyPolicy":"true"}' };
const ROTATION = { ruleParameters: '{"requireKeyRotation":"true"}' };

/** An event for each operation that makes the rule call it. */
const EVENTS = {
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

type Operation = keyof typeof EVENTS;

const OPERATIONS = Object.keys(EVENTS).filter((name): name is Operation => name in EVENTS);

/** Discovery is used only if advanced queries are not supported. */
const isDiscovery = (operation: Operation): boolean => /Discovered|Batch/.test(operation);

/** Invokes the rule with a fault in one operation, the first times or always. */
const invokeWith = (operation: Operation, fault: Fault, { times = Infinity, budgetMs = 12_000 } = {}) => {
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
  return invoke(EVENTS[operation], {
    account: account({ policies, rotation: { [KEY_ARN]: true } }),
    faults,
    budgetMs,
  });
};

const COMPLIANT = ['audit CMK_USABLE'];

/** Results are reported although the call failed: it is needed only for clearing earlier results. */
const STILL_REPORTED: Partial<Record<Operation, readonly string[]>> = {
  GetComplianceDetailsByConfigRule: COMPLIANT,
};

describe.concurrent.each(OPERATIONS)('%s', (operation) => {
  const expected = STILL_REPORTED[operation] ?? [];
  // PutEvaluations can succeed although its response is lost.
  const reportedBefore = (reported: readonly string[]) => (operation === 'PutEvaluations' ? [] : reported);

  it.each(['throttle', 'server-error', 'reset'] as const)(
    'that fails twice (%s) is retried',
    async (fault) => {
      const { error, calls } = await invokeWith(operation, fault, { times: 2 });

      expect(error).toBeUndefined();
      expect(putIn(calls.filter((_call, index) => index >= calls.length - 1))).toEqual(COMPLIANT);
    },
  );

  it.each(['throttle', 'server-error', 'reset', 'malformed'] as const)(
    'that always fails (%s) throws a named error',
    async (fault) => {
      const { error, calls, outcome, warnings } = await invokeWith(operation, fault);

      if (fault === 'throttle' && LISTS_TRAILS_OF_KEY.test(operation)) {
        expect([error, outcome?.status, putIn(calls)]).toEqual([undefined, 'throttled', []]);
        expect(warnings.join()).toContain(`config:${operation} failed in eu-west-1: ThrottlingException`);
        return;
      }
      expect(error?.name).toMatch(
        isOfOneKey(operation) ? /^ServiceFaultError$/ : /^(ServiceFaultError|KeysUnavailableError)$/,
      );
      expect(error?.message).toContain(operation);
      expect(reportedBefore(putIn(calls))).toEqual(expected);
    },
  );

  it('that does not respond ends within the time budget', async () => {
    const startedAt = Date.now();

    const { error, calls } = await invokeWith(operation, 'hang', { budgetMs: 1500 });

    // Without the budget, three attempts would take 15 seconds.
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    expect(`${error?.name}: ${error?.message}`).toMatch(/\w+:\w+ in eu-west-1 was ended/);
    expect(error?.message).toContain(operation);
    expect(reportedBefore(putIn(calls))).toEqual(expected);
  });
});

/** Throttled on the event of a key, these are no error: the schedule evaluates the trails. */
const LISTS_TRAILS_OF_KEY = /^(SelectResourceConfig|ListDiscoveredResources|BatchGetResourceConfig)$/;

const isOfOneKey = (operation: Operation): boolean => /Key/.test(operation);

// PutEvaluations is not among them: its response contains only rejected results.
describe.concurrent.each(OPERATIONS.filter((operation) => operation !== 'PutEvaluations'))(
  '%s whose response lacks its content',
  (operation) => {
    it.each(['empty', 'null', 'no-content'] as const)(
      '(%s) throws an error with operation and Region, and never counts as empty',
      async (fault) => {
        const { error, calls } = await invokeWith(operation, fault);

        expect(error?.message).toMatch(new RegExp(`\\w+:${operation} failed in eu-west-1: the response`));
        expect(putIn(calls)).toEqual(STILL_REPORTED[operation] ?? []);
      },
    );
  },
);

describe.concurrent('a denied call', () => {
  it.each([
    ['DescribeKey', ['audit KEY_UNVERIFIABLE']],
    ['GetKeyPolicy', COMPLIANT],
    ['GetKeyRotationStatus', ['audit KEY_UNVERIFIABLE']],
  ] as const)('%s becomes a verdict about the key', async (operation, results) => {
    const { error, calls } = await invokeWith(operation, 'denied');

    expect(error).toBeUndefined();
    expect(putIn(calls)).toEqual(results);
  });

  it.each([
    ['PutEvaluations', 'config:PutEvaluations'],
    ['GetResourceConfigHistory', 'config:GetResourceConfigHistory'],
    ['DescribeTrails', 'cloudtrail:DescribeTrails'],
    ['SelectResourceConfig', 'config:SelectResourceConfig'],
    ['ListDiscoveredResources', 'config:ListDiscoveredResources'],
    ['BatchGetResourceConfig', 'config:BatchGetResourceConfig'],
  ] as const)(
    '%s throws an error with the missing action, and nothing is reported',
    async (operation, action) => {
      const { error, calls } = await invokeWith(operation, 'denied');

      expect(error).toMatchObject({
        name: 'AccessDeniedError',
        message: expect.stringContaining(`Allow ${action} `),
      });
      expect(operationsIn(calls).filter((name) => name === 'PutEvaluations')).toHaveLength(
        operation === 'PutEvaluations' ? 1 : 0,
      );
    },
  );

  it('that only lists earlier results throws after the new ones are reported', async () => {
    const { error, calls } = await invokeWith('GetComplianceDetailsByConfigRule', 'denied');

    expect(error).toMatchObject({ name: 'AccessDeniedError' });
    expect(putIn(calls)).toEqual(COMPLIANT);
  });
});

describe.concurrent('an empty page', () => {
  it.each([
    ['SelectResourceConfig', 'Results'],
    ['GetComplianceDetailsByConfigRule', 'EvaluationResults'],
    ['ListDiscoveredResources', 'resourceIdentifiers'],
  ] as const)('of %s with a token is followed', async (operation, list) => {
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
        if (token === undefined) return { [list]: [], NextToken: '0', nextToken: '0' };
        return answers[operation]?.(call) ?? {};
      },
    }));

    const { error } = await invokeAt(standIn.url, scheduled());
    await standIn.close();

    expect(error).toBeUndefined();
    expect(emptied).toBeGreaterThan(1);
    expect(putIn(standIn.calls)).toEqual(['audit CMK_USABLE', 'old TRAIL_NOT_FOUND']);
  });
});

it('names how many trails AWS Config leaves out, after three requests', async () => {
  const standIn = await startStandIn(() => ({
    ...answersFor(account()),
    SelectResourceConfig: () => ({ error: 'InvalidExpressionException' }),
    BatchGetResourceConfig: ({ body }) => ({
      baseConfigurationItems: [],
      unprocessedResourceKeys: body['resourceKeys'],
    }),
  }));

  const { error } = await invokeAt(standIn.url, changeOf(keyItem()));
  await standIn.close();

  expect(error?.message).toBe('config:BatchGetResourceConfig left out 1 of 1 trails');
  expect(operationsIn(standIn.calls).filter((name) => name === 'BatchGetResourceConfig')).toHaveLength(3);
  expect(putIn(standIn.calls)).toEqual([]);
});

describe.concurrent('one key that cannot be looked up', () => {
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
    ['no response', undefined],
    ['a fault of KMS', { error: 'KMSInternalException' }],
    ['a fault behind KMS', { error: 'DependencyTimeoutException' }],
    ['an undocumented error', { error: 'SomethingNewException' }],
    ['a response without metadata', { malformed: true }],
  ])(
    'on a schedule (%s): the others are reported, nothing is cleared, and a named error is thrown',
    async (_name, response) => {
      const keys = { [KEY_ARN]: metadata(), [BROKEN]: response ?? metadata() };
      const faults: Faults = ({ body }) =>
        response === undefined && body['KeyId'] === BROKEN ? 'hang' : undefined;

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

  it('on a key event: the others are reported, and an error is thrown', async () => {
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

  it('is retried after a fault of KMS with status code 400, which the SDK does not retry', async () => {
    const { calls, error } = await invokeWith('DescribeKey', { error: 'KMSInternalException' }, { times: 2 });

    expect(error).toBeUndefined();
    expect(putIn(calls)).toEqual(COMPLIANT);
  });
});
