import { readFile, writeFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, it } from 'vitest';
import schema from '../../src/core/report.schema.json' with { type: 'json' };
import { keyItem, trailItem } from '../support/builders.js';
import { folderOf, snapshotOf } from '../support/files.js';
import { changeOf } from '../support/rule-event.js';
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

  const { since, changedParameters, earlierErrors, earlierNotEvaluated, ...fates } = report.comparison ?? {};
  expect({ since, changedParameters, earlierErrors, earlierNotEvaluated }).toEqual({
    since: '2026-01-05T12:00:00.000Z',
    changedParameters: [],
    earlierErrors: 0,
    earlierNotEvaluated: 0,
  });
  expect(
    Object.entries(fates).map(([fate, trails]) => [fate, trails.map(({ trailName }) => trailName)]),
  ).toEqual([
    ['new', ['new']],
    ['notEvaluatedBefore', []],
    ['changed', ['changed']],
    ['stillOpen', ['open']],
    ['fixed', ['fixed']],
    ['notEvaluatedNow', ['unseen']],
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

/** A report of today on a snapshot, compared with one of yesterday on another, each with its own options. */
const comparedBy = async (
  yesterday: readonly [input: string, ...options: string[]],
  today: readonly [input: string, ...options: string[]],
) => {
  const folder = await folderOf({ 'a.json': yesterday[0], 'b.json': today[0] });
  const earlier = `${folder}/report.json`;
  await run(['check', `${folder}/a.json`, '--quiet', '--output', `json=${earlier}`, ...yesterday.slice(1)]);
  const args = ['--since-report', earlier, ...today.slice(1)];
  const { report, stderr } = await runCheck(`${folder}/b.json`, ...args);
  const { stdout } = await run(['check', `${folder}/b.json`, ...args]);
  return { comparison: report.comparison, findings: report.findings, stderr, stdout };
};

const POLICY = ['--param', 'checkKeyPolicy=true'];
const BLOCKED = keyItem(
  {},
  { supplementaryConfiguration: { Policy: '{"Statement":[]}', KeyRotationStatus: true } },
);

it('does not call a policy fixed that is no longer recorded', async () => {
  const unread = snapshotOf(trailItem(), keyItem({}, { supplementaryConfiguration: {} }));

  const { comparison, findings } = await comparedBy(
    [snapshotOf(trailItem(), BLOCKED), ...POLICY],
    [unread, ...POLICY],
  );

  expect(findings).toMatchObject([{ code: 'CMK_USABLE', unchecked: ['policy'] }]);
  expect(comparison).toMatchObject({
    fixed: [],
    notEvaluatedNow: [{ codeBefore: 'KEY_POLICY_BLOCKS_CLOUDTRAIL', codeNow: 'CMK_USABLE' }],
  });
});

it.each(['ResourceNotRecorded', 'ResourceDeleted'])(
  'calls a trail fixed only once it is deleted: %s',
  async (status) => {
    const gone = trailItem({}, { configurationItemStatus: status });

    const { comparison } = await comparedBy([snapshotOf(trailItem({ kmsKeyId: null }))], [snapshotOf(gone)]);

    expect(comparison?.fixed).toHaveLength(status === 'ResourceDeleted' ? 1 : 0);
    expect(comparison?.notEvaluatedNow).toHaveLength(status === 'ResourceDeleted' ? 0 : 1);
  },
);

it('does not call a trail fixed that left the scope of the rule', async () => {
  const event = JSON.stringify(changeOf(trailItem(), { eventLeftScope: true }));

  const { comparison } = await comparedBy([snapshotOf(trailItem({ kmsKeyId: null }))], [event]);

  expect(comparison).toMatchObject({ fixed: [], notEvaluatedNow: [{ codeNow: 'TRAIL_NOT_FOUND' }] });
});

it('says where the parameters are not those of the earlier report, and what that means', async () => {
  const same = snapshotOf(trailItem(), BLOCKED);

  const { comparison, stderr, stdout } = await comparedBy([same, ...POLICY], [same]);

  const remark =
    "The rule's parameters are not those of the earlier report (checkKeyPolicy was true, and is not given): a verdict that hangs on " +
    'one of them is not called fixed, and may be new for that alone.';
  expect(comparison).toMatchObject({
    changedParameters: [{ name: 'checkKeyPolicy', before: 'true', now: null }],
    fixed: [],
    notEvaluatedNow: [{ codeNow: 'CMK_USABLE' }],
  });
  expect(stderr).toBe(`trailkey: ${remark}\n`);
  expect(stdout.replace(/\s+/g, ' ')).toContain(remark);
});

it('says of an earlier report that is partial that what is new may be old', async () => {
  const { comparison, stderr, stdout } = await comparedBy(
    ['{"configurationItems": [', '--fail-on', 'never'],
    [snapshotOf(trailItem({ kmsKeyId: null }))],
  );

  const remark =
    'The earlier report has 1 error and is not the whole truth: what is called new may have been there before.';
  expect(comparison).toMatchObject({ earlierErrors: 1, new: [{ trailName: 'audit' }] });
  expect(stderr).toBe(`trailkey: ${remark}\n`);
  expect(stdout.replace(/\s+/g, ' ')).toContain(remark);
});

it('does not call a trail new that the earlier report knows of and did not judge', async () => {
  const copy = snapshotOf(trailItem({ kmsKeyId: null }, { awsRegion: 'us-east-1' }));

  const { comparison, stderr, stdout } = await comparedBy(
    [copy],
    [snapshotOf(trailItem({ kmsKeyId: null }))],
  );

  expect(comparison).toMatchObject({
    new: [],
    notEvaluatedBefore: [{ codeBefore: null, codeNow: 'NO_KMS_KEY' }],
  });
  expect(stderr).toContain(
    'The earlier report left 1 trail notEvaluated: what is known of such a trail now is not called new.',
  );
  expect(stdout).toContain('Not judged last time: 111122223333 eu-west-1 audit (NO_KMS_KEY)');
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
  [['--fail-on', 'new'], '--fail-on new requires --since-report FILE, an earlier JSON report.'],
  [['--since-report', '/none'], 'Cannot read the file of --since-report: ENOENT'],
  [
    ['--since-report', 'package.json'],
    '--since-report must be a JSON report from trailkey; package.json is not:',
  ],
  [
    ['--since-report', 'README.md'],
    'trailkey: --since-report must be a JSON report from trailkey; README.md is not JSON.\n',
  ],
])('refuses %o', async (args, message) => {
  const { exitCode, stdout, stderr } = await run(['check', 'examples', ...args]);

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(message);
});
