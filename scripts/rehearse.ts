import process from 'node:process';
import { rehearse } from '../test/support/rehearsal.js';

/** Plays the key states of an account on moto, an emulator of AWS, lets the packaged function judge each, and prints a table. */
const acts = await rehearse();
const width = Math.max(...acts.map(({ scene }) => scene.length));
for (const { scene, expected, judged } of acts) {
  console.log(`${judged === expected ? 'as expected' : 'WRONG      '}  ${scene.padEnd(width)}  ${judged}`);
}
const wrong = acts.filter(({ expected, judged }) => judged !== expected);
console.log(`${acts.length - wrong.length} of ${acts.length} scenes were judged as expected.`);
process.exitCode = wrong.length === 0 ? 0 : 1;
