import { describe, expect, it } from 'vitest';
import { cacheKeys } from '../../src/core/key.js';
import { parseRuleEvent } from '../../src/core/rule-event.js';
import type { RulePorts, RuleResult, Submission } from '../../src/ports.js';
import { evaluateRule, failureOf, KeysUnavailableError, summaryOf } from '../../src/rule/evaluate-rule.js';
import {
  ACCOUNT,
  facts,
  findingOf,
  found,
  KEY_ARN,
  keyItem,
  NOW,
  OTHER_ACCOUNT,
  observed,
  REGION,
  TRAIL_ARN,
  trail,
  trailItem,
} from '../support/builders.js';
import { changeOf, oversizedChangeOf, ruleEvent, scheduled } from '../support/rule-event.js';

const fakeRule = (overrides: Partial<RulePorts> = {}) => {
  const reported: (RuleResult & Submission)[] = [];
  const ports: RulePorts = {
    region: REGION,
    keys: () => ({ getKey: async () => found() }),
    live: { listTrails: async () => [trail()], getTrail: async () => trail() },
    history: { listTrails: async () => [observed()], getItem: async () => undefined },
    results: {
      listCurrent: async () => [],
      report: async (results, submission) => {
        reported.push(...results.map((result) => ({ ...result, ...submission })));
        return 'done';
      },
    },
    now: () => NOW,
    pause: async () => {},
    isThrottled: () => false,
    warn: () => {},
    ...overrides,
  };
  return { ports, reported, run: (event: unknown) => evaluateRule(parseRuleEvent(event), ports) };
};

it.each([
  [observed(), observed({ region: 'us-east-1' })],
  [observed({ region: 'us-east-1' }), observed()],
  [observed({ region: 'us-east-1' }), observed({ region: 'us-east-2' }), observed()],
])('reports the finding that evaluates the trail if several items have one ID', async (...trails) => {
  const { run, reported } = fakeRule({
    history: { listTrails: async () => trails, getItem: async () => undefined },
    keys: () => ({ getKey: async () => found({ state: 'Disabled' }) }),
  });

  await run(changeOf(keyItem({}, { ARN: KEY_ARN })));

  expect(reported.map(({ code }) => code)).toEqual(['KEY_DISABLED']);
});

it('reports the worst finding if several evaluated trails have one ID', async () => {
  const trails = [
    observed({ trail: trail({ arn: `${TRAIL_ARN}1` }) }),
    observed({ trail: trail({ arn: `${TRAIL_ARN}2`, kmsKeyId: `${KEY_ARN.slice(0, -1)}0` }) }),
    observed({ trail: trail({ arn: `${TRAIL_ARN}3`, kmsKeyId: undefined }) }),
  ];
  const { run, reported } = fakeRule({
    live: { listTrails: async () => trails.map((one) => one.trail), getTrail: async () => undefined },
    history: { listTrails: async () => trails, getItem: async () => undefined },
    keys: () => ({
      getKey: async ({ arn }) => found({ arn, state: arn === KEY_ARN ? 'Enabled' : 'Disabled' }),
    }),
  });

  await run(scheduled());

  expect(reported.map(({ code }) => code)).toEqual(['KEY_DISABLED']);
});

it('uses the current time for results if the event contains none', async () => {
  const { run, reported } = fakeRule();

  await run(ruleEvent({ messageType: 'ScheduledNotification', notificationCreationTime: null }));

  expect(reported.map(({ orderedAt }) => orderedAt)).toEqual([NOW]);
});

it("evaluates a trail that is not recorded in its owner's account if the event contains no account", async () => {
  const { run, reported } = fakeRule({
    history: { listTrails: async () => [], getItem: async () => undefined },
  });

  await run(ruleEvent({ messageType: 'ScheduledNotification' }, { accountId: undefined }));

  expect(reported.map(({ resourceId }) => resourceId)).toEqual(['audit']);
});

it('reports a recorded shadow trail that is no longer listed as a shadow trail', async () => {
  const shadow = observed({ region: 'us-east-1', accountId: OTHER_ACCOUNT });
  const { run, reported } = fakeRule({
    live: { listTrails: async () => [], getTrail: async () => undefined },
    history: { listTrails: async () => [shadow], getItem: async () => undefined },
  });

  await run(scheduled());

  expect(reported.map(({ code }) => code)).toEqual(['SHADOW_TRAIL']);
});

it('evaluates a trail that CloudTrail lists, whatever AWS Config has recorded', async () => {
  const { run, reported } = fakeRule({
    history: { listTrails: async () => [observed({ absent: 'deleted' })], getItem: async () => undefined },
  });

  await run(scheduled());

  expect(reported.map(({ compliance }) => compliance)).toEqual(['COMPLIANT']);
});

it.each([
  ['owner', 'ORGANIZATION_TRAIL'],
  ['everywhere', 'TRAIL_NOT_FOUND'],
])(
  'reports an organization trail that is no longer listed, with organizationTrails=%s, as %s',
  async (organizationTrails, code) => {
    const { run, reported } = fakeRule({
      live: { listTrails: async () => [], getTrail: async () => undefined },
      history: {
        listTrails: async () => [observed({ accountId: OTHER_ACCOUNT })],
        getItem: async () => undefined,
      },
    });

    await run(
      scheduled({ accountId: OTHER_ACCOUNT, ruleParameters: JSON.stringify({ organizationTrails }) }),
    );

    expect(reported.map(({ code }) => code)).toEqual([code]);
  },
);

it('evaluates an oversized item without account and Region in the account and Region of the rule', async () => {
  const {
    configuration: _,
    awsAccountId: __,
    awsRegion: ___,
    ARN: ____,
    configurationItemCaptureTime: _____,
    ...summary
  } = trailItem();
  const { run, reported } = fakeRule();

  await run({ ...oversizedChangeOf(summary), accountId: undefined });

  expect(reported).toMatchObject([{ resourceId: 'audit', compliance: 'COMPLIANT' }]);
});

it('excludes trails without a valid key from the evaluation for a key event', async () => {
  const trails = [undefined, 'no key'].map((kmsKeyId) => observed({ trail: trail({ kmsKeyId }) }));
  const { run, reported } = fakeRule({
    history: { listTrails: async () => trails, getItem: async () => undefined },
  });

  await run(changeOf(keyItem({}, { ARN: KEY_ARN })));

  expect(reported).toEqual([]);
});

it('warns if the event contains no rule name, and clears no results', async () => {
  const warnings: string[] = [];
  const { run, reported } = fakeRule({ warn: (message) => warnings.push(message) });

  await run(scheduled({ configRuleName: undefined }));

  expect(warnings).toEqual([expect.stringContaining('not in the event')]);
  expect(reported).toHaveLength(1);
});

it('looks up a key once', async () => {
  let lookups = 0;
  const keys = cacheKeys({
    getKey: async () => {
      lookups += 1;
      return found();
    },
  });
  const reference = {
    kind: 'key',
    kmsKeyId: KEY_ARN,
    arn: KEY_ARN,
    region: REGION,
    accountId: ACCOUNT,
  } as const;

  await Promise.all([keys.getKey(reference), keys.getKey(reference)]);

  expect(lookups).toBe(1);
});

describe('the message of', () => {
  it('KeysUnavailableError contains the messages of its errors', () => {
    const failures = ['a text', new Error('throttled')].map((error) => ({ item: observed(), error }));

    expect(new KeysUnavailableError(failures).message).toContain(
      `${TRAIL_ARN} (a text); ${TRAIL_ARN} (throttled)`,
    );
  });

  it('a summary contains the counts of codes, and of a failure the error name', () => {
    const invocation = parseRuleEvent(scheduled());
    const findings = [findingOf(facts()), findingOf(facts())];
    const metrics = { calls: {}, milliseconds: 7 };

    expect(summaryOf(invocation, { findings, cleared: 1, status: 'done' }, metrics)).toMatchObject({
      codes: { CMK_USABLE: 2 },
      keyLookups: 0,
    });
    expect(failureOf(invocation, new TypeError('x'), metrics)).toMatchObject({
      outcome: 'failed',
      error: 'TypeError',
    });
    expect(failureOf(invocation, 'x', metrics)).toMatchObject({ error: 'unknown' });
  });
});

describe('keys that cannot be looked up', () => {
  const arns = Array.from({ length: 6 }, (_, index) => `${KEY_ARN.slice(0, -1)}${index}`);
  const trails = arns.map((kmsKeyId, index) =>
    observed({ resourceId: `t${index}`, trail: trail({ arn: `${TRAIL_ARN}${index}`, kmsKeyId }) }),
  );
  const throttledRule = (perSecond: number) => {
    let [left, pauses] = [perSecond, 0];
    const rule = fakeRule({
      live: { listTrails: async () => trails.map((one) => one.trail), getTrail: async () => undefined },
      history: { listTrails: async () => trails, getItem: async () => undefined },
      keys: () => ({
        getKey: async ({ arn }) => {
          if (left === 0) throw new Error('throttled');
          left -= 1;
          return found({ arn });
        },
      }),
      pause: async () => {
        pauses += 1;
        left = perSecond;
      },
    });
    return { ...rule, pauses: () => pauses };
  };

  it('are looked up again, after a pause, as long as that helps', async () => {
    const { run, reported, pauses } = throttledRule(2);

    await run(scheduled());

    expect(reported).toHaveLength(trails.length);
    expect(pauses()).toBe(2);
  });

  it('are not looked up again if none can be', async () => {
    const { run, pauses } = throttledRule(0);

    await expect(run(scheduled())).rejects.toThrow('Keys could not be looked up for 6 trails');
    expect(pauses()).toBe(0);
  });
});

it('names at most 50 trails whose keys could not be looked up', async () => {
  const failures = Array.from({ length: 52 }, (_, index) => ({
    item: observed({ trail: trail({ arn: `${TRAIL_ARN}-${index}` }) }),
    error: new Error('throttled'),
  }));

  const { message, errors } = new KeysUnavailableError(failures);

  expect(message).toContain('for 52 trails');
  expect(message).toContain(`${TRAIL_ARN}-49 (throttled); and 2 more`);
  expect(message).not.toContain(`${TRAIL_ARN}-50`);
  expect(errors).toHaveLength(50);
});

describe('an invocation for a changed key that AWS Config throttles', () => {
  const THROTTLED = new Error('Rate exceeded');
  const throttledRule = (overrides: Partial<RulePorts>) => {
    const warnings: string[] = [];
    const warn = (message: string) => warnings.push(message);
    return { ...fakeRule({ isThrottled: (error) => error === THROTTLED, warn, ...overrides }), warnings };
  };
  const failingWith = (error: Error) => ({
    listTrails: async () => {
      throw error;
    },
    getItem: async () => undefined,
  });
  const report = async () => {
    throw THROTTLED;
  };
  const results = { listCurrent: async () => [], report };

  it('reports nothing, with a warning, because the schedule evaluates the trails', async () => {
    const { run, reported, warnings } = throttledRule({ history: failingWith(THROTTLED) });

    const outcome = await run(changeOf(keyItem()));

    expect(outcome).toEqual({ findings: [], cleared: 0, status: 'throttled' });
    expect(reported).toEqual([]);
    expect(warnings).toEqual([
      'The trails of the key were not evaluated. The schedule evaluates them. Rate exceeded',
    ]);
  });

  it('ends as well if no trail uses the key and the empty result cannot be reported', async () => {
    const { run } = throttledRule({ results });

    const outcome = await run(changeOf(keyItem({}, { ARN: `${KEY_ARN.slice(0, -1)}0` })));

    expect(outcome.status).toBe('throttled');
  });

  it.each([
    ['a result cannot be reported', { results }, changeOf(keyItem({}, { ARN: KEY_ARN }))],
    ['the schedule is throttled', { history: failingWith(THROTTLED) }, scheduled()],
    ['the query fails otherwise', { history: failingWith(new Error('no')) }, changeOf(keyItem())],
  ])('fails if %s', async (_, overrides, event) => {
    const { run } = throttledRule(overrides);

    await expect(run(event)).rejects.toThrow(/^(no|Rate exceeded)$/);
  });
});
