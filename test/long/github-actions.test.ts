import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import process from 'node:process';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { account } from '../support/account.js';
import { ACCOUNT } from '../support/builders.js';
import { withEnvironment } from '../support/environment.js';
import { ROOT, textAt } from '../support/project.js';
import { trailIn, worldAnswers } from '../support/run-scan.js';
import { startStandIn } from '../support/stand-in.js';

type Step = { readonly name?: string; readonly uses?: string; readonly run?: string };

const ACTION = parse(textAt('action.yml'));
const WORKFLOW = parse(textAt('.github/workflows/organization-scan.yml'));
const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(textAt('docs/github-actions.md')) ?? [];
const EXAMPLE = parse(example);

const ACTION_STEPS: readonly Step[] = ACTION.runs.steps;
const SCAN_STEPS: readonly Step[] = WORKFLOW.jobs.scan.steps;
const scriptOf = (steps: readonly Step[], name: string): string =>
  steps.find((step) => step.name === name)?.run ?? '';

/** A runner: a checkout, its temporary folder with Trailkey installed, and the files that steps write. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/trailkey-actions-`);
  mkdirSync(`${folder}/temp/trailkey/node_modules/.bin`, { recursive: true });
  const program = `${folder}/temp/trailkey/node_modules/.bin/trailkey`;
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" ${ROOT}dist/trailkey.js "$@"\n`);
  chmodSync(program, 0o755);
});

const bash = (script: string, given: Readonly<Record<string, string>> = {}) =>
  promisify(execFile)('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd: folder,
    env: {
      ...process.env,
      RUNNER_TEMP: `${folder}/temp`,
      GITHUB_OUTPUT: `${folder}/output`,
      GITHUB_STEP_SUMMARY: `${folder}/summary.md`,
      ...given,
    },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );

const runAction = (ARGUMENTS: string, env: Readonly<Record<string, string>> = {}) =>
  bash(scriptOf(ACTION_STEPS, 'Run Trailkey'), { ...env, ARGUMENTS });
const textIn = (file: string): string => readFileSync(`${folder}/${file}`, 'utf8');

describe('the action', () => {
  it('installs the package of its own commit', async () => {
    for (const name of ['bin', 'other']) mkdirSync(`${folder}/${name}`);
    // The packages of this checkout are installed, and `npm pack` builds again what the other tests use.
    writeFileSync(
      `${folder}/bin/npm`,
      `#!/bin/sh\n[ "$1" = ci ] || exec ${process.execPath.replace(/node$/, 'npm')} "$@"\n`,
    );
    chmodSync(`${folder}/bin/npm`, 0o755);

    const { code, stderr } = await bash(scriptOf(ACTION_STEPS, 'Install Trailkey'), {
      GITHUB_ACTION_PATH: ROOT,
      RUNNER_TEMP: `${folder}/other`,
      PATH: `${folder}/bin:${process.env['PATH']}`,
    });
    const version = await bash(`${folder}/other/trailkey/node_modules/.bin/trailkey version`);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('leaves reports, a summary, and only failures for code scanning', async () => {
    cpSync(`${ROOT}examples/organization`, `${folder}/my snapshots`, { recursive: true });

    const { code, stderr } = await runAction(`check 'my snapshots'\n  --param requireKeyRotation=true`);

    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(textIn('output')).toBe(`exit-code=1\nreports=${folder}/temp/trailkey-reports\n`);
    expect(textIn('summary.md')).toContain('KEY_DISABLED');
    const { results } = JSON.parse(textIn('temp/trailkey-reports/trailkey.sarif')).runs[0];
    expect(new Set(results.map(({ kind }: { kind: string }) => kind))).toEqual(new Set(['fail']));
    expect(JSON.parse(textIn('temp/trailkey-reports/trailkey.json')).parameters).toEqual({
      requireKeyRotation: 'true',
    });
    expect(textIn('temp/trailkey-reports/trailkey.html')).toContain('<html');
  });

  it('does not run its arguments as code', async () => {
    const { stderr } = await runAction('check $(touch hacked) `touch hacked` ; touch hacked');

    expect(existsSync(`${folder}/hacked`)).toBe(false);
    expect(stderr).not.toBe('');
  });

  it('fails with the message of Trailkey if the command line is not valid', async () => {
    const { code, stderr } = await runAction('check x.json --fail-on nevr');

    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean never?');
  });

  it('does not upload an incomplete report, and fails with the exit code', () => {
    const upload = ACTION.runs.steps.find(({ uses = '' }: Step) => uses.includes('upload-sarif'));

    expect(upload.if).toContain("exit-code != '2'");
    expect(ACTION.runs.steps.at(-1).run).toBe('exit "$EXIT_CODE"');
  });
});

describe('the nightly scan', () => {
  const options = async (env: Readonly<Record<string, string>>) => {
    const { code, stderr } = await bash(scriptOf(SCAN_STEPS, 'Choose the options'), env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return textIn('output')
      .trim()
      .replace(/^arguments=/, '');
  };
  const DEFAULTS = { READER_ROLE: 'trailkey-reader', EXTERNAL_ID: '' };

  it('uses the external ID, the waivers and the last report if they exist', async () => {
    mkdirSync(`${folder}/.github`);
    writeFileSync(`${folder}/.github/trailkey-waivers.yml`, '');
    writeFileSync(`${folder}/last-report.json`, '{}');

    expect(await options({ READER_ROLE: 'audit', EXTERNAL_ID: 'x-1' })).toBe(
      'scan --organization --role-name audit --external-id x-1 --waivers .github/trailkey-waivers.yml ' +
        '--since-report last-report.json --fail-on new',
    );
  });

  it('reports all findings the first night, and only new ones the next night', async () => {
    const standIn = await startStandIn(() => worldAnswers({ [ACCOUNT]: account({ trails: [trailIn()] }) }));
    const night = async () => {
      writeFileSync(`${folder}/output`, '');
      const chosen = await options(DEFAULTS);
      writeFileSync(`${folder}/output`, '');
      const { stderr } = await withEnvironment({ AWS_ENDPOINT_URL: standIn.url }, (env) =>
        runAction(chosen, env),
      );
      const [, exitCode = ''] = /^exit-code=(\d)$/m.exec(textIn('output')) ?? [];
      const kept = await bash(scriptOf(SCAN_STEPS, 'Keep the report'));
      return { exitCode, stderr, kept: kept.code };
    };

    const first = await night();
    const second = await night();
    await standIn.close();

    expect(first).toMatchObject({ exitCode: '1', kept: 0 });
    expect(second, second.stderr).toMatchObject({ exitCode: '0', kept: 0 });
    expect(JSON.parse(textIn('last-report.json')).comparison).toMatchObject({ new: [] });
  });

  it('accepts the risks in the waivers, and does not upload them', async () => {
    const standIn = await startStandIn(() => worldAnswers({ [ACCOUNT]: account({ trails: [trailIn()] }) }));
    mkdirSync(`${folder}/.github`);
    writeFileSync(
      `${folder}/.github/trailkey-waivers.yml`,
      `waivers:
  - trailArn: arn:aws:cloudtrail:*:*:trail/audit
    codes: [NO_KMS_KEY]
    reason: The trail is deleted next week.
    owner: platform-team@example.com
    expires: 2099-12-31
`,
    );

    const chosen = await options(DEFAULTS);
    writeFileSync(`${folder}/output`, '');
    const { stderr } = await withEnvironment({ AWS_ENDPOINT_URL: standIn.url }, (env) =>
      runAction(chosen, env),
    );
    await standIn.close();

    expect(textIn('output'), stderr).toContain('exit-code=0\n');
    expect(textIn('summary.md')).toContain('The trail is deleted next week.');
    expect(JSON.parse(textIn('temp/trailkey-reports/trailkey.sarif')).runs[0].results).toEqual([]);
  });

  it('does not keep an incomplete report', async () => {
    mkdirSync(`${folder}/temp/trailkey-reports`);
    copyFileSync(`${ROOT}package.json`, `${folder}/temp/trailkey-reports/trailkey.json`);

    await bash(scriptOf(SCAN_STEPS, 'Keep the report'));

    expect(existsSync(`${folder}/last-report.json`)).toBe(false);
  });

  it('runs only where it is set up, with the permissions that it needs', () => {
    expect(WORKFLOW.jobs.scan.if).toBe("vars.TRAILKEY_ROLE_ARN != ''");
    expect(WORKFLOW.permissions).toEqual({});
    expect(WORKFLOW.jobs.scan.permissions).toEqual({
      contents: 'read',
      'id-token': 'write',
      'security-events': 'write',
    });
  });
});

it('the action and the workflows write no expression into a script, and pin the major version of each action', () => {
  const steps: readonly Step[] = [...ACTION_STEPS, ...SCAN_STEPS, ...EXAMPLE.jobs.check.steps];

  for (const { run = '' } of steps) expect(run).not.toContain('${{');
  for (const { uses = './' } of steps) expect(uses).toMatch(/^\.\/$|@v\d+$/);
});

it('the workflow of docs/github-actions.md may upload', () => {
  expect(EXAMPLE.permissions['security-events']).toBe('write');
});
