import { describe, expect, it } from 'vitest';
import { parseInvocation } from '../../src/core/invocation.js';
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
  expect(parseInvocation(changeOf(trailItem()))).toMatchObject({
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
  expect(parseInvocation(event).trigger.kind).toBe(kind);
});

it.each([[''], [null], ['null'], [undefined], ['{}']])(
  'takes rule parameters of %o for none',
  (ruleParameters) => {
    expect(parseInvocation(scheduled({ ruleParameters })).parameters).toEqual(DEFAULT_PARAMETERS);
  },
);

it('takes the account from the notification of a schedule where the event has none', () => {
  expect(parseInvocation(scheduled({ accountId: undefined })).accountId).toBe(ACCOUNT);
});

it('knows no time where the event names none', () => {
  const bare = { messageType: 'ScheduledNotification', notificationCreationTime: null };

  expect(parseInvocation(ruleEvent(bare)).orderedAt).toBeUndefined();
});

it('accepts what it does not know beside what it needs', () => {
  expect(
    parseInvocation({
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
    expect(() => parseInvocation(event)).toThrow(message);
    expect(() => parseInvocation(event)).toThrow(expect.objectContaining({ name: 'InvocationError' }));
  });

  it('an event whose fields have other types', () => {
    expect(() => parseInvocation(scheduled({ eventLeftScope: 'perhaps' }))).toThrow(
      'should be true or false',
    );
    expect(() => parseInvocation(scheduled({ invokingEvent: {} }))).toThrow(
      'should be text and is an object',
    );
  });
});

it.each([
  [true, true],
  ['true', true],
  [false, false],
  [undefined, false],
])('reads whether the trail left the scope: %s', (eventLeftScope, leftScope) => {
  expect(parseInvocation(changeOf(trailItem(), { eventLeftScope })).trigger).toMatchObject({ leftScope });
});

it('orders a change by the later of its capture and its notification', () => {
  const late = trailItem({}, { configurationItemCaptureTime: '2026-01-05T09:00:00.000Z' });

  expect(parseInvocation(changeOf(late)).orderedAt).toBe(Date.UTC(2026, 0, 5, 9));
  expect(parseInvocation(changeOf(trailItem())).orderedAt).toBe(Date.parse(NOTIFIED));
});

it('says what to do about an event that it cannot take', () => {
  expect(() => parseInvocation(scheduled({ evaluationMode: 'PROACTIVE' }))).toThrow(
    'Remove PROACTIVE from the rule.',
  );
  expect(() => parseInvocation(ruleEvent({ messageType: 'x'.repeat(500) }))).toThrow(
    `The message type "${'x'.repeat(100)}": expected a change of an item, an oversized change, a schedule or the delivery of a snapshot.`,
  );
});
