import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { load } from '../../src/snapshot/load.js';
import { trailItem } from '../support/builders.js';
import { folderOf, snapshotOf } from '../support/files.js';

const read = (path: string, signal: AbortSignal) =>
  load({
    paths: [path],
    keyPaths: [],
    standardInput: Readable.from([]),
    signal,
    progress: { start: () => {}, advance: () => {}, finishFile: () => {} },
  });

const whole = gzipSync(snapshotOf(trailItem()));

it('reads small files, and none of them once it was told to stop', async () => {
  const folder = await folderOf({ 'a.json.gz': whole, 'b.json': snapshotOf(trailItem()) });

  const [all, stopped] = [
    await read(folder, new AbortController().signal),
    await read(folder, AbortSignal.abort()),
  ];

  expect([all.inventory.trails.size, all.problems]).toEqual([1, []]);
  expect([stopped.inventory.trails.size, stopped.problems]).toEqual([0, []]);
});

it('keeps what came before the damage of a small gzipped file', async () => {
  const others = Array.from({ length: 50 }, () => ({ resourceType: 'Other', resourceId: Math.random() }));
  const folder = await folderOf({
    'a.json.gz': gzipSync(snapshotOf(trailItem(), ...others)).subarray(0, -40),
  });

  const { inventory, problems } = await read(folder, new AbortController().signal);

  expect(inventory.trails.size).toBe(1);
  expect(problems).toHaveLength(1);
});

it('unpacks a small file out of which much comes', async () => {
  const blank = ' '.repeat(17 * 1024 * 1024);
  const folder = await folderOf({ 'a.json.gz': gzipSync(snapshotOf(trailItem()) + blank) });

  const { inventory, problems } = await read(folder, new AbortController().signal);

  expect([inventory.trails.size, problems]).toEqual([1, []]);
});
