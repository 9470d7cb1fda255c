import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { ROOT } from '../support/project.js';
import { runTests } from '../support/vitest-run.js';

it('every request of the tests over HTTP is one that AWS would take, by the models of botocore', () => {
  const folder = mkdtempSync(`${tmpdir()}/trailkey-requests-`);
  const file = `${folder}/requests.jsonl`;

  const { status, output } = runTests(
    [
      'test/acceptance/run.test.ts',
      'test/aws',
      'test/cli/remediate.test.ts',
      'test/artifact.test.ts',
      'test/reader-permissions.test.ts',
    ],
    {
      TRAILKEY_RECORD_REQUESTS: file,
    },
  );
  expect(status, output).toBe(0);

  const validation = spawnSync('python3', ['test/support/validate_requests.py', file], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  expect(validation.stdout + (validation.status === 0 ? '' : validation.stderr)).toBe('');
  expect(validation.status, "This needs botocore: pip install 'moto[server]' boto3 cfn-lint awscli").toBe(0);
  expect(Number(/\d+/.exec(validation.stderr)?.[0])).toBeGreaterThan(300);
});
