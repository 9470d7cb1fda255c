import { expect, it } from 'vitest';
import { attemptEach } from '../../src/core/attempt.js';
import { sighting } from '../support/builders.js';

it('does a task for each trail, and keeps those that fail apart with their reasons', async () => {
  const [first, second, third] = ['a', 'b', 'c'].map((resourceId) => sighting({ resourceId }));
  const error = new Error('busy');

  const attempts = await attemptEach(
    [first, second, third].filter((one) => one !== undefined),
    async (one) => {
      if (one === second) throw error;
      return one.resourceId;
    },
  );

  expect(attempts).toEqual({ done: ['a', 'c'], failures: [{ sighting: second, error }] });
});
