import type { Alarm, LogGroup, Subscription } from '../core/deployment.js';
import { asSentence, awsCommand, type Outcome, ok, problem } from './outcome.js';
import type { Place } from './rule.js';

/** The names of the stack. */
export const ALARM = 'trailkey-config-rule-errors';
const TOPIC = 'trailkey-notifications';

/** The ARN of the topic of the stack. */
export const topicArn = ({ partition, region, accountId }: Place): string =>
  `arn:${partition}:sns:${region}:${accountId}:${TOPIC}`;

const DEPLOY = 'Deploy the Trailkey stack again: docs/deploy-account.md.';

/** Whether the alarm for errors of the function exists, has no error, and is not turned off. */
export const checkAlarm = (alarm: Alarm | undefined, region: string): Outcome => {
  if (alarm === undefined) {
    return problem({
      status: 'warning',
      message: `Alarm ${ALARM} does not exist in ${region}, so nobody is informed if the function fails.`,
      nextStep: DEPLOY,
    });
  }
  if (alarm.state === 'ALARM') {
    return problem({
      status: 'failed',
      message:
        `Alarm ${ALARM} is in the state ALARM: the function failed. ${asSentence(alarm.reason ?? '')}`.trim(),
      nextStep: 'Read the errors in the log of the function: docs/operations.md.',
    });
  }
  if (!alarm.actionsEnabled) {
    return problem({
      status: 'warning',
      message: `The actions of alarm ${ALARM} are turned off.`,
      nextStep: 'Turn them on.',
      commands: [awsCommand('cloudwatch enable-alarm-actions', { 'alarm-names': ALARM, region })],
    });
  }
  return ok(
    alarm.actions.length > 0
      ? `Alarm ${ALARM} exists and sends notifications.`
      : `Alarm ${ALARM} exists. It sends no notifications (notificationEmail is empty).`,
  );
};

/** Whether the email subscriptions are confirmed. A stack without `notificationEmail` has no topic. */
export const checkSubscriptions = (subscriptions: readonly Subscription[] | undefined): Outcome => {
  if (subscriptions === undefined)
    return ok('There are no email notifications (notificationEmail is empty).');
  const pending = subscriptions.filter(({ isConfirmed }) => !isConfirmed);
  if (subscriptions.length === 0) {
    return problem({
      status: 'warning',
      message: `Topic ${TOPIC} has no subscriptions, so nobody receives the notifications.`,
      nextStep: DEPLOY,
    });
  }
  if (pending.length > 0) {
    return problem(
      {
        status: 'warning',
        message: `${pending.length} of ${subscriptions.length} subscriptions to topic ${TOPIC} are not confirmed, and receive nothing.`,
        nextStep:
          'Choose the link in the email from AWS Notifications. If it has expired, subscribe again: docs/operations.md.',
      },
      pending.map(({ endpoint }) => endpoint),
    );
  }
  return ok(`All subscriptions to topic ${TOPIC} are confirmed: ${subscriptions.length}.`);
};

/** Whether the log group of the function exists, and its log events expire. */
export const checkLogGroup = (group: LogGroup | undefined, name: string): Outcome => {
  if (group === undefined) {
    return problem({
      status: 'warning',
      message: `Log group ${name} does not exist, and the role of the function may not create it, so errors are not logged.`,
      nextStep: DEPLOY,
    });
  }
  if (group.retentionInDays === undefined) {
    return problem({
      status: 'warning',
      message: `The log events in ${name} never expire, so their cost grows.`,
      nextStep: 'Deploy the Trailkey stack again, which sets logRetentionDays.',
    });
  }
  return ok(`Log group ${name} keeps log events for ${group.retentionInDays} days.`);
};
