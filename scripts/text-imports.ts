import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { buildSync, type Plugin, transformSync } from 'esbuild';

const TEXT = /\?text$/;
const NAMESPACE = 'text-imports';

/** What `import { text } from './FILE?text'` gives: a style sheet without blanks, or a script bundled for a browser. */
const textOf = (path: string): string => {
  if (path.endsWith('.css')) {
    return transformSync(readFileSync(path, 'utf8'), { loader: 'css', minify: true }).code.trim();
  }
  const { outputFiles } = buildSync({
    entryPoints: [path],
    bundle: true,
    format: 'iife',
    minify: true,
    target: 'es2022',
    write: false,
  });
  return outputFiles.map(({ text }) => text.trim()).join('');
};

const moduleOf = (path: string): string => `export const text = ${JSON.stringify(textOf(path))};`;

const pathOf = (name: string, importer: string): string => resolve(dirname(importer), name.replace(TEXT, ''));

/** Bundles files as text: with esbuild, for the build. */
export const textImports: Plugin = {
  name: NAMESPACE,
  setup: (build) => {
    build.onResolve({ filter: TEXT }, ({ path, importer }) => ({
      path: pathOf(path, importer),
      namespace: NAMESPACE,
    }));
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
      contents: moduleOf(path),
      loader: 'js',
    }));
  },
};

const PREFIX = `\0${NAMESPACE}:`;
const SUFFIX = '-text';

/** The same with Vite, for the tests. Its own plugins go by the end of a name, so that is hidden from them. */
export const textImportsInTests = {
  name: NAMESPACE,
  enforce: 'pre' as const,
  resolveId: (name: string, importer: string | undefined) =>
    TEXT.test(name) && importer !== undefined ? `${PREFIX}${pathOf(name, importer)}${SUFFIX}` : undefined,
  load: (id: string) =>
    id.startsWith(PREFIX) ? moduleOf(id.slice(PREFIX.length, -SUFFIX.length)) : undefined,
};
