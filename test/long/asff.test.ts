import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { exampleReport, shortReport } from '../support/example-report.js';
import { HOSTILE_NAMES, hostileReport } from '../support/hostile-names.js';
import { ROOT } from '../support/project.js';
import { render } from '../support/render.js';

it.each([
  ['the example organization', exampleReport],
  ['problems', shortReport],
  ['hostile names', async () => hostileReport(...Object.values(HOSTILE_NAMES).filter((name) => name.trim()))],
])(
  'every batch of %s is one that BatchImportFindings would take, by the model of botocore',
  async (_, report) => {
    const folder = mkdtempSync(`${tmpdir()}/trailkey-asff-`);
    const batches = JSON.parse(await render('asff', await report()));
    const calls = batches.map((Findings: unknown) =>
      JSON.stringify({ service: 'SecurityHub', operation: 'BatchImportFindings', body: { Findings } }),
    );
    writeFileSync(`${folder}/calls.jsonl`, calls.join('\n'));

    const { status, stdout, stderr } = spawnSync(
      'python3',
      ['test/support/validate_requests.py', `${folder}/calls.jsonl`],
      { cwd: ROOT, encoding: 'utf8' },
    );
    rmSync(folder, { recursive: true });

    expect(stdout + (status === 0 ? '' : stderr)).toBe('');
    expect(status).toBe(0);
    expect(stderr).toContain(`${batches.length} requests`);
  },
);
