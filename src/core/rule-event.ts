import { parseArn } from './arn.js';
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
  /** Undefined if the event does not contain it. */
  readonly ruleName: string | undefined;
  readonly accountId: string | undefined;
  /** A credential for reporting results. It must not appear in logs or messages. */
  readonly resultToken: string;
  readonly parameters: RuleParameters;
  readonly trigger: Trigger;
  /** The time of the results, in milliseconds since 1970: the later of capture and notification. Undefined if both are absent. */
  readonly orderedAt: number | undefined;
};

/** Why AWS Config invoked the rule: a change of one resource, or an evaluation of all resources. */
export type Trigger =
  | { readonly kind: 'change'; readonly item: ConfigurationItem; readonly leftScope: boolean }
  /** The item is too large for the event, which contains only its summary. */
  | { readonly kind: 'oversized-change'; readonly item: ConfigurationItem; readonly leftScope: boolean }
  | { readonly kind: 'schedule' }
  | { readonly kind: 'snapshot-delivered' };

/**
 * Parses the event with which AWS Config invokes a custom rule. `functionArn` is the ARN of the function that was invoked: events of
 * other accounts are rejected, because the function can read neither their trails nor their keys.
 *
 * @throws RuleEventError if the event is not from AWS Config, is of another account, or is not supported
 * @throws RuleParametersError if the rule parameters are not valid
 * @throws FormatError if a field or the configuration item is not valid
 */
export const parseRuleEvent = (event: unknown, functionArn?: string): RuleEvent => {
  if (!isJsonObject(event)) throw notAnEvent(`an object; received ${describeType(event)}`);
  if (event['evaluationMode'] === 'PROACTIVE') {
    throw new RuleEventError(
      'The evaluation mode PROACTIVE is not supported: AWS Config has no proactive evaluation of AWS::CloudTrail::Trail. ' +
        'Remove PROACTIVE from the evaluation modes of the rule.',
    );
  }
  const notification = jsonTextIn(event, 'invokingEvent');
  const resultToken = textOf(event, ['resultToken'], Infinity);
  if (notification === undefined) throw notAnEvent('field "invokingEvent"; it is absent');
  if (resultToken === undefined) throw notAnEvent('field "resultToken"; it is absent');
  const trigger = parseTrigger(notification, flagOf(event, ['eventLeftScope']) ?? false);
  const accountIds = [
    textOf(event, ['accountId']),
    textOf(notification, ['awsAccountId']),
    'item' in trigger ? trigger.item.accountId : undefined,
  ].filter((accountId) => accountId !== undefined);
  checkAccount(accountIds, parseArn(functionArn)?.accountId);
  return {
    ruleName: textOf(event, ['configRuleName']),
    accountId: accountIds[0],
    resultToken,
    parameters: parseRuleParameters(jsonTextIn(event, 'ruleParameters') ?? {}),
    trigger,
    orderedAt: orderingTime(trigger, parseTimestamp(notification, ['notificationCreationTime'])),
  };
};

const checkAccount = (accountIds: readonly string[], own: string | undefined): void => {
  const other = accountIds.find((accountId) => own !== undefined && accountId !== own);
  if (other === undefined) return;
  throw new RuleEventError(
    `The event is of account ${JSON.stringify(other.slice(0, 20))}, but the function is in account ${own}. Deploy the function in each account: ` +
      'a central function for several accounts is not supported.',
  );
};

const notAnEvent = (expected: string): RuleEventError =>
  new RuleEventError(`This is not an event of AWS Config: expected ${expected}.`);

/** Parses a field of JSON text. Undefined if it is absent, null or empty. */
const jsonTextIn = (event: JsonObject, name: string): JsonObject | undefined => {
  const text = textOf(event, [name], Infinity);
  if (text === undefined) return undefined;
  const value = parseJson(text);
  if (value === null) return undefined;
  if (isJsonObject(value)) return value;
  throw notAnEvent(
    `JSON text of an object in field "${name}"; received ${value === undefined ? 'invalid JSON' : describeType(value)}`,
  );
};

const parseTrigger = (notification: JsonObject, leftScope: boolean): Trigger => {
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
        `The message type ${type === undefined ? 'is absent' : `${JSON.stringify(type.slice(0, 100))} is not supported`}: expected ` +
          'ConfigurationItemChangeNotification, OversizedConfigurationItemChangeNotification, ScheduledNotification or ' +
          'ConfigurationSnapshotDeliveryCompleted.',
      );
  }
};

const itemIn = (notification: JsonObject, name: string): ConfigurationItem => {
  const item = objectOf(notification, [name]);
  if (item) return parseConfigurationItem(item);
  throw notAnEvent(`field "${name}" in the invoking event; it is absent`);
};

/** AWS Config keeps the result with the latest time, so a late invocation must not use its own time. */
const orderingTime = (trigger: Trigger, notifiedAt: number | undefined): number | undefined => {
  const capturedAt = 'item' in trigger ? trigger.item.capturedAt : undefined;
  if (capturedAt === undefined) return notifiedAt;
  return Math.max(capturedAt, notifiedAt ?? capturedAt);
};
