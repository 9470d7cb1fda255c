import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { KMSClient } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { endpointOf } from '../../src/aws/service-endpoint.js';

/** Regions of each partition, one of them that is not there yet. */
const REGIONS = [
  'us-east-1',
  'eu-central-2',
  'ap-southeast-7',
  'mx-central-1',
  'me-south-9',
  'cn-north-1',
  'cn-northwest-1',
  'us-gov-east-1',
  'us-gov-west-1',
  'us-iso-east-1',
  'us-isob-west-1',
  'eu-isoe-west-1',
  'us-isof-south-1',
  'eusc-de-east-1',
];

const SDK = { cloudtrail: CloudTrailClient, config: ConfigServiceClient, kms: KMSClient } as const;
const SERVICES = ['cloudtrail', 'config', 'kms'] as const;

describe.each(SERVICES)('AWS’s own endpoint of %s', (service) => {
  const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' };

  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('is the SDK’s, with FIPS %s and dual stack %s, in every partition', (UseFIPS, UseDualStack) => {
    const env = {
      AWS_USE_FIPS_ENDPOINT: String(UseFIPS),
      AWS_USE_DUALSTACK_ENDPOINT: String(UseDualStack),
    };
    const client = new SDK[service]({ region: 'us-east-1', credentials });

    const ours = REGIONS.map((region) => endpointOf({ service, region }, env).href);

    const theirs = REGIONS.map(
      (Region) => client.config.endpointProvider({ Region, UseFIPS, UseDualStack }).url.href,
    );
    expect(ours).toEqual(theirs);
  });
});

describe('another endpoint', () => {
  const place = { service: 'config', region: 'eu-west-1' } as const;
  const hostIn = (env: Readonly<Record<string, string>>) => endpointOf(place, env).host;

  it('is the one for the service, or the one for all', () => {
    const all = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };

    expect(hostIn(all)).toBe('127.0.0.1:1');
    expect(hostIn({ ...all, AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:2' })).toBe('127.0.0.1:1');
    expect(hostIn({ ...all, AWS_ENDPOINT_URL_CONFIG_SERVICE: 'http://127.0.0.1:3' })).toBe('127.0.0.1:3');
    expect(hostIn({ AWS_ENDPOINT_URL: '' })).toBe('config.eu-west-1.amazonaws.com');
  });

  it('is not asked where the environment says so', () => {
    const ignored = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };

    expect(hostIn(ignored)).toBe('config.eu-west-1.amazonaws.com');
  });

  it('ends in a slash, as the SDK has it', () => {
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1/base' };

    expect(endpointOf(place, env).href).toBe('http://127.0.0.1:1/base/');
  });

  it.each(['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT'])('excludes %s', (name) => {
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', [name]: 'true' };

    expect(() => hostIn(env)).toThrow(`${name} says nothing of the endpoint`);
  });

  it('that is no URL is refused', () => {
    expect(() => hostIn({ AWS_ENDPOINT_URL: 'localhost' })).toThrow('Invalid URL');
  });
});

it.each(['', 'x@127.0.0.1:1/?', 'evil.example', 'eu-west-1/', '-a', 'a-', 'ü', 'a'.repeat(64)])(
  'a Region leads to no other host: %s',
  (region) => {
    for (const env of [{}, { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }]) {
      expect(() => endpointOf({ service: 'kms', region }, env)).toThrow('is no Region');
    }
  },
);
