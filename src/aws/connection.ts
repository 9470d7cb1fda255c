import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { KMSClient } from '@aws-sdk/client-kms';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsCredentialIdentity, MetadataBearer, MiddlewareStack, Provider } from '@smithy/types';
import { perRegion } from './per-region.js';
import { SDK_SETTINGS } from './sdk-settings.js';
import { type Watch, watched } from './watch.js';

/** Credentials, and for whom they are. */
export type Connection = {
  /** The account, as the scan calls it. */
  readonly account: string;
  readonly region: string;
  readonly credentials: Provider<AwsCredentialIdentity>;
};

/** Clients of the SDK for one connection, each watched. */
export type ConnectionClients = {
  readonly cloudTrail: (region: string) => CloudTrailClient;
  readonly kms: (region: string) => KMSClient;
  readonly config: () => ConfigServiceClient;
  readonly organizations: () => OrganizationsClient;
  readonly sts: () => STSClient;
};

/** A person waits for a scan, and CloudTrail throttles sooner than other services: it may try more often than the rule. */
const MAX_ATTEMPTS = 6;

/** One for all clients: accounts share the connections to a Region. */
const requestHandler = new NodeHttpHandler(SDK_SETTINGS.requestHandler);

/** Makes the clients of a connection. */
export const clientsOf = ({ account, region, credentials }: Connection, watch: Watch): ConnectionClients => {
  const settings = { maxAttempts: MAX_ATTEMPTS, requestHandler, credentials };
  const tell = <Input extends object, Output extends MetadataBearer, Client>(
    client: Client & { readonly middlewareStack: MiddlewareStack<Input, Output> },
    asked: { readonly service: string; readonly region: string },
  ): Client => {
    client.middlewareStack.use(watched({ account, ...asked }, watch));
    return client;
  };
  return {
    cloudTrail: perRegion((at) =>
      tell(new CloudTrailClient({ ...settings, region: at }), { service: 'cloudtrail', region: at }),
    ),
    kms: perRegion((at) => tell(new KMSClient({ ...settings, region: at }), { service: 'kms', region: at })),
    config: () => tell(new ConfigServiceClient({ ...settings, region }), { service: 'config', region }),
    organizations: () =>
      tell(new OrganizationsClient({ ...settings, region }), { service: 'organizations', region }),
    sts: () => tell(new STSClient({ ...settings, region }), { service: 'sts', region }),
  };
};
