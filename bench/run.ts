import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import process from 'node:process';
import { ROOT } from '../test/support/project.js';
import { GROUPS, measureAll } from './bench.js';
import { tableOf } from './figure.js';
import { FULL } from './sizes.js';

/** Measures all figures, or the groups in the arguments, prints the table and writes `bench/results.json`. */
const groups = process.argv.slice(2);
const unknown = groups.filter((name) => !GROUPS.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown groups of figures: ${unknown.join(', ')}. Expected ${GROUPS.join(', ')}.`);
  process.exitCode = 2;
} else {
  for (const script of ['build', 'package']) {
    execFileSync('npm', ['run', script], { cwd: ROOT, stdio: 'ignore', timeout: 300_000 });
  }
  const figures = await measureAll(FULL, groups.length > 0 ? groups : GROUPS);
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
  writeFileSync(`${ROOT}bench/results.json`, `${JSON.stringify({ machine, figures }, null, 2)}\n`);
  process.stdout.write(tableOf(figures));
}
