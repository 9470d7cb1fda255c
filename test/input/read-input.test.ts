import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { FormatError } from '../../src/core/errors.js';
import { problemsOf, reasonOf } from '../../src/input/problem.js';
import { readInput } from '../../src/input/read-input.js';
import { keyItem, trailItem } from '../support/builders.js';
import { folderOf, snapshotOf } from '../support/files.js';

const read = (path: string, signal: AbortSignal) =>
  readInput({
    paths: [path],
    keyPaths: [],
    standardInput: Readable.from([]),
    signal,
    now: Date.now(),
    progress: { start: () => {}, advance: () => {}, finishFile: () => {} },
  });

const snapshot = gzipSync(snapshotOf(trailItem()));

it('reads small files, and none after the signal is aborted', async () => {
  const folder = await folderOf({ 'a.json.gz': snapshot, 'b.json': snapshotOf(trailItem()) });

  const [all, aborted] = [
    await read(folder, new AbortController().signal),
    await read(folder, AbortSignal.abort()),
  ];

  expect([all.inventory.trails.size, all.problems]).toEqual([1, []]);
  expect([aborted.inventory.trails.size, aborted.problems]).toEqual([0, []]);
});

it('uses the data before the corrupt part of a small gzip file', async () => {
  const others = Array.from({ length: 50 }, () => ({ resourceType: 'Other', resourceId: Math.random() }));
  const folder = await folderOf({
    'a.json.gz': gzipSync(snapshotOf(trailItem(), ...others)).subarray(0, -40),
  });

  const { inventory, problems } = await read(folder, new AbortController().signal);

  expect(inventory.trails.size).toBe(1);
  expect(problems).toHaveLength(1);
});

it('reads a large gzip file to its end, and a truncated one up to that point', async () => {
  const noise = Array.from({ length: 5000 }, () => ({
    resourceType: 'Other',
    noise: randomBytes(60).toString('base64'),
  }));
  const large = gzipSync(snapshotOf(trailItem(), ...noise, keyItem()));
  const folder = await folderOf({ 'a.json.gz': large });
  const truncated = await folderOf({ 'a.json.gz': large.subarray(0, -1000) });

  const [all, some] = await Promise.all(
    [folder, truncated].map((path) => read(path, new AbortController().signal)),
  );

  expect(large.length).toBeGreaterThan(256 * 1024);
  expect([all?.inventory.trails.size, all?.inventory.keys.size, all?.problems]).toEqual([1, 1, []]);
  expect([some?.inventory.trails.size, some?.inventory.keys.size]).toEqual([1, 0]);
  expect(some?.problems).not.toEqual([]);
});

it('decompresses a small file with a large content', async () => {
  const blank = ' '.repeat(17 * 1024 * 1024);
  const folder = await folderOf({ 'a.json.gz': gzipSync(snapshotOf(trailItem()) + blank) });

  const { inventory, problems } = await read(folder, new AbortController().signal);

  expect([inventory.trails.size, problems]).toEqual([1, []]);
});

const withCode = (code: string) => Object.assign(new Error('input/output error'), { code });

it('describes why reading failed', () => {
  expect(reasonOf(withCode('EACCES'))).toBe('Access to the file was denied. Check its permissions.');
  expect(reasonOf(withCode('EIO'))).toBe('Reading failed: input/output error.');
  expect(reasonOf(new FormatError('this is not a trail'))).toBe('this is not a trail.');
});

it.each([new TypeError('a fault'), withCode('ERR_INVALID_ARG_TYPE'), 'a text', null, { code: 'EIO' }])(
  'throws an error that is not about the input: %s',
  (fault) => {
    expect(() => reasonOf(fault)).toThrow();
  },
);

it('lists the first 20 problems of a source and counts the others', () => {
  const problems = problemsOf('a.json');

  for (let index = 0; index < 23; index += 1) problems.add(`Problem ${index}.`);

  expect(problems.list()).toHaveLength(21);
  expect(problems.list().at(-1)).toEqual({ source: 'a.json', message: 'There are 3 more problems.' });
});
