import type { Clients } from '../../../src/aws/clients.js';
import { AccessDeniedError } from '../../../src/aws/errors.js';
import type { Call, RequestOptions } from '../../../src/aws/requests.js';

/** The account and Region of a run, and how they are called. */
export type Connection = {
  readonly region: string;
  readonly accountId: string;
  readonly partition: string;
  /** The ARN of the caller. */
  readonly caller: string;
  readonly clients: Clients;
  readonly call: Call;
};

/** Sends the requests of one operation to the Region of a run. */
export type Send = <T>(operation: string, request: (options: RequestOptions) => Promise<T>) => Promise<T>;

/** Returns how requests are sent. A denied request is an error that contains the permission to add. */
export const sendTo =
  ({ call, region }: Connection): Send =>
  (operation, request) =>
    call(operation, region, request).catch((error: unknown) => {
      if (!(error instanceof AccessDeniedError)) throw error;
      const message = `${operation} is denied in ${region}. Allow it for your user or role.`;
      throw new AccessDeniedError(message, { cause: error.cause });
    });
