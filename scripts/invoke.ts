import { readFile } from 'node:fs/promises';
import process from 'node:process';

/** Invokes the rule's handler with the event in a file, as AWS Config would; `AWS_ENDPOINT_URL` names whom it asks. */
const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('Name a file that holds an event: npm run invoke -- examples/events/trail-change.json');
  process.exitCode = 2;
} else {
  // Said before the SDK is loaded: what it thinks of this Node.js helps nobody here.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const { handler } = await import('../handlers/config-rule.js');
  try {
    await handler(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
    process.exitCode = 1;
  }
}
