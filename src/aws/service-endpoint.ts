/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A service, and the Region in which it is asked. */
export type Place = { readonly service: 'cloudtrail' | 'config' | 'kms'; readonly region: string };

/** What the names of settings call a service. */
const NAMED = { cloudtrail: 'CLOUDTRAIL', config: 'CONFIG_SERVICE', kms: 'KMS' } as const;

/**
 * Where a service is asked: at AWS's own address in that Region, or where the environment says (`AWS_ENDPOINT_URL_KMS`,
 * `AWS_ENDPOINT_URL`; for AWS's own `AWS_USE_FIPS_ENDPOINT` and `AWS_USE_DUALSTACK_ENDPOINT`).
 *
 * @throws TypeError where that is no URL, the Region is none, or the settings exclude each other
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export const endpointOf = ({ service, region }: Place, env: Environment): URL => {
  // A Region may come with an event: it must not lead to another host.
  if (!HOST_LABEL.test(region))
    throw new TypeError(
      `"${region}" is no Region: expected one such as eu-west-1, of AWS_REGION or of a key`,
    );
  const told = env[`AWS_ENDPOINT_URL_${NAMED[service]}`] || env['AWS_ENDPOINT_URL'];
  if (told && env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] !== 'true') return ownEndpoint(told, env);
  const isDualStack = env['AWS_USE_DUALSTACK_ENDPOINT'] === 'true';
  const isFips = env['AWS_USE_FIPS_ENDPOINT'] === 'true' && !(isFipsAnyway(service, region) && !isDualStack);
  const [usual, dualStack] = suffixesOf(region);
  return new URL(`https://${service}${isFips ? '-fips' : ''}.${region}.${isDualStack ? dualStack : usual}`);
};

/** What a name of DNS is made of. */
const HOST_LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i;

const ownEndpoint = (told: string, env: Environment): URL => {
  const excluded = ['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT'].find(
    (name) => env[name] === 'true',
  );
  if (excluded) throw new TypeError(`${excluded} says nothing of the endpoint ${told}. Unset one of them`);
  const url = new URL(told);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
};

/** In GovCloud these have one address for everybody, and it keeps to FIPS. */
const isFipsAnyway = (service: Place['service'], region: string): boolean =>
  service !== 'kms' && region.startsWith('us-gov-');

/** How names of AWS end in a partition, and those that IPv6 reaches as well, by how the partition's Regions begin. */
const SUFFIXES = [
  ['cn-', 'amazonaws.com.cn', 'api.amazonwebservices.com.cn'],
  ['eusc-', 'amazonaws.eu', 'api.amazonwebservices.eu'],
  ['us-iso-', 'c2s.ic.gov', 'api.aws.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov', 'api.aws.scloud'],
  ['eu-isoe-', 'cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk'],
  ['us-isof-', 'csp.hci.ic.gov', 'api.aws.hci.ic.gov'],
] as const;

const suffixesOf = (region: string): readonly [string, string] => {
  const [, ...suffixes] = SUFFIXES.find(([begin]) => region.startsWith(begin)) ?? [
    '',
    'amazonaws.com',
    'api.aws',
  ];
  return suffixes;
};
