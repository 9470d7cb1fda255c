import { describe, expect, it } from 'vitest';
import { FORMATS, type Format } from '../../src/cli/reporters/index.js';
import { keyItem, trailItem } from '../support/builders.js';
import { blocksIn } from '../support/code-blocks.js';
import { folderOf, snapshotOf } from '../support/files.js';
import { problemsOf } from '../support/ocsf-schema.js';
import { run, runCheck } from '../support/run-check.js';

const named = (name: string, configuration = {}) =>
  trailItem(
    { name, trailARN: `arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name}`, ...configuration },
    { ARN: undefined, resourceId: name },
  );

const WAIVERS = `# Accepted risks
waivers:
  - trailArn: arn:aws:cloudtrail:*:111122223333:trail/sandbox
    codes: [NO_KMS_KEY]
    reason: Only test data
    owner: ann@example.com
    expires: 2026-03-31
`;

/** A snapshot with a COMPLIANT trail, and a trail without a key that is waived. */
const folderWith = (waivers = WAIVERS) =>
  folderOf({
    'snapshot.json': snapshotOf(named('audit'), named('sandbox', { kmsKeyId: null }), keyItem()),
    'waivers.yaml': waivers,
  });

const check = async (waivers?: string, ...options: readonly string[]) => {
  const folder = await folderWith(waivers);
  return runCheck(`${folder}/snapshot.json`, '--waivers', `${folder}/waivers.yaml`, ...options);
};

it('a waived finding stays in the report and does not count for --fail-on', async () => {
  const { report, exitCode, stderr } = await check();

  expect(exitCode).toBe(0);
  expect(stderr).toBe('');
  expect(report.summary).toMatchObject({ NON_COMPLIANT: 1, waived: 1 });
  expect(report.findings.map(({ trailName, waiver }) => [trailName, waiver])).toEqual([
    ['audit', undefined],
    ['sandbox', { reason: 'Only test data', owner: 'ann@example.com', expires: '2026-03-31' }],
  ]);
});

it('docs/waivers.md shows a file that is valid', async () => {
  const [block] = blocksIn('yaml').filter(({ page }) => page === 'docs/waivers.md');

  const { report } = await check(block?.text);

  expect(report.waiverProblems?.map(({ kind }) => kind)).toEqual(['unmatched']);
});

it('a waiver file can be JSON', async () => {
  const [trailArn, expires] = ['arn:aws:cloudtrail:*:*:trail/sandbox', '2026-03-31'];
  const waiver = { trailArn, codes: ['NO_KMS_KEY'], reason: 'r', owner: 'o', expires };

  expect((await check(JSON.stringify({ waivers: [waiver] }))).exitCode).toBe(0);
});

it('expired, unmatched and invalid waivers are reported on standard error and in the report', async () => {
  const entry = WAIVERS.slice(WAIVERS.indexOf('  - '));
  const waivers =
    WAIVERS.replace('2026-03-31', '2025-12-31') +
    entry.replace('trail/sandbox', 'trail/other') +
    entry.replace('NO_KMS_KEY', 'NO_KEY');

  const { report, exitCode, stderr } = await check(waivers);

  expect(exitCode).toBe(1);
  expect(report.waiverProblems?.map(({ entry, kind }) => [entry, kind])).toEqual([
    [1, 'expired'],
    [2, 'unmatched'],
    [3, 'invalid'],
  ]);
  expect(stderr).toBe(report.waiverProblems?.map(({ message }) => `trailkey: ${message}\n`).join(''));
});

it.each([
  ['- [', 'Flow sequence in block collection must be'],
  ['waivers: 1', 'field "waivers" must be an array; received a number.'],
])('a file with %j is an error of usage', async (text, message) => {
  const folder = await folderWith(text);

  const { exitCode, stderr } = await run([
    'check',
    `${folder}/snapshot.json`,
    '--waivers',
    `${folder}/waivers.yaml`,
  ]);

  expect(exitCode).toBe(2);
  expect(stderr).toContain(
    `trailkey: --waivers must be a YAML or JSON file with a list of waivers; ${folder}/waivers.yaml is not: ${message}`,
  );
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

it('a missing file is an error of usage', async () => {
  const { exitCode, stderr } = await run(['check', 'a.json', '--waivers', 'missing.yaml']);

  expect(exitCode).toBe(2);
  expect(stderr).toContain('trailkey: --waivers missing.yaml: ');
});

it('a report does not overwrite the waiver file', async () => {
  const folder = await folderWith();
  const file = `${folder}/waivers.yaml`;
  const options = ['--waivers', file, '--output', `json=${file}`];

  const { exitCode, stderr } = await run(['check', `${folder}/snapshot.json`, ...options]);

  expect(exitCode).toBe(2);
  expect(stderr).toContain('would overwrite an input file');
});

const SENTENCE = /Accepted risk until 2026-03-31, by ann@example.com: Only test data/;
const SHOWN: Readonly<Record<Format, RegExp>> = {
  text: SENTENCE,
  json: /"reason": "Only test data"/,
  csv: /Only test data,ann@example.com,2026-03-31/,
  markdown: /Accepted risk until 2026-03-31, by ann\\u\{40\}example.com: Only test data/,
  html: SENTENCE,
  sarif: SENTENCE,
  junit: /<skipped>Accepted risk until 2026-03-31, by ann@example.com: Only test data/,
  ocsf: SENTENCE,
  asff: SENTENCE,
};

const reportIn = async (format: string, waivers?: string) => {
  const folder = await folderWith(waivers);
  const files = [`${folder}/snapshot.json`, '--waivers', `${folder}/waivers.yaml`];
  return (await run(['check', ...files, '--format', format], { env: { COLUMNS: '200' } })).stdout;
};

it.each(FORMATS)('%s contains a waived finding with its reason', async (format) => {
  expect(await reportIn(format)).toMatch(SHOWN[format]);
});

it.each(['text', 'json', 'markdown', 'html', 'sarif'])(
  '%s contains a waiver that is not used',
  async (format) => {
    expect(await reportIn(format, WAIVERS.replace('sandbox', 'other'))).toContain('matches no NON');
  },
);

describe('each standard has its own form of a waiver:', () => {
  const documentOf = async (format: Format) => JSON.parse(await reportIn(format));

  it('SARIF has suppressions on each result, or on none', async () => {
    const [{ results }] = (await documentOf('sarif')).runs;

    expect(results.map(({ suppressions }: any) => suppressions)).toEqual([
      [],
      [
        {
          kind: 'external',
          status: 'accepted',
          justification: 'Accepted risk until 2026-03-31, by ann@example.com: Only test data.',
        },
      ],
    ]);
    const { stdout } = await run(['check', `${await folderWith()}/snapshot.json`, '--format', 'sarif']);
    expect(stdout).not.toContain('suppressions');
  });

  it('OCSF has the status Suppressed, and the compliance status Fail', async () => {
    const [usable, waived] = await documentOf('ocsf');

    expect(waived).toMatchObject({ status_id: 3, status: 'Suppressed', compliance: { status: 'Fail' } });
    expect(problemsOf(waived, 'compliance_finding')).toEqual([]);
    expect(usable).not.toHaveProperty('status_id');
  });

  it('ASFF has the workflow status SUPPRESSED, and a note', async () => {
    const [[usable, waived]] = await documentOf('asff');

    expect(waived).toMatchObject({
      Workflow: { Status: 'SUPPRESSED' },
      Note: { Text: expect.stringMatching(SENTENCE), UpdatedBy: 'Trailkey' },
      Compliance: { Status: 'FAILED' },
    });
    expect(usable).not.toHaveProperty('Workflow');
  });
});

describe('--fail-on', () => {
  const exitCodeOf = async (...options: readonly string[]) =>
    (await check('waivers: []', ...options)).exitCode;

  it.each([
    ['HIGH', 0],
    ['MEDIUM', 1],
    ['LOW', 1],
    ['NON_COMPLIANT', 1],
    ['never', 0],
  ])('%s with a MEDIUM finding exits with %i', async (condition, exitCode) => {
    expect(await exitCodeOf('--fail-on', condition)).toBe(exitCode);
  });

  it('new exits with 1 once a waiver of the earlier report has ended', async () => {
    const folder = await folderWith();
    const [snapshot, earlier] = [`${folder}/snapshot.json`, `${folder}/earlier.json`];
    const compare = ['--since-report', earlier, '--fail-on', 'new'];
    await run(['check', snapshot, '--waivers', `${folder}/waivers.yaml`, '--output', `json=${earlier}`]);

    const still = await runCheck(snapshot, '--waivers', `${folder}/waivers.yaml`, ...compare);
    const ended = await runCheck(snapshot, ...compare);

    expect(still.exitCode).toBe(0);
    expect(ended.exitCode).toBe(1);
    expect(ended.report.comparison?.stillOpen).toMatchObject([{ trailName: 'sandbox', waiverEnded: true }]);
  });
});
