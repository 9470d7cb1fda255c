import { expect, it } from 'vitest';
import { callsWithin, readPages } from '../../src/aws/requests.js';

it('sends nothing once its time is up', async () => {
  const call = callsWithin(1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const sent: string[] = [];

  const response = call('kms:DescribeKey', 'eu-west-1', async () => sent.push('request'));

  await expect(response).rejects.toMatchObject({
    name: 'TimeBudgetError',
    message: expect.stringContaining('kms:DescribeKey in eu-west-1'),
  });
  expect(sent).toEqual([]);
});

it('gives up by name when its time is up during a request', async () => {
  const response = callsWithin(10)(
    'kms:DescribeKey',
    'eu-west-1',
    ({ abortSignal }) =>
      new Promise((_resolve, reject) =>
        abortSignal.addEventListener('abort', () => reject(new Error('aborted'))),
      ),
  );

  await expect(response).rejects.toMatchObject({ name: 'TimeBudgetError' });
});

/** Pages with one entry each, and another page after each of them. */
const endless = async function* () {
  for (let page = 0; ; page += 1) yield { entry: page, NextToken: String(page + 1) };
};
const entriesIn = ({ entry }: { readonly entry: number }) => [entry];

it('reads pages until there are enough entries, and gives up on those without an end', async () => {
  expect(await readPages(endless(), entriesIn, { enough: 3 })).toEqual([0, 1, 2]);
  await expect(readPages(endless(), entriesIn)).rejects.toThrow('more than 1000 pages');
  await expect(readPages(endless(), entriesIn, { most: 2 })).rejects.toThrow('more than 2 pages');
});

it('reads exactly as many pages as are allowed', async () => {
  const pages = async function* () {
    yield { entry: 0, nextToken: 'a' };
    yield { entry: 1 };
  };

  expect(await readPages(pages(), entriesIn, { most: 2 })).toEqual([0, 1]);
});

it('gives up on a page that names itself as the next', async () => {
  let read = 0;
  const stuck = async function* () {
    for (;;) {
      read += 1;
      yield { NextToken: 'more' };
    }
  };

  await expect(readPages(stuck(), () => [])).rejects.toThrow('names the same next page again');
  expect(read).toBe(2);
});
