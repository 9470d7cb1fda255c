import { defineConfig } from 'vitest/config';
import { textImportsInTests } from './scripts/bundles.js';
import { markdownAsText } from './test/support/markdown-as-text.js';

/** What takes long or needs more than Node.js: real terminals, other Node versions, many runs of each property. */
export default defineConfig({
  plugins: [textImportsInTests, markdownAsText],
  test: {
    include: ['test/long/**/*.test.ts'],
    globalSetup: ['test/support/build-once.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // What the SDK thinks of the Node.js that the tests run on helps nobody here.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    fileParallelism: false,
  },
});
