import { describe, expect, it } from 'vitest';
import { findingOf } from '../../src/core/finding.js';
import { parseInvocation } from '../../src/core/invocation.js';
import { oncePerKey } from '../../src/evaluate.js';
import type { Evaluation, RulePorts } from '../../src/ports.js';
import { KeysNotAskedError } from '../../src/rule/errors.js';
import { evaluateRule } from '../../src/rule/evaluate-rule.js';
import { evaluationsOf } from '../../src/rule/evaluations.js';
import { failureOf, summaryOf } from '../../src/rule/summary.js';
import {
  ACCOUNT,
  facts,
  found,
  KEY_ARN,
  keyItem,
  NOW,
  OTHER_ACCOUNT,
  REGION,
  sighting,
  TRAIL_ARN,
  trail,
  trailItem,
} from '../support/builders.js';
import { changeOf, oversizedChangeOf, ruleEvent, scheduled } from '../support/rule-event.js';

const fake = (overrides: Partial<RulePorts> = {}) => {
  const put: Evaluation[] = [];
  const ports: RulePorts = {
    region: REGION,
    keys: () => ({ lookUp: async () => found() }),
    live: { all: async () => [trail()], named: async () => trail() },
    inventory: { trails: async () => [sighting()], itemOf: async () => undefined },
    results: {
      current: async () => [],
      put: async (evaluations) => {
        put.push(...evaluations);
        return 'done';
      },
    },
    now: () => NOW,
    warn: () => {},
    ...overrides,
  };
  return { ports, put, run: (event: unknown) => evaluateRule(parseInvocation(event), ports) };
};

it('of two items under one id puts the one that is judged', () => {
  const [home, copy] = [sighting(), sighting({ region: 'us-east-1' })].map((seen) =>
    findingOf(facts({ sighting: seen })),
  );
  if (!home || !copy) throw new Error('both are there');

  for (const findings of [
    [home, copy],
    [copy, home],
    [copy, copy, home],
  ]) {
    expect(evaluationsOf(findings, NOW).map(({ compliance }) => compliance)).toEqual(['COMPLIANT']);
  }
});

it('orders results by the clock where the event names no time', async () => {
  const { run, put } = fake();

  await run(ruleEvent({ messageType: 'ScheduledNotification', notificationCreationTime: null }));

  expect(put.map(({ orderedAt }) => orderedAt)).toEqual([NOW]);
});

it('judges a trail that is not recorded as its owner where the event names no account', async () => {
  const { run, put } = fake({ inventory: { trails: async () => [], itemOf: async () => undefined } });

  await run(ruleEvent({ messageType: 'ScheduledNotification' }, { accountId: undefined }));

  expect(put.map(({ resourceId }) => resourceId)).toEqual(['audit']);
});

it('shows a copy that is recorded and no longer seen as a copy', async () => {
  const copy = sighting({ region: 'us-east-1', accountId: OTHER_ACCOUNT });
  const { run, put } = fake({
    live: { all: async () => [], named: async () => undefined },
    inventory: { trails: async () => [copy], itemOf: async () => undefined },
  });

  await run(scheduled());

  expect(put.map(({ annotation }) => annotation.split(':')[0])).toEqual(['TRAIL_IS_COPY']);
});

it('judges a trail that CloudTrail lists, whatever AWS Config has recorded of it', async () => {
  const { run, put } = fake({
    inventory: { trails: async () => [sighting({ gone: 'deleted' })], itemOf: async () => undefined },
  });

  await run(scheduled());

  expect(put.map(({ compliance }) => compliance)).toEqual(['COMPLIANT']);
});

it.each([
  ['owner', 'TRAIL_OF_ORGANIZATION'],
  ['everywhere', 'TRAIL_GONE'],
])(
  'of a view that CloudTrail no longer lists says with organizationTrails=%s: %s',
  async (organizationTrails, code) => {
    const { run, put } = fake({
      live: { all: async () => [], named: async () => undefined },
      inventory: {
        trails: async () => [sighting({ accountId: OTHER_ACCOUNT })],
        itemOf: async () => undefined,
      },
    });

    await run(
      scheduled({ accountId: OTHER_ACCOUNT, ruleParameters: JSON.stringify({ organizationTrails }) }),
    );

    expect(put.map(({ annotation }) => annotation.split(':')[0])).toEqual([code]);
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
  const trails = [undefined, 'no key'].map((kmsKeyId) => sighting({ trail: trail({ kmsKeyId }) }));
  const { run, put } = fake({ inventory: { trails: async () => trails, itemOf: async () => undefined } });

  await run(changeOf(keyItem({}, { ARN: KEY_ARN })));

  expect(put).toEqual([]);
});

it('warns where the rule has no name, and sets nothing aside', async () => {
  const warnings: string[] = [];
  const { run, put } = fake({ warn: (message) => warnings.push(message) });

  await run(scheduled({ configRuleName: undefined }));

  expect(warnings).toEqual([expect.stringContaining('not told')]);
  expect(put).toHaveLength(1);
});

it('asks for a key once', async () => {
  let asked = 0;
  const keys = oncePerKey({
    lookUp: async () => {
      asked += 1;
      return found();
    },
  });
  const reference = {
    kind: 'key',
    written: KEY_ARN,
    arn: KEY_ARN,
    region: REGION,
    accountId: ACCOUNT,
  } as const;

  await Promise.all([keys.lookUp(reference), keys.lookUp(reference)]);

  expect(asked).toBe(1);
});

describe('the words of', () => {
  it('a failure are those of its errors', () => {
    const failures = ['gone wrong', new Error('throttled')].map((error) => ({ sighting: sighting(), error }));

    expect(new KeysNotAskedError(failures).message).toContain(
      `${TRAIL_ARN} (gone wrong); ${TRAIL_ARN} (throttled)`,
    );
  });

  it('a summary count codes, and a failure is named', () => {
    const invocation = parseInvocation(scheduled());
    const findings = [findingOf(facts()), findingOf(facts())];
    const work = { calls: {}, milliseconds: 7 };

    expect(summaryOf(invocation, { findings, setAside: 1, status: 'done' }, work)).toMatchObject({
      codes: { CMK_USABLE: 2 },
      keyLookUps: 0,
    });
    expect(failureOf(invocation, new TypeError('x'), work)).toMatchObject({
      outcome: 'failed',
      error: 'TypeError',
    });
    expect(failureOf(invocation, 'x', work)).toMatchObject({ error: 'unknown' });
  });
});
