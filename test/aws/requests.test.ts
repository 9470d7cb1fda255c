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
  for (let page = 0; ; page += 1) yield { entries: [page], NextToken: String(page + 1) };
};

it('reads pages up to a number of entries, and limits the number of pages', async () => {
  expect(await readPages(endlessPages(), 'entries', { maxEntries: 3 })).toEqual([0, 1, 2]);
  await expect(readPages(endlessPages(), 'entries')).rejects.toThrow('more than 1000 pages');
  await expect(readPages(endlessPages(), 'entries', { maxPages: 2 })).rejects.toThrow('more than 2 pages');
});

it('reads as many pages as are allowed', async () => {
  const pages = async function* () {
    yield { entries: [0], nextToken: 'a' };
    yield { entries: [1] };
  };

  expect(await readPages(pages(), 'entries', { maxPages: 2 })).toEqual([0, 1]);
});

it('rejects a page that returns its own token', async () => {
  let read = 0;
  const repeatedPage = async function* () {
    for (;;) {
      read += 1;
      yield { entries: [], NextToken: 'more' };
    }
  };

  await expect(readPages(repeatedPage(), 'entries')).rejects.toThrow(
    'returned the same token for the next page again',
  );
  expect(read).toBe(2);
});

it.each([[{}], [{ entries: null }]])('rejects the page %j, which lacks the list', async (page) => {
  const pages = async function* () {
    yield { entries: [1], NextToken: 'more' };
    yield page as { entries?: number[] };
  };

  await expect(readPages(pages(), 'entries')).rejects.toThrow('the response does not contain entries');
});
