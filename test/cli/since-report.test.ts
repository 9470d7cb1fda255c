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

it('lists new, changed, open, fixed, and not evaluated trails, in JSON that is valid by the schema', async () => {
  const { today, earlier } = await twoDays();
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);

  const { report, exitCode } = await runCheck(today, '--since-report', earlier);

  const { since, changedParameters, earlierErrors, earlierNotEvaluated, ...statuses } =
    report.comparison ?? {};
  expect({ since, changedParameters, earlierErrors, earlierNotEvaluated }).toEqual({
    since: '2026-01-05T12:00:00.000Z',
    changedParameters: [],
    earlierErrors: 0,
    earlierNotEvaluated: 0,
  });
  expect(
    Object.entries(statuses).map(([status, trails]) => [status, trails.map(({ trailName }) => trailName)]),
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

it('lists them in text', async () => {
  const { today, earlier } = await twoDays();

  const { stdout } = await run(['check', today, '--since-report', earlier]);

  expect(
    stdout,
  ).toContain(`CHANGES  since 2026-01-05T12:00:00.000Z: 1 new, 1 changed, 1 still open, 1 fixed, 1 not evaluated
now
  New: 111122223333 eu-west-1 new (NO_KMS_KEY)
  Changed: 111122223333 eu-west-1 changed (NO_KMS_KEY, now KEY_NOT_FOUND, higher severity)
  Still open: 111122223333 eu-west-1 open (NO_KMS_KEY)
  Fixed: 111122223333 eu-west-1 fixed (NO_KMS_KEY, now CMK_USABLE)
  Not evaluated now: 111122223333 eu-west-1 unseen (NO_KMS_KEY)
`);
});

it('bases the exit code on new findings alone', async () => {
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

it('does not list a trail as fixed if its key policy is no longer recorded', async () => {
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
  'lists a trail as fixed only if it was deleted: %s',
  async (status) => {
    const absent = trailItem({}, { configurationItemStatus: status });

    const { comparison } = await comparedBy(
      [snapshotOf(trailItem({ kmsKeyId: null }))],
      [snapshotOf(absent)],
    );

    expect(comparison?.fixed).toHaveLength(status === 'ResourceDeleted' ? 1 : 0);
    expect(comparison?.notEvaluatedNow).toHaveLength(status === 'ResourceDeleted' ? 0 : 1);
  },
);

it('does not list a trail as fixed that left the scope of the rule', async () => {
  const event = JSON.stringify(changeOf(trailItem(), { eventLeftScope: true }));

  const { comparison } = await comparedBy([snapshotOf(trailItem({ kmsKeyId: null }))], [event]);

  expect(comparison).toMatchObject({ fixed: [], notEvaluatedNow: [{ codeNow: 'TRAIL_NOT_FOUND' }] });
});

it('says which parameters differ from the earlier report, and the consequence', async () => {
  const same = snapshotOf(trailItem(), BLOCKED);

  const { comparison, stderr, stdout } = await comparedBy([same, ...POLICY], [same]);

  const remark =
    'The rule parameters differ from those of the earlier report (checkKeyPolicy: true before, not set now). Findings that depend on ' +
    'these parameters are not listed as fixed, and can be new only because of the change.';
  expect(comparison).toMatchObject({
    changedParameters: [{ name: 'checkKeyPolicy', before: 'true', now: null }],
    fixed: [],
    notEvaluatedNow: [{ codeNow: 'CMK_USABLE' }],
  });
  expect(stderr).toBe(`trailkey: ${remark}\n`);
  expect(stdout.replace(/\s+/g, ' ')).toContain(remark);
});

it('says that new findings may be old if the earlier report is incomplete', async () => {
  const { comparison, stderr, stdout } = await comparedBy(
    ['{"configurationItems": [', '--fail-on', 'never'],
    [snapshotOf(trailItem({ kmsKeyId: null }))],
  );

  const remark =
    'The earlier report has 1 error and is incomplete: findings that are listed as new may have existed before.';
  expect(comparison).toMatchObject({ earlierErrors: 1, new: [{ trailName: 'audit' }] });
  expect(stderr).toBe(`trailkey: ${remark}\n`);
  expect(stdout.replace(/\s+/g, ' ')).toContain(remark);
});

it('does not list a trail as new that the earlier report did not evaluate', async () => {
  const shadow = snapshotOf(trailItem({ kmsKeyId: null }, { awsRegion: 'us-east-1' }));

  const { comparison, stderr, stdout } = await comparedBy(
    [shadow],
    [snapshotOf(trailItem({ kmsKeyId: null }))],
  );

  expect(comparison).toMatchObject({
    new: [],
    notEvaluatedBefore: [{ codeBefore: null, codeNow: 'NO_KMS_KEY' }],
  });
  expect(stderr).toContain(
    'The earlier report did not evaluate 1 trail: findings on these trails are not listed as new.',
  );
  expect(stdout).toContain('Not evaluated before: 111122223333 eu-west-1 audit (NO_KMS_KEY)');
});

it('has no comparison without --since-report', async () => {
  const { today } = await twoDays();

  expect((await runCheck(today)).report).not.toHaveProperty('comparison');
});

it('reads an earlier report with a byte-order mark', async () => {
  const folder = await folderOf({ 'a.json': snapshotOf(trailItem()) });
  const { stdout } = await run(['check', folder, '--format', 'json']);
  const earlier = await folderOf({ 'r.json': `\uFEFF${stdout}` });

  expect((await run(['check', folder, '--since-report', `${earlier}/r.json`])).stdout).toContain('CHANGES');
});

it('rejects a truncated report as not JSON', async () => {
  const { folder, today, earlier } = await twoDays();
  await writeFile(`${folder}/cut.json`, (await readFile(earlier, 'utf8')).slice(0, 200));

  const { exitCode, stderr } = await run(['check', today, '--since-report', `${folder}/cut.json`]);

  expect(exitCode).toBe(2);
  expect(stderr).toContain('cut.json is not JSON.');
});

it.each([
  [['--fail-on', 'new'], '--fail-on new requires --since-report FILE, an earlier JSON report.'],
  [
    ['--since-report', '/none'],
    'trailkey: --since-report /none: The file or folder does not exist. Check the path.\n',
  ],
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
