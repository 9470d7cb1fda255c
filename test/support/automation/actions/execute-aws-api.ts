import type { Action } from '../action.js';
import { callAws } from '../call-aws.js';
import { API_INPUTS, apiCall } from './api-inputs.js';

/** `aws:executeAwsApi`: calls an API once; outputs are picked from the answer. */
export const executeAwsApi: Action = {
  inputs: { named: API_INPUTS, more: true },
  outputs: 'declared',
  seconds: { max: Number.POSITIVE_INFINITY, default: Number.POSITIVE_INFINITY },
  run: async ({ inputs, automation }) => ({ answer: await callAws(apiCall(inputs), automation) }),
};
