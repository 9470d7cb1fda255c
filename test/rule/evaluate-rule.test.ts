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

const fake = (overrides: Partial<RulePorts> = {}) => {
  const put: (RuleResult & Submission)[] = [];
  const ports: RulePorts = {
    region: REGION,
    keys: () => ({ getKey: async () => found() }),
    live: { all: async () => [trail()], named: async () => trail() },
    history: { trails: async () => [observed()], itemOf: async () => undefined },
    results: {
      current: async () => [],
      put: async (results, submission) => {
        put.push(...results.map((result) => ({ ...result, ...submission })));
        return 'done';
      },
    },
    now: () => NOW,
    warn: () => {},
    ...overrides,
  };
  return { ports, put, run: (event: unknown) => evaluateRule(parseRuleEvent(event), ports) };
};

it.each([
  [observed(), observed({ region: 'us-east-1' })],
  [observed({ region: 'us-east-1' }), observed()],
  [observed({ region: 'us-east-1' }), observed({ region: 'us-east-2' }), observed()],
])('of several items under one id reports the one that evaluates the trail', async (...trails) => {
  const { run, put } = fake({
    history: { trails: async () => trails, itemOf: async () => undefined },
    keys: () => ({ getKey: async () => found({ state: 'Disabled' }) }),
  });

  await run(changeOf(keyItem({}, { ARN: KEY_ARN })));

  expect(put.map(({ code }) => code)).toEqual(['KEY_DISABLED']);
});

it('orders results by the clock where the event names no time', async () => {
  const { run, put } = fake();

  await run(ruleEvent({ messageType: 'ScheduledNotification', notificationCreationTime: null }));

  expect(put.map(({ orderedAt }) => orderedAt)).toEqual([NOW]);
});

it('judges a trail that is not recorded as its owner where the event names no account', async () => {
  const { run, put } = fake({ history: { trails: async () => [], itemOf: async () => undefined } });

  await run(ruleEvent({ messageType: 'ScheduledNotification' }, { accountId: undefined }));

  expect(put.map(({ resourceId }) => resourceId)).toEqual(['audit']);
});

it('shows a copy that is recorded and no longer seen as a copy', async () => {
  const copy = observed({ region: 'us-east-1', accountId: OTHER_ACCOUNT });
  const { run, put } = fake({
    live: { all: async () => [], named: async () => undefined },
    history: { trails: async () => [copy], itemOf: async () => undefined },
  });

  await run(scheduled());

  expect(put.map(({ code }) => code)).toEqual(['SHADOW_TRAIL']);
});

it('judges a trail that CloudTrail lists, whatever AWS Config has recorded of it', async () => {
  const { run, put } = fake({
    history: { trails: async () => [observed({ absent: 'deleted' })], itemOf: async () => undefined },
  });

  await run(scheduled());

  expect(put.map(({ compliance }) => compliance)).toEqual(['COMPLIANT']);
});

it.each([
  ['owner', 'ORGANIZATION_TRAIL'],
  ['everywhere', 'TRAIL_NOT_FOUND'],
])(
  'of a view that CloudTrail no longer lists says with organizationTrails=%s: %s',
  async (organizationTrails, code) => {
    const { run, put } = fake({
      live: { all: async () => [], named: async () => undefined },
      history: {
        trails: async () => [observed({ accountId: OTHER_ACCOUNT })],
        itemOf: async () => undefined,
      },
    });

    await run(
      scheduled({ accountId: OTHER_ACCOUNT, ruleParameters: JSON.stringify({ organizationTrails }) }),
    );

    expect(put.map(({ code }) => code)).toEqual([code]);
  },
);

it('takes an oversized item without a place as seen here', async () => {
  const {
    configuration: _,
    awsAccountId: __,
    awsRegion: ___,
    ARN: ____,
    configurationItemCaptureTime: _____,
    ...summary
  } = trailItem();
  const { run, put } = fake();

  await run({ ...oversizedChangeOf(summary), accountId: undefined });

  expect(put).toMatchObject([{ resourceId: 'audit', compliance: 'COMPLIANT' }]);
});

it('leaves trails without a key, or with a text that names none, out of what a key event is about', async () => {
  const trails = [undefined, 'no key'].map((kmsKeyId) => observed({ trail: trail({ kmsKeyId }) }));
  const { run, put } = fake({ history: { trails: async () => trails, itemOf: async () => undefined } });

  await run(changeOf(keyItem({}, { ARN: KEY_ARN })));

  expect(put).toEqual([]);
});

it('warns where the rule has no name, and sets nothing aside', async () => {
  const warnings: string[] = [];
  const { run, put } = fake({ warn: (message) => warnings.push(message) });

  await run(scheduled({ configRuleName: undefined }));

  expect(warnings).toEqual([expect.stringContaining('not in the event')]);
  expect(put).toHaveLength(1);
});

it('asks for a key once', async () => {
  let asked = 0;
  const keys = cacheKeys({
    getKey: async () => {
      asked += 1;
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

  expect(asked).toBe(1);
});

describe('the words of', () => {
  it('a failure are those of its errors', () => {
    const failures = ['gone wrong', new Error('throttled')].map((error) => ({ item: observed(), error }));

    expect(new KeysUnavailableError(failures).message).toContain(
      `${TRAIL_ARN} (gone wrong); ${TRAIL_ARN} (throttled)`,
    );
  });

  it('a summary count codes, and a failure is named', () => {
    const invocation = parseRuleEvent(scheduled());
    const findings = [findingOf(facts()), findingOf(facts())];
    const work = { calls: {}, milliseconds: 7 };

    expect(summaryOf(invocation, { findings, cleared: 1, status: 'done' }, work)).toMatchObject({
      codes: { CMK_USABLE: 2 },
      keyLookups: 0,
    });
    expect(failureOf(invocation, new TypeError('x'), work)).toMatchObject({
      outcome: 'failed',
      error: 'TypeError',
    });
    expect(failureOf(invocation, 'x', work)).toMatchObject({ error: 'unknown' });
  });
});
