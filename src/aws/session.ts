import process from 'node:process';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { parseArn } from '../core/arn.js';
import { CredentialsError, InterruptedError } from '../core/errors.js';
import type { LiveAccount, RoleOptions, SessionOptions } from '../ports.js';
import { type Clients, clientsFor, type RequestObserver, rateLimiter } from './clients.js';
import {
  type CredentialSource,
  credentialProblem,
  credentialSourceOf,
  credentialsIn,
  type Environment,
  firstCallProblem,
  resolvedSource,
} from './credentials.js';
import { AccessDeniedError, EXAMPLE_ENDPOINT, redact, ServiceFaultError, toServiceError } from './errors.js';
import { liveAccount } from './live-account.js';
import { type Call, callsUntil, required } from './requests.js';

/** The options, the environment, the abort signal and the request observer of a session. */
export type SessionStart = SessionOptions & {
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly observer: RequestObserver;
};

/** A session of the command: its Region, its credentials and its clients. */
export type Session = {
  readonly region: string;
  readonly call: Call;
  readonly source: CredentialSource;
  /** Clients with the session's own credentials. */
  readonly clients: Clients;
  /** Clients for an account, with the session's own credentials or others. */
  readonly clientsOf: (account: string, credentials?: AwsCredentialIdentityProvider) => Clients;
};

/** The account, ARN and partition of the session's credentials. */
export type Identity = { readonly accountId: string; readonly arn: string; readonly partition: string };

/** The quota of CloudTrail for read requests per second, in each account and Region. */
const CLOUDTRAIL_READS_PER_SECOND = 10;

/** More than for the rule: a user waits for the result, and CloudTrail has lower quotas than other services. */
const MAX_ATTEMPTS = 6;

/** A service that does not respond twice in a row is not called again, so that it does not delay the report by minutes. */
const MAX_TIMEOUTS = 2;

/** The account name of the session's own requests, because the account ID may be unknown. */
const OWN_ACCOUNT = 'your account';

/**
 * Finds the Region and credentials like the AWS CLI: environment, profile, IAM Identity Center, process, instance role.
 *
 * @throws CredentialsError if there are no credentials or no Region, or an endpoint is not a URL
 */
export const openSession = async (start: SessionStart): Promise<Session> => {
  const { env, signal, observer } = start;
  checkEndpoints(env);
  const { source, credentials: ownCredentials } = await ownCredentialsOf(start);
  const { region: configuredRegion, ...settings } = sdkSettings();
  const region = start.region ?? (await regionFor(env, configuredRegion));
  const limitRate = rateLimiter(CLOUDTRAIL_READS_PER_SECOND);
  const limited: RequestObserver = {
    ...observer,
    beforeAttempt: async (attempt) => {
      if (attempt.service === 'cloudtrail') await limitRate(`${attempt.account} ${attempt.region}`);
      await observer.beforeAttempt?.(attempt);
    },
  };
  const clientsOf = (account: string, credentials = ownCredentials) =>
    clientsFor({
      account,
      credentials,
      maxAttempts: MAX_ATTEMPTS,
      maxTimeouts: MAX_TIMEOUTS,
      settings,
      observer: limited,
    });
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

/** No log output: the SDK warns of access keys in the environment if a profile is selected. */
const NO_LOGGER = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const ownCredentialsOf = async ({ env, profile }: SessionStart) => {
  const source = credentialSourceOf(env, profile);
  // The SDK reads some settings, such as endpoint_url, only from the profile in the environment.
  if (profile !== undefined) process.env['AWS_PROFILE'] = profile;
  const credentials =
    source.kind === 'profile' ? defaultProvider({ logger: NO_LOGGER }) : async () => credentialsIn(env);
  const resolved = await credentials().catch((error: unknown) => {
    // A profile can assume a role, by a request that the SDK sends.
    throw firstCallProblem(error, source) ?? redact(error);
  });
  return { source: resolvedSource(source, resolved), credentials };
};

/**
 * Checks the endpoints in the environment. The SDK accepts `localhost:4566` as a URL with the scheme `localhost`.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
const checkEndpoints = (env: Environment): void => {
  for (const [name, value] of Object.entries(env)) {
    if (!/^AWS_ENDPOINT_URL(_|$)/.test(name) || !value || isHttp(value)) continue;
    throw new CredentialsError(
      `${name} must be a URL, such as ${EXAMPLE_ENDPOINT}; received "${value}". Correct it, or unset it.`,
    );
  }
};

const isHttp = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** The settings of the environment and the profile. The SDK reads them once, and not again for each client. */
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
    throw new CredentialsError('No Region is set. Add --region REGION, for example --region eu-west-1.', {
      cause: error,
    });
  }
};

/**
 * Returns the identity of the session's credentials.
 *
 * @throws CredentialsError if AWS rejects them
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export const identityOf = async ({ clients, call, region, source }: Session): Promise<Identity> => {
  try {
    return await call('sts:GetCallerIdentity', region, async (options) => {
      const sts = clients(STSClient, 'sts')(region);
      const { Account: accountId, Arn: arn = '' } = await sts.send(new GetCallerIdentityCommand({}), options);
      return { accountId: required(accountId, 'Account'), arn, partition: parseArn(arn)?.partition ?? 'aws' };
    });
  } catch (error) {
    throw firstCallProblem(error, source) ?? error;
  }
};

/** The account of the session itself. */
export const ownAccount = ({ region, call, clientsOf }: Session, { accountId, arn }: Identity): LiveAccount =>
  liveAccount({ accountId, region, arn }, { clients: clientsOf(accountId), call });

/**
 * Returns a function that opens another account by the ARN of a role in it.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const accountsByRole = (
  session: Session,
  { externalId }: RoleOptions,
): ((roleArn: string) => Promise<LiveAccount>) => {
  const { call, region, clients, clientsOf, source } = session;
  const sts = clients(STSClient, 'sts');
  const assumeRole = (RoleArn: string) =>
    call('sts:AssumeRole', region, async (options) => {
      const command = new AssumeRoleCommand({
        RoleArn,
        RoleSessionName: SESSION_NAME,
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
      });
      const { Credentials } = await sts(region).send(command, options);
      const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken } = Credentials ?? {};
      if (accessKeyId && secretAccessKey && SessionToken) {
        return { accessKeyId, secretAccessKey, sessionToken: SessionToken };
      }
      throw new Error('the response does not contain Credentials');
    });
  let isAccepted = false;
  return async (roleArn) => {
    try {
      const credentials = await assumeRole(roleArn);
      isAccepted = true;
      const accountId = parseArn(roleArn)?.accountId ?? '';
      // They are valid for an hour and an account takes seconds, so they are not renewed.
      const roleClients = clientsOf(accountId, async () => credentials);
      return liveAccount({ accountId, region, arn: roleArn }, { clients: roleClients, call });
    } catch (error) {
      // Credentials that never worked cannot open any account. Others can have expired during the scan.
      const problem = isAccepted ? undefined : firstCallProblem(error, source);
      throw problem ?? (error instanceof AccessDeniedError ? roleDenied(roleArn) : error);
    }
  };
};

const roleDenied = (roleArn: string): Error =>
  new AccessDeniedError(
    `sts:AssumeRole is denied for ${roleArn}. The role must exist, its trust policy must allow you to assume it, with its external ID ` +
      '(--external-id) if it requires one, and your own policy must allow sts:AssumeRole for it.',
  );

const SESSION_NAME = 'trailkey-scan';
