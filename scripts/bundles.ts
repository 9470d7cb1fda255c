import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { parse } from 'yaml';
import { lazyImports } from './lazy-imports.js';
import { textImports } from './text-imports.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** How the command and the library are bundled into `dist/`. */
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
  // Names stay: they stand in the traces that --debug shows.
  minifyWhitespace: true,
  minifySyntax: true,
  plugins: [textImports, lazyImports(['string-width', 'wrap-ansi'])],
  // The pages of the verdicts, for `trailkey explain`.
  loader: { '.md': 'text' },
  // CommonJS packages in an ESM bundle call require, which an ES module does not have.
  banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** How the function is bundled: as `serverless.yml` tells serverless-esbuild. */
export const functionBundle = (): BuildOptions => {
  // The tags of CloudFormation are of no interest here.
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

/** A package of npm whose code is in a bundle. `folder` is where it is installed, from the root of the project. */
export type BundledPackage = {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly folder: string;
};

const PACKAGE_FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/** The packages that have bytes in a bundle, as esbuild counts them: sorted, each version of a package once. */
export const packagesIn = async (options: BuildOptions): Promise<readonly BundledPackage[]> => {
  const { metafile } = await build({ ...options, metafile: true, write: false });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => PACKAGE_FOLDER.exec(path)?.[0])
    .filter((folder) => folder !== undefined);
  const packages = [...new Set(folders)].map(describePackage);
  return [...new Map(packages.map((one) => [nameAndVersion(one), one])).values()].toSorted((a, b) =>
    nameAndVersion(a) < nameAndVersion(b) ? -1 : 1,
  );
};

/** A package as people write it: `name@version`. */
export const nameAndVersion = ({ name, version }: Pick<BundledPackage, 'name' | 'version'>): string =>
  `${name}@${version}`;

const describePackage = (folder: string): BundledPackage => {
  const { name, version, license } = JSON.parse(readFileSync(`${ROOT}${folder}/package.json`, 'utf8'));
  return { name, version, license, folder };
};
