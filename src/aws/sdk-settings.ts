import { ATTEMPT_MS, CONNECT_MS, MAX_ATTEMPTS } from './limits.js';

/** How the SDK's clients ask, whatever they ask for. */
export const SDK_SETTINGS = {
  maxAttempts: MAX_ATTEMPTS,
  requestHandler: {
    connectionTimeout: CONNECT_MS,
    requestTimeout: ATTEMPT_MS,
    socketTimeout: ATTEMPT_MS,
    throwOnRequestTimeout: true,
  },
};
