import { appendFileSync } from 'node:fs';
import { measureAll } from './bench/bench.js';
import { tableOf } from './bench/figure.js';
import { FULL } from './bench/sizes.js';
const f = await measureAll(FULL, process.argv.slice(2));
console.log(tableOf(f));
appendFileSync('/tmp/h/figs.jsonl', JSON.stringify(f) + '\n');
