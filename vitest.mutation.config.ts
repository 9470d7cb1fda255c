import process from 'node:process';
import { defineConfig } from 'vitest/config';
import { textImportsInTests } from './scripts/bundles.js';
import { markdownAsText } from './test/support/markdown-as-text.js';

/** The tests of the core alone, for `npm run test:mutation`: nothing is built or packaged, so that each mutant is quick. */
export default defineConfig({
  plugins: [textImportsInTests, markdownAsText],
  test: {
    include: [process.env['TRAILKEY_MUTATION_TESTS'] ?? 'test/core/**/*.test.ts'],
    setupFiles: ['test/support/mutation-runs.ts'],
    testTimeout: 60_000,
  },
});
