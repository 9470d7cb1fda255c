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

describe('evaluates', () => {
  it('a snapshot file, plain and gzipped, whatever its name', async () => {
    const folder = await folderOf({ 'a.txt': GOOD, 'b.bin': gzipSync(GOOD) });

    for (const name of ['a.txt', 'b.bin']) {
      const { report, exitCode } = await runCheck(`${folder}/${name}`);
      expect(report.findings.map(({ code }) => code)).toEqual(['CMK_USABLE']);
      expect(exitCode).toBe(0);
    }
  });

  it('all AWS Config data in a folder and its subfolders', async () => {
    const folder = await folderOf({
      'a/b/c.json': snapshotOf(trailItem()),
      'a/k.json.gz': gzipSync(snapshotOf(keyItem())),
      'a/notes.md': '#',
    });

    const { report } = await runCheck(folder);

    expect(report.findings.map(({ code }) => code)).toEqual(['CMK_USABLE']);
    expect(report.sources).toEqual([folder]);
  });

  it('with the rule parameters, which the report contains', async () => {
    const folder = await folderOf({ 'a.json': snapshotOf(trailItem()) });

    const { report } = await runCheck(folder, '--param', 'unverifiableKey=NOT_APPLICABLE');

    expect(report.findings[0]).toMatchObject({ code: 'KEY_UNVERIFIABLE', compliance: 'NOT_APPLICABLE' });
    expect(report.parameters).toEqual({ unverifiableKey: 'NOT_APPLICABLE' });
  });

  it('with --param before --param-file', async () => {
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
  it('0 if there is no trail, with a message', async () => {
    const folder = await folderOf({ 'a.json': snapshotOf(keyItem()) });

    expect(await run(['check', folder])).toEqual({
      exitCode: 0,
      stdout: expect.stringContaining('No CloudTrail trail was found.'),
      stderr: 'trailkey: The input contains no CloudTrail trails.\n',
    });
  });

  it('1 on a non-compliant trail, unless --fail-on never', async () => {
    const folder = await folderOf({ 'a.json': BAD });

    expect((await run(['check', folder])).exitCode).toBe(1);
    expect((await run(['check', folder, '--fail-on', 'never'])).exitCode).toBe(0);
  });

  it('2 if a trail of an evaluated account was not evaluated, with the next step', async () => {
    const folder = await folderOf({ 'a.json': snapshotOf(trailItem({}, { awsRegion: 'us-east-1' })) });

    const { exitCode, stdout, stderr } = await run(['check', folder, '--fail-on', 'never']);

    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'trailkey: Trail arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit was not evaluated. It was not found in its home Region. Add the data of account 111122223333 in eu-west-1, or scan the account.\n' +
        'trailkey: No trail was evaluated: the input contains only shadow trails, organization trails of other accounts, or deleted trails. Add the AWS Config data of their home Regions and owning accounts.\n',
    );
    expect(stdout).toContain('arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit');
  });

  it('2 if a file is invalid, and evaluates the others', async () => {
    const folder = await folderOf({ 'bad.json': '{', 'good.json': GOOD });

    const { exitCode, report, stderr } = await runCheck(folder, `${folder}/none.json`);

    expect(exitCode).toBe(2);
    expect(report.findings).toHaveLength(1);
    expect(report.errors.map(({ source }) => source)).toEqual([`${folder}/none.json`, `${folder}/bad.json`]);
    expect(stderr).toContain(
      `trailkey: ${folder}/none.json: The file or folder does not exist. Check the path.\n`,
    );
  });

  it('2 if an item is invalid, and evaluates the others', async () => {
    const folder = await folderOf({
      'a.json': snapshotOf(trailItem(), 7, trailItem({ kmsKeyId: 7 }), keyItem()),
    });

    const { exitCode, report } = await runCheck(folder);

    expect(exitCode).toBe(2);
    expect(report.findings.map(({ code }) => code)).toEqual(['CMK_USABLE']);
    expect(report.errors).toHaveLength(2);
    expect(report.errors[1]?.message).toContain('field "kmsKeyId" must be a string; received a number');
  });

  it.each([
    [['check'], "trailkey: missing required argument 'file'"],
    [['check', 'a.json', '--format'], "trailkey: option '--format <format>' argument missing"],
    [['chekc', 'a.json'], 'Did you mean check?'],
    [['check', 'a.json', '--formt', 'json'], 'Did you mean --format?'],
    [['check', 'a.json', '--format', 'xml'], '--format must be one of text, json, '],
    [
      ['check', 'a.json', '--output', 'json'],
      '--output must be FORMAT=FILE, or a file that ends with .txt, .json, .csv, .md, .html, .sarif, .sarif.json, .xml, .ocsf.json, .asff.json; received "json".',
    ],
    [['check', 'a.json', '--output', 'json='], '--output must be FORMAT=FILE; received "json=".'],
    [['check', 'a.json', '--output', 'xml=a'], 'The format of --output must be one of text, json, '],
    [
      ['check', 'a.json', '--fail-on', 'always'],
      '--fail-on must be one of NON_COMPLIANT, HIGH, MEDIUM, LOW, new, never; received "always".',
    ],
    [['check', 'a.json', '--param', 'live'], '--param must be name=value; received "live".'],
    [['check', 'a.json', '--param', 'x=1', '--param', 'x=2'], '--param sets x twice.'],
    [
      ['check', 'a.json', '--param', 'checkKeyPolicy=yes'],
      'checkKeyPolicy must be false or strict or true; received "yes".',
    ],
    [
      ['check', 'a.json', '--param-file', '/none'],
      'trailkey: --param-file /none: The file or folder does not exist. Check the path.\n',
    ],
    [['check', 'a.json', '--param-file', `${EXAMPLES}make.ts`], '--param-file must be a JSON object'],
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

  it('an error if a report cannot be written, and the other reports', async () => {
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
    expect(stderr).toContain(
      `trailkey: ${folder}/no/r.json: The json report was not written. Its folder does not exist. Create the folder, or use another path.\n`,
    );
  });
});

describe('the JSON report', () => {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);

  it('is valid by its schema, with and without findings, trails that were not evaluated, and errors', async () => {
    const folder = await folderOf({ 'a.json': snapshotOf(trailItem({}, { awsRegion: 'us-east-1' }), 7) });
    const empty = await folderOf({ 'a.json': snapshotOf() });

    for (const path of [`${EXAMPLES}organization`, folder, empty]) {
      const { report } = await runCheck(path);
      validate(report);
      expect(validate.errors).toBeNull();
    }
  });

  it('has a schema that rejects unknown versions, codes, and empty messages', async () => {
    const { report } = await runCheck(`${EXAMPLES}organization`);

    expect(validate({ ...report, schemaVersion: '2.0' })).toBe(false);
    expect(validate({ ...report, findings: [{ ...report.findings[0], code: 'FINE' }] })).toBe(false);
    expect(validate({ ...report, findings: [{ ...report.findings[0], message: '' }] })).toBe(false);
  });

  it('has a schema with every code', () => {
    expect(schema.$defs.code.enum).toEqual(VERDICT_CODES);
  });
});

it('reports an unexpected error in one sentence, with a stack trace if --debug is set', async () => {
  const clock = { now: Number.NaN };
  const folder = await folderOf({ 'a.json': GOOD });

  const plain = await run(['check', folder], clock);
  const debug = await run(['check', folder, '--debug'], clock);

  expect(plain).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('Run the command again with --debug'),
  });
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

describe('the age of the data', () => {
  const at = (configurationItemCaptureTime: string) => ({ configurationItemCaptureTime });
  const trail = trailItem({}, at('2026-01-02T00:00:00.000Z'));
  const key = keyItem({}, at('2026-01-01T00:00:00.000Z'));

  it('covers the trails and the keys that their verdicts depend on', async () => {
    const unused = keyItem(
      { arn: `${KEY_ARN}0`, keyId: `${KEY_ID}0` },
      { ...at('2020-01-01T00:00:00.000Z'), ARN: `${KEY_ARN}0`, resourceId: `${KEY_ID}0` },
    );
    const folder = await folderOf({ 'a.json': snapshotOf(trail, key, unused) });

    const { report } = await runCheck(folder);

    expect(report.recorded).toEqual({
      oldest: '2026-01-01T00:00:00.000Z',
      newest: '2026-01-02T00:00:00.000Z',
      stale: true,
    });
    expect((await run(['check', folder])).stdout).toContain('AWS Config recorded this data');
  });

  it.each([
    [
      '2026-01-02T00:00:00.000Z',
      'this data less than 1 day to 1 day ago (2026-01-01T00:00:00.000Z to 2026-01-02T00:00:00.000Z)',
    ],
    ['2026-01-01T23:30:00.000Z', 'this data less than 1 day ago'],
  ])('is in whole days on %s, and never negative', async (now, words) => {
    const folder = await folderOf({ 'a.json': snapshotOf(trail, key) });

    const { stdout } = await run(['check', folder], { now: Date.parse(now) });

    expect(stdout.replace(/\s+/g, ' ')).toContain(words);
  });

  it('does not cover a key from DescribeKey output', async () => {
    const described = { KeyMetadata: { Arn: KEY_ARN, KeyState: 'Enabled', KeyManager: 'CUSTOMER' } };
    const folder = await folderOf({
      'a.json': snapshotOf(trail, key),
      'key.json': JSON.stringify(described),
    });

    const { report } = await runCheck(folder);

    expect(report.recorded).toEqual({
      oldest: '2026-01-02T00:00:00.000Z',
      newest: '2026-01-02T00:00:00.000Z',
      stale: true,
    });
  });

  it('is absent if AWS Config recorded none of it', async () => {
    const described = { TrailARN: TRAIL_ARN, Name: 'audit', HomeRegion: REGION };
    const folder = await folderOf({ 'a.json': JSON.stringify({ trailList: [described] }) });

    const { report } = await runCheck(folder);

    expect(report.findings).toHaveLength(1);
    expect(report).not.toHaveProperty('recorded');
  });
});
