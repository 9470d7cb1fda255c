import { rmSync } from 'node:fs';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Artifact, packageArtifact } from '../support/artifact.js';
import { type Soak, soak } from '../support/soak.js';

/** A sample. `npm run test:soak` makes 10,000 invocations. */
const INVOCATIONS = Number(process.env['TRAILKEY_SOAK_INVOCATIONS'] ?? 500);
const HOUR = 3_600_000;

let artifact: Artifact;
let soaked: Soak;
beforeAll(async () => {
  artifact = packageArtifact();
  soaked = await soak(artifact, INVOCATIONS);
  const { calls, faults, malformed, thrown, connections } = soaked;
  console.log({
    invocations: INVOCATIONS,
    calls,
    faults,
    malformed,
    thrown: thrown.length,
    reasons: [...new Set(thrown)],
    connections,
    heap: [early(), late()],
  });
}, HOUR);
afterAll(() => rmSync(artifact.folder, { recursive: true, force: true }));

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;

/** Bytes of heap after all code is loaded and compiled, and at the end. */
const early = () => median(soaked.heap.slice(INVOCATIONS * 0.2, INVOCATIONS * 0.4));
const late = () => median(soaked.heap.slice(-INVOCATIONS * 0.2));

it('reports correct results or throws an error', () => {
  expect(soaked.heap).toHaveLength(INVOCATIONS);
  expect(soaked.wrong).toEqual([]);
  expect(soaked.lost).toEqual([]);
  expect(soaked.faults).toBeGreaterThan(soaked.calls * 0.03);
});

it('recovers from every fault except malformed responses, and throws named errors', () => {
  // Sometimes all attempts of one call fail.
  expect(soaked.thrown.length).toBeLessThanOrEqual(soaked.malformed + INVOCATIONS * 0.005);
  for (const thrown of soaked.thrown) expect(thrown).toMatch(/^[A-Z]\w+Error: /);
});

it('needs no more memory at the end than near the start', () => {
  expect(late()).toBeLessThan(early() + 1_000_000);
});

it('opens connections only for each service and after a reset', () => {
  expect(soaked.connections).toBeLessThan(soaked.resets + 20);
  expect(soaked.calls).toBeGreaterThan(INVOCATIONS);
});

it('causes no warning of Node.js', () => {
  expect(soaked.warnings).toEqual([]);
});
