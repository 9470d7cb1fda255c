import { ListAccountsCommand } from '@aws-sdk/client-organizations';
import { explained, isDenied } from './call.js';
import { AccessDeniedError, nameOf, ServiceFaultError } from './errors.js';
import { pages } from './pages.js';
import type { Session } from './session.js';

/** The accounts of an organization by their ids: those that are open, and those that are suspended or closed. */
export type OrganizationAccounts = { readonly open: readonly string[]; readonly closed: readonly string[] };

/** States in which nobody can work in an account. One that AWS adds later is tried. */
const CLOSED = ['SUSPENDED', 'PENDING_CLOSURE', 'CLOSED', 'PENDING_ACTIVATION'];

/**
 * Lists the accounts of the session's organization.
 *
 * @throws AccessDeniedError, ServiceFaultError where the list cannot be had
 * @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
 */
export const accountsOfOrganization = async ({
  clients,
  caller,
  region,
}: Session): Promise<OrganizationAccounts> => {
  const name = { service: 'organizations', operation: 'ListAccounts', region };
  try {
    const client = clients.organizations();
    const accounts = await pages((NextToken) =>
      caller.call(name, async (abortSignal) => {
        const { Accounts = [], NextToken: next } = await client.send(new ListAccountsCommand({ NextToken }), {
          abortSignal,
        });
        return { entries: Accounts, next };
      }),
    );
    // AWS replaces Status by State.
    const isClosed = ({ State, Status }: (typeof accounts)[number]) => CLOSED.includes(State ?? Status ?? '');
    return {
      open: accounts.filter((account) => !isClosed(account)).flatMap(({ Id }) => Id ?? []),
      closed: accounts.filter(isClosed).flatMap(({ Id }) => Id ?? []),
    };
  } catch (error) {
    if (isDenied(error)) throw new AccessDeniedError(NOT_ALLOWED);
    if (nameOf(error) === 'AWSOrganizationsNotInUseException') throw new ServiceFaultError(NO_ORGANIZATION);
    throw explained(error, name);
  }
};

const NOT_ALLOWED =
  'organizations:ListAccounts is denied. Use credentials of the management account or of a delegated administrator that allow ' +
  'it, or name the accounts with --role-arn.';
const NO_ORGANIZATION =
  'This account belongs to no organization. Name the accounts with --role-arn, or leave out --organization.';
