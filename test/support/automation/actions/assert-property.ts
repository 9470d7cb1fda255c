import type { Action } from '../action.js';
import { callAws } from '../call-aws.js';
import { StepFailure } from '../errors.js';
import { apiCall, PROPERTY_INPUTS, propertyIn } from './api-inputs.js';

/** `aws:assertAwsResourceProperty`: fails unless a property of an API's answer has one of some values. */
export const assertProperty: Action = {
  inputs: { named: PROPERTY_INPUTS, more: true },
  outputs: [],
  seconds: { max: Number.POSITIVE_INFINITY, default: Number.POSITIVE_INFINITY },
  run: async ({ inputs, automation }) => {
    const { value, desired } = propertyIn(await callAws(apiCall(inputs), automation), inputs);
    if (!desired)
      throw new StepFailure(
        `Property value from the API output is not in desired values. Property value: ${value ?? 'null'}. Desired values: ${JSON.stringify(inputs['DesiredValues'])}.`,
      );
    return {};
  },
};
