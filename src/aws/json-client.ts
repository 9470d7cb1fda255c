import type { Operation } from './calls.js';
import { answerIn, bodyOf } from './json-messages.js';
import { poster } from './post.js';
import { type Retry, retrying } from './retrying.js';
import { type Environment, endpointOf, type Place } from './service-endpoint.js';
import { signer } from './signer.js';

/**
 * Operations of a service in a Region, by the name that the API's reference has for them.
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
  const sign = signer(env);
  // Who fails for long is tried again less and less, which must not hold for others.
  const retries = new Map<string, Retry>();
  return (place) => {
    const where = `${place.service} ${place.region}`;
    const retry = retries.get(where) ?? retrying();
    retries.set(where, retry);
    let url: URL | undefined;
    return (operation) => (input, abortSignal) => {
      const body = bodyOf(input);
      return retry(async () => {
        url ??= endpointOf(place, env);
        const message = await sign({ place, url, operation, body });
        return answerIn(await post(url, message, abortSignal));
      }, abortSignal);
    };
  };
};
