import { chmod, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import schema from '../../src/core/report.schema.json' with { type: 'json' };
import { VERDICT_CODES } from '../../src/core/verdict.js';
import { KEY_ARN, KEY_ID, keyItem, REGION, TRAIL_ARN, trailItem } from '../support/builders.js';
import { folderOf, snapshotOf } from '../support/files.js';
import { run, runCheck } from '../support/run-check.js';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const GOOD = snapshotOf(trailItem(), keyItem());
const BAD = snapshotOf(trailItem({ kmsKeyId: null }));

describe('judges', () => {
  it('a snapshot file, plain and gzipped, whatever its name', async () => {
    const folder = await folderOf({ 'a.txt': GOOD, 'b.bin': gzipSync(GOOD) });

    for (const name of ['a.txt', 'b.bin']) {
      const { report, exitCode } = await runCheck(`${folder}/${name}`);
      expect(report.findings.map(({ code }) => code)).toEqual(['CMK_USABLE']);
      expect(exitCode).toBe(0);
    }
  });

  it('a folder of them, however deep, and nothing in it that cannot be AWS Config data', async () => {
    const folder = await folderOf({
      'a/b/c.json': snapshotOf(trailItem()),
      'a/k.json.gz': gzipSync(snapshotOf(keyItem())),
      'a/notes.md': '#',
    });

    const { report } = await runCheck(folder);

    expect(report.findings.map(({ code }) => code)).toEqual(['CMK_USABLE']);
    expect(report.sources).toEqual([folder]);
  });

  it('by the parameters of the rule, which the report repeats', async () => {
    const folder = await folderOf({ 'a.json': snapshotOf(trailItem()) });

    const { report } = await runCheck(folder, '--param', 'unverifiableKey=NOT_APPLICABLE');

    expect(report.findings[0]).toMatchObject({ code: 'KEY_UNVERIFIABLE', compliance: 'NOT_APPLICABLE' });
    expect(report.parameters).toEqual({ unverifiableKey: 'NOT_APPLICABLE' });
  });

  it('by --param before --param-file', async () => {
    const folder = await folderOf({
      'a.json': GOOD,
      'p.param': '{"keyVerification":"presence","unverifiableKey":""}',
    });

    const { report } = await runCheck(
      `${folder}/a.json`,
      '--param-file',
      `${folder}/p.param`,
      '--param',
      'keyVerification=live',
    );

    expect(report.parameters).toEqual({ keyVerification: 'live', unverifiableKey: '' });
  });
});

describe('exits with', () => {
  it('0 where there is no trail, and says so', async () => {
    const folder = await folderOf({ 'a.json': snapshotOf(keyItem()) });

    expect(await run(['check', folder])).toEqual({
      exitCode: 0,
      stdout: expect.stringContaining('No CloudTrail trail was found.'),
      stderr: 'trailkey: There is no CloudTrail trail in the input.\n',
    });
  });

  it('1 on a non-compliant trail, unless --fail-on never', async () => {
    const folder = await folderOf({ 'a.json': BAD });

    expect((await run(['check', folder])).exitCode).toBe(1);
    expect((await run(['check', folder, '--fail-on', 'never'])).exitCode).toBe(0);
  });

  it('2 where nothing was judged, and says where to look', async () => {
    const folder = await folderOf({ 'a.json': snapshotOf(trailItem({}, { awsRegion: 'us-east-1' })) });

    const { exitCode, stdout, stderr } = await run(['check', folder, '--fail-on', 'never']);

    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'trailkey: Nothing was judged: every trail was seen from elsewhere. Add the snapshots of their homes.\n',
    );
    expect(stdout).toContain('arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit');
  });

  it('2 where a file is bad, and judges the others', async () => {
    const folder = await folderOf({ 'bad.json': '{', 'good.json': GOOD });

    const { exitCode, report, stderr } = await runCheck(folder, `${folder}/none.json`);

    expect(exitCode).toBe(2);
    expect(report.findings).toHaveLength(1);
    expect(report.errors.map(({ source }) => source)).toEqual([`${folder}/none.json`, `${folder}/bad.json`]);
    expect(stderr).toContain(
      `trailkey: ${folder}/none.json: There is no such file or folder. Check the path.\n`,
    );
  });

  it('2 where an item is bad, and judges the others', async () => {
    const folder = await folderOf({
      'a.json': snapshotOf(trailItem(), 7, trailItem({ kmsKeyId: 7 }), keyItem()),
    });

    const { exitCode, report } = await runCheck(folder);

    expect(exitCode).toBe(2);
    expect(report.findings.map(({ code }) => code)).toEqual(['CMK_USABLE']);
    expect(report.errors).toHaveLength(2);
    expect(report.errors[1]?.message).toContain('field "kmsKeyId" should be text and is a number');
  });

  it.each([
    [['check'], "trailkey: missing required argument 'file'"],
    [['check', 'a.json', '--format'], "trailkey: option '--format <format>' argument missing"],
    [['chekc', 'a.json'], 'Did you mean check?'],
    [['check', 'a.json', '--formt', 'json'], 'Did you mean --format?'],
    [['check', 'a.json', '--format', 'xml'], 'There is no format "xml". The formats are text, json, '],
    [['check', 'a.json', '--output', 'json'], '--output should be FORMAT=FILE and is "json".'],
    [['check', 'a.json', '--output', 'json='], '--output should be FORMAT=FILE and is "json=".'],
    [['check', 'a.json', '--output', 'xml=a'], 'There is no format "xml".'],
    [
      ['check', 'a.json', '--fail-on', 'always'],
      '--fail-on should be NON_COMPLIANT or new or never and is "always".',
    ],
    [['check', 'a.json', '--param', 'live'], '--param should be name=value and is "live".'],
    [['check', 'a.json', '--param', 'x=1', '--param', 'x=2'], '--param names x twice.'],
    [
      ['check', 'a.json', '--param', 'checkKeyPolicy=yes'],
      'checkKeyPolicy should be false or strict or true and is "yes".',
    ],
    [['check', 'a.json', '--param-file', '/none'], '--param-file cannot be read'],
    [['check', 'a.json', '--param-file', `${EXAMPLES}make.ts`], '--param-file should be a JSON object'],
  ])('2 on a wrong command line: %o', async (args, message) => {
    const { exitCode, stdout, stderr } = await run(args);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});

describe('writes', () => {
  it('a report to a file besides the one on standard output', async () => {
    const folder = await folderOf({ 'a.json': BAD });

    const { stdout } = await run([
      'check',
      `${folder}/a.json`,
      '--output',
      `json=${folder}/r.json`,
      '--output',
      `text=${folder}/r.txt`,
    ]);

    expect(stdout).toContain('NO_KMS_KEY');
    expect(JSON.parse(await readFile(`${folder}/r.json`, 'utf8')).findings).toHaveLength(1);
    expect(await readFile(`${folder}/r.txt`, 'utf8')).toContain('NO_KMS_KEY');
  });

  it('nothing with --quiet but files and the exit code', async () => {
    const folder = await folderOf({ 'a.json': BAD });

    const result = await run(['check', `${folder}/a.json`, '--quiet', '--output', `json=${folder}/r.json`]);

    expect(result).toEqual({ exitCode: 1, stdout: '', stderr: '' });
    expect(await readFile(`${folder}/r.json`, 'utf8')).toContain('NO_KMS_KEY');
  });

  it('says so where a report cannot be written, and writes the others', async () => {
    const folder = await folderOf({ 'a.json': GOOD });
    await chmod(folder, 0o755);

    const { exitCode, stdout, stderr } = await run([
      'check',
      `${folder}/a.json`,
      '--output',
      `json=${folder}/no/r.json`,
    ]);

    expect(exitCode).toBe(2);
    expect(stdout).toContain('CMK_USABLE');
    expect(stderr).toContain('The json report was not written: ENOENT');
  });
});

describe('the JSON report', () => {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);

  it('fits its schema, with findings, notEvaluated trails and errors and without any', async () => {
    const folder = await folderOf({ 'a.json': snapshotOf(trailItem({}, { awsRegion: 'us-east-1' }), 7) });
    const empty = await folderOf({ 'a.json': snapshotOf() });

    for (const path of [`${EXAMPLES}organization`, folder, empty]) {
      const { report } = await runCheck(path);
      validate(report);
      expect(validate.errors).toBeNull();
    }
  });

  it('has a schema that refuses what the design does not know', async () => {
    const { report } = await runCheck(`${EXAMPLES}organization`);

    expect(validate({ ...report, schemaVersion: '2.0' })).toBe(false);
    expect(validate({ ...report, findings: [{ ...report.findings[0], code: 'FINE' }] })).toBe(false);
    expect(validate({ ...report, findings: [{ ...report.findings[0], message: '' }] })).toBe(false);
  });

  it('has a schema that knows every code', () => {
    expect(schema.$defs.code.enum).toEqual(VERDICT_CODES);
  });
});

it('explains an unexpected fault in one sentence, and shows its origin with --debug', async () => {
  const surroundings = { now: Number.NaN };
  const folder = await folderOf({ 'a.json': GOOD });

  const plain = await run(['check', folder], surroundings);
  const debug = await run(['check', folder, '--debug'], surroundings);

  expect(plain).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Run again with --debug') });
  expect(debug.stderr).toMatch(/\n {4}at /);
});

it('prints help and version on standard output, with exit code 0', async () => {
  const help = await run(['check', '--help']);

  expect(help).toMatchObject({ exitCode: 0, stderr: '' });
  for (const option of [
    '--format',
    '--output',
    '--param',
    '--param-file',
    '--fail-on',
    '--quiet',
    '--debug',
  ]) {
    expect(help.stdout).toContain(option);
  }
  expect(await run(['--version'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
});

describe('the age of the facts', () => {
  const at = (configurationItemCaptureTime: string) => ({ configurationItemCaptureTime });
  const trail = trailItem({}, at('2026-01-02T00:00:00.000Z'));
  const key = keyItem({}, at('2026-01-01T00:00:00.000Z'));

  it('is told, of the trails and of the keys that their verdicts rest on', async () => {
    const unused = keyItem(
      { arn: `${KEY_ARN}0`, keyId: `${KEY_ID}0` },
      { ...at('2020-01-01T00:00:00.000Z'), ARN: `${KEY_ARN}0`, resourceId: `${KEY_ID}0` },
    );
    const folder = await folderOf({ 'a.json': snapshotOf(trail, key, unused) });

    const { report } = await runCheck(folder);

    expect(report.recorded).toEqual({
      oldest: '2026-01-01T00:00:00.000Z',
      newest: '2026-01-02T00:00:00.000Z',
    });
    expect((await run(['check', folder])).stdout).toContain('Of these facts AWS Config recorded the oldest');
  });

  it.each([
    ['2026-01-02T00:00:00.000Z', 'the oldest 1 day ago (2026-01-01T00:00:00.000Z), the newest 0 days ago'],
    ['2025-12-31T00:00:00.000Z', 'the oldest 0 days ago'],
  ])('is told in whole days on %s, and facts of tomorrow are of today', async (now, words) => {
    const folder = await folderOf({ 'a.json': snapshotOf(trail, key) });

    const { stdout } = await run(['check', folder], { now: Date.parse(now) });

    expect(stdout.replace(/\s+/g, ' ')).toContain(words);
  });

  it('leaves out a key that DescribeKey told', async () => {
    const described = { KeyMetadata: { Arn: KEY_ARN, KeyState: 'Enabled', KeyManager: 'CUSTOMER' } };
    const folder = await folderOf({
      'a.json': snapshotOf(trail, key),
      'key.json': JSON.stringify(described),
    });

    const { report } = await runCheck(folder);

    expect(report.recorded).toEqual({
      oldest: '2026-01-02T00:00:00.000Z',
      newest: '2026-01-02T00:00:00.000Z',
    });
  });

  it('is not told where AWS Config recorded none of them', async () => {
    const told = { TrailARN: TRAIL_ARN, Name: 'audit', HomeRegion: REGION };
    const folder = await folderOf({ 'a.json': JSON.stringify({ trailList: [told] }) });

    const { report } = await runCheck(folder);

    expect(report.findings).toHaveLength(1);
    expect(report).not.toHaveProperty('recorded');
  });
});
