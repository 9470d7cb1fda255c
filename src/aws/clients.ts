import type { CloudTrailCalls, ConfigCalls, KmsCalls } from './calls.js';
import { jsonClient } from './json-client.js';
import { perRegion } from './per-region.js';
import type { Environment } from './service-endpoint.js';

/** What the rule asks of AWS: connections are kept from one invocation to the next. */
export type Clients = {
  /** The Region in which this runs. */
  readonly region: string;
  readonly config: ConfigCalls;
  readonly kms: (region: string) => KmsCalls;
  readonly cloudTrail: CloudTrailCalls;
};

/** What of these asking for keys takes. */
export type KmsClients = Pick<Clients, 'region' | 'kms'>;

/** What of these asking for trails takes. */
export type TrailClients = Pick<Clients, 'region' | 'cloudTrail'>;

/** Clients for a Region. Credentials, and endpoints other than AWS's own, come from the environment. */
export const clientsFor = (region: string, env: Environment): Clients => {
  const client = jsonClient(env);
  const config = client({ service: 'config', region });
  return {
    region,
    config: {
      batchGetResourceConfig: config('BatchGetResourceConfig'),
      getComplianceDetailsByConfigRule: config('GetComplianceDetailsByConfigRule'),
      getResourceConfigHistory: config('GetResourceConfigHistory'),
      listDiscoveredResources: config('ListDiscoveredResources'),
      putEvaluations: config('PutEvaluations'),
      selectResourceConfig: config('SelectResourceConfig'),
    },
    kms: perRegion((keyRegion) => {
      const kms = client({ service: 'kms', region: keyRegion });
      return {
        describeKey: kms('DescribeKey'),
        getKeyPolicy: kms('GetKeyPolicy'),
        getKeyRotationStatus: kms('GetKeyRotationStatus'),
      };
    }),
    cloudTrail: { describeTrails: client({ service: 'cloudtrail', region })('DescribeTrails') },
  };
};
