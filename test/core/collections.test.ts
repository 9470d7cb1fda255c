import { expect, it } from 'vitest';
import { mapConcurrently, settleAll } from '../../src/core/collections.js';
import { observed } from '../support/builders.js';

/** Tasks that end when they are told to. */
const tasks = () => {
  const ends: (() => void)[] = [];
  const run = (name: string) => new Promise<string>((resolve) => ends.push(() => resolve(name)));
  return { ends, run };
};

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('runs no more at once than its width, and the next as soon as one ends', async () => {
  const { ends, run } = tasks();

  const results = mapConcurrently(['a', 'b', 'c', 'd', 'e'], 2, run);

  await settled();
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await settled();
  expect(ends).toHaveLength(3);
  for (let at = 0; at < 5; at += 1) {
    ends[at]?.();
    await settled();
  }
  await expect(results).resolves.toEqual(['a', 'b', 'c', 'd', 'e']);
});

it('gives the results in the order of the things, whichever ends first', async () => {
  const { ends, run } = tasks();

  const results = mapConcurrently(['a', 'b', 'c'], 9, run);
  await settled();
  for (const end of ends.toReversed()) {
    end();
    await settled();
  }

  await expect(results).resolves.toEqual(['a', 'b', 'c']);
});

it('throws what a task throws', async () => {
  await expect(mapConcurrently(['a'], 1, () => Promise.reject(new Error('busy')))).rejects.toThrow('busy');
});

it('runs a task for each item and returns the failures apart, with their errors', async () => {
  const [first, second, third] = ['a', 'b', 'c'].map((resourceId) => observed({ resourceId }));
  const error = new Error('busy');

  const attempts = await settleAll(
    [first, second, third].filter((one) => one !== undefined),
    async (one) => {
      if (one === second) throw error;
      return one.resourceId;
    },
  );

  expect(attempts).toEqual({ results: ['a', 'c'], failures: [{ item: second, error }] });
});
