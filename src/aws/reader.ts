import type { ReadResult } from '../core/deployment.js';
import { CredentialsError, isInterruption, messageOf } from '../core/errors.js';
import type { Clients } from './clients.js';
import { AccessDeniedError, ServiceFaultError } from './errors.js';
import type { Call, RequestOptions } from './requests.js';

/** How the resources of an account and Region are read: a denied or failed call is a result, so that the other reads continue. */
export type Reader = {
  readonly region: string;
  readonly clients: Clients;
  readonly read: <T>(
    operation: string,
    send: (options: RequestOptions) => Promise<T>,
  ) => Promise<ReadResult<T>>;
};

/** Returns a reader of a Region. */
export const readerIn = (
  region: string,
  { clients, call }: { readonly clients: Clients; readonly call: Call },
): Reader => ({
  region,
  clients,
  read: (operation, send) => attempt(() => call(operation, region, send)),
});

/**
 * Returns the result of calls, with the permission that is missing or the error of the call that failed.
 *
 * @throws InterruptedError or CredentialsError, which end all calls
 */
export const attempt = async <T>(calls: () => Promise<T>): Promise<ReadResult<T>> => {
  try {
    return { kind: 'read', value: await calls() };
  } catch (error) {
    if (error instanceof AccessDeniedError && error.permission !== undefined) {
      return { kind: 'denied', permission: error.permission };
    }
    if (isInterruption(error)) throw error;
    if (!(error instanceof ServiceFaultError)) throw error;
    if (error.cause instanceof CredentialsError) throw error.cause;
    return { kind: 'failed', message: messageOf(error) };
  }
};
