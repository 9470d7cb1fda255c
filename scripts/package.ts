import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ZIP = `${ROOT}.serverless/configRule.zip`;
/** The Lambda's code, unpacked: what is read at each cold start. */
const BUDGET_BYTES = 505_000;

execFileSync(process.execPath, ['node_modules/serverless/bin/serverless.js', 'package'], {
  cwd: ROOT,
  stdio: 'inherit',
  // The packager waits for ever where the bundle cannot be made, and says so only then.
  timeout: 120_000,
});

const zip = readFileSync(ZIP);
const unpacked = Object.values(unzipSync(zip)).reduce((sum, { length }) => sum + length, 0);
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;
console.log(
  `.serverless/configRule.zip: ${kilobytes(zip.length)} zipped, ${kilobytes(unpacked)} unpacked, of at most ${kilobytes(BUDGET_BYTES)}.`,
);
if (unpacked > BUDGET_BYTES) {
  console.error('The function has outgrown its budget: look what the last change brought into the bundle.');
  process.exitCode = 1;
}
