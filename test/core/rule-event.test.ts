import { describe, expect, it } from 'vitest';
import { parseRuleEvent } from '../../src/core/rule-event.js';
import { DEFAULT_PARAMETERS } from '../../src/core/rule-parameters.js';
import { ACCOUNT, keyItem, trailItem } from '../support/builders.js';
import {
  changeOf,
  NOTIFIED,
  oversizedChangeOf,
  ruleEvent,
  scheduled,
  snapshotDelivered,
} from '../support/rule-event.js';

it('reads a change of an item', () => {
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
])('reads each message by its type', (event, kind) => {
  expect(parseRuleEvent(event).trigger.kind).toBe(kind);
});

it.each([[''], [null], ['null'], [undefined], ['{}']])(
  'takes rule parameters of %o for none',
  (ruleParameters) => {
    expect(parseRuleEvent(scheduled({ ruleParameters })).parameters).toEqual(DEFAULT_PARAMETERS);
  },
);

it('takes the account from the notification of a schedule where the event has none', () => {
  expect(parseRuleEvent(scheduled({ accountId: undefined })).accountId).toBe(ACCOUNT);
});

it('knows no time where the event names none', () => {
  const bare = { messageType: 'ScheduledNotification', notificationCreationTime: null };

  expect(parseRuleEvent(ruleEvent(bare)).orderedAt).toBeUndefined();
});

it('accepts what it does not know beside what it needs', () => {
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

describe('refuses', () => {
  it.each([
    [null, 'expected an object, and null came'],
    ['text', 'expected an object, and text came'],
    [{}, 'expected the field "invokingEvent", and it is absent'],
    [
      scheduled({ invokingEvent: '{' }),
      'expected JSON text of an object in "invokingEvent", and it is no JSON',
    ],
    [scheduled({ invokingEvent: '[]' }), 'and it is an array'],
    [scheduled({ resultToken: '' }), 'expected the field "resultToken", and it is absent'],
    [
      scheduled({ ruleParameters: 'x' }),
      'expected JSON text of an object in "ruleParameters", and it is no JSON',
    ],
    [scheduled({ evaluationMode: 'PROACTIVE' }), 'offers no proactive mode'],
    [ruleEvent({ messageType: 'Unheard' }), 'The message type "Unheard": expected a change of an item'],
    [ruleEvent({}), 'The message type is absent'],
    [
      ruleEvent({ messageType: 'ConfigurationItemChangeNotification' }),
      'expected the field "configurationItem"',
    ],
  ])('%o by name', (event, message) => {
    expect(() => parseRuleEvent(event)).toThrow(message);
    expect(() => parseRuleEvent(event)).toThrow(expect.objectContaining({ name: 'RuleEventError' }));
  });

  it('an event whose fields have other types', () => {
    expect(() => parseRuleEvent(scheduled({ eventLeftScope: 'perhaps' }))).toThrow('should be true or false');
    expect(() => parseRuleEvent(scheduled({ invokingEvent: {} }))).toThrow('should be text and is an object');
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

it('says what to do about an event that it cannot take', () => {
  expect(() => parseRuleEvent(scheduled({ evaluationMode: 'PROACTIVE' }))).toThrow(
    'Remove PROACTIVE from the rule.',
  );
  expect(() => parseRuleEvent(ruleEvent({ messageType: 'x'.repeat(500) }))).toThrow(
    `The message type "${'x'.repeat(100)}": expected a change of an item, an oversized change, a schedule or the delivery of a snapshot.`,
  );
});
