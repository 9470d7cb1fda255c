import { expect, it } from 'vitest';
import { countBy, groupBy, mapConcurrently, settleAll } from '../../src/core/collections.js';
import { observed } from '../support/builders.js';

/** Tasks that end when the test ends them. */
const tasks = () => {
  const ends: (() => void)[] = [];
  const run = (name: string) => new Promise<string>((resolve) => ends.push(() => resolve(name)));
  return { ends, run };
};

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('runs at most `concurrency` tasks at once, and the next when one ends', async () => {
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

it('returns the results in the order of the items, whichever task ends first', async () => {
  const { ends, run } = tasks();

  const results = mapConcurrently(['a', 'b', 'c'], 9, run);
  await settled();
  for (const end of ends.toReversed()) {
    end();
    await settled();
  }

  await expect(results).resolves.toEqual(['a', 'b', 'c']);
});

it('throws the error of a task', async () => {
  await expect(mapConcurrently(['a'], 1, () => Promise.reject(new Error('busy')))).rejects.toThrow('busy');
});

it('returns results and failures of all tasks', async () => {
  const [first, second, third] = ['a', 'b', 'c'].map((resourceId) => observed({ resourceId }));
  const error = new Error('busy');

  const outcome = await settleAll(
    [first, second, third].filter((one) => one !== undefined),
    async (one) => {
      if (one === second) throw error;
      return one.resourceId;
    },
  );

  expect(outcome).toEqual({ results: ['a', 'c'], failures: [{ item: second, error }] });
});

it('counts items by a key', () => {
  expect(countBy(['one', 'two', 'three'], ({ length }) => length)).toEqual(
    new Map([
      [3, 2],
      [5, 1],
    ]),
  );
});

it('groups items by a key, in the order of the keys', () => {
  const words = ['one', 'three', 'two', 'four'];

  expect([...groupBy(words, ({ length }) => length)]).toEqual([
    [3, ['one', 'two']],
    [5, ['three']],
    [4, ['four']],
  ]);
  expect([...groupBy(words, (_word, index) => index % 2).values()]).toEqual([
    ['one', 'two'],
    ['three', 'four'],
  ]);
});
