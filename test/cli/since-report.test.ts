import { readFile, writeFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, it } from 'vitest';
import schema from '../../src/core/report.schema.json' with { type: 'json' };
import { keyItem, trailItem } from '../support/builders.js';
import { folderOf, snapshotOf } from '../support/files.js';
import { run, runCheck } from '../support/run-check.js';

const named = (name: string, configuration = {}) =>
  trailItem(
    { name, trailARN: `arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name}`, ...configuration },
    { ARN: undefined, resourceId: name },
  );

/** A folder with a snapshot of yesterday, its report, and a snapshot of today. */
const twoDays = async () => {
  const folder = await folderOf({
    'yesterday.json': snapshotOf(
      named('fixed', { kmsKeyId: null }),
      named('open', { kmsKeyId: null }),
      named('changed', { kmsKeyId: null }),
      named('unseen', { kmsKeyId: null }),
    ),
    'today.json': snapshotOf(
      named('fixed'),
      named('open', { kmsKeyId: null }),
      named('changed', { kmsKeyId: 'no key' }),
      named('new', { kmsKeyId: null }),
      keyItem(),
    ),
  });
  const earlier = `${folder}/report.json`;
  await run(['check', `${folder}/yesterday.json`, '--quiet', '--output', `json=${earlier}`]);
  return { folder, earlier, today: `${folder}/today.json` };
};

it('tells what is new, changed, open, fixed and not judged, in JSON that fits the schema', async () => {
  const { today, earlier } = await twoDays();
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);

  const { report, exitCode } = await runCheck(today, '--since-report', earlier);

  const { since, ...fates } = report.comparison ?? {};
  expect(since).toBe('2026-01-05T12:00:00.000Z');
  expect(
    Object.entries(fates).map(([fate, trails]) => [fate, trails.map(({ trailName }) => trailName)]),
  ).toEqual([
    ['new', ['new']],
    ['changed', ['changed']],
    ['stillOpen', ['open']],
    ['fixed', ['fixed']],
    ['notSeen', ['unseen']],
  ]);
  expect(ajv.validate(schema, report), ajv.errorsText()).toBe(true);
  expect(exitCode).toBe(1);
});

it('tells it in text', async () => {
  const { today, earlier } = await twoDays();

  const { stdout } = await run(['check', today, '--since-report', earlier]);

  expect(
    stdout,
  ).toContain(`SINCE  2026-01-05T12:00:00.000Z: 1 new, 1 changed, 1 still open, 1 fixed, 1 not judged this time
  New: 111122223333 eu-west-1 new (NO_KMS_KEY)
  Changed: 111122223333 eu-west-1 changed (NO_KMS_KEY, now KEY_NOT_FOUND, worse)
  Still open: 111122223333 eu-west-1 open (NO_KMS_KEY)
  Fixed: 111122223333 eu-west-1 fixed (NO_KMS_KEY, now CMK_USABLE)
  Not judged this time: 111122223333 eu-west-1 unseen (NO_KMS_KEY)
`);
});

it('lets the exit code follow what is new alone', async () => {
  const { folder, today, earlier } = await twoDays();
  await run(['check', today, '--quiet', '--output', `json=${folder}/today-report.json`]);

  const codeFor = async (since: string) =>
    (await run(['check', today, '--quiet', '--fail-on', 'new', '--since-report', since])).exitCode;

  expect(await codeFor(earlier)).toBe(1);
  expect(await codeFor(`${folder}/today-report.json`)).toBe(0);
});

it('has no comparison where none was asked for', async () => {
  const { today } = await twoDays();

  expect((await runCheck(today)).report).not.toHaveProperty('comparison');
});

it('reads an earlier report with a byte-order mark', async () => {
  const folder = await folderOf({ 'a.json': snapshotOf(trailItem()) });
  const { stdout } = await run(['check', folder, '--format', 'json']);
  const earlier = await folderOf({ 'r.json': `\uFEFF${stdout}` });

  expect((await run(['check', folder, '--since-report', `${earlier}/r.json`])).stdout).toContain('SINCE');
});

it('says of a report that was cut off that it is not JSON', async () => {
  const { folder, today, earlier } = await twoDays();
  await writeFile(`${folder}/cut.json`, (await readFile(earlier, 'utf8')).slice(0, 200));

  const { exitCode, stderr } = await run(['check', today, '--since-report', `${folder}/cut.json`]);

  expect(exitCode).toBe(2);
  expect(stderr).toContain('cut.json is not JSON.');
});

it.each([
  [['--fail-on', 'new'], '--fail-on new needs an earlier JSON report: name it with --since-report FILE.'],
  [['--since-report', '/none'], '--since-report cannot be read: ENOENT'],
  [
    ['--since-report', 'package.json'],
    '--since-report should be a JSON report of trailkey, and package.json is none',
  ],
  [
    ['--since-report', 'README.md'],
    'trailkey: --since-report should be a JSON report of trailkey, and README.md is not JSON.\n',
  ],
])('refuses %o', async (args, message) => {
  const { exitCode, stdout, stderr } = await run(['check', 'examples', ...args]);

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(message);
});
