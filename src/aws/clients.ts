import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { KMSClient } from '@aws-sdk/client-kms';
import { type DescribeTrails, describeTrailsBy } from './describe-trails.js';

/** One attempt may take so long; the SDK makes three, with pauses that grow. */
const ATTEMPT_MS = 5000;
const CONNECT_MS = 2000;

/** How the SDK's clients ask, whatever they ask for. */
export const SETTINGS = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: CONNECT_MS,
    requestTimeout: ATTEMPT_MS,
    socketTimeout: ATTEMPT_MS,
    throwOnRequestTimeout: true,
  },
};

/** The SDK's clients, made when first used: they keep their connections from one invocation to the next. */
export type Clients = {
  /** The Region in which this runs. */
  readonly region: string;
  readonly config: () => ConfigServiceClient;
  readonly kms: (region: string) => KMSClient;
  readonly describeTrails: DescribeTrails;
};

/** What of these asking for keys takes. */
export type KmsClients = Pick<Clients, 'region' | 'kms'>;

/** What of these asking for trails takes. */
export type TrailClients = Pick<Clients, 'region' | 'describeTrails'>;

/** Clients for a Region. An endpoint other than AWS's own comes from the environment (`AWS_ENDPOINT_URL`), or is given. */
export const clientsFor = (region: string, endpoint?: string): Clients => {
  const settings = endpoint === undefined ? SETTINGS : { ...SETTINGS, endpoint };
  const kms = new Map<string, KMSClient>();
  let config: ConfigServiceClient | undefined;
  let describeTrails: DescribeTrails | undefined;
  return {
    region,
    config: () => {
      config ??= new ConfigServiceClient({ ...settings, region });
      return config;
    },
    kms: (keyRegion) => {
      const client = kms.get(keyRegion) ?? new KMSClient({ ...settings, region: keyRegion });
      kms.set(keyRegion, client);
      return client;
    },
    describeTrails: (input, signal) => {
      describeTrails ??= describeTrailsBy({ ...settings, region });
      return describeTrails(input, signal);
    },
  };
};
