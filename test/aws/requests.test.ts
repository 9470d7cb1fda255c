import { expect, it } from 'vitest';
import { callsWithin, readPages } from '../../src/aws/requests.js';

it('sends no request after its time is used up', async () => {
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

it('throws a TimeBudgetError if the time is used up during a request', async () => {
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
const endlessPages = async function* () {
  for (let page = 0; ; page += 1) yield { entry: page, NextToken: String(page + 1) };
};
const entriesIn = ({ entry }: { readonly entry: number }) => [entry];

it('reads pages up to a number of entries, and limits the number of pages', async () => {
  expect(await readPages(endlessPages(), entriesIn, { maxEntries: 3 })).toEqual([0, 1, 2]);
  await expect(readPages(endlessPages(), entriesIn)).rejects.toThrow('more than 1000 pages');
  await expect(readPages(endlessPages(), entriesIn, { maxPages: 2 })).rejects.toThrow('more than 2 pages');
});

it('reads as many pages as are allowed', async () => {
  const pages = async function* () {
    yield { entry: 0, nextToken: 'a' };
    yield { entry: 1 };
  };

  expect(await readPages(pages(), entriesIn, { maxPages: 2 })).toEqual([0, 1]);
});

it('rejects a page that returns its own token', async () => {
  let read = 0;
  const repeatedPage = async function* () {
    for (;;) {
      read += 1;
      yield { NextToken: 'more' };
    }
  };

  await expect(readPages(repeatedPage(), () => [])).rejects.toThrow(
    'returned the same token for the next page again',
  );
  expect(read).toBe(2);
});
