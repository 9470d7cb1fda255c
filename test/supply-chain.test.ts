import { existsSync, readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { functionBundle } from '../scripts/bundles.js';
import { bundledPackages, nameAndVersion, thirdPartyNotices } from '../scripts/third-party.js';
import { ROOT, textAt } from './support/project.js';

const manifest = JSON.parse(textAt('package.json'));
const lockfile = JSON.parse(textAt('package-lock.json'));
const locked: readonly [string, any][] = Object.entries(lockfile.packages).filter(([path]) => path !== '');
const bundled = await bundledPackages();
const inBundles = new Set([...bundled.command, ...bundled.function].map(nameAndVersion));

describe('an installation of the package', () => {
  it('runs no script', () => {
    const lifecycle = [
      'preinstall',
      'install',
      'postinstall',
      'prepublish',
      'preprepare',
      'prepare',
      'postprepare',
    ];

    expect(Object.keys(manifest.scripts).filter((name) => lifecycle.includes(name))).toEqual([]);
    // npm compiles where it finds one.
    expect(existsSync(`${ROOT}binding.gyp`)).toBe(false);
  });

  it('brings no other package with it', () => {
    for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies']) {
      expect(manifest).not.toHaveProperty(field);
    }
  });
});

describe('the lockfile', () => {
  it('tells the checksum of every package', () => {
    const unsure = locked.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity));

    expect(unsure.map(([path]) => path)).toEqual([]);
    expect(locked.length).toBeGreaterThan(500);
  });

  it('takes every package from the public registry, and none from a folder, an address or a repository', () => {
    const elsewhere = locked.filter(
      ([, { resolved = 'https://registry.npmjs.org/', link }]) =>
        link || !resolved.startsWith('https://registry.npmjs.org/'),
    );

    expect(elsewhere.map(([path]) => path)).toEqual([]);
    expect(Object.values(manifest.devDependencies).filter((range) => /[:/]/.test(String(range)))).toEqual([
      // A fork under the name of what it stands for: still from the registry.
      manifest.devDependencies.serverless,
    ]);
    expect(manifest.devDependencies.serverless).toMatch(/^npm:osls@/);
  });

  it('holds what each package needs on other systems as well, so that `npm ci` works there', () => {
    const names = new Set(locked.map(([path]) => path.replace(/^.*node_modules\//, '')));
    const wanted = locked.flatMap(([, { optionalDependencies = {} }]) => Object.keys(optionalDependencies));

    expect(wanted.filter((name) => !names.has(name))).toEqual([]);
    expect(wanted.length).toBeGreaterThan(50);
  });

  it('names the tools that run a script when they are installed: a new one is looked at first', () => {
    const scripted = locked
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));

    expect(scripted).toEqual(['@parcel/watcher', 'es5-ext', 'esbuild']);
  });
});

describe('what is bundled', () => {
  it('comes under licences that let everybody use and pass it on', () => {
    const permissive = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];
    const others = [...bundled.command, ...bundled.function].filter(
      ({ license }) => !permissive.includes(license),
    );

    expect(others.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
  });

  it('is named with its licence in THIRD-PARTY-NOTICES: `npx vitest run test/supply-chain --update` writes it', async () => {
    const notices = textAt('THIRD-PARTY-NOTICES');

    await expect(thirdPartyNotices(bundled)).toMatchFileSnapshot('../THIRD-PARTY-NOTICES');
    for (const name of inBundles) expect(notices.split(name).length).toBeGreaterThan(2);
    expect(manifest.files).toContain('THIRD-PARTY-NOTICES');
    expect(textAt('release/THIRD-PARTY-NOTICES')).toBe(notices);
  });

  it('is what the zip of the function holds, byte by byte', async () => {
    const { outputFiles } = await build({ ...functionBundle(), write: false });

    const zip = unzipSync(readFileSync(`${ROOT}release/trailkey-config-rule.zip`));

    expect(
      Buffer.from(zip['handlers/config-rule.cjs'] ?? []).equals(outputFiles?.[0]?.contents ?? Buffer.of()),
    ).toBe(true);
  });

  it('holds nothing of npm in the script of the HTML report, which is taken in as text', () => {
    expect(textAt('src/cli/reporters/html/browser.ts')).not.toMatch(/\bfrom '|\bimport\(|\brequire\(/);
  });
});

describe('the bill of materials', () => {
  const bom = JSON.parse(textAt('release/sbom.cdx.json'));

  it('lists what is bundled, each package with the checksum of the lockfile', () => {
    expect(new Set(bom.components.map(nameAndVersion))).toEqual(inBundles);
    const checksums = new Set(locked.map(([, { integrity }]) => integrity));
    for (const { hashes, purl, licenses } of bom.components) {
      expect(checksums).toContain(`sha512-${Buffer.from(hashes[0].content, 'hex').toString('base64')}`);
      expect(purl).toMatch(/^pkg:npm\//);
      expect(licenses).toHaveLength(1);
    }
  });

  it('is about this version, and connects all that it lists', () => {
    const refs = new Set(bom.dependencies.map(({ ref }: { ref: string }) => ref));

    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: manifest.name } } });
    expect(bom.metadata.component.version).toBe(manifest.version);
    expect(refs).toEqual(
      new Set([bom.metadata.component, ...bom.components].map((component) => component['bom-ref'])),
    );
    for (const { dependsOn } of bom.dependencies) for (const ref of dependsOn) expect(refs).toContain(ref);
  });

  it('says nothing that differs from one run to the next', () => {
    expect(bom).not.toHaveProperty('serialNumber');
    expect(bom.metadata).not.toHaveProperty('timestamp');
    expect(JSON.stringify(bom)).not.toContain(ROOT);
  });
});

describe('the workflow that publishes', () => {
  const text = textAt('.github/workflows/publish.yml');
  const workflow = parse(text);
  const jobs: readonly [string, any][] = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);

  it('pins every action to a commit', () => {
    const used = steps.map(({ uses }) => uses).filter((uses) => uses !== undefined);

    expect(used.length).toBeGreaterThan(3);
    for (const uses of used) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  });

  it('may do nothing by itself, and each job what it needs', () => {
    expect(workflow.permissions).toEqual({});
    expect(Object.fromEntries(jobs.map(([name, { permissions }]) => [name, permissions]))).toEqual({
      build: { contents: 'read' },
      publish: { 'id-token': 'write' },
    });
  });

  it('builds without the right to publish, and publishes with provenance what was built, running nothing of it', () => {
    const commands = (name: string): string =>
      workflow.jobs[name].steps.map(({ run = '' }: { run?: string }) => run).join('\n');

    expect(commands('build')).toContain('npm ci');
    expect(commands('build')).not.toContain('npm publish');
    expect(commands('publish')).toContain('npm publish --provenance --access public --ignore-scripts');
    expect(commands('publish')).not.toMatch(/npm (ci|install|run)/);
    expect(workflow.jobs.publish.needs).toBe('build');
  });

  it('lets nobody write into its commands', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });
});
