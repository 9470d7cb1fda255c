import { type Identity, identityOf, openSession, ownAccount } from '../../aws/session.js';
import { ssmAutomations } from '../../aws/ssm.js';
import type { Automations, LiveAccount } from '../../ports.js';
import { QUIET, traceOn } from '../scan-progress.js';
import type { Terminal } from '../terminal.js';

/** The account in which trails are repaired: its trails and keys, and its automations by Region. */
export type RepairAccount = {
  readonly account: LiveAccount;
  readonly identity: Identity;
  readonly automationsIn: (region: string) => Automations;
};

/**
 * Opens the account of whoever runs the command.
 *
 * @throws CredentialsError where there are no credentials, or AWS does not take them
 */
export const openRepairAccount = async (
  terminal: Terminal,
  { debug, signal }: { readonly debug: boolean; readonly signal: AbortSignal },
): Promise<RepairAccount> => {
  const observer = debug ? traceOn(terminal) : QUIET;
  const session = await openSession({ env: terminal.env, signal, observer });
  const identity = await identityOf(session);
  return {
    account: ownAccount(session, identity),
    identity,
    automationsIn: ssmAutomations({ clients: session.clientsOf(identity.accountId), call: session.call }),
  };
};
