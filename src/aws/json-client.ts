import type { Operation } from './calls.js';
import { answerIn, bodyOf } from './json-messages.js';
import { poster } from './post.js';
import { retrying } from './retrying.js';
import { type Environment, endpointOf, type Place } from './service-endpoint.js';
import { signerFor } from './signer.js';

/**
 * Operations of a service in a Region, by the name that the API's reference has for them. Made once for each place.
 *
 * Each call is tried as often, and after such pauses, as the SDK would try it. Other than the SDK it does not put a wrong clock right,
 * and does not ask an answer when to come again.
 */
export type JsonClient = (
  place: Place,
) => <Request extends object, Response>(operation: string) => Operation<Request, Response>;

/**
 * A client of AWS's JSON protocol for whoever has credentials in the environment, as a Lambda has. It is made of the SDK's own
 * signature and retries: the SDK's clients of three services are four times as large, and take twice as long for each event
 * (docs/performance.md).
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export const jsonClient = (env: Environment): JsonClient => {
  const { post, prepare } = poster();
  // While Lambda loads a function it gives it a whole core.
  prepare(env['AWS_ENDPOINT_URL']?.startsWith('http:') ? 'http:' : 'https:');
  return (place) => {
    const sign = signerFor(place, env);
    // One for each place: who fails for long is tried again less and less, which must not hold for others.
    const retry = retrying();
    let url: URL | undefined;
    return (operation) => (input, abortSignal) => {
      const body = bodyOf(input);
      return retry(async () => {
        url ??= endpointOf(place, env);
        const message = await sign({ url, operation, body });
        return answerIn(await post(url, message, abortSignal));
      }, abortSignal);
    };
  };
};
