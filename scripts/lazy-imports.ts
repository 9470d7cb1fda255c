import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

const { resolve } = createRequire(import.meta.url);
const NAMESPACE = 'lazy-imports';

/**
 * Bundles the default function of packages so that they are run when it is first called, and not when the command starts: those that
 * know how wide each sign of Unicode is take longer than the rest of a short run, and most runs show ASCII alone.
 */
export const lazyImports = (packages: readonly string[]): Plugin => ({
  name: NAMESPACE,
  setup: (build) => {
    build.onResolve({ filter: new RegExp(`^(${packages.join('|')})$`) }, ({ path, kind, importer }) =>
      kind === 'import-statement' && !importer.includes('node_modules')
        ? { path, namespace: NAMESPACE }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
      contents: `let loaded;
export default (...given) => {
  loaded ??= require(${JSON.stringify(resolve(path))}).default;
  return loaded(...given);
};`,
      loader: 'js',
      resolveDir: dirname(resolve(path)),
    }));
  },
});
