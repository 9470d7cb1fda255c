import { account, answersFor } from '../test/support/account.js';
import { type Answers, type StandIn, startStandIn } from '../test/support/stand-in.js';

/** What a program needs to call a stand-in as if it were AWS. */
export const environmentFor = ({ url }: StandIn): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: url,
  AWS_REGION: 'eu-west-1',
  AWS_DEFAULT_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIA111122223333',
  AWS_SECRET_ACCESS_KEY: 'example',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
});

/** Does something with an account that a stand-in plays, with one trail and its key. */
export const withEndpoint = async <T>(
  use: (standIn: StandIn) => Promise<T>,
  answers: Answers = answersFor(account()),
): Promise<T> => {
  const standIn = await startStandIn(() => answers);
  try {
    return await use(standIn);
  } finally {
    await standIn.close();
  }
};
