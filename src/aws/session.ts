import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { parseArn } from '../core/arn.js';
import { CredentialsError, InterruptedError } from '../core/errors.js';
import type { LiveAccount } from '../ports.js';
import { type Clients, clientsFor, type RequestObserver, rateLimiter } from './clients.js';
import {
  type CredentialSource,
  credentialProblem,
  credentialProblemAtFirst,
  credentialSourceIn,
  type Environment,
} from './credentials.js';
import { AccessDeniedError, EXAMPLE_ENDPOINT, redact, ServiceFaultError, toServiceError } from './errors.js';
import { liveAccount } from './live-account.js';
import { type Call, callsUntil } from './requests.js';

/** What a session starts from. */
export type SessionStart = {
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly observer: RequestObserver;
};

/** The user of the command, as AWS sees them. */
export type Session = {
  readonly region: string;
  readonly call: Call;
  readonly source: CredentialSource;
  /** Clients with the session's own credentials. */
  readonly clients: Clients;
  /** Clients for an account, with the session's own credentials or others. */
  readonly clientsOf: (account: string, credentials?: AwsCredentialIdentityProvider) => Clients;
};

/** The user of the command: their account, ARN and partition. */
export type Identity = { readonly accountId: string; readonly arn: string; readonly partition: string };

/** CloudTrail accepts so many reads a second of an account in a Region. */
const CLOUDTRAIL_READS_PER_SECOND = 10;

/** A person waits for a scan, and CloudTrail throttles sooner than other services: it may try more often than the rule. */
const MAX_ATTEMPTS = 6;

/** The session's own requests have this account name: the account may not be known. */
const OWN_ACCOUNT = 'your account';

/**
 * Finds Region and credentials as the AWS CLI does: environment, profile, SSO, process, role of a machine.
 *
 * @throws CredentialsError where there are none, with how to get them, or where an endpoint is not a URL
 */
export const openSession = async ({ env, signal, observer }: SessionStart): Promise<Session> => {
  checkEndpoints(env);
  const source = credentialSourceIn(env);
  const ownCredentials = defaultProvider();
  await ownCredentials().catch((error: unknown) => {
    // A profile may assume a role, by a request of the SDK's own.
    throw credentialProblemAtFirst(error, source) ?? redact(error);
  });
  const { region: configuredRegion, ...settings } = sdkSettings();
  const region = await regionFor(env, configuredRegion);
  const limitRate = rateLimiter(CLOUDTRAIL_READS_PER_SECOND);
  const limited: RequestObserver = {
    ...observer,
    beforeAttempt: async (attempt) => {
      if (attempt.service === 'cloudtrail') await limitRate(`${attempt.account} ${attempt.region}`);
      await observer.beforeAttempt?.(attempt);
    },
  };
  const clientsOf = (account: string, credentials = ownCredentials) =>
    clientsFor({ account, credentials, maxAttempts: MAX_ATTEMPTS, settings, observer: limited });
  const call = callsUntil(signal, {
    aborted: () => new InterruptedError('Interrupted'),
    failed: (error, operation, at) => {
      const problem = credentialProblem(error, source);
      return problem
        ? new ServiceFaultError(problem.message, { cause: problem })
        : toServiceError(error, operation, at);
    },
  });
  return { region, call, source, clients: clientsOf(OWN_ACCOUNT), clientsOf };
};

/**
 * Checks the endpoints in the environment. The SDK takes `localhost:4566` for a URL with a scheme of its own.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
const checkEndpoints = (env: Environment): void => {
  for (const [name, value] of Object.entries(env)) {
    if (!/^AWS_ENDPOINT_URL(_|$)/.test(name) || !value || isHttp(value)) continue;
    throw new CredentialsError(
      `${name} should be a URL, such as ${EXAMPLE_ENDPOINT}, and is "${value}". Set it right, or unset it.`,
    );
  }
};

const isHttp = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** The settings of the environment and the profile, as the SDK reads them: once, and not again for each client. */
const sdkSettings = () => {
  const { region, authSchemePreference, retryMode, useDualstackEndpoint, useFipsEndpoint, userAgentAppId } =
    new STSClient({}).config;
  return { region, authSchemePreference, retryMode, useDualstackEndpoint, useFipsEndpoint, userAgentAppId };
};

const regionFor = async (env: Environment, profileRegion: () => Promise<string>): Promise<string> => {
  const configured = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'];
  if (configured) return configured;
  try {
    return await profileRegion();
  } catch (error) {
    throw new CredentialsError(
      'No Region is set. Run: export AWS_REGION=eu-west-1, or the one you work in.',
      { cause: error },
    );
  }
};

/**
 * Reads whose credentials these are.
 *
 * @throws CredentialsError where AWS does not accept them
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export const identityOf = async ({ clients, call, region, source }: Session): Promise<Identity> => {
  try {
    return await call('sts:GetCallerIdentity', region, async (options) => {
      const sts = clients(STSClient, 'sts')(region);
      const { Account: accountId, Arn: arn = '' } = await sts.send(new GetCallerIdentityCommand({}), options);
      if (accountId === undefined) throw new ServiceFaultError('sts:GetCallerIdentity named no account');
      return { accountId, arn, partition: parseArn(arn)?.partition ?? 'aws' };
    });
  } catch (error) {
    throw credentialProblemAtFirst(error, source) ?? error;
  }
};

/** The account of the session itself. */
export const ownAccount = ({ region, call, clientsOf }: Session, { accountId, arn }: Identity): LiveAccount =>
  liveAccount({ accountId, region, arn }, { clients: clientsOf(accountId), call });

/**
 * Opens other accounts, each by a role in it.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const accountsByRole = (session: Session): ((roleArn: string) => Promise<LiveAccount>) => {
  const { call, region, clients, clientsOf, source } = session;
  const sts = clients(STSClient, 'sts');
  const assumeRole = (RoleArn: string) =>
    call('sts:AssumeRole', region, async (options) => {
      const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: SESSION_NAME });
      const { Credentials } = await sts(region).send(command, options);
      const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken } = Credentials ?? {};
      if (accessKeyId && secretAccessKey && SessionToken) {
        return { accessKeyId, secretAccessKey, sessionToken: SessionToken };
      }
      throw new ServiceFaultError('sts:AssumeRole answered no credentials');
    });
  let isProven = false;
  return async (roleArn) => {
    try {
      const credentials = await assumeRole(roleArn);
      isProven = true;
      const accountId = parseArn(roleArn)?.accountId ?? '';
      // They last for an hour, and an account takes seconds: they need not be renewed.
      const roleClients = clientsOf(accountId, async () => credentials);
      return liveAccount({ accountId, region, arn: roleArn }, { clients: roleClients, call });
    } catch (error) {
      // Credentials that have never worked open no account at all; others may have expired during the scan.
      const problem = isProven ? undefined : credentialProblemAtFirst(error, source);
      throw problem ?? (error instanceof AccessDeniedError ? roleDenied(roleArn) : error);
    }
  };
};

const roleDenied = (roleArn: string): Error =>
  new AccessDeniedError(
    `sts:AssumeRole of ${roleArn} is denied. The role must be there, its trust policy must name you, and you must be ` +
      'allowed to assume it.',
  );

const SESSION_NAME = 'trailkey-scan';
