import { KEY_TYPE, TRAIL_TYPE } from '../core/configuration-item.js';
import type { Recorder, RecorderStatus } from '../core/deployment.js';
import {
  awsCommand,
  inParentheses,
  type Outcome,
  ok,
  outcomeOf,
  type Problem,
  problem,
  skipped,
} from './outcome.js';

/** Whether the recorder exists, is recording, and delivered its last record. */
export const checkRecorder = (statuses: readonly RecorderStatus[], region: string): Outcome => {
  const [status] = statuses;
  if (status === undefined) return problem(noRecorder(region));
  const { name, recording, lastStatus, error } = status;
  if (!recording) {
    return problem({
      status: 'failed',
      message: `The configuration recorder ${name} is stopped, so AWS Config does not invoke the rule for changes.`,
      nextStep: 'Start the recorder.',
      commands: [
        awsCommand('configservice start-configuration-recorder', {
          'configuration-recorder-name': name,
          region,
        }),
      ],
    });
  }
  switch (lastStatus) {
    case 'Failure':
      return problem({
        status: 'failed',
        message: `The configuration recorder ${name} is recording, but its last delivery failed${inParentheses(error)}.`,
        nextStep:
          'Check the role of the recorder, and the S3 bucket and the SNS topic of its delivery channel.',
        commands: [awsCommand('configservice describe-delivery-channel-status', { region })],
      });
    case 'Pending':
      return problem({
        status: 'warning',
        message: `The configuration recorder ${name} is recording, but has not delivered a record yet.`,
        nextStep: 'Run the command again in an hour.',
      });
    default:
      return ok(`The configuration recorder ${name} is recording.`);
  }
};

const noRecorder = (region: string): Problem => ({
  status: 'failed',
  message: `There is no customer managed configuration recorder in ${region}, so AWS Config records nothing and rules do not run.`,
  nextStep: 'Set up AWS Config in this Region: docs/deploy-account.md.',
});

/** Whether trails and keys are recorded. */
export const checkRecordedTypes = ([recorder]: readonly Recorder[]): Outcome => {
  if (recorder === undefined) return skipped(NO_RECORDER);
  const missing = TYPES.filter((type) => !records(recorder, type));
  return outcomeOf(
    missing.map((type) => MISSING[type]),
    `${TRAIL_TYPE} and ${KEY_TYPE} are recorded.`,
  );
};

const NO_RECORDER = 'There is no configuration recorder.';
const TYPES = [TRAIL_TYPE, KEY_TYPE] as const;

/** Whether a recorder records a resource type, by any form of its recording group. A recorder without a group records all types. */
const records = (recorder: Recorder, type: string): boolean => {
  const { allSupported, included, excluded } = recorder;
  switch (recorder.strategy) {
    case 'ALL_SUPPORTED_RESOURCE_TYPES':
      return true;
    case 'INCLUSION_BY_RESOURCE_TYPES':
      return included.includes(type);
    case 'EXCLUSION_BY_RESOURCE_TYPES':
      return !excluded.includes(type);
    default:
      // Recorders from before November 2023 have no strategy.
      if (allSupported === true) return true;
      return included.length > 0 ? included.includes(type) : !excluded.includes(type);
  }
};

const MISSING = {
  [TRAIL_TYPE]: {
    status: 'failed',
    message: `${TRAIL_TYPE} is not recorded, so the rule does not run when a trail changes, and AWS Config may not show its results.`,
    nextStep: 'Add the missing resource types to the recording group of the recorder.',
  },
  [KEY_TYPE]: {
    status: 'warning',
    message: `${KEY_TYPE} is not recorded, so the rule does not run when a key changes. The schedule evaluates the trails later.`,
    nextStep: 'Add the missing resource types to the recording group of the recorder.',
  },
} as const satisfies Record<(typeof TYPES)[number], Problem>;

/** Whether changes of trails and keys are recorded when they occur. */
export const checkRecordingFrequency = ([recorder]: readonly Recorder[]): Outcome => {
  if (recorder === undefined) return skipped(NO_RECORDER);
  const daily = TYPES.filter((type) => records(recorder, type) && frequencyOf(recorder, type) === 'DAILY');
  if (daily.length === 0) return ok('Changes are recorded continuously.');
  return problem({
    status: 'warning',
    message: `${daily.join(' and ')} ${daily.length === 1 ? 'is' : 'are'} recorded daily, so a change is evaluated up to 24 hours later.`,
    nextStep: 'Set the recording frequency of these resource types to continuous.',
  });
};

const frequencyOf = ({ frequency, overrides }: Recorder, type: string): string | undefined =>
  overrides.find(({ types }) => types.includes(type))?.frequency ?? frequency;
