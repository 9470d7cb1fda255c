import { defineConfig } from 'vitest/config';

/** The tests of the core alone, for `npm run test:mutation`: nothing is built or packaged, so that each mutant is quick. */
export default defineConfig({
  test: {
    include: ['test/core/**/*.test.ts'],
    setupFiles: ['test/support/mutation-runs.ts'],
  },
});
