import { describe, expect, it } from 'vitest';
import { parseRuleEvent } from '../../src/core/rule-event.js';
import { DEFAULT_PARAMETERS } from '../../src/core/rule-parameters.js';
import { ACCOUNT, keyItem, OTHER_ACCOUNT, trailItem } from '../support/builders.js';
import {
  changeOf,
  NOTIFIED,
  oversizedChangeOf,
  ruleEvent,
  scheduled,
  snapshotDelivered,
} from '../support/rule-event.js';

it('parses a change of an item', () => {
  expect(parseRuleEvent(changeOf(trailItem()))).toMatchObject({
    ruleName: 'cloudtrail-cmk-usable',
    accountId: ACCOUNT,
    resultToken: 'token-of-this-event',
    parameters: DEFAULT_PARAMETERS,
    trigger: { kind: 'change', leftScope: false, item: { resourceId: 'audit' } },
    orderedAt: Date.parse(NOTIFIED),
  });
});

it.each([
  [oversizedChangeOf(keyItem({}, { configuration: undefined })), 'oversized-change'],
  [scheduled(), 'schedule'],
  [snapshotDelivered(), 'snapshot-delivered'],
])('parses each message by its type', (event, kind) => {
  expect(parseRuleEvent(event).trigger.kind).toBe(kind);
});

it.each([[''], [null], ['null'], [undefined], ['{}']])(
  'treats rule parameters of %o as absent',
  (ruleParameters) => {
    expect(parseRuleEvent(scheduled({ ruleParameters })).parameters).toEqual(DEFAULT_PARAMETERS);
  },
);

it('reads the account from a scheduled notification if the event does not contain it', () => {
  expect(parseRuleEvent(scheduled({ accountId: undefined })).accountId).toBe(ACCOUNT);
});

it.each([
  ['the event', changeOf(trailItem(), { accountId: OTHER_ACCOUNT })],
  ['its item', changeOf(trailItem({}, { awsAccountId: OTHER_ACCOUNT }))],
  ['its notification', ruleEvent({ messageType: 'ScheduledNotification', awsAccountId: OTHER_ACCOUNT })],
])('rejects an event if the account of %s is not that of the function', (_name, event) => {
  const functionArn = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:trailkey-config-rule`;

  expect(() => parseRuleEvent(event, functionArn)).toThrow(
    `The event is of account "${OTHER_ACCOUNT}", but the function is in account ${ACCOUNT}. Deploy the function in each account: ` +
      'a central function for several accounts is not supported.',
  );
  expect(() => parseRuleEvent(event)).not.toThrow();
});

it('shortens an account ID that is none', () => {
  const event = changeOf(trailItem(), { accountId: '1'.repeat(100) });

  expect(() => parseRuleEvent(event, `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:x`)).toThrow(
    `The event is of account "${'1'.repeat(20)}", but`,
  );
});

it('returns no time if the event contains none', () => {
  const bare = { messageType: 'ScheduledNotification', notificationCreationTime: null };

  expect(parseRuleEvent(ruleEvent(bare)).orderedAt).toBeUndefined();
});

it('ignores unknown fields', () => {
  expect(
    parseRuleEvent({
      ...scheduled(),
      newField: { a: 1 },
      configRuleName: undefined,
      eventLeftScope: undefined,
    }),
  ).toMatchObject({
    ruleName: undefined,
  });
});

describe('rejects', () => {
  it.each([
    [null, 'expected an object; received null'],
    ['text', 'expected an object; received a string'],
    [{}, 'expected field "invokingEvent"; it is absent'],
    [
      scheduled({ invokingEvent: '{' }),
      'expected JSON text of an object in field "invokingEvent"; received invalid JSON',
    ],
    [scheduled({ invokingEvent: '[]' }), 'received an array'],
    [scheduled({ resultToken: '' }), 'expected field "resultToken"; it is absent'],
    [
      scheduled({ ruleParameters: 'x' }),
      'expected JSON text of an object in field "ruleParameters"; received invalid JSON',
    ],
    [scheduled({ evaluationMode: 'PROACTIVE' }), 'PROACTIVE is not supported'],
    [
      ruleEvent({ messageType: 'Unheard' }),
      'The message type "Unheard" is not supported: expected ConfigurationItemChange',
    ],
    [ruleEvent({}), 'The message type is absent'],
    [
      ruleEvent({ messageType: 'ConfigurationItemChangeNotification' }),
      'expected field "configurationItem" in the invoking event; it is absent',
    ],
  ])('%o with a named error', (event, message) => {
    expect(() => parseRuleEvent(event)).toThrow(message);
    expect(() => parseRuleEvent(event)).toThrow(expect.objectContaining({ name: 'RuleEventError' }));
  });

  it('an event whose fields have other types', () => {
    expect(() => parseRuleEvent(scheduled({ eventLeftScope: 'perhaps' }))).toThrow('must be true or false');
    expect(() => parseRuleEvent(scheduled({ invokingEvent: {} }))).toThrow(
      'must be a string; received an object',
    );
  });
});

it.each([
  [true, true],
  ['true', true],
  [false, false],
  [undefined, false],
])('reads whether the trail left the scope: %s', (eventLeftScope, leftScope) => {
  expect(parseRuleEvent(changeOf(trailItem(), { eventLeftScope })).trigger).toMatchObject({ leftScope });
});

it('orders a change by the later of its capture and its notification', () => {
  const late = trailItem({}, { configurationItemCaptureTime: '2026-01-05T09:00:00.000Z' });

  expect(parseRuleEvent(changeOf(late)).orderedAt).toBe(Date.UTC(2026, 0, 5, 9));
  expect(parseRuleEvent(changeOf(trailItem())).orderedAt).toBe(Date.parse(NOTIFIED));
});

it('explains what to do about an event that is not supported', () => {
  expect(() => parseRuleEvent(scheduled({ evaluationMode: 'PROACTIVE' }))).toThrow(
    'Remove PROACTIVE from the evaluation modes of the rule.',
  );
  expect(() => parseRuleEvent(ruleEvent({ messageType: 'x'.repeat(500) }))).toThrow(
    `The message type "${'x'.repeat(100)}" is not supported: expected ConfigurationItemChangeNotification, ` +
      'OversizedConfigurationItemChangeNotification, ScheduledNotification or ConfigurationSnapshotDeliveryCompleted.',
  );
});
