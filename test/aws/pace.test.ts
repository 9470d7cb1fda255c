import fc from 'fast-check';
import { expect, it } from 'vitest';
import { paceOf } from '../../src/aws/pace.js';

/** A clock that moves only when it is told to. */
const virtualClock = () => {
  let time = 0;
  const waiting: { readonly until: number; readonly wake: () => void }[] = [];
  return {
    now: () => time,
    sleep: (milliseconds: number) =>
      new Promise<void>((wake) => {
        waiting.push({ until: time + milliseconds, wake });
      }),
    /** Lets time pass: whoever waits goes on at their moment. */
    pass: async (milliseconds = Infinity) => {
      const end = time + milliseconds;
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        const [next] = waiting.toSorted((a, b) => a.until - b.until);
        if (next === undefined || next.until > end) break;
        waiting.splice(waiting.indexOf(next), 1);
        time = next.until;
        next.wake();
      }
      if (end < Infinity) time = end;
    },
  };
};

it('lets as many through at once as a second allows, and the next a second later', async () => {
  const clock = virtualClock();
  const pace = paceOf(10, clock);
  const sentAt: number[] = [];

  const all = Promise.all(Array.from({ length: 21 }, () => pace('a').then(() => sentAt.push(clock.now()))));
  await clock.pass();
  await all;

  expect(sentAt).toEqual([...Array(10).fill(0), ...Array(10).fill(1000), 2000]);
});

it('keeps names apart', async () => {
  const clock = virtualClock();
  const pace = paceOf(1, clock);

  await Promise.all([pace('a'), pace('b')]);

  expect(clock.now()).toBe(0);
});

it('never lets more through within any second, however they come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(700), { maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      async (gaps, limit) => {
        const clock = virtualClock();
        const pace = paceOf(limit, clock);
        const sentAt: number[] = [];

        const all: Promise<number>[] = [];
        for (const gap of gaps) {
          await clock.pass(gap);
          all.push(pace('a').then(() => sentAt.push(clock.now())));
        }
        await clock.pass();
        await Promise.all(all);

        const sorted = sentAt.toSorted((a, b) => a - b);
        expect(sorted).toHaveLength(gaps.length);
        for (const [index, time] of sorted.entries()) {
          expect((sorted[index + limit] ?? Infinity) - time).toBeGreaterThanOrEqual(1000);
        }
      },
    ),
  );
});
