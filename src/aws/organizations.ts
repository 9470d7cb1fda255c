import { OrganizationsClient, paginateListAccounts } from '@aws-sdk/client-organizations';
import { AccessDeniedError, codeOf, ServiceFaultError } from './errors.js';
import { readPages } from './requests.js';
import type { Session } from './session.js';

/** The account IDs of an organization: active accounts, and suspended or closed ones. With the names of accounts, by account ID. */
export type OrganizationAccounts = {
  readonly open: readonly string[];
  readonly closed: readonly string[];
  readonly names: ReadonlyMap<string, string>;
};

/** States in which an account cannot be used. An account in a state that AWS added later is tried. */
const CLOSED = ['SUSPENDED', 'PENDING_CLOSURE', 'CLOSED', 'PENDING_ACTIVATION'];

/**
 * Lists the accounts of the session's organization.
 *
 * @throws AccessDeniedError if the caller may not list them
 * @throws ServiceFaultError if the account is not in an organization, or the call fails
 * @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
 */
export const accountsOfOrganization = async ({
  clients,
  call,
  region,
}: Session): Promise<OrganizationAccounts> => {
  try {
    const client = clients(OrganizationsClient, 'organizations')(region);
    const accounts = await call('organizations:ListAccounts', region, (options) =>
      readPages(paginateListAccounts({ client }, {}, options), 'Accounts'),
    );
    // State replaces Status.
    const isClosed = ({ State, Status }: (typeof accounts)[number]) => CLOSED.includes(State ?? Status ?? '');
    return {
      open: idsOf(accounts.filter((account) => !isClosed(account))),
      closed: idsOf(accounts.filter(isClosed)),
      names: new Map(accounts.flatMap(({ Id, Name }) => (Id && Name ? [[Id, Name] as const] : []))),
    };
  } catch (error) {
    if (error instanceof AccessDeniedError) throw new AccessDeniedError(NOT_ALLOWED);
    if (codeOf(error) === 'AWSOrganizationsNotInUseException') throw new ServiceFaultError(NO_ORGANIZATION);
    throw error;
  }
};

/** Each once, also if a page is repeated. */
const idsOf = (accounts: readonly { readonly Id?: string | undefined }[]): readonly string[] => [
  ...new Set(accounts.flatMap(({ Id }) => Id ?? [])),
];

const NOT_ALLOWED =
  'organizations:ListAccounts is denied. Use credentials of the management account or of a delegated administrator that allow ' +
  'it, or specify the accounts with --role-arn.';
const NO_ORGANIZATION =
  'This account is not a member of an organization. Specify the accounts with --role-arn, or omit --organization.';
