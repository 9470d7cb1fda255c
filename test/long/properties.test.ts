import { expect, it } from 'vitest';
import { runTests } from '../support/vitest-run.js';

it('every property holds in ten thousand runs', () => {
  const { status, output } = runTests(['test/core', 'test/snapshot'], { TRAILKEY_PROPERTY_RUNS: '10000' });

  expect(status, output).toBe(0);
});
