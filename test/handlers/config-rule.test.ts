import process from 'node:process';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { account, answersFor, putIn } from '../support/account.js';
import { ACCOUNT, keyItem, trailItem } from '../support/builders.js';
import { changeOf, ruleEvent, scheduled } from '../support/rule-event.js';
import { type Faults, type StandIn, startStandIn } from '../support/stand-in.js';

let standIn: StandIn;
let faults: Faults = () => undefined;
let handler: typeof import('../../handlers/config-rule.js').handler;

beforeAll(async () => {
  standIn = await startStandIn(
    () => answersFor(account()),
    (call, earlier) => faults(call, earlier),
  );
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: standIn.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
  });
  ({ handler } = await import('../../handlers/config-rule.js'));
});
afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL'];
  await standIn.close();
});
beforeEach(() => {
  standIn.calls.length = 0;
  faults = () => undefined;
  vi.restoreAllMocks();
});

it('evaluates a trail, reports the result and logs one object', async () => {
  const info = vi.spyOn(console, 'info').mockImplementation(() => {});

  await handler(changeOf(trailItem()), { getRemainingTimeInMillis: () => 30_000.5 });

  expect(putIn(standIn.calls)).toEqual(['audit CMK_USABLE']);
  expect(info).toHaveBeenCalledExactlyOnceWith({
    rule: 'cloudtrail-cmk-usable',
    trigger: 'change',
    keyLookups: 1,
    calls: { 'kms:DescribeKey': 1, 'config:PutEvaluations': 1 },
    milliseconds: expect.any(Number),
    outcome: 'done',
    codes: { CMK_USABLE: 1 },
    cleared: 0,
  });
});

it('works without a context', async () => {
  vi.spyOn(console, 'info').mockImplementation(() => {});

  await handler(changeOf(trailItem({ kmsKeyId: null })));

  expect(putIn(standIn.calls)).toEqual(['audit NO_KMS_KEY']);
});

it('throws the error of a failed call and logs its name', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  faults = ({ operation }) => (operation === 'PutEvaluations' ? 'denied' : undefined);

  await expect(handler(changeOf(trailItem()))).rejects.toThrow('Allow config:PutEvaluations');

  expect(error).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ outcome: 'failed', error: 'AccessDeniedError' }),
  );
});

it('throws an error if no time is left', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});

  await expect(handler(changeOf(trailItem()), { getRemainingTimeInMillis: () => 500 })).rejects.toThrow(
    'was ended, because the time of the invocation is almost used up',
  );
});

describe('an event of another account', () => {
  const OTHER = '222233334444';
  const context = {
    getRemainingTimeInMillis: () => 30_000,
    invokedFunctionArn: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:trailkey-config-rule:live`,
  };

  it.each([
    ['a change', changeOf(trailItem(), { accountId: OTHER })],
    ['a change of an item', changeOf(trailItem({}, { awsAccountId: OTHER }))],
    ['a change of a key', changeOf(keyItem(), { accountId: OTHER })],
    ['a schedule', scheduled({ accountId: OTHER })],
    ['a notification', ruleEvent({ messageType: 'ScheduledNotification', awsAccountId: OTHER })],
  ])('(%s) is rejected before anything is read or reported', async (_name, event) => {
    await expect(handler(event, context)).rejects.toMatchObject({
      name: 'RuleEventError',
      message: `The event is of account "${OTHER}", but the function is in account ${ACCOUNT}. Deploy the function in each account: a central function for several accounts is not supported.`,
    });
    expect(standIn.calls).toEqual([]);
  });

  it.each([undefined, 'local', `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:trailkey-config-rule`])(
    'is recognized by the ARN of the function: %s accepts an event of its own account',
    async (invokedFunctionArn) => {
      vi.spyOn(console, 'info').mockImplementation(() => {});

      await handler(
        changeOf(trailItem()),
        invokedFunctionArn === undefined ? undefined : { ...context, invokedFunctionArn },
      );

      expect(putIn(standIn.calls)).toEqual(['audit CMK_USABLE']);
    },
  );
});
