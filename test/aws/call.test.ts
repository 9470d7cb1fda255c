import { expect, it } from 'vitest';
import { callerUntil, explained } from '../../src/aws/call.js';
import { nameOf, ServiceFaultError } from '../../src/aws/errors.js';
import { pages } from '../../src/aws/pages.js';

const NAME = { service: 'kms', operation: 'DescribeKey', region: 'eu-west-1' };
const never = new AbortController().signal;

it('counts calls by service and operation', async () => {
  const caller = callerUntil(never);

  await caller.call(NAME, async () => 1);
  await caller.call(NAME, async () => 2);

  expect(caller.counts()).toEqual({ 'kms:DescribeKey': 2 });
});

it('gives up by name once its time is up', async () => {
  const caller = callerUntil(AbortSignal.abort());

  await expect(caller.call(NAME, () => Promise.reject(new Error('aborted')))).rejects.toMatchObject({
    name: 'TimeBudgetError',
    message: expect.stringContaining('kms:DescribeKey in eu-west-1'),
  });
});

it('explains whatever was thrown, and leaves alone what is named already', () => {
  const named = new ServiceFaultError('named');

  expect(explained(named, NAME)).toBe(named);
  expect(explained('text', NAME).message).toBe('kms:DescribeKey failed in eu-west-1: text');
  expect(explained(new SyntaxError('<'), NAME).message).toBe(
    'kms:DescribeKey failed in eu-west-1: the answer is not JSON',
  );
  expect(nameOf('text')).toBe('');
});

it.each([
  ['@aws-sdk XML parse error: unexpected content.', 'the answer is not XML'],
  ['the date is none', 'TypeError: the date is none'],
])('keeps what the SDK says of its own objects to itself: %s', (words, shown) => {
  const hint =
    '\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.';

  expect(explained(new TypeError(words + hint), NAME).message).toBe(
    `kms:DescribeKey failed in eu-west-1: ${shown}`,
  );
});

/** Pages with an entry on each, and another page after each of them. */
const endless = async (token = '0') => ({ entries: [Number(token)], next: String(Number(token) + 1) });

it('follows pages until there are enough, and gives up on those without an end', async () => {
  expect(await pages(endless, { enough: 3 })).toEqual([0, 1, 2]);
  await expect(pages(endless)).rejects.toThrow('more than 1000 pages');
  await expect(pages(endless, { most: 2 })).rejects.toThrow('more than 2 pages');
});

it('gives up on a page that names itself as the next', async () => {
  const tokens: unknown[] = [];
  const stuck = async (token?: string) => {
    tokens.push(token);
    return { entries: [], next: 'more' };
  };

  await expect(pages(stuck)).rejects.toThrow('names the same next page again');
  expect(tokens).toEqual([undefined, 'more']);
});
