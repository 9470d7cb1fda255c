import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { folderOf } from './support/files.js';
import { ROOT, textAt } from './support/project.js';

const importing = (from: string) => `import { x } from '${from}';\n\nexport const y = x;\n`;

/** Lints files as if they lay in the project, and gives the paths of those that break a wall. */
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

it('keeps out what may not come in', async () => {
  const sources = {
    ...filesFor([
      ['src/core/', 'node:fs'],
      ['src/core/', '@aws-sdk/client-kms'],
      ['src/core/', 'commander'],
      ['src/core/', '../ports.js'],
      ['src/core/', '../cli/main.js'],
      ['src/snapshot/', '../cli/terminal.js'],
      ['src/snapshot/', '../evaluate.js'],
      ['src/snapshot/', '@aws-sdk/client-kms'],
      ['src/cli/commands/', '@aws-sdk/client-kms'],
      ['src/cli/commands/', '../../../handlers/config-rule.js'],
      ['handlers/', '@aws-sdk/client-kms'],
      ['src/rule/', '../aws/clients.js'],
      ['src/rule/', 'node:fs'],
      ['src/scan/', '../aws/clients.js'],
      ['src/scan/', '../rule/summary.js'],
      ['src/aws/', '../rule/summary.js'],
      ['src/aws/', '../cli/terminal.js'],
    ]),
    'src/evaluate.ts': importing('./snapshot/load.js'),
    'src/ports.ts': importing('./aws/keys.js'),
    'src/index.ts': importing('@aws-sdk/client-kms'),
    'src/core/clock.ts': 'export const a = process.hrtime();\n',
  };

  expect((await offenders(sources)).toSorted()).toEqual(Object.keys(sources).toSorted());
});

it('lets in what may', async () => {
  const sources = {
    ...filesFor([
      ['src/core/', './decide.js'],
      ['src/snapshot/', '../core/key.js'],
      ['src/snapshot/', '../ports.js'],
      ['src/snapshot/', './inventory.js'],
      ['src/snapshot/', 'node:fs'],
      ['src/cli/commands/', '../../evaluate.js'],
      ['src/cli/commands/', '../../core/report.js'],
      ['src/cli/commands/', 'commander'],
      ['src/aws/', '@aws-sdk/client-kms'],
      ['handlers/', '../src/evaluate.js'],
      ['src/rule/', '../core/finding.js'],
      ['src/rule/', '../evaluate.js'],
      ['src/scan/', '../core/concurrently.js'],
      ['src/scan/', './scan-account.js'],
      ['src/aws/', '../ports.js'],
    ]),
    'src/evaluate.ts': importing('./core/decide.js'),
    'src/ports.ts': importing('./core/key.js'),
  };

  expect(await offenders(sources)).toEqual([]);
});
