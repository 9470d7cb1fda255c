import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { exampleFiles } from './organization.js';

/** Writes the example organization and its parameters beside this script. The content is fixed: run it again, nothing changes. */
const HERE = fileURLToPath(new URL('.', import.meta.url));

await rm(`${HERE}organization`, { recursive: true, force: true });
for (const [path, text] of exampleFiles()) {
  await mkdir(dirname(HERE + path), { recursive: true });
  await writeFile(HERE + path, path.endsWith('.gz') ? gzipSync(text, { level: 9 }) : text);
}
