import { Readable } from 'node:stream';
import type { KMSClientConfig } from '@aws-sdk/client-kms';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type {
  AwsCredentialIdentityProvider,
  FinalizeHandler,
  MetadataBearer,
  MiddlewareStack,
} from '@smithy/types';
import { VERSION } from '../version.js';
import { codeOf, responseOf } from './errors.js';

/** One attempt to send a request. */
type RequestAttempt = {
  /** The name of the account in progress and log output. */
  readonly account: string;
  readonly service: string;
  readonly operation: string;
  readonly region: string;
};

/** The result of an attempt. It contains no part of the request or the response. */
export type AttemptResult = RequestAttempt & {
  readonly milliseconds: number;
  readonly requestId: string | undefined;
  /** The code of the error that AWS returned, or `OK`. */
  readonly result: string;
};

/** Observes requests. */
export type RequestObserver = {
  /** Called once for each request, however often it is retried. */
  readonly onRequest?: (request: Omit<RequestAttempt, 'account'>) => void;
  /** Called before each attempt. The attempt starts when the promise resolves. */
  readonly beforeAttempt?: (attempt: RequestAttempt) => Promise<void> | void;
  /** Called after each attempt. */
  readonly afterAttempt?: (result: AttemptResult) => void;
};

/** The options of all clients of a connection. */
export type ConnectionOptions = {
  /** The name of the account in progress and log output. */
  readonly account: string;
  readonly credentials: AwsCredentialIdentityProvider;
  /** The maximum number of attempts for each request. */
  readonly maxAttempts: number;
  /** The number of timeouts in a row after which a service in a Region is no longer called. Without it, each request is retried. */
  readonly maxTimeouts?: number;
  /** Overrides the endpoint of the environment, the profile or AWS. */
  readonly endpoint?: string;
  /** Settings of the environment and the profile. Without them each client reads its own. */
  readonly settings?: Partial<
    Pick<
      KMSClientConfig,
      'authSchemePreference' | 'retryMode' | 'useDualstackEndpoint' | 'useFipsEndpoint' | 'userAgentAppId'
    >
  >;
  readonly observer: RequestObserver;
};

/** The constructor of an SDK client. */
type ClientClass<Client> = new (options: ReturnType<typeof sdkOptionsOf> & { region: string }) => Client;

type Observable<Input extends object, Output extends MetadataBearer> = {
  readonly middlewareStack: MiddlewareStack<Input, Output>;
};

/** Returns SDK clients of a connection by Region, for a client class and the IAM prefix of its service. */
export type Clients = <Input extends object, Output extends MetadataBearer, Client>(
  Service: ClientClass<Client & Observable<Input, Output>>,
  service: string,
) => (region: string) => Client;

/** The time limits of one attempt in milliseconds: for the start of a response, its body, and a connection. */
const ATTEMPT_MS = 5000;
const BODY_MS = 10_000;
const CONNECT_MS = 2000;

/** Also limits the time in which the body of a response arrives: the limits of the SDK apply only while nothing arrives. */
class LimitedHttpHandler extends NodeHttpHandler {
  override async handle(...args: Parameters<NodeHttpHandler['handle']>) {
    const result = await super.handle(...args);
    const { body } = result.response;
    if (body instanceof Readable) {
      const error = Object.assign(new Error('the response did not arrive in time'), { name: 'TimeoutError' });
      const timer = setTimeout(() => body.destroy(error), BODY_MS);
      body.once('close', () => clearTimeout(timer));
    }
    return result;
  }
}

/** Shared by all clients, so that accounts share the connections to a Region. */
const requestHandler = new LimitedHttpHandler({
  connectionTimeout: CONNECT_MS,
  requestTimeout: ATTEMPT_MS,
  socketTimeout: ATTEMPT_MS,
  throwOnRequestTimeout: true,
});

const sdkOptionsOf = ({ credentials, maxAttempts, endpoint, settings }: ConnectionOptions) => ({
  ...settings,
  credentials,
  maxAttempts,
  requestHandler,
  customUserAgent: `trailkey/${VERSION}`,
  ...(endpoint === undefined ? {} : { endpoint }),
});

/** Creates the clients of a connection, each when it is first used. */
export const clientsFor = (options: ConnectionOptions): Clients => {
  const sdkOptions = sdkOptionsOf(options);
  return (Service, service) =>
    memoizeByRegion((region) => {
      const client = new Service({ ...sdkOptions, region });
      observe(client, { account: options.account, service, region }, options.observer);
      if (options.maxTimeouts !== undefined) limitTimeouts(client, { service, region }, options.maxTimeouts);
      return client;
    });
};

/** Calls a function once for each Region and returns the same result afterwards. */
const memoizeByRegion = <T>(create: (region: string) => T): ((region: string) => T) => {
  const created = new Map<string, T>();
  return (region) => {
    const one = created.get(region) ?? create(region);
    created.set(region, one);
    return one;
  };
};

/** Adds the observer to a client, and retries the transient faults of KMS that have status code 400. */
const observe = <Input extends object, Output extends MetadataBearer>(
  { middlewareStack }: Observable<Input, Output>,
  place: Omit<RequestAttempt, 'operation'>,
  { onRequest, beforeAttempt, afterAttempt }: RequestObserver,
): void => {
  const operationOf = (command = '') => command.replace(/Command$/, '');
  middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        onRequest?.({ ...place, operation: operationOf(commandName) });
        return next(args);
      },
    { step: 'initialize', name: 'trailkeyRequest' },
  );
  middlewareStack.add(
    (next: FinalizeHandler<Input, Output>, { commandName }): FinalizeHandler<Input, Output> =>
      async (args) => {
        const attempt = { ...place, operation: operationOf(commandName) };
        await beforeAttempt?.(attempt);
        const startedAt = performance.now();
        const report = (result: string, requestId: string | undefined) =>
          afterAttempt?.({ ...attempt, milliseconds: performance.now() - startedAt, requestId, result });
        try {
          const response = await next(args);
          report('OK', response.output.$metadata.requestId);
          return response;
        } catch (error) {
          report(codeOf(error) || 'Error', requestIdOf(error));
          throw TRANSIENT.includes(codeOf(error)) ? Object.assign(Object(error), { $retryable: {} }) : error;
        }
      },
    // Inside the SDK's retries, so that each attempt is observed.
    { step: 'finalizeRequest', priority: 'low', name: 'trailkeyAttempt' },
  );
};

/** Stops calling a service that did not respond several times in a row. */
const limitTimeouts = <Input extends object, Output extends MetadataBearer>(
  { middlewareStack }: Observable<Input, Output>,
  place: Pick<RequestAttempt, 'service' | 'region'>,
  maxTimeouts: number,
): void => {
  let timeouts = 0;
  const afterFailure = (error: unknown): never => {
    timeouts = codeOf(error) === 'TimeoutError' ? timeouts + 1 : 0;
    throw timeouts >= maxTimeouts ? new NoResponseError(place) : error;
  };
  middlewareStack.add(
    (next: FinalizeHandler<Input, Output>): FinalizeHandler<Input, Output> =>
      async (args) => {
        if (timeouts >= maxTimeouts) throw new NoResponseError(place);
        const response = await next(args).catch(afterFailure);
        timeouts = 0;
        return response;
      },
    // Inside the SDK's retries, so that each attempt counts.
    { step: 'finalizeRequest', priority: 'low', name: 'trailkeyTimeouts' },
  );
};

/** A service that does not respond. The SDK does not retry it. */
class NoResponseError extends Error {
  override readonly name = 'NoResponseError';

  constructor({ service, region }: Pick<RequestAttempt, 'service' | 'region'>) {
    super(`${service} in ${region} does not respond. Check the network and the endpoint`);
  }
}

/** Transient faults of KMS that the SDK does not retry. */
const TRANSIENT = ['KMSInternalException', 'DependencyTimeoutException'];

const requestIdOf = (error: unknown): string | undefined => {
  const { requestId } = responseOf(error);
  return typeof requestId === 'string' ? requestId : undefined;
};

const THROTTLED = ['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'RequestLimitExceeded'];

/** Whether AWS throttled the request. */
export const isThrottled = ({ result }: Pick<AttemptResult, 'result'>): boolean => THROTTLED.includes(result);

/** A clock, in milliseconds, that can also wait. */
export type Clock = { readonly now: () => number; readonly sleep: (milliseconds: number) => Promise<void> };

const CLOCK: Clock = {
  now: Date.now,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

const WINDOW_MS = 1000;

/** Returns a function that waits until a request with a key may be sent: at most `perSecond` with the same key in any second. */
export const rateLimiter = (
  perSecond: number,
  { now, sleep }: Clock = CLOCK,
): ((key: string) => Promise<void>) => {
  const sentAt = new Map<string, readonly number[]>();
  return async (key) => {
    const recent = sentAt.get(key) ?? [];
    const due = Math.max(now(), (recent.at(-perSecond) ?? Number.NEGATIVE_INFINITY) + WINDOW_MS);
    sentAt.set(key, [...recent, due].slice(-perSecond));
    if (due > now()) await sleep(due - now());
  };
};
