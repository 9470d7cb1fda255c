import type { MetadataBearer, Pluggable } from '@smithy/types';
import { nameOf } from './errors.js';
import type { Pace } from './pace.js';

/** One attempt at a request: for whom, what, and where. */
export type Attempt = {
  /** The account, as the scan calls it. */
  readonly account: string;
  readonly service: string;
  readonly operation: string;
  readonly region: string;
};

/** What came of an attempt. It holds no part of the request or the answer. */
export type AttemptResult = Attempt & {
  readonly milliseconds: number;
  readonly requestId: string | undefined;
  /** The name of the error that AWS answered, or `OK`. */
  readonly result: string;
};

/** Told of each attempt at a request, before and after. */
export type Watcher = {
  readonly asking: (attempt: Attempt) => void;
  readonly answered: (result: AttemptResult) => void;
};

/** What all clients of a scan share. */
export type Watch = {
  readonly watcher: Watcher;
  /** Keeps to what CloudTrail takes of an account in a Region. */
  readonly cloudTrailPace: Pace;
};

type Asked = Omit<Attempt, 'operation'>;

/** Lets a client of the SDK tell of each attempt, those that it makes again included, and keeps its pace. */
export const watched = <Input extends object, Output extends MetadataBearer>(
  asked: Asked,
  { watcher, cloudTrailPace }: Watch,
): Pluggable<Input, Output> => ({
  applyToStack: (stack) =>
    stack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const attempt = { ...asked, operation: commandName.replace(/Command$/, '') };
          if (asked.service === 'cloudtrail') await cloudTrailPace(`${asked.account} ${asked.region}`);
          watcher.asking(attempt);
          const startedAt = performance.now();
          const tell = (result: string, requestId: string | undefined) =>
            watcher.answered({ ...attempt, milliseconds: performance.now() - startedAt, requestId, result });
          try {
            const answer = await next(args);
            tell('OK', answer.output.$metadata.requestId);
            return answer;
          } catch (error) {
            tell(nameOf(error) || 'Error', requestIdOf(error));
            throw error;
          }
        },
      // Within the SDK's retries, so that each is seen.
      { step: 'finalizeRequest', priority: 'low', name: 'trailkeyWatch' },
    ),
});

const requestIdOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error && '$metadata' in error)) return undefined;
  const { $metadata: metadata } = error;
  const isTold = typeof metadata === 'object' && metadata !== null && 'requestId' in metadata;
  return isTold && typeof metadata.requestId === 'string' ? metadata.requestId : undefined;
};

const THROTTLED = ['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'RequestLimitExceeded'];

/** Tells whether AWS asked to be asked more slowly. */
export const isThrottled = ({ result }: Pick<AttemptResult, 'result'>): boolean => THROTTLED.includes(result);
