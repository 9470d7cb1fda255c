import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { folderOf } from './support/files.js';
import { ROOT, textAt } from './support/project.js';

const importing = (from: string) => `import { x } from '${from}';\n\nexport const y = x;\n`;

/** Lints files as part of the project and returns the paths of those with a forbidden import. */
const offenders = async (sources: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const folder = await folderOf({ 'biome.json': textAt('biome.json'), ...sources });
  const { stdout } = spawnSync(
    process.execPath,
    [
      `${ROOT}node_modules/@biomejs/biome/bin/biome`,
      'lint',
      '--vcs-enabled=false',
      '--reporter=json',
      '--max-diagnostics=none',
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  const { diagnostics } = JSON.parse(stdout);
  return diagnostics
    .filter(({ category }: { category: string }) => category.startsWith('lint/style/noRestricted'))
    .map(({ location }: { location: { path: string } }) => location.path);
};

const filesFor = (imports: readonly (readonly [string, string])[]) =>
  Object.fromEntries(imports.map(([folder, from], index) => [`${folder}probe-${index}.ts`, importing(from)]));

it('the linter refuses imports that point outward', async () => {
  const sources = {
    ...filesFor([
      ['src/core/', 'node:fs'],
      ['src/core/', '@aws-sdk/client-kms'],
      ['src/core/', 'commander'],
      ['src/core/', '../ports.js'],
      ['src/core/', '../cli/main.js'],
      ['src/input/', '../cli/terminal.js'],
      ['src/input/', '../scan/scan-accounts.js'],
      ['src/input/', '@aws-sdk/client-kms'],
      ['src/cli/commands/', '@aws-sdk/client-kms'],
      ['src/cli/commands/', '../../../handlers/config-rule.js'],
      ['handlers/', '@aws-sdk/client-kms'],
      ['src/rule/', '../aws/clients.js'],
      ['src/rule/', 'node:fs'],
      ['src/scan/', '../aws/clients.js'],
      ['src/scan/', '../rule/evaluate-rule.js'],
      ['src/doctor/', '../aws/clients.js'],
      ['src/doctor/', '../scan/scan-accounts.js'],
      ['src/aws/', '../rule/evaluate-rule.js'],
      ['src/aws/', '../doctor/diagnose.js'],
      ['src/aws/', '../cli/terminal.js'],
    ]),
    'src/ports.ts': importing('./aws/keys.js'),
    'src/index.ts': importing('@aws-sdk/client-kms'),
    'src/core/clock.ts': 'export const a = process.hrtime();\n',
  };

  expect((await offenders(sources)).toSorted()).toEqual(Object.keys(sources).toSorted());
});

it('the linter accepts imports that point inward', async () => {
  const sources = {
    ...filesFor([
      ['src/core/', './evaluate-trail.js'],
      ['src/input/', '../core/key.js'],
      ['src/input/', '../ports.js'],
      ['src/input/', './inventory.js'],
      ['src/input/', 'node:fs'],
      ['src/cli/commands/', '../../scan/scan-accounts.js'],
      ['src/cli/commands/', '../../core/report.js'],
      ['src/cli/commands/', 'commander'],
      ['src/aws/', '@aws-sdk/client-kms'],
      ['handlers/', '../src/rule/evaluate-rule.js'],
      ['src/rule/', '../core/evaluate-trail.js'],
      ['src/rule/', '../ports.js'],
      ['src/scan/', '../core/mapConcurrently.js'],
      ['src/scan/', './scan-accounts.js'],
      ['src/doctor/', '../rule/find-trails.js'],
      ['src/aws/', '../ports.js'],
    ]),
    'src/ports.ts': importing('./core/key.js'),
  };

  expect(await offenders(sources)).toEqual([]);
});
