import type { KMSClientConfig } from '@aws-sdk/client-kms';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type {
  AwsCredentialIdentityProvider,
  FinalizeHandler,
  MetadataBearer,
  MiddlewareStack,
} from '@smithy/types';
import { VERSION } from '../version.js';
import { codeOf } from './errors.js';

/** One attempt to send a request: for whom, what, and where. */
type RequestAttempt = {
  /** The account, as the scan calls it. */
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

/** Is told of requests. */
export type RequestObserver = {
  /** Called once for each request, however often it is sent. */
  readonly onRequest?: (request: Omit<RequestAttempt, 'account'>) => void;
  /** Called before each attempt; the attempt waits for it. */
  readonly beforeAttempt?: (attempt: RequestAttempt) => Promise<void> | void;
  /** Called after each attempt. */
  readonly afterAttempt?: (result: AttemptResult) => void;
};

/** What the clients of a connection have in common. */
export type ConnectionOptions = {
  /** The account, as the scan calls it. */
  readonly account: string;
  readonly credentials: AwsCredentialIdentityProvider;
  /** How often a request is sent at most. */
  readonly maxAttempts: number;
  /** An endpoint other than that of the environment, the profile or AWS. */
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

/** Makes SDK clients for a connection: by class and IAM's name of the service, one for each Region. */
export type Clients = <Input extends object, Output extends MetadataBearer, Client>(
  Service: ClientClass<Client & Observable<Input, Output>>,
  service: string,
) => (region: string) => Client;

/** One attempt ends after this time without a response, and after this time without a connection. */
const ATTEMPT_MS = 5000;
const CONNECT_MS = 2000;

/** One for all clients: accounts share the connections to a Region. */
const requestHandler = new NodeHttpHandler({
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

/** Makes the clients of a connection, each when it is first used. */
export const clientsFor = (options: ConnectionOptions): Clients => {
  const sdkOptions = sdkOptionsOf(options);
  return (Service, service) =>
    memoizeByRegion((region) => {
      const client = new Service({ ...sdkOptions, region });
      observe(client, { account: options.account, service, region }, options.observer);
      return client;
    });
};

/** Makes something for a Region when it is first needed, and returns the same from then on. */
const memoizeByRegion = <T>(make: (region: string) => T): ((region: string) => T) => {
  const made = new Map<string, T>();
  return (region) => {
    const one = made.get(region) ?? make(region);
    made.set(region, one);
    return one;
  };
};

/** Adds the observer to a client, and makes it retry the faults of KMS that come with status 400. */
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

/** Transient faults of KMS that the SDK does not retry by itself. */
const TRANSIENT = ['KMSInternalException', 'DependencyTimeoutException'];

const requestIdOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error && '$metadata' in error)) return undefined;
  const { $metadata: metadata } = error;
  const hasId = typeof metadata === 'object' && metadata !== null && 'requestId' in metadata;
  return hasId && typeof metadata.requestId === 'string' ? metadata.requestId : undefined;
};

const THROTTLED = ['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'RequestLimitExceeded'];

/** Whether AWS throttled the request. */
export const isThrottled = ({ result }: Pick<AttemptResult, 'result'>): boolean => THROTTLED.includes(result);

/** A clock that waits, in milliseconds. */
export type Clock = { readonly now: () => number; readonly sleep: (milliseconds: number) => Promise<void> };

const CLOCK: Clock = {
  now: Date.now,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

const WINDOW_MS = 1000;

/** Waits until the next request with a key may be sent: at most so many in any second. Requests with other keys do not count. */
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
