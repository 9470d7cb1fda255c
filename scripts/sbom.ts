import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import manifest from '../package.json' with { type: 'json' };
import { nameAndVersion } from './bundles.js';
import { bundledPackages } from './third-party-notices.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

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
 * The bill of materials (CycloneDX) of what is distributed: npm tells of everything that is installed, esbuild what of that is
 * in the bundles. What would differ from one run to the next is left out: moment, serial number, and the version of npm.
 */
export const billOfMaterials = async (): Promise<Bom> => {
  const bundled = await bundledPackages();
  const places = Object.entries(bundled).map(
    ([place, packages]) => [place, new Set(packages.map(nameAndVersion))] as const,
  );
  const placesOf = (component: Component) =>
    places.filter(([, names]) => names.has(nameAndVersion(component))).map(([place]) => place);
  const { serialNumber: _, metadata, components, dependencies, ...head } = installed();
  const inside = components.filter((component) => placesOf(component).length > 0);
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
      properties: placesOf(component).map((value) => ({ name: 'trailkey:bundled-in', value })),
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
