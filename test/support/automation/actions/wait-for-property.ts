import type { Action } from '../action.js';
import { callAws } from '../call-aws.js';
import { StepFailure } from '../errors.js';
import { apiCall, PROPERTY_INPUTS, propertyIn } from './api-inputs.js';

/** Between two polls; AWS does not say how long it waits. */
const PAUSE_SECONDS = 10;

/** `aws:waitForAwsResourceProperty`: calls an API until a property of its answer has one of some values, or time is up. */
export const waitForProperty: Action = {
  inputs: { named: PROPERTY_INPUTS, more: true },
  outputs: [],
  seconds: { max: Number.POSITIVE_INFINITY, default: 3600 },
  run: async ({ inputs, automation, timeoutSeconds }) => {
    for (let waited = 0; ; waited += PAUSE_SECONDS) {
      const { value, desired } = propertyIn(await callAws(apiCall(inputs), automation), inputs);
      if (desired) return {};
      await automation.sleep(Math.min(PAUSE_SECONDS, timeoutSeconds - waited));
      if (waited + PAUSE_SECONDS >= timeoutSeconds)
        throw new StepFailure(
          `Step timed out after ${timeoutSeconds} seconds while the property was ${value ?? 'null'}.`,
          'TimedOut',
        );
    }
  },
};
