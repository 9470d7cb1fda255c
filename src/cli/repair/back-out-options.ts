import { isKeyArn } from '../../core/key-reference.js';
import { UsageError } from '../usage-error.js';

/** The options of `trailkey back-out`, as the command line has them. */
export type RawBackOutOptions = {
  readonly logging: string;
  readonly expectedKey?: string;
  readonly previousKey?: string;
  readonly yes?: boolean;
  readonly debug?: boolean;
};

/** The options of `trailkey back-out`, checked. */
export type BackOutOptions = {
  readonly logging: Logging;
  /** The key that the trail has, and the one that it had; undefined where the last execution is to tell. */
  readonly keys: KeyChange | undefined;
  readonly isAgreed: boolean;
};

/** A change of a trail's key that is to be turned back; `none` for no key. */
export type KeyChange = { readonly expected: string; readonly previous: string };

const LOGGING = { keep: 'Keep', stop: 'Stop', start: 'Start' } as const;

type Logging = (typeof LOGGING)[keyof typeof LOGGING];

/**
 * Checks the options of `trailkey back-out`.
 *
 * @throws UsageError with what is wrong
 */
export const parseBackOutOptions = (raw: RawBackOutOptions): BackOutOptions => ({
  logging: loggingNamed(raw.logging),
  keys: keysIn(raw),
  isAgreed: raw.yes ?? false,
});

const isLogging = (name: string): name is keyof typeof LOGGING => Object.hasOwn(LOGGING, name);

const loggingNamed = (name: string): Logging => {
  if (isLogging(name)) return LOGGING[name];
  throw new UsageError(`--logging should be ${Object.keys(LOGGING).join(', ')} and is "${name}".`);
};

const keysIn = ({ expectedKey, previousKey }: RawBackOutOptions): KeyChange | undefined => {
  if (expectedKey === undefined && previousKey === undefined) return undefined;
  if (expectedKey === undefined || previousKey === undefined) {
    throw new UsageError('--expected-key and --previous-key belong together: give both or neither.');
  }
  for (const [option, key] of Object.entries({
    '--expected-key': expectedKey,
    '--previous-key': previousKey,
  })) {
    if (key !== 'none' && !isKeyArn(key)) {
      throw new UsageError(`${option} should be the ARN of a key, or none, and is "${key}".`);
    }
  }
  return { expected: expectedKey, previous: previousKey };
};
