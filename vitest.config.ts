import { defineConfig } from 'vitest/config';
import { textImportsInTests } from './scripts/bundles.js';
import { markdownAsText } from './test/support/markdown-as-text.js';

/** Tests that share modules and leave nothing behind: each worker loads the code once. They need no release. */
const SHARED = [
  'test/{aws,cli,core,doctor,handlers,input,model,rule,scan}/**/*.test.ts',
  'test/automation/{aws-simulator,interpreter*}.test.ts',
];

export default defineConfig({
  plugins: [textImportsInTests, markdownAsText],
  test: {
    projects: [
      { extends: true, test: { name: 'shared', include: SHARED, isolate: false } },
      {
        extends: true,
        test: {
          name: 'isolated',
          include: ['test/**/*.test.ts'],
          exclude: ['test/long/**', ...SHARED],
          globalSetup: ['test/support/release-once.ts'],
        },
      },
    ],
    // Some files wait more than they compute: a core is not left free, as it would be by default.
    maxWorkers: '100%',
    setupFiles: ['test/support/property-runs.ts'],
    testTimeout: 30_000,
    // Its modules import folders, which Node.js does not resolve.
    server: { deps: { inline: ['dt-sql-parser'] } },
    // What the SDK thinks of the Node.js that the tests run on helps nobody here.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'handlers/**/*.ts'],
      // The entry of the command runs in processes of its own, in the tests of the package and on terminals; the script of the
      // HTML report runs in a browser, in the long suite.
      exclude: ['src/cli/main.ts', 'src/cli/reporters/html/browser.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: {
        'src/core/**.ts': { branches: 100, functions: 100, lines: 100, statements: 100 },
        branches: 95,
        functions: 95,
        lines: 95,
        statements: 95,
      },
    },
  },
});
