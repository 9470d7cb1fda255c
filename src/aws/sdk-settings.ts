import { ATTEMPT_MS, CONNECT_MS } from './limits.js';

/** How the SDK's clients ask, whatever they ask for. */
export const SDK_SETTINGS = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: CONNECT_MS,
    requestTimeout: ATTEMPT_MS,
    socketTimeout: ATTEMPT_MS,
    throwOnRequestTimeout: true,
  },
};
