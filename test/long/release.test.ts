import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filesBelow, ROOT, textAt } from '../support/project.js';

/** A copy of what is packaged, which a test may change, and package beside others. */
const copy = mkdtempSync(`${tmpdir()}/trailkey-copy-`);
const COPIED = [
  'handlers',
  'src',
  'scripts',
  'cloudformation',
  'docs',
  'conformance-packs',
  'ssm-documents',
  'LICENSE',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'serverless',
  'serverless.yml',
];
beforeAll(() => {
  for (const name of COPIED) cpSync(ROOT + name, `${copy}/${name}`, { recursive: true });
  symlinkSync(`${ROOT}node_modules`, `${copy}/node_modules`);
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

it('a release is the same when it is made again elsewhere', () => {
  const sumsBelow = (root: string) =>
    filesBelow('release').map((file) =>
      createHash('sha256')
        .update(readFileSync(root + file))
        .digest('hex'),
    );

  for (const cwd of [ROOT, copy]) execFileSync('npm', ['run', 'release'], { cwd, stdio: 'pipe' });

  expect(sumsBelow(`${copy}/`)).toEqual(sumsBelow(ROOT));
});

it('wrong settings stop the packaging, without a stack trace', () => {
  const settings = textAt('serverless.yml').replace('frequency: TwentyFour_Hours', 'frequency: Daily');
  writeFileSync(`${copy}/serverless.yml`, settings);
  const packaging = ['node_modules/serverless/bin/serverless.js', 'package'];
  const { stdout, stderr, status } = spawnSync(process.execPath, packaging, {
    cwd: copy,
    encoding: 'utf8',
  });

  expect(status).toBe(1);
  expect(stdout + stderr).toContain('is invalid: frequency is "Daily", but must be one of One_Hour');
  expect(stdout + stderr).not.toMatch(/\n {4}at .*stack-parameters/);
});
