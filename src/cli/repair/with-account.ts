import { AccessDeniedError, ServiceFaultError } from '../../aws/errors.js';
import { CredentialsError, isInterruption } from '../../core/errors.js';
import type { ExitCode } from '../../core/exit-code.js';
import type { Terminal } from '../terminal.js';
import { UsageError } from '../usage-error.js';
import { openRepairAccount, type RepairAccount } from './repair-account.js';

/** What a repair is given. */
export type Surroundings = {
  readonly repair: RepairAccount;
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
};

/**
 * Does something in the account of whoever runs the command. What AWS refuses to tell ends it with a sentence and exit code 2.
 *
 * @throws UsageError where nothing could be asked at all
 */
export const withAccount = async (
  terminal: Terminal,
  debug: boolean,
  work: (surroundings: Surroundings) => Promise<ExitCode>,
): Promise<ExitCode> => {
  const interruption = new AbortController();
  const stopListening = terminal.onInterrupt(() => interruption.abort());
  const { signal } = interruption;
  try {
    return await work({ repair: await openRepairAccount(terminal, { debug, signal }), terminal, signal });
  } catch (error) {
    if (isInterruption(error)) throw new UsageError('Interrupted: nothing was started.', { cause: error });
    if (isSaidByAws(error)) throw new UsageError(`Nothing was started: ${error.message}`, { cause: error });
    throw error;
  } finally {
    stopListening();
  }
};

/** Tells an answer of AWS, or its absence, from a fault of ours. */
export const isSaidByAws = (error: unknown): error is Error =>
  error instanceof CredentialsError ||
  error instanceof AccessDeniedError ||
  error instanceof ServiceFaultError;
