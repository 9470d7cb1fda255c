import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/report.js';
import {
  DAY,
  facts,
  findingOf,
  found,
  NOW,
  observed,
  parameters,
  reportOf,
  trail,
  trailItem,
} from '../support/builders.js';
import { exampleReport, shortReport } from '../support/example-report.js';
import { folderOf, snapshotOf } from '../support/files.js';
import { render } from '../support/render.js';
import { run } from '../support/run-check.js';
import { EXAMPLES } from '../support/verdict-examples.js';

const ORGANIZATION = fileURLToPath(new URL('../../examples/organization', import.meta.url));
const PARAMETERS = fileURLToPath(new URL('../../examples/parameters.json', import.meta.url));
const reportWith = (findings: Report['findings']): Report => reportOf({ findings });
const check = (columns?: number, env = {}) =>
  run(
    ['check', ORGANIZATION, '--param-file', PARAMETERS],
    columns === undefined ? { env } : { columns, env },
  );

/** The lines of a report without its commands, which are never wrapped. */
const linesOf = (stdout: string): readonly string[] =>
  stripVTControlCharacters(stdout)
    .split('\n')
    .filter((line) => !line.startsWith('      aws '));

describe.each([60, 80, 200])('at %i columns', (columns) => {
  it('no line but those of commands is wider, and no code or name is truncated', async () => {
    const { stdout } = await check(columns);

    expect(Math.max(...linesOf(stdout).map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
    expect(stdout).toContain('KEY_POLICY_BLOCKS_CLOUDTRAIL');
    expect(stdout).toContain('disconnected-store');
    expect(stdout).not.toContain('...');
  });
});

it('lists the NON_COMPLIANT trails of the example, highest severity first', async () => {
  const { stdout } = await check();

  expect(stdout).toMatchSnapshot();
});

it('begins with the summary, and ends with one block of next steps', async () => {
  const text = await render('text', await exampleReport());

  const headings = [...text.matchAll(/^[A-Z]+(?=$| {2})/gm)].map(([heading]) => heading);
  expect(headings[0]).toBe('SUMMARY');
  expect(headings.at(-1)).toBe('NEXT');
  expect(new Set(headings.slice(2, -1))).toEqual(new Set(['HIGH', 'MEDIUM', 'LOW']));
  expect(text.split('NEXT\n')).toHaveLength(2);
});

it('counts COMPLIANT and NOT_APPLICABLE findings, and lists them only with --verbose', async () => {
  const { stdout } = await check();
  const { stdout: verbose } = await run(['check', ORGANIZATION, '--param-file', PARAMETERS, '--verbose']);

  expect(stdout).toMatch(/^ {2}COMPLIANT +5 {2}CMK_USABLE +5$/m);
  expect(stdout).toMatch(/^ {2}NOT_APPLICABLE +7 {2}TRAIL_NOT_FOUND +1$/m);
  expect(stdout).toContain('add --verbose');
  expect(stdout).not.toContain('gov-audit');
  expect(verbose).toMatch(
    /^COMPLIANT {2}CMK_USABLE {2}5 trails\n {2}The key is .*\n(?:.*\n)* {4}222233334444 {2}us-gov-west-1 {2}gov-audit\n {6}Key arn:aws-us-gov:kms:/m,
  );
  expect(verbose).toContain('global-events (home Region us-east-1)');
  expect(verbose).not.toContain('add --verbose');
});

describe('3,600 findings', () => {
  const MANY = 3600;
  const answers = [
    found({ state: 'Disabled' }),
    found({ manager: 'AWS' }),
    found(),
    found(),
    found(),
    found(),
    found(),
    found(),
  ];
  const findings = Array.from({ length: MANY }, (_, index) => {
    const accountId = String(100_000_000_000 + (index % 60));
    const name = `trail-${index}`;
    const arn = `arn:aws:cloudtrail:eu-west-1:${accountId}:trail/${name}`;
    return findingOf(
      facts({
        observed: observed({
          accountId,
          resourceId: name,
          trail: trail({ arn, name, ownerAccountId: accountId }),
        }),
        answer: answers[index % answers.length] ?? found(),
      }),
    );
  });

  it('have one line for each trail that is NON_COMPLIANT, and a reason for all of them', async () => {
    const text = await render('text', reportWith(findings));

    const lines = text.split('\n');
    expect(lines.filter((line) => /^ {4}1\d{11} {2}eu-west-1 {2}trail-\d+$/.test(line))).toHaveLength(
      MANY / 4,
    );
    expect(lines.length).toBeLessThan(MANY / 4 + 60);
    expect(text.match(/The key is disabled/g)).toHaveLength(1);
  });

  it('list twenty accounts, and all of them with --verbose', async () => {
    const accountsIn = (text: string) => text.match(/^ {2}1\d{11}(?: +\d+){4}$/gm)?.length;

    const text = await render('text', reportWith(findings));

    expect(accountsIn(text)).toBe(20);
    expect(text).toContain('and 40 other accounts\n');
    expect(accountsIn(await render('text', reportWith(findings), { verbose: true }))).toBe(60);
  });
});

describe('the fix', () => {
  const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-1111-4111-8111-111111111111';
  const named = (name: string, answer = found({ arn: KEY, state: 'Disabled' })) => {
    const arn = `arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name}`;
    return findingOf(facts({ observed: observed({ trail: trail({ arn, name }) }), answer }));
  };
  const enable = `      aws kms enable-key --key-id ${KEY} --region eu-west-1\n`;
  const statusOf = (name: string) =>
    `      aws cloudtrail get-trail-status --name arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name} --region eu-west-1 --query '[IsLogging,LatestDeliveryTime,LatestDeliveryError]'\n`;

  it('stands in commands under the trails with HIGH findings, once for all trails with the same key', async () => {
    const text = await render('text', reportWith([named('a'), named('b')]), 60);

    expect(text).toContain(
      `    111122223333  eu-west-1  a\n    111122223333  eu-west-1  b\n${enable}${statusOf('a')}${statusOf('b')}`,
    );
  });

  it('of other findings is listed with --verbose', async () => {
    const report = reportWith([named('a', found({ arn: KEY, manager: 'AWS' }))]);

    expect(await render('text', report)).not.toContain('aws cloudtrail update-trail');
    expect(await render('text', report, { verbose: true })).toContain(
      '      aws cloudtrail update-trail --name',
    );
  });

  it('has only the commands that change something in a long report, without --verbose', async () => {
    const many = (amount: number) =>
      reportWith(Array.from({ length: amount }, (_, index) => named(`t${index}`)));

    const long = await render('text', many(21));

    expect(await render('text', many(20))).toContain(statusOf('t19'));
    expect(long).toContain(enable);
    expect(long).not.toContain('get-trail-status');
    expect(await render('text', many(21), { verbose: true })).toContain(statusOf('t20'));
  });

  it('of pending deletions comes first, by date', async () => {
    const inDays = (name: string, days: number | undefined) =>
      named(
        name,
        found({
          arn: KEY,
          state: 'PendingDeletion',
          deletionDate: days === undefined ? undefined : NOW + days * DAY,
        }),
      );

    const text = await render(
      'text',
      reportWith([
        findingOf(EXAMPLES.KEY_NOT_FOUND),
        inDays('unknown', undefined),
        inDays('late', 30),
        inDays('soon', 7),
        inDays('today', 0.5),
        inDays('tomorrow', 1),
      ]),
      100,
    );

    expect(text).toMatch(/\nHIGH {2}KEY_PENDING_DELETION {2}5 trails\n(?:.*\n)*\nHIGH {2}KEY_NOT_FOUND/);
    expect([...text.matchAll(/eu-west-1 {2}(\S+ \(.*\)|unknown)/g)].map(([, row]) => row)).toEqual([
      'today (in less than 1 day, 2026-01-06)',
      'tomorrow (in 1 day, 2026-01-06)',
      'soon (in 7 days, 2026-01-12)',
      'late (in 30 days, 2026-02-04)',
      'unknown',
    ]);
  });

  it('of an overdue deletion shows how long ago its date was', async () => {
    const finding = { ...findingOf(EXAMPLES.KEY_PENDING_DELETION), daysLeft: -3 };

    expect(await render('text', reportWith([finding]))).toContain('(3 days ago, 2026-01-12)');
  });
});

it('lists accepted risks apart, with their waivers, and gives no next step for them', async () => {
  const waiver = { reason: 'Test\u001b account.', owner: 'ops', expires: '2026-02-01' };
  const report = reportWith([
    { ...findingOf(EXAMPLES.KEY_DISABLED), waiver },
    findingOf(EXAMPLES.NO_KMS_KEY),
  ]);

  const text = await render('text', report);

  expect(text).toMatch(/^ {2}HIGH +0$/m);
  expect(text).toMatch(/^ {2}WAIVED +1 {2}KEY_DISABLED +1$/m);
  expect(text).toContain(`
ACCEPTED RISKS  1 trail
  HIGH KEY_DISABLED. Accepted risk until 2026-02-01, by ops: Test\\u{1b} account.
    111122223333  eu-west-1  audit
`);
  expect(text).not.toContain('explain KEY_DISABLED');
  expect(text).not.toContain('enable-key');
});

it('shows the names of accounts where they are known', async () => {
  const finding = { ...findingOf(EXAMPLES.KEY_DISABLED), accountName: 'payments\u001b' };

  const text = await render('text', reportWith([finding]));

  expect(text).toContain(`ACCOUNTS
  Account       HIGH  MEDIUM  LOW  COMPLIANT  Name
  111122223333     1       0    0          0  payments\\u{1b}
`);
});

it.each([
  [['2025-02-13T10:00:00.000Z', '2025-02-13T10:00:00.000Z'], '326 days ago (2025-02-13T10:00:00.000Z)'],
  [
    ['2025-02-13T10:00:00.000Z', '2025-02-13T11:00:00.000Z'],
    '326 days ago (2025-02-13T10:00:00.000Z to 2025-02-13T11:00:00.000Z)',
  ],
  [['2025-02-13T10:00:00.000Z', '2026-01-02T12:00:00.000Z'], '3 to 326 days ago'],
  [['2025-02-13T10:00:00.000Z', '2026-01-05T12:00:00.000Z'], 'less than 1 day to 326 days ago'],
])('gives the age of data recorded from and to %j', async ([oldest = '', newest = ''], age) => {
  const report = { ...(await shortReport()), recorded: { oldest, newest, stale: true } };

  const text = (await render('text', report)).replace(/\s+/g, ' ');

  expect(text).toContain(`AWS Config recorded this data ${age}`);
  expect(text).toContain('older than 24 hours');
});

it('says how the trails were evaluated', async () => {
  const report = await shortReport();
  const caller = 'arn:aws:sts::111122223333:assumed-role/audit/me';

  expect(await render('text', report, 200)).toContain('\nEvaluated at 2026-01-05T12:00:00.000Z from files. ');
  expect(await render('text', { ...report, mode: 'live', caller }, 200)).toContain(
    `\nEvaluated at 2026-01-05T12:00:00.000Z in the live accounts, as ${caller}. `,
  );
});

it('does not cut an ARN that is longer than a line', async () => {
  const report = await shortReport();
  const trailArn = `arn:aws:cloudtrail:eu-west-1:555566667777:trail/${'long-'.repeat(10)}`;

  const text = await render(
    'text',
    { ...report, notEvaluated: report.notEvaluated.map((one) => ({ ...one, trailArn })) },
    60,
  );

  expect(text).toContain(`\n    ${trailArn}\n`);
});

it('says which trails are COMPLIANT only as far as they were checked', async () => {
  const finding = findingOf(
    facts({
      parameters: parameters({ checkKeyPolicy: 'true' }),
      answer: found({ policy: { kind: 'unavailable', why: 'denied' } }),
    }),
  );

  const one = await render('text', reportWith([finding]));
  const two = await render('text', reportWith([finding, finding]));

  const reason =
    'The key is in a state that CloudTrail can use; access to its policy was denied, so it was not checked. Allow kms:GetKeyPolicy.';
  const flat = (text: string) => text.replace(/\s+/g, ' ');
  expect(flat(one)).toContain(` 1 COMPLIANT trail was not checked completely: ${reason} `);
  expect(flat(two)).toContain(` 2 COMPLIANT trails were not checked completely: ${reason} `);
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

    const lines = linesOf((await run(['check', folder, '--verbose'], { columns })).stdout);

    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
    expect(lines.join('').replace(/ +/g, '')).toContain(name);
    const startOf = (text: string) => {
      const line = lines.find((candidate) => candidate.includes(text)) ?? '';
      return stringWidth(line.slice(0, line.indexOf(text)));
    };
    expect(startOf('監査ログ')).toBe(startOf('plain'));
  },
);

it('begins with the conclusion, and gives the next step of each verdict with the command that explains it', async () => {
  const { stdout } = await check(60);

  const text = stripVTControlCharacters(stdout);
  expect(text).toMatch(/^14 of 19 trails are NON_COMPLIANT\.\n/);
  expect(text).toContain(`
  KEY_WRONG_TYPE (1 trail)
    Set a SYMMETRIC_DEFAULT key for ENCRYPT_DECRYPT on the
    trail with Trailkey-EncryptTrail.
    trailkey explain KEY_WRONG_TYPE
`);
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

  expect(Math.max(...linesOf(stdout).map((line) => line.length))).toBeLessThanOrEqual(60);
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
  expect(stdout).toMatch(/^No trail was evaluated because of errors\.\n/);
  expect(stdout).toMatch(/ {2}Fix the errors under ERRORS and run again\.\n/);
});

it.each([
  [
    trailItem({}, { awsRegion: 'us-east-1' }),
    'NEXT\n  Evaluate the trails under NOT EVALUATED in their owning accounts and home Regions.\n  To list .*\n\n',
  ],
  [{}, 'NEXT\n  There is nothing to evaluate.\n\n'],
])('gives the next step where no trail is NON_COMPLIANT', async (item, end) => {
  const folder = await folderOf({ 'a.json': snapshotOf(...('awsRegion' in item ? [item] : [])) });

  const { stdout } = await run(['check', folder], { columns: 200, env: { NO_COLOR: '1' } });

  expect(stdout).toMatch(new RegExp(`\n${end}$`));
});
