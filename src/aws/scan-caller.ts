import { InterruptedError } from '../core/errors.js';
import { type Caller, callerUntil } from './call.js';
import { type CredentialSource, credentialProblem } from './credential-problem.js';
import { ServiceFaultError, TimeBudgetError } from './errors.js';

/** A caller that gives up at Ctrl-C, and says of credentials that have expired how to renew them. */
export const scanCaller = (signal: AbortSignal, source: CredentialSource): Caller => {
  const caller = callerUntil(signal);
  return {
    counts: caller.counts,
    call: async (name, send) => {
      if (signal.aborted) throw new InterruptedError('Interrupted');
      try {
        return await caller.call(name, send);
      } catch (error) {
        if (error instanceof TimeBudgetError) throw new InterruptedError('Interrupted', { cause: error });
        const problem = credentialProblem(error, source);
        throw problem ? new ServiceFaultError(problem.message, { cause: problem }) : error;
      }
    },
  };
};
