import { CredentialsError } from '../core/errors.js';
import type { Environment } from './service-endpoint.js';

/** An endpoint other than AWS's own, as an emulator's is. */
export const EXAMPLE_ENDPOINT = 'http://127.0.0.1:4566';

/**
 * Checks the endpoints that the environment names, for all services and for single ones. The SDK takes `localhost:4566` for a URL of
 * a kind of its own, and asks nobody knows whom.
 *
 * @throws CredentialsError where one is no URL
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export const checkEndpoints = (env: Environment): void => {
  for (const [name, value] of Object.entries(env)) {
    if (!/^AWS_ENDPOINT_URL(_|$)/.test(name) || !value || isHttp(value)) continue;
    throw new CredentialsError(
      `${name} should be a URL, such as ${EXAMPLE_ENDPOINT}, and is "${value}". Set it right, or unset it.`,
    );
  }
};

const isHttp = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
