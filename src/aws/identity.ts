import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { parseArn } from '../core/arn.js';
import type { LiveAccount } from '../ports.js';
import { explained, isDenied } from './call.js';
import { clientsOf } from './connection.js';
import { credentialProblemAtFirst } from './credential-problem.js';
import { AccessDeniedError, ServiceFaultError } from './errors.js';
import { liveAccount } from './live-account.js';
import type { Session } from './session.js';

/** Whoever runs the command. */
export type Identity = { readonly accountId: string; readonly arn: string; readonly partition: string };

/**
 * Asks AWS whose credentials these are.
 *
 * @throws CredentialsError where AWS does not take them
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export const identityOf = async (session: Session): Promise<Identity> => {
  const { clients, caller, region } = session;
  const name = { service: 'sts', operation: 'GetCallerIdentity', region };
  try {
    const { Account: accountId, Arn: arn = '' } = await caller.call(name, (abortSignal) =>
      clients.sts().send(new GetCallerIdentityCommand({}), { abortSignal }),
    );
    if (accountId === undefined) throw new ServiceFaultError('sts:GetCallerIdentity named no account');
    return { accountId, arn, partition: parseArn(arn)?.partition ?? 'aws' };
  } catch (error) {
    throw credentialProblemAtFirst(error, session.source) ?? explained(error, name);
  }
};

/** The account of the session itself. */
export const ownAccount = (session: Session, { accountId, arn }: Identity): LiveAccount => {
  const { region, credentials, caller, watch } = session;
  const clients = clientsOf({ account: accountId, region, credentials }, watch);
  return liveAccount({ accountId, region, arn }, clients, caller);
};

/**
 * Opens other accounts, each by a role in it.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const accountsByRole = (session: Session): ((roleArn: string) => Promise<LiveAccount>) => {
  const { caller, region, watch } = session;
  let isProven = false;
  return async (roleArn) => {
    try {
      const credentials = await assume(roleArn, session);
      isProven = true;
      const accountId = parseArn(roleArn)?.accountId ?? '';
      // They last for an hour, and an account takes seconds: they need not be renewed.
      const clients = clientsOf({ account: accountId, region, credentials: async () => credentials }, watch);
      return liveAccount({ accountId, region, arn: roleArn }, clients, caller);
    } catch (error) {
      // Credentials that have never worked open no account at all; others may have ended amid the scan.
      throw (
        (isProven ? undefined : credentialProblemAtFirst(error, session.source)) ??
        refusal(error, roleArn, region)
      );
    }
  };
};

const assume = async (RoleArn: string, { clients, caller, region }: Session) => {
  const name = { service: 'sts', operation: 'AssumeRole', region };
  const { Credentials } = await caller.call(name, (abortSignal) =>
    clients.sts().send(new AssumeRoleCommand({ RoleArn, RoleSessionName: SESSION_NAME }), { abortSignal }),
  );
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken } = Credentials ?? {};
  if (accessKeyId && secretAccessKey && SessionToken) {
    return { accessKeyId, secretAccessKey, sessionToken: SessionToken };
  }
  throw new ServiceFaultError('sts:AssumeRole answered no credentials');
};

const refusal = (error: unknown, roleArn: string, region: string): Error => {
  if (!isDenied(error)) return explained(error, { service: 'sts', operation: 'AssumeRole', region });
  return new AccessDeniedError(
    `sts:AssumeRole of ${roleArn} is denied. The role must be there, its trust policy must name you, and you must be ` +
      'allowed to assume it.',
  );
};

const SESSION_NAME = 'trailkey-scan';
