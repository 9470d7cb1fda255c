import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync, type Plugin, transformSync } from 'esbuild';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

const LAZY_IMPORTS = 'lazy-imports';

/**
 * Loads packages when their default function is first called instead of when the command starts. Packages with Unicode width tables
 * take longer to load than the rest of a short run, and most runs print only ASCII.
 */
const lazyImports = (packages: readonly string[]): Plugin => ({
  name: LAZY_IMPORTS,
  setup: (build) => {
    build.onResolve({ filter: new RegExp(`^(${packages.join('|')})$`) }, ({ path, kind, importer }) =>
      kind === 'import-statement' && !importer.includes('node_modules')
        ? { path, namespace: LAZY_IMPORTS }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: LAZY_IMPORTS }, ({ path }) => ({
      contents: `let loaded;
export default (...given) => {
  loaded ??= require(${JSON.stringify(require.resolve(path))}).default;
  return loaded(...given);
};`,
      loader: 'js',
      resolveDir: dirname(require.resolve(path)),
    }));
  },
});

const TEXT = /\?text$/;
const TEXT_IMPORTS = 'text-imports';

/** The text that `import { text } from './FILE?text'` returns: a minified style sheet, or a script that is bundled for a browser. */
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

/** The esbuild plugin for text imports, for the build. */
const textImports: Plugin = {
  name: TEXT_IMPORTS,
  setup: (build) => {
    build.onResolve({ filter: TEXT }, ({ path, importer }) => ({
      path: pathOf(path, importer),
      namespace: TEXT_IMPORTS,
    }));
    build.onLoad({ filter: /.*/, namespace: TEXT_IMPORTS }, ({ path }) => ({
      contents: moduleOf(path),
      loader: 'js',
    }));
  },
};

const PREFIX = `\0${TEXT_IMPORTS}:`;
const SUFFIX = '-text';

/** The Vite plugin for text imports, for the tests. It hides the file extension, which the plugins of Vite match. */
export const textImportsInTests = {
  name: TEXT_IMPORTS,
  enforce: 'pre' as const,
  resolveId: (name: string, importer: string | undefined) =>
    TEXT.test(name) && importer !== undefined ? `${PREFIX}${pathOf(name, importer)}${SUFFIX}` : undefined,
  load: (id: string) =>
    id.startsWith(PREFIX) ? moduleOf(id.slice(PREFIX.length, -SUFFIX.length)) : undefined,
};

/** The esbuild options of the command and the library in `dist/`. */
export const COMMAND_BUNDLE = {
  absWorkingDir: ROOT,
  entryPoints: { trailkey: 'src/cli/main.ts', index: 'src/index.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  chunkNames: 'chunks/[name]-[hash]',
  legalComments: 'none',
  // Identifiers are kept for the stack traces that --debug prints.
  minifyWhitespace: true,
  minifySyntax: true,
  plugins: [textImports, lazyImports(['string-width', 'wrap-ansi'])],
  // The verdict pages, for `trailkey explain`.
  loader: { '.md': 'text' },
  // Bundled CommonJS packages call require, which ES modules do not have.
  banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** The esbuild options of the function, as configured for serverless-esbuild in `serverless.yml`. */
export const functionBundle = (): BuildOptions => {
  // Unknown CloudFormation tags are ignored.
  const { custom } = parse(readFileSync(`${ROOT}serverless.yml`, 'utf8'), { logLevel: 'silent' });
  const { bundle, minify, platform, target, format, mainFields, supported, outputFileExtension } =
    custom.esbuild;
  return {
    absWorkingDir: ROOT,
    entryPoints: ['handlers/config-rule.ts'],
    outfile: `handlers/config-rule${outputFileExtension}`,
    logLevel: 'warning',
    ...{ bundle, minify, platform, target, format, mainFields, supported },
  };
};
