import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { handler } from '../handlers/config-rule.js';

/** Invokes the rule's handler with the event in a file, as AWS Config would; `AWS_ENDPOINT_URL` names whom it asks. */
const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('Name a file that holds an event: npm run invoke -- examples/events/trail-change.json');
  process.exitCode = 2;
} else {
  try {
    await handler(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
    process.exitCode = 1;
  }
}
