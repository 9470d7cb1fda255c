import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { EXAMPLE_EVENTS } from './events.js';
import { exampleFiles } from './organization.js';

/** Writes the example organization, its parameters and the example events to the folder of this script. The content is always the same. */
const HERE = fileURLToPath(new URL('.', import.meta.url));

await rm(`${HERE}organization`, { recursive: true, force: true });
for (const [path, text] of exampleFiles()) {
  await mkdir(dirname(HERE + path), { recursive: true });
  await writeFile(HERE + path, path.endsWith('.gz') ? gzipSync(text, { level: 9 }) : text);
}

await mkdir(`${HERE}events`, { recursive: true });
for (const [name, event] of Object.entries(EXAMPLE_EVENTS)) {
  await writeFile(`${HERE}events/${name}`, `${JSON.stringify(event, null, 2)}\n`);
}
