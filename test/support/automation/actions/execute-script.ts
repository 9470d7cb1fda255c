import { isJsonObject, type JsonObject } from '../../../../src/core/json-value.js';
import type { Action } from '../action.js';
import { RefusedError, StepFailure } from '../errors.js';

const RUNTIME = /^python3\.1[1-4]$/;
const MAX_SECONDS = 600;
const MAX_PAYLOAD_BYTES = 100 * 1024;

/** `aws:executeScript`: runs a Python function; outputs are picked from `$.Payload`, what it returns. */
export const executeScript: Action = {
  inputs: {
    named: {
      Runtime: {
        type: 'String',
        fixed: true,
        problem: (value) =>
          RUNTIME.test(String(value)) ? undefined : `should be python3.11 or later and is ${value}`,
      },
      Handler: {
        type: 'String',
        fixed: true,
        problem: (value) =>
          /^[A-Za-z_]\w*$/.test(String(value))
            ? undefined
            : `should be the name of a function and is ${value}`,
      },
      Script: { type: 'String', fixed: true },
      InputPayload: { type: 'StringMap', optional: true },
    },
  },
  check: (inputs: JsonObject, { where }) => {
    if (!new RegExp(`^def ${inputs['Handler']}\\s*\\(`, 'm').test(String(inputs['Script'])))
      throw new RefusedError(`${where}.Script defines no function ${inputs['Handler']}, the Handler.`);
  },
  outputs: 'declared',
  seconds: { max: MAX_SECONDS, default: MAX_SECONDS },
  run: async ({ step, inputs, automation }) => {
    const { InputPayload } = inputs;
    const result = await automation.runScript({
      step,
      text: String(inputs['Script']),
      handler: String(inputs['Handler']),
      runtime: String(inputs['Runtime']),
      payload: isJsonObject(InputPayload) ? { ...InputPayload } : {},
    });
    if ('error' in result) throw new StepFailure(result.error);
    const size = Buffer.byteLength(JSON.stringify(result.payload ?? null));
    if (size > MAX_PAYLOAD_BYTES)
      throw new RefusedError(`Step ${step} returned ${size} bytes; SSM keeps ${MAX_PAYLOAD_BYTES}.`);
    return { answer: { Payload: result.payload } };
  },
};
