import { readFile } from 'node:fs/promises';
import process from 'node:process';

/** Puts credentials where a Lambda has them: in the environment. They are found as the aws command line finds them. */
const findCredentials = async (): Promise<void> => {
  // Said before the SDK is loaded: what it thinks of this Node.js helps nobody here.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  const { accessKeyId, secretAccessKey, sessionToken = '' } = await defaultProvider()();
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  });
};

/** Invokes the rule's handler with the event in a file, as AWS Config would; `AWS_ENDPOINT_URL` names whom it asks. */
const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('Name a file that holds an event: npm run invoke -- examples/events/trail-change.json');
  process.exitCode = 2;
} else {
  try {
    await findCredentials();
    const { handler } = await import('../handlers/config-rule.js');
    await handler(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
    process.exitCode = 1;
  }
}
