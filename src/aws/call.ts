import { EXAMPLE_ENDPOINT } from './endpoints.js';
import { AccessDeniedError, nameOf, ServiceFaultError, TimeBudgetError } from './errors.js';
import { withoutSecrets } from './without-secrets.js';

/** What a call is for: service and operation as IAM names them, and the Region asked. */
export type CallName = { readonly service: string; readonly operation: string; readonly region: string };

/** Makes calls within the time of an invocation, and counts them. */
export type Caller = {
  /**
   * Makes a call.
   *
   * @throws the error that AWS or the network gave, for the caller to tell apart, less what no report may show; TimeBudgetError when time is up
   */
  readonly call: <T>(name: CallName, send: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  readonly counts: () => Readonly<Record<string, number>>;
};

/** A caller that gives up when a signal says so. */
export const callerUntil = (signal: AbortSignal): Caller => {
  const counts = new Map<string, number>();
  return {
    counts: () => Object.fromEntries(counts),
    call: async (name, send) => {
      const shown = `${name.service}:${name.operation}`;
      counts.set(shown, (counts.get(shown) ?? 0) + 1);
      try {
        return await retrying(send, signal);
      } catch (error) {
        if (!signal.aborted) throw withoutSecrets(error);
        throw new TimeBudgetError(
          `Gave up on ${shown} in ${name.region}: the time of this ruleEvent is nearly used up. AWS Config will invoke the rule again.`,
        );
      }
    },
  };
};

/** Passing faults that the SDK does not retry, for they come with status 400. */
const PASSING = ['KMSInternalException', 'DependencyTimeoutException'];
const MORE_ATTEMPTS = 2;
const PAUSE_MS = 200;

const retrying = async <T>(send: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> => {
  for (let attempt = 1; attempt <= MORE_ATTEMPTS; attempt += 1) {
    try {
      return await send(signal);
    } catch (error) {
      if (signal.aborted || !PASSING.includes(nameOf(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
    }
  }
  return send(signal);
};

const DENIED = ['AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation'];

/** Tells whether AWS refuses a call for want of a permission. */
export const isDenied = (error: unknown): boolean => DENIED.includes(nameOf(error));

/** Names a failed call: what was called, where, what AWS said, and what to do. What is named already stays as it is. */
export const explained = (error: unknown, { service, operation, region }: CallName): Error => {
  if (error instanceof TimeBudgetError || error instanceof ServiceFaultError) return error;
  const call = `${service}:${operation}`;
  if (isDenied(error)) {
    return new AccessDeniedError(
      `${call} is denied in ${region}. Allow ${call} to the role of this function.`,
    );
  }
  const shown = withoutSecrets(error);
  return new ServiceFaultError(`${call} failed in ${region}: ${wordsOf(shown)}`, { cause: shown });
};

/** The SDK says of an answer that it cannot read how to look into its own objects: that helps nobody here. */
const wordsOf = (error: unknown): string => {
  if (error instanceof SyntaxError) return 'the answer is not JSON';
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ERR_INVALID_URL') return NO_ENDPOINT;
  const [words = ''] = error.message.split(/\s+Deserialization error:/);
  if (words.includes('XML parse error')) return 'the answer is not XML';
  return words === '' ? error.name : `${error.name}: ${words}`;
};

const NO_ENDPOINT =
  'the endpoint is no URL. Set AWS_ENDPOINT_URL, or endpoint_url of the profile, to a URL, such as ' +
  `${EXAMPLE_ENDPOINT}.`;
