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
  it('no line is wider, and no code or name is truncated', async () => {
    const { stdout } = await check(columns);

    const lines = stripVTControlCharacters(stdout).split('\n');
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
    expect(stdout).toContain('KEY_POLICY_BLOCKS_CLOUDTRAIL');
    expect(stdout).toContain('organization-audit');
    expect(stdout).not.toContain('...');
  });
});

it('lists the example, highest severity first', async () => {
  const { stdout } = await check();

  expect(stdout).toMatchSnapshot();
});

it('wraps names that are longer than a line, without losing a character', async () => {
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
            isOrganizationTrail: undefined,
          },
          { awsAccountId: '444455556666' },
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

it('ends with the conclusion and the next step', async () => {
  const { stdout } = await check(60);

  expect(stripVTControlCharacters(stdout)).toMatch(
    /\n14 of 19 trails are NON_COMPLIANT\.\nNext: trailkey explain KEY_NOT_FOUND\n\n$/,
  );
});

it('has colors only on a terminal, and not with NO_COLOR or on a dumb terminal', async () => {
  const control = '\u001b[';

  expect((await check(80)).stdout).toContain(control);
  expect((await check(80, { NO_COLOR: '1' })).stdout).not.toContain(control);
  expect((await check(80, { TERM: 'dumb' })).stdout).not.toContain(control);
  expect((await check()).stdout).not.toContain(control);
});

it('uses COLUMNS as the width without a terminal', async () => {
  const { stdout } = await check(undefined, { COLUMNS: '60' });

  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
});

it('spells out control characters in names', async () => {
  const name = 'evil\u001b[2J\u202e\r\n\ud800';
  const folder = await folderOf({ 'a.json': snapshotOf(trailItem({ name, kmsKeyId: null })) });

  const { stdout } = await run(['check', folder]);

  expect(stdout).toContain('evil\\u{1b}[2J\\u{202e}\\u{d}\\u{a}\\u{d800}');
});

it('lists the trails that were not evaluated, and errors', async () => {
  const folder = await folderOf({
    'a.json': snapshotOf(trailItem({}, { awsRegion: 'us-east-1' })),
    'b.json': 'not JSON',
  });

  const { stdout } = await run(['check', folder]);

  expect(stdout).toContain('NOT EVALUATED  1 trail\n');
  expect(stdout).toContain('ERRORS  1 error: this report is incomplete');
  expect(stdout).toMatch(
    /\nNo trail was evaluated because of errors\.\nNext: fix the errors listed under ERRORS and run again\.\n\n$/,
  );
});

it.each([
  [
    trailItem({}, { awsRegion: 'us-east-1' }),
    'No trail was evaluated: only shadow trails, organization trails in member accounts, or deleted trails were found.\nNext: evaluate these trails in their owning accounts and home Regions.\n\n',
  ],
  [{}, 'There is nothing to evaluate.\n\n'],
])('gives the next step where no trail is NON_COMPLIANT', async (item, end) => {
  const folder = await folderOf({ 'a.json': snapshotOf(...('awsRegion' in item ? [item] : [])) });

  const { stdout } = await run(['check', folder], { columns: 200, env: { NO_COLOR: '1' } });

  expect(stdout).toMatch(new RegExp(`\n${end}$`));
});
