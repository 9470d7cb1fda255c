import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };
import { COMMAND_BUNDLE, functionBundle } from './bundles.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RULE = '-'.repeat(80);

/** An npm package whose code is in a bundle. `folder` is its installation folder, relative to the root of the project. */
type BundledPackage = {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly folder: string;
};

/** The npm packages in each bundle: that of the command and the library, and that of the function. */
type Bundled = Readonly<Record<'command' | 'function', readonly BundledPackage[]>>;

/** Builds both bundles, and returns the npm packages in each. */
export const bundledPackages = async (): Promise<Bundled> => ({
  command: await packagesIn(COMMAND_BUNDLE),
  function: await packagesIn(functionBundle()),
});

const PACKAGE_FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/** The packages that contribute bytes to a bundle according to esbuild, sorted and without duplicates. */
const packagesIn = async (options: BuildOptions): Promise<readonly BundledPackage[]> => {
  const { metafile } = await build({ ...options, metafile: true, write: false });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => PACKAGE_FOLDER.exec(path)?.[0])
    .filter((folder) => folder !== undefined);
  return sortedOnce([...new Set(folders)].map(describePackage));
};

const describePackage = (folder: string): BundledPackage => {
  const { name, version, license } = JSON.parse(readFileSync(`${ROOT}${folder}/package.json`, 'utf8'));
  return { name, version, license, folder };
};

const sortedOnce = (packages: readonly BundledPackage[]): readonly BundledPackage[] =>
  [...new Map(packages.map((one) => [nameAndVersion(one), one]))]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => one);

type Named = Pick<BundledPackage, 'name' | 'version'>;

/** A package as `name@version`. */
export const nameAndVersion = ({ name, version }: Named): string => `${name}@${version}`;

/** The bundles that contain a package. */
const bundlesWith = (one: Named, bundled: Bundled): readonly string[] =>
  Object.entries(bundled)
    .filter(([, packages]) => packages.some((other) => nameAndVersion(other) === nameAndVersion(one)))
    .map(([bundle]) => bundle);

/** The text of `THIRD-PARTY-NOTICES`: every package whose code is distributed, and the full text of its license. */
export const thirdPartyNotices = (bundled: Bundled): string => {
  const packages = sortedOnce([...bundled.command, ...bundled.function]);
  const list = packages.map(
    (one) => `${nameAndVersion(one)} (${one.license}): ${bundlesWith(one, bundled).join(' and ')}`,
  );
  return `${[HEAD, list.join('\n'), ...licenseSections(packages)].join('\n\n')}\n`;
};

const HEAD = `Trailkey contains code of the packages below: in the command and the library (dist/), in the Lambda function
(trailkey-config-rule.zip), or in both. The license texts follow, each with the packages that use it.`;

/** One section for each license text, with the packages that share it. */
const licenseSections = (packages: readonly BundledPackage[]): readonly string[] => {
  const sharing = new Map<string, readonly string[]>();
  for (const one of packages) {
    const text = licenseTextOf(one);
    sharing.set(text, [...(sharing.get(text) ?? []), nameAndVersion(one)]);
  }
  return [...sharing].map(([text, names]) => [RULE, names.join('\n'), RULE, '', text].join('\n'));
};

/** The license files of the package. A package under Apache-2.0 without such a file gets the standard text. */
const licenseTextOf = ({ folder, license, name }: BundledPackage): string => {
  const files = readdirSync(ROOT + folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (files.length > 0)
    return files
      .toSorted()
      .map((file) => textOf(`${folder}/${file}`))
      .join('\n\n');
  if (license === 'Apache-2.0') return textOf('LICENSE');
  throw new Error(
    `${name} has no license file, and the standard text of ${license} lacks its copyright line. Add the text of the package.`,
  );
};

const textOf = (path: string): string =>
  readFileSync(ROOT + path, 'utf8')
    .replaceAll('\r\n', '\n')
    .trim();

type Component = {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly [field: string]: unknown;
};
type Dependency = { readonly ref: string; readonly dependsOn: readonly string[] };
type Bom = {
  readonly metadata: { readonly component: Component; readonly [field: string]: unknown };
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
  readonly [field: string]: unknown;
};

/**
 * The software bill of materials (CycloneDX) of the release: the output of `npm sbom`, reduced to the packages in the bundles. To be
 * reproducible, it omits the time, the serial number and the version of npm.
 */
export const billOfMaterials = (bundled: Bundled): Bom => {
  const { serialNumber: _, metadata, components, dependencies, ...head } = installed();
  const inside = components.filter((component) => bundlesWith(component, bundled).length > 0);
  const refs = new Set([metadata.component['bom-ref'], ...inside.map((component) => component['bom-ref'])]);
  return {
    ...head,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      tools: [{ vendor: 'npm', name: 'cli' }],
      component: { ...metadata.component, name: manifest.name },
    },
    components: inside.map((component) => ({
      ...component,
      // npm reports every package as a development dependency, because the package has no other dependencies.
      scope: 'required',
      properties: bundlesWith(component, bundled).map((value) => ({ name: 'trailkey:bundled-in', value })),
    })),
    dependencies: dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) })),
  };
};

const installed = (): Bom =>
  JSON.parse(
    execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    }),
  );
