import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity } from '@smithy/types';
import { VERSION } from '../version.js';
import type { Message } from './post.js';
import type { Environment, Place } from './service-endpoint.js';

/** A call that is to be signed. */
export type Unsigned = { readonly url: URL; readonly operation: string; readonly body: string };

/** What AWS's JSON protocol calls a service. */
const TARGETS = { cloudtrail: 'CloudTrail_20131101', config: 'StarlingDoveService', kms: 'TrentService' };

/**
 * Signs calls of a service in a Region with the credentials in the environment.
 *
 * @throws CredentialsProviderError where there are none
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export const signerFor = (
  { service, region }: Place,
  env: Environment,
): ((call: Unsigned) => Promise<Message>) => {
  const credentials = async () => credentialsIn(env);
  const signature = new SignatureV4({ service, region, credentials, sha256: Sha256, applyChecksum: false });
  return async ({ url, operation, body }) => {
    const { protocol, host, hostname, pathname: path } = url;
    const { headers } = await signature.sign({
      method: 'POST',
      protocol,
      hostname,
      path,
      query: {},
      headers: {
        host,
        'content-type': 'application/x-amz-json-1.1',
        'content-length': String(Buffer.byteLength(body)),
        'user-agent': `trailkey/${VERSION}`,
        'x-amz-target': `${TARGETS[service]}.${operation}`,
      },
      body,
    });
    return { headers, body };
  };
};

const credentialsIn = (env: Environment): AwsCredentialIdentity => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (accessKeyId && secretAccessKey)
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  throw Object.assign(new Error('no credentials are in the environment'), {
    name: 'CredentialsProviderError',
  });
};
