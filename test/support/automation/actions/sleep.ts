import type { Action } from '../action.js';
import { RefusedError } from '../errors.js';

const MAX_SECONDS = 604_800;
const DURATION = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** `aws:sleep`: lets a duration pass, or the time until an instant. */
export const sleep: Action = {
  inputs: {
    named: {
      Duration: {
        type: 'String',
        optional: true,
        problem: (value) => {
          const seconds = secondsOf(String(value));
          return seconds !== undefined && seconds <= MAX_SECONDS
            ? undefined
            : `should be like PT10M, at most ${MAX_SECONDS} seconds, and is ${value}`;
        },
      },
      Timestamp: {
        type: 'String',
        optional: true,
        problem: (value) =>
          TIMESTAMP.test(String(value)) && !Number.isNaN(Date.parse(String(value)))
            ? undefined
            : `should be like 2030-01-01T01:00:00Z and is ${value}`,
      },
    },
  },
  check: (inputs, { where }) => {
    if ('Duration' in inputs === 'Timestamp' in inputs)
      throw new RefusedError(`${where} should have either Duration or Timestamp.`);
  },
  outputs: [],
  seconds: { max: Number.POSITIVE_INFINITY, default: Number.POSITIVE_INFINITY },
  run: async ({ inputs, automation }) => {
    const until = (Date.parse(String(inputs['Timestamp'])) - automation.now()) / 1000;
    await automation.sleep(
      'Duration' in inputs ? (secondsOf(String(inputs['Duration'])) ?? 0) : Math.max(0, until),
    );
    return {};
  },
};

const secondsOf = (duration: string): number | undefined => {
  const [whole, days, hours, minutes, seconds] = DURATION.exec(duration) ?? [];
  if (whole === undefined) return undefined;
  const count = (digits: string | undefined): number => Number(digits ?? 0);
  return ((count(days) * 24 + count(hours)) * 60 + count(minutes)) * 60 + count(seconds);
};
