import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { ROOT } from '../support/project.js';

/** MIT, and of use here alone: it is fetched when the suite runs. */
const PYRIGHT = 'pyright@1.1.414';

it('the scripts of the documents have no problem with their types', () => {
  const { status, stdout, stderr } = spawnSync('npx', ['--yes', PYRIGHT, '--pythonversion', '3.11', '.'], {
    cwd: `${ROOT}ssm-documents/scripts`,
    encoding: 'utf8',
  });

  expect(status, stdout + stderr).toBe(0);
  expect(stdout).toContain('0 errors, 0 warnings');
});

it('the scripts of the documents decide as they should, each by itself', () => {
  const { status, stderr } = spawnSync('python3', ['test/ssm-documents/test_scripts.py'], {
    cwd: ROOT,
    encoding: 'utf8',
  });

  expect(status, `${stderr} This needs boto3: pip install 'moto[server]' boto3 cfn-lint awscli`).toBe(0);
  expect(Number(/Ran (\d+) tests/.exec(stderr)?.[1])).toBeGreaterThan(15);
});
