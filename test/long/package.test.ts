import { execFile, execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { transformSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeBlocksOf } from '../support/code-blocks.js';
import { ENVIRONMENT } from '../support/environment.js';
import { NODE } from '../support/node.js';
import { ROOT, textAt } from '../support/project.js';
import { worldAnswers, worldOf } from '../support/run-scan.js';
import { startStandIn } from '../support/stand-in.js';

/** The package as npm would publish it, installed in an empty folder without a network. */
const home = mkdtempSync(join(tmpdir(), 'trailkey-package-'));
const installed = join(home, 'node_modules/trailkey');
let tarball: string;
const npm = (...args: readonly string[]) =>
  execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });

beforeAll(() => {
  const [packed] = JSON.parse(npm('pack', '--json', '--ignore-scripts', '--pack-destination', home));
  tarball = join(home, packed.filename);
  npm('install', '--prefix', home, '--offline', '--no-audit', '--no-fund', tarball);
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

const trailkey = (...args: readonly string[]) =>
  spawnSync(NODE.command, [...NODE.args, join(home, 'node_modules/.bin/trailkey'), ...args], {
    encoding: 'utf8',
  });

it('judges the example, on an installation of its own', () => {
  const { status, stdout, stderr } = trailkey('check', `${ROOT}examples/organization`, '--format', 'json');

  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(JSON.parse(stdout).summary.codes.KEY_DISABLED).toBe(1);
});

it('reads a template in YAML', () => {
  const file = join(home, 'template.yaml');
  writeFileSync(file, 'Resources:\n  Trail: { Type: AWS::CloudTrail::Trail }\n');

  expect(trailkey('check', file).stdout).toContain('NO_KMS_KEY');
});

it('accepts risks, and writes an earlier report', () => {
  const [waivers, report] = [join(home, 'waivers.yaml'), join(home, 'report.json')];
  writeFileSync(waivers, 'waivers:\n  - trailArn: none\n');

  const checked = trailkey('check', `${ROOT}examples/organization`, '--waivers', waivers, '-o', report);
  const { status, stdout } = trailkey('report', report, '--format', 'csv');

  expect(checked.stderr).toContain('Waiver 1 is not valid');
  expect({ status, start: stdout.slice(0, 10) }).toEqual({ status: 0, start: 'accountId,' });
});

it('is found and run by its name, as npm puts it on the path', () => {
  const PATH = `${join(home, 'node_modules/.bin')}:${dirname(process.execPath)}:${process.env['PATH']}`;

  const { status, stdout } = spawnSync('trailkey', ['--version'], { env: { PATH }, encoding: 'utf8' });

  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

it('starts with npx from the packed file, in an empty folder and without a network', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailkey-npx-'));
  const env = { ...process.env, npm_config_cache: join(folder, 'cache'), npm_config_offline: 'true' };

  copyFileSync(tarball, join(folder, basename(tarball)));

  const { status, stdout, stderr } = spawnSync('npx', ['--yes', `./${basename(tarball)}`, 'version'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it('prints its version and its help', () => {
  expect(trailkey('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(trailkey('--help').stdout).toContain('check');
});

it('explains verdicts without the folder of their pages', () => {
  rmSync(join(installed, 'docs'), { recursive: true });

  const { status, stdout } = trailkey('explain', 'KEY_DISABLED');

  expect({ status, page: stdout.split('\n')[0] }).toEqual({ status: 0, page: 'KEY_DISABLED' });
});

it.each([
  ['explain KEY_DISABLED', 0],
  ['check examples/organization', 1],
])('%s ends quietly and with its own exit code when nobody reads on', (command, exitCode) => {
  const program = `"${NODE.command}" ${NODE.args.join(' ')} dist/trailkey.js`;

  const { stderr, status } = spawnSync('bash', ['-c', `set -o pipefail; ${program} ${command} | true`], {
    cwd: ROOT,
    encoding: 'utf8',
  });

  expect({ stderr, status }).toEqual({ stderr: '', status: exitCode });
});

it('reports an error, and fails, if its report cannot be written to standard output', () => {
  const unwritable = openSync(`${ROOT}package.json`, 'r');
  const args = [...NODE.args, 'dist/trailkey.js', 'check', 'examples/organization', '--fail-on', 'never'];

  const { status, stderr } = spawnSync(NODE.command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', unwritable, 'pipe'],
  });
  closeSync(unwritable);

  expect(status).toBe(2);
  expect(stderr).toMatch(/^trailkey: Cannot write to standard output: .*\n$/);
});

it('exports its public API, and nothing else', async () => {
  const api = await import(pathToFileURL(join(installed, 'dist/index.js')).href);

  expect(Object.keys(api).toSorted()).toMatchSnapshot();
});

describe('the programs of docs/library.md', () => {
  const [checkFiles = '', scanAccounts = ''] = codeBlocksOf('docs/library.md', textAt('docs/library.md')).map(
    ({ text }) => text,
  );
  const runProgram = async (program: string, env: Readonly<Record<string, string>> = {}) => {
    writeFileSync(join(home, 'program.mjs'), transformSync(program, { loader: 'ts' }).code);
    return promisify(execFile)(NODE.command, [...NODE.args, 'program.mjs'], {
      cwd: home,
      env: { ...process.env, ...env },
    }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    );
  };

  it('check files as the command does', async () => {
    symlinkSync(`${ROOT}examples`, join(home, 'examples'));

    expect(await runProgram(checkFiles)).toEqual({ code: 1, stdout: '', stderr: '' });
    expect(readFileSync(join(home, 'report.html'), 'utf8')).toContain('KEY_DISABLED');
  });

  it('scan accounts as the command does', async () => {
    const standIn = await startStandIn(() => worldAnswers(worldOf(2)));

    const { code, stdout, stderr } = await runProgram(scanAccounts, {
      ...ENVIRONMENT,
      AWS_ENDPOINT_URL: standIn.url,
    });
    await standIn.close();

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\d{12} \S+ [A-Z_]+ /);
    const { mode, findings } = JSON.parse(readFileSync(join(home, 'report.json'), 'utf8'));
    expect(mode).toBe('live');
    expect(findings.length).toBeGreaterThan(1);
  });

  it('compile against the types of the package, without the types of its libraries', () => {
    for (const [index, program] of [checkFiles, scanAccounts].entries()) {
      writeFileSync(join(home, `program-${index}.mts`), program);
    }
    const options = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext', '--types', 'node'];
    const types = ['--typeRoots', `${ROOT}node_modules/@types`];
    const files = ['program-0.mts', 'program-1.mts'].map((file) => join(home, file));

    const { stdout, status } = spawnSync(
      process.execPath,
      [`${ROOT}node_modules/typescript/bin/tsc`, ...options, ...types, ...files],
      { cwd: home, encoding: 'utf8' },
    );

    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  });
});

it.each([
  ['publint', ['--strict', '--pack', 'false']],
  ['attw', ['--profile', 'esm-only', '--no-color']],
])('has nothing that %s complains of', (checker, options) => {
  const { status, stdout } = spawnSync(`${ROOT}node_modules/.bin/${checker}`, [tarball, ...options], {
    encoding: 'utf8',
  });

  expect(status, stdout).toBe(0);
});

it('holds what it needs and nothing else', () => {
  const [packed] = JSON.parse(npm('pack', '--dry-run', '--json', '--ignore-scripts'));
  const files = packed.files.map(({ path }: { path: string }) =>
    path.replace(/-[A-Z0-9]{8}\.js$/, '-HASH.js'),
  );

  expect(
    files.filter((path: string) => !/^(dist\/(chunks|types)|docs\/verdicts)\//.test(path)),
  ).toMatchSnapshot();
  expect(files.filter((path: string) => /^docs\/verdicts\/[A-Z_]+\.md$/.test(path))).toHaveLength(20);
  expect(files.some((path: string) => /test|shared|examples/.test(path))).toBe(false);
});
