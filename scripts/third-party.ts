import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };
import { COMMAND_BUNDLE, functionBundle } from './bundles.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RULE = '-'.repeat(80);

/** An npm package whose code is in a bundle. `folder` is where it is installed, from the root of the project. */
type BundledPackage = {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly folder: string;
};

/** The npm packages in each bundle: that of the command and the library, and that of the function. */
type Bundled = Readonly<Record<'command' | 'function', readonly BundledPackage[]>>;

/** Bundles both, and lists the npm packages in each. */
export const bundledPackages = async (): Promise<Bundled> => ({
  command: await packagesIn(COMMAND_BUNDLE),
  function: await packagesIn(functionBundle()),
});

const PACKAGE_FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/** The packages that have bytes in a bundle, as esbuild counts them: sorted, each version of a package once. */
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

/** The text of `THIRD-PARTY-NOTICES`: every package whose code is distributed, and its licence, word by word. */
export const thirdPartyNotices = (bundled: Bundled): string => {
  const packages = sortedOnce([...bundled.command, ...bundled.function]);
  const list = packages.map(
    (one) => `${nameAndVersion(one)} (${one.license}): ${bundlesWith(one, bundled).join(' and ')}`,
  );
  return `${[HEAD, list.join('\n'), ...licenceSections(packages)].join('\n\n')}\n`;
};

const HEAD = `Trailkey is distributed with code of the packages below: bundled in the command and the library (dist/), in the Lambda
function (trailkey-config-rule.zip), or in both. Their licences follow, each with the packages that come under it.`;

/** One section for each text: many packages share one. */
const licenceSections = (packages: readonly BundledPackage[]): readonly string[] => {
  const sharing = new Map<string, readonly string[]>();
  for (const one of packages) {
    const text = licenceTextOf(one);
    sharing.set(text, [...(sharing.get(text) ?? []), nameAndVersion(one)]);
  }
  return [...sharing].map(([text, names]) => [RULE, names.join('\n'), RULE, '', text].join('\n'));
};

/** The licence as the package ships it. Where it ships none, the text that its licence has for everybody. */
const licenceTextOf = ({ folder, license, name }: BundledPackage): string => {
  const files = readdirSync(ROOT + folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (files.length > 0)
    return files
      .toSorted()
      .map((file) => textOf(`${folder}/${file}`))
      .join('\n\n');
  if (license === 'Apache-2.0') return textOf('LICENSE');
  throw new Error(
    `${name} has no licence file, and a text of ${license} would lack its copyright: find the text.`,
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
 * The bill of materials (CycloneDX) of what is distributed: the installed packages as npm lists them, reduced to those in the
 * bundles. What would differ from one run to the next is left out: time, serial number, and the version of npm.
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
      // To npm all of it is a tool of the developers, as an installation of the package needs no other.
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
