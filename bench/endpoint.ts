import { account, answersFor } from '../test/support/account.js';
import { CERTIFICATE } from '../test/support/raw-server.js';
import { type Answers, type StandIn, startStandIn } from '../test/support/stand-in.js';

/** The environment variables with which a program calls the stand-in instead of AWS. */
export const environmentFor = ({ url }: StandIn): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: url,
  AWS_REGION: 'eu-west-1',
  AWS_DEFAULT_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIA111122223333',
  AWS_SECRET_ACCESS_KEY: 'example',
  AWS_EC2_METADATA_DISABLED: 'true',
  ...(url.startsWith('https:') ? { NODE_EXTRA_CA_CERTS: CERTIFICATE, AWS_CA_BUNDLE: CERTIFICATE } : {}),
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
});

type Play = { readonly answers?: Answers; readonly tls?: boolean };

/** Runs a function against a stand-in for AWS. The default account has one trail and its key. */
export const withEndpoint = async <T>(
  use: (standIn: StandIn) => Promise<T>,
  { answers = answersFor(account()), tls = false }: Play = {},
): Promise<T> => {
  const standIn = await startStandIn(() => answers, undefined, { tls });
  try {
    return await use(standIn);
  } finally {
    await standIn.close();
  }
};
