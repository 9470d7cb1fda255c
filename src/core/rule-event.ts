import { type ConfigurationItem, parseConfigurationItem } from './configuration-item.js';
import { RuleEventError } from './errors.js';
import {
  describeType,
  flagOf,
  isJsonObject,
  type JsonObject,
  objectOf,
  parseJson,
  parseTimestamp,
  textOf,
} from './json-value.js';
import { parseRuleParameters, type RuleParameters } from './rule-parameters.js';

/**
 * An invocation of the rule by AWS Config.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html
 */
export type RuleEvent = {
  /** Undefined where the event does not tell. */
  readonly ruleName: string | undefined;
  readonly accountId: string | undefined;
  /** A credential for writing results: it never leaves for a log or a message. */
  readonly resultToken: string;
  readonly parameters: RuleParameters;
  readonly trigger: Trigger;
  /** The time that the event is about, in milliseconds since 1970; undefined where it names none. */
  readonly orderedAt: number | undefined;
};

/** What AWS Config reports: a change of one resource, or that it is time to look at all. */
export type Trigger =
  | { readonly kind: 'change'; readonly item: ConfigurationItem; readonly leftScope: boolean }
  /** The item was too large for the event: only its summary came. */
  | { readonly kind: 'oversized-change'; readonly item: ConfigurationItem; readonly leftScope: boolean }
  | { readonly kind: 'schedule' }
  | { readonly kind: 'snapshot-delivered' };

/**
 * Reads the event with which AWS Config invokes a custom rule.
 *
 * @throws RuleEventError, RuleParametersError, FormatError with what was expected and what came
 */
export const parseRuleEvent = (event: unknown): RuleEvent => {
  if (!isJsonObject(event)) throw notAnEvent(`an object, and ${describeType(event)} came`);
  if (event['evaluationMode'] === 'PROACTIVE') {
    throw new RuleEventError(
      'This rule judges trails that exist: AWS Config offers no proactive mode for AWS::CloudTrail::Trail. ' +
        'Remove PROACTIVE from the rule.',
    );
  }
  const notification = jsonTextIn(event, 'invokingEvent');
  const resultToken = textOf(event, ['resultToken']);
  if (notification === undefined) throw notAnEvent('the field "invokingEvent", and it is absent');
  if (resultToken === undefined) throw notAnEvent('the field "resultToken", and it is absent');
  const trigger = triggerIn(notification, flagOf(event, ['eventLeftScope']) ?? false);
  return {
    ruleName: textOf(event, ['configRuleName']),
    accountId: textOf(event, ['accountId']) ?? textOf(notification, ['awsAccountId']),
    resultToken,
    parameters: parseRuleParameters(jsonTextIn(event, 'ruleParameters') ?? {}),
    trigger,
    orderedAt: latestOf(trigger, parseTimestamp(notification, ['notificationCreationTime'])),
  };
};

const notAnEvent = (expected: string): RuleEventError =>
  new RuleEventError(`This is no event of AWS Config: expected ${expected}.`);

/** A field that holds JSON text; undefined where it is absent, null or empty. */
const jsonTextIn = (event: JsonObject, name: string): JsonObject | undefined => {
  const text = textOf(event, [name]);
  if (text === undefined) return undefined;
  const value = parseJson(text);
  if (value === null) return undefined;
  if (isJsonObject(value)) return value;
  throw notAnEvent(
    `JSON text of an object in "${name}", and it is ${value === undefined ? 'no JSON' : describeType(value)}`,
  );
};

const triggerIn = (notification: JsonObject, leftScope: boolean): Trigger => {
  const type = textOf(notification, ['messageType']);
  switch (type) {
    case 'ConfigurationItemChangeNotification':
      return { kind: 'change', item: itemIn(notification, 'configurationItem'), leftScope };
    case 'OversizedConfigurationItemChangeNotification':
      return { kind: 'oversized-change', item: itemIn(notification, 'configurationItemSummary'), leftScope };
    case 'ScheduledNotification':
      return { kind: 'schedule' };
    case 'ConfigurationSnapshotDeliveryCompleted':
      return { kind: 'snapshot-delivered' };
    default:
      throw new RuleEventError(
        `The message type ${type === undefined ? 'is absent' : JSON.stringify(type.slice(0, 100))}: expected a change of an item, ` +
          'an oversized change, a schedule or the delivery of a snapshot.',
      );
  }
};

const itemIn = (notification: JsonObject, name: string): ConfigurationItem => {
  const item = objectOf(notification, [name]);
  if (item) return parseConfigurationItem(item);
  throw notAnEvent(`the field "${name}" in its invoking event, and it is absent`);
};

/** Results are ordered by what they are about: the later of capture and notification. */
const latestOf = (trigger: Trigger, notifiedAt: number | undefined): number | undefined => {
  const capturedAt = 'item' in trigger ? trigger.item.capturedAt : undefined;
  if (capturedAt === undefined) return notifiedAt;
  return Math.max(capturedAt, notifiedAt ?? capturedAt);
};
