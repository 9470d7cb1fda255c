import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { trailItem } from '../support/builders.js';
import { folderOf, snapshotOf } from '../support/files.js';
import { run } from '../support/run-check.js';

const ORGANIZATION = fileURLToPath(new URL('../../examples/organization', import.meta.url));
const PARAMETERS = fileURLToPath(new URL('../../examples/parameters.json', import.meta.url));
const check = (columns?: number, env = {}) =>
  run(
    ['check', ORGANIZATION, '--param-file', PARAMETERS],
    columns === undefined ? { env } : { columns, env },
  );

describe.each([60, 80, 200])('at %i columns', (columns) => {
  it('no line is wider, and no code or name is cut', async () => {
    const { stdout } = await check(columns);

    const lines = stripVTControlCharacters(stdout).split('\n');
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
    expect(stdout).toContain('KEY_POLICY_BLOCKS_CLOUDTRAIL');
    expect(stdout).toContain('organization-audit');
    expect(stdout).not.toContain('...');
  });
});

it('looks as it should, worst first', async () => {
  const { stdout } = await check();

  expect(stdout).toMatchSnapshot();
});

it('wraps names that are too long for the line, without losing a letter', async () => {
  const name = `${'long-'.repeat(25)}end`;
  const folder = await folderOf({ 'a.json': snapshotOf(trailItem({ name, kmsKeyId: null })) });

  const { stdout } = await run(['check', folder], { columns: 60 });

  expect(stripVTControlCharacters(stdout).replace(/\n */g, '')).toContain(name);
});

it.each([60, 80, 200])(
  'keeps wide characters within %i columns, and its columns in line',
  async (columns) => {
    const name = '監査ログ'.repeat(20);
    const folder = await folderOf({
      'a.json': snapshotOf(
        trailItem({ name, kmsKeyId: null }),
        trailItem(
          {
            name: 'plain',
            trailARN: 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/plain',
            kmsKeyId: null,
          },
          { awsAccountId: '監査' },
        ),
      ),
    });

    const lines = stripVTControlCharacters((await run(['check', folder], { columns })).stdout).split('\n');

    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
    expect(lines.join('').replace(/ +/g, '')).toContain(name);
    const startOf = (text: string) => {
      const line = lines.find((candidate) => candidate.includes(text)) ?? '';
      return stringWidth(line.slice(0, line.indexOf(text)));
    };
    expect(startOf('監査ログ')).toBe(startOf('plain'));
  },
);

it('ends with what to do next', async () => {
  const { stdout } = await check(60);

  expect(stripVTControlCharacters(stdout)).toMatch(
    /\n14 of 19 judged trails need work\.\nNext: trailkey explain KEY_NOT_FOUND\n\n$/,
  );
});

it('is coloured on a terminal alone, and not with NO_COLOR or where the terminal is dumb', async () => {
  const control = '\u001b[';

  expect((await check(80)).stdout).toContain(control);
  expect((await check(80, { NO_COLOR: '1' })).stdout).not.toContain(control);
  expect((await check(80, { TERM: 'dumb' })).stdout).not.toContain(control);
  expect((await check()).stdout).not.toContain(control);
});

it('takes COLUMNS for the width where there is no terminal', async () => {
  const { stdout } = await check(undefined, { COLUMNS: '60' });

  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
});

it('shows names from outside so that they cannot act', async () => {
  const name = 'evil\u001b[2J\u202e\r\n\ud800';
  const folder = await folderOf({ 'a.json': snapshotOf(trailItem({ name, kmsKeyId: null })) });

  const { stdout } = await run(['check', folder]);

  expect(stdout).toContain('evil\\u{1b}[2J\\u{202e}\\u{d}\\u{a}\\u{d800}');
});

it('lists what was not judged and what went wrong', async () => {
  const folder = await folderOf({
    'a.json': snapshotOf(trailItem({}, { awsRegion: 'us-east-1' })),
    'b.json': 'not JSON',
  });

  const { stdout } = await run(['check', folder]);

  expect(stdout).toContain('NOT JUDGED  1 trail seen only from elsewhere');
  expect(stdout).toContain('ERRORS  1 problem: this report is not the whole truth');
  expect(stdout).toMatch(
    /\nNothing was judged: see what went wrong\.\nNext: mend what is named under ERRORS, and run again\.\n\n$/,
  );
});

it.each([
  [
    trailItem({}, { awsRegion: 'us-east-1' }),
    'Nothing was judged: every trail was seen from elsewhere, or is gone.\nNext: judge these trails in their accounts and home Regions.\n\n',
  ],
  [{}, 'There is nothing to judge.\n\n'],
])('says what remains to do where no trail needs work', async (item, end) => {
  const folder = await folderOf({ 'a.json': snapshotOf(...('awsRegion' in item ? [item] : [])) });

  const { stdout } = await run(['check', folder]);

  expect(stdout.endsWith(`\n${end}`)).toBe(true);
});
