import { isThrottlingError, isTransientError, StandardRetryStrategy } from '@smithy/core/retry';
import type { RetryErrorType, SdkError, StandardRetryToken } from '@smithy/types';
import { MAX_ATTEMPTS } from './limits.js';

/** Makes attempts until one succeeds, there were enough, or a signal says that time is up. */
type Retry = <T>(attempt: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** Tries again what the SDK would try again, after the pauses that it would make. */
export const retrying = (): Retry => {
  const strategy = new StandardRetryStrategy(MAX_ATTEMPTS);
  return async (attempt, signal) => {
    const from = (token: StandardRetryToken): ReturnType<typeof attempt> =>
      attempt().then(
        (answer) => {
          strategy.recordSuccess(token);
          return answer;
        },
        async (error) => {
          if (signal.aborted) throw error;
          const renewed = strategy.refreshRetryTokenForRetry(token, { errorType: typeOf(error) });
          const next = Promise.race([renewed, aborted(signal)]).catch(() => {
            throw error;
          });
          return from(await next);
        },
      );
    return from(await strategy.acquireInitialRetryToken(''));
  };
};

const typeOf = (error: SdkError): RetryErrorType => {
  if (isThrottlingError(error)) return 'THROTTLING';
  return isTransientError(error) ? 'TRANSIENT' : 'CLIENT_ERROR';
};

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
