import { STSClient } from '@aws-sdk/client-sts';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { CredentialsError } from '../core/errors.js';
import type { Caller } from './call.js';
import { type Connection, type ConnectionClients, clientsOf } from './connection.js';
import { type CredentialSource, credentialProblemAtFirst, credentialSourceIn } from './credential-problem.js';
import { checkEndpoints } from './endpoints.js';
import { paceOf } from './pace.js';
import { scanCaller } from './scan-caller.js';
import type { Environment } from './service-endpoint.js';
import type { Watch, Watcher } from './watch.js';
import { withoutSecrets } from './without-secrets.js';

/** What a session starts from. */
export type SessionStart = {
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly watcher: Watcher;
};

/** Whoever runs the command, as AWS will see them. */
export type Session = {
  readonly region: string;
  readonly credentials: Connection['credentials'];
  readonly clients: ConnectionClients;
  readonly caller: Caller;
  readonly source: CredentialSource;
  readonly watch: Watch;
};

/** CloudTrail takes so many reads a second of an account in a Region. */
const CLOUDTRAIL_READS_PER_SECOND = 10;

/** The session's own calls go by this name: its account may not be known. */
const OWN_ACCOUNT = 'your account';

/**
 * Finds Region and credentials as the aws command line does: environment, profile, SSO, process, role of a machine.
 *
 * @throws CredentialsError where there are none, saying how to get them, or an endpoint is none
 */
export const openSession = async ({ env, signal, watcher }: SessionStart): Promise<Session> => {
  checkEndpoints(env);
  const source = credentialSourceIn(env);
  const credentials = defaultProvider();
  await credentials().catch((error: unknown) => {
    // A profile may take a role, by a call of the SDK's own.
    throw credentialProblemAtFirst(error, source) ?? withoutSecrets(error);
  });
  const region = await regionFor(env);
  const watch = { watcher, cloudTrailPace: paceOf(CLOUDTRAIL_READS_PER_SECOND) };
  return {
    region,
    credentials,
    clients: clientsOf({ account: OWN_ACCOUNT, region, credentials }, watch),
    caller: scanCaller(signal, source),
    source,
    watch,
  };
};

const regionFor = async (env: SessionStart['env']): Promise<string> => {
  const named = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'];
  if (named) return named;
  try {
    // The SDK reads it from the profile.
    return await new STSClient({}).config.region();
  } catch (error) {
    throw new CredentialsError(
      'No Region is set. Run: export AWS_REGION=eu-west-1, or the one you work in.',
      {
        cause: error,
      },
    );
  }
};
