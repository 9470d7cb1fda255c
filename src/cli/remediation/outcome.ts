import type { Automation } from '../../ports.js';
import type { Terminal } from '../terminal.js';
import { log } from './messages.js';

/** Prints what an automation did, or why it failed. Each line begins with `label`. */
export const printOutcome = (
  { status, steps, outputs, failure }: Automation,
  label: string,
  terminal: Terminal,
): void => {
  if (status === 'Success') {
    for (const sentence of outcomesIn(outputs)) log(terminal.stdout, `${label}${sentence}`);
    return;
  }
  const failed = steps.filter((step) => step.failure);
  log(terminal.stderr, `${label}The automation ended with status ${status}.`);
  for (const step of failed) log(terminal.stderr, `${label}Step ${step.name}: ${step.failure}`);
  const message = failed.map((step) => step.failure).join(' ') || failure || '';
  const advice = adviceFor(message);
  if (failed.length === 0 && message) log(terminal.stderr, `${label}${message}`);
  if (advice) log(terminal.stderr, `${label}${advice}`);
};

/** How SSM begins the output of a step that did not run. */
const NO_OUTPUT = 'No output available yet';

const outcomesIn = (outputs: Automation['outputs']): readonly string[] => [
  ...changesIn(outputs),
  ...DELIVERIES[deliveryIn({ outputs })],
  ...shownIn(outputs, 'ReEvaluate.Message'),
];

const shownIn = (outputs: Automation['outputs'], name: string): readonly string[] => {
  const value = outputs[name];
  return value === undefined || value.startsWith(NO_OUTPUT) ? [] : [value];
};

/** What was changed, in the past tense. The documents write Assess.Reason before they change anything. */
const changesIn = (outputs: Automation['outputs']): readonly string[] => {
  const {
    'Assess.Decision': decision = '',
    'Assess.TrailArn': trail,
    'Assess.PreviousKmsKeyId': previous,
  } = outputs;
  switch (decision) {
    case 'UpdateTrail':
      return [`The key of trail ${trail} was changed from ${previous} to ${outputs['Assess.TargetKeyArn']}.`];
    case 'Enable':
      return ['The key was enabled.'];
    case 'CancelDeletion':
      return ['The deletion of the key was canceled, and the key was enabled.'];
    case 'Rescue':
      return shownIn(outputs, 'KeyRescued.Message');
    case 'SetPreviousKey':
    case 'KeepKey':
      return [...shownIn(outputs, 'Done.Message'), 'Trailkey-BackOut does not wait for a log delivery.'];
    default:
      return shownIn(outputs, 'Assess.Reason');
  }
};

/** Whether an automation saw a log delivery; `none` if it did not wait for one. */
export const deliveryIn = ({ outputs }: Pick<Automation, 'outputs'>): 'verified' | 'not-seen' | 'none' => {
  const states = ['VerifyDelivery.State', 'RollBack.State', 'ConfirmDelivery.State'].flatMap((name) =>
    shownIn(outputs, name),
  );
  if (states.includes('Delivered')) return 'verified';
  return states.length === 0 ? 'none' : 'not-seen';
};

const DELIVERIES: Readonly<Record<ReturnType<typeof deliveryIn>, readonly string[]>> = {
  verified: ['Verified: CloudTrail has delivered logs with the key.'],
  'not-seen': [
    'Not yet seen: CloudTrail has not delivered logs with the key, because there were no events to log, logging is stopped, or the wait was too short. Check the trail again later.',
  ],
  none: [],
};

/**
 * What to do about each error that a step can return.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html
 */
const ADVICE: Readonly<Record<string, string>> = {
  InsufficientEncryptionPolicyException:
    'In the key policy, allow cloudtrail.amazonaws.com to use the key for this trail. In the bucket policy, allow it to write with the key.',
  KmsKeyNotFoundException: "Use a key in the Region of the trail's S3 bucket.",
  KmsException: 'Check the key state: CloudTrail cannot use the key.',
  InvalidKmsKeyIdException: 'Use the key ARN.',
  InvalidHomeRegionException: 'Start the automation in the home Region of the trail.',
  NotOrganizationMasterAccountException:
    'Start the automation in the management account of the organization, or in a CloudTrail delegated administrator account.',
  InsufficientDependencyServiceAccessPermissionException:
    'Allow the role to read the organization (see the permissions for organization trails in docs/permissions.md), and check that the service-linked role of CloudTrail exists.',
  TrailNotFoundException: 'The trail was deleted. To list the trails: aws cloudtrail list-trails',
  ConflictException: 'Another operation is changing the trail. Try again later.',
  ThrottlingException: 'CloudTrail throttled the requests. Try again later.',
  AccessDeniedException:
    'Check that the role is the one that the Trailkey stack creates. Stopping and starting logging requires allowStopLogging.',
};

/** What to do about a failure message, or undefined if it contains no known error. */
const adviceFor = (failure: string): string | undefined =>
  Object.entries(ADVICE).find(([error]) => failure.includes(error))?.[1];
