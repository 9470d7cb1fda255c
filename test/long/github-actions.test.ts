import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import process from 'node:process';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT, textAt } from '../support/project.js';

const PAGE = textAt('docs/github-actions.md');
const [, source = ''] = /```yaml\n([\s\S]*?)```/.exec(PAGE) ?? [];
const workflow = parse(source);
const steps: readonly { name?: string; uses?: string; run?: string }[] = workflow.jobs.check.steps;
const stepNamed = (name: string): string => steps.find((step) => step.name === name)?.run ?? '';

it('the workflow of docs/github-actions.md leaves what code scanning and the summary take', () => {
  const folder = mkdtempSync(`${tmpdir()}/trailkey-actions-`);
  symlinkSync(`${ROOT}dist`, `${folder}/dist`);
  cpSync(`${ROOT}examples/organization`, `${folder}/snapshots`, { recursive: true });
  const env = { ...process.env, GITHUB_STEP_SUMMARY: `${folder}/step-summary.md` };

  for (const name of ['Check the trails', 'Show the summary', 'Keep only failures']) {
    const { status, stderr } = spawnSync('bash', ['-e', '-c', stepNamed(name)], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    expect(status, `${name}: ${stderr}`).toBe(0);
  }

  const [all, uploaded] = ['all.sarif', 'trailkey.sarif'].map((file) =>
    JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')),
  );
  const summary = readFileSync(`${folder}/step-summary.md`, 'utf8');
  rmSync(folder, { recursive: true });
  const kinds = uploaded.runs[0].results.map(({ kind }: { kind: string }) => kind);
  expect(new Set(kinds)).toEqual(new Set(['fail']));
  expect(all.runs[0].results.length).toBeGreaterThan(kinds.length);
  expect(uploaded.runs[0].tool).toEqual(all.runs[0].tool);
  expect(summary).toContain('KEY_DISABLED');
});

it('the workflow may upload, and pins the major version of each action', () => {
  expect(workflow.permissions['security-events']).toBe('write');
  for (const { uses } of steps.filter((step) => step.uses)) expect(uses).toMatch(/@v\d+$/);
});
