import { expect, it } from 'vitest';
import { rehearse } from '../support/rehearsal.js';

it('the packaged function judges each state that moto can play', async () => {
  const acts = await rehearse();

  expect(acts.length).toBeGreaterThan(10);
  expect(acts.map(({ scene, judged }) => [scene, judged])).toEqual(
    acts.map(({ scene, expected }) => [scene, expected]),
  );
});
