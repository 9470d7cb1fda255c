import { accountsByRole, identityOf, ownAccount, type Session } from '../aws/session.js';
import type { AccountToScan } from '../ports.js';
import type { ScanTarget } from './scan-options.js';

/** The accounts that a scan is to open, and what is to be said of those that it leaves out. */
export type Accounts = { readonly accounts: readonly AccountToScan[]; readonly notes: readonly string[] };

/** Finds the accounts of a target that are asked live. */
export const accountsIn = async (
  target: Exclude<ScanTarget, { kind: 'aggregator' }>,
  session: Session,
): Promise<Accounts> => {
  switch (target.kind) {
    case 'account': {
      const identity = await identityOf(session);
      const own = { name: identity.accountId, open: async () => ownAccount(session, identity) };
      return { accounts: [own], notes: [] };
    }
    case 'roles': {
      const open = accountsByRole(session);
      const accounts = target.roleArns.map((name) => ({ name, open: () => open(name) }));
      return { accounts, notes: [] };
    }
    case 'organization':
      return accountsWithRole(target.roleName, session);
  }
};

/** The session's own account needs no role: its credentials are there. */
const accountsWithRole = async (roleName: string, session: Session): Promise<Accounts> => {
  // One after the other: what the organization says to wrong credentials is no help.
  const identity = await identityOf(session);
  const { accountsOfOrganization } = await import('../aws/organizations.js');
  const organization = await accountsOfOrganization(session);
  const byRole = accountsByRole(session);
  const accounts = organization.open.map((name) => ({
    name,
    open: async () =>
      name === identity.accountId
        ? ownAccount(session, identity)
        : byRole(`arn:${identity.partition}:iam::${name}:role/${roleName}`),
  }));
  return { accounts, notes: organization.closed.length === 0 ? [] : [leftOut(organization.closed)] };
};

const leftOut = (accounts: readonly string[]): string =>
  `Left out, as suspended or closed: ${accounts.join(', ')}.`;
