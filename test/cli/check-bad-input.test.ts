import { mkdir, symlink } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { keyItem, NOW, trailItem } from '../support/builders.js';
import { folderOf, snapshotOf } from '../support/files.js';
import { run, runCheck } from '../support/run-check.js';

const GOOD = snapshotOf(trailItem(), keyItem());

/** Evaluates an invalid file together with a valid one, which must be reported. */
const checkBeside = async (bad: string | Uint8Array, name = 'bad.json') => {
  const folder = await folderOf({ [name]: bad, 'good.json': GOOD });
  const result = await runCheck(`${folder}/${name}`, `${folder}/good.json`);
  expect(result.report.findings.map(({ code }) => code)).toContain('CMK_USABLE');
  expect(result.stdout + result.stderr).not.toMatch(/\n {4}at /);
  return {
    ...result,
    messages: result.report.errors.map(({ message }) => message),
    file: `${folder}/${name}`,
  };
};

const bad = (value: unknown) =>
  snapshotOf(trailItem({ trailARN: `${BASE}bad` }, { resourceId: 'bad' }), value);
const BASE = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/';

describe('reports the file, the byte, and the reason for', () => {
  it.each([
    ['text', 'hello world', 'At byte 0: expected a JSON object or array; received "hello world".'],
    ['a page of HTML', '<html>', 'At byte 0: expected a JSON object or array; received "<html>".'],
    ['nothing', '', 'The file is empty.'],
    ['white space', ' \n', 'The file is empty.'],
    ['a scalar', '7', 'At byte 0: expected a JSON object or array; received "7".'],
    ['broken JSON', '{"a" 1}', /^At byte 0: this value is not valid JSON/],
    [
      'gzip that is none',
      Buffer.from([0x1f, 0x8b, 0x07, 0x00, 0x01]),
      'The gzip data is corrupt. Download the file again.',
    ],
    ['a list in place of an item', snapshotOf([]), /^At byte \d+: expected an object; received an array\.$/],
    ['null in place of an item', snapshotOf(null), /^At byte \d+: expected an object; received null\.$/],
    ['an unknown object', '{"a":1}', /^At byte 0: this value is not recognized: expected AWS Config data/],
    ['a list of lists', '[[1],2]', /this value is not recognized/],
    ['an empty object', '{}', 'At byte 0: there is nothing to evaluate in an empty value.'],
    ['an empty array', '[]', 'There is nothing to evaluate in this file: it contains only empty values.'],
    ['an empty object among items', `${GOOD}\n{}`, /^At byte \d+: there is nothing to evaluate in an empty/],
    [
      'a wrong type in an item',
      bad({ ...trailItem(), configuration: 7 }),
      /field "configuration" must be an object; received a number\.$/,
    ],
    [
      'a wrong time in an item',
      bad({ ...keyItem(), configurationItemCaptureTime: {} }),
      /must be a time, such as/,
    ],
    [
      'an item without configuration',
      bad(trailItem({}, { configuration: null })),
      /received no configuration, and the status is "OK"/,
    ],
    ['an item without ARN', bad(keyItem({ arn: null }, { ARN: null })), /field "arn" is required/],
    [
      'list-trails',
      '[{"TrailARN":"x","Name":"a","HomeRegion":"b"}]',
      /expected the output of describe-trails or get-trail\.$/,
    ],
    [
      'a schedule',
      '{"messageType":"ScheduledNotification"}',
      /^At byte 0: a notification of type ScheduledNotification contains no trail/,
    ],
    [
      'a notification without an item',
      '{"messageType":"Other"}',
      /^At byte 0: a notification of type Other contains no trail/,
    ],
    [
      'a summary',
      JSON.stringify({ configurationItemSummary: trailItem({}, { configuration: undefined }) }),
      /the event contains only a summary of AWS::CloudTrail::Trail "audit"/,
    ],
    [
      'an event of an event',
      '{"invokingEvent":"null"}',
      /"invokingEvent" must be the JSON text of a notification/,
    ],
    ['an event that is no JSON', '{"invokingEvent":"{"}', /"invokingEvent" must be an object/],
  ])('%s', async (_name, text, expected) => {
    const { messages, file, report, exitCode } = await checkBeside(text);

    expect(exitCode).toBe(2);
    expect(messages).toEqual([typeof expected === 'string' ? expected : expect.stringMatching(expected)]);
    expect(report.errors[0]?.source).toBe(file);
  });

  it('a truncated file, and evaluates the data before the error', async () => {
    const whole = snapshotOf(trailItem({ name: 'first', trailARN: `${BASE}first` }), keyItem(), trailItem());

    const { messages, report } = await checkBeside(whole.slice(0, -200));

    expect(messages).toEqual([
      expect.stringMatching(
        /^At byte \d+: the data is incomplete: it ends inside the value that starts at byte 0/,
      ),
    ]);
    expect(report.findings.map(({ trailName }) => trailName)).toContain('first');
  });

  it('a truncated line, and evaluates the lines before and after it', async () => {
    const lines = ['first', 'cut', 'third', 'fourth'].map((name) =>
      JSON.stringify(trailItem({ name, trailARN: BASE + name })),
    );
    const cuts = [20, 150, 400].map((length) => lines.with(1, lines[1]?.slice(0, length) ?? '').join('\n'));

    for (const text of cuts) {
      const { messages, report } = await checkBeside(text);

      expect(report.findings.map(({ trailName }) => trailName)).toEqual(
        expect.arrayContaining(['first', 'third', 'fourth']),
      );
      expect(messages.length).toBeGreaterThanOrEqual(1);
    }
  });

  it('many truncated lines, and ends', async () => {
    const { messages } = await checkBeside('{"a":"\n'.repeat(10_000));

    expect(messages.length).toBeLessThanOrEqual(21);
  });

  it('a truncated gzip file, and evaluates the data before the error', async () => {
    const first = trailItem({ name: 'first', trailARN: `${BASE}first` });
    const packed = gzipSync(snapshotOf(first, keyItem(), ...noise(2000)));

    const { messages, report } = await checkBeside(packed.subarray(0, packed.length / 2), 'bad.json.gz');

    expect(messages).toEqual([expect.stringMatching(/^After byte \d+: The gzip data is incomplete/)]);
    expect(report.findings.map(({ trailName }) => trailName)).toContain('first');
  });

  it('a damaged gzip file, and evaluates the data before the error', async () => {
    const first = trailItem({ name: 'first', trailARN: `${BASE}first` });
    const packed = gzipSync(snapshotOf(first, keyItem(), ...noise(4000)));
    packed.fill(0xff, packed.length - 2000, packed.length - 1000);

    const { messages, report } = await checkBeside(packed, 'bad.json.gz');

    expect(messages).toEqual([expect.stringMatching(/^After byte \d+: The gzip data is corrupt/)]);
    expect(report.findings.map(({ trailName }) => trailName)).toContain('first');
  });

  it('gzip data without its trailer, and evaluates the items', async () => {
    const packed = gzipSync(GOOD);

    const { messages } = await checkBeside(packed.subarray(0, -4));

    expect(messages).toEqual([expect.stringContaining('The gzip data is incomplete')]);
  });

  it('a value beyond 16 MiB in a relevant item, and evaluates the others', async () => {
    const huge = trailItem({ name: 'x'.repeat(16 * 1024 * 1024) });

    const { messages, report } = await checkBeside(
      snapshotOf(huge, trailItem({ trailARN: `${BASE}other`, name: 'other' })),
    );

    expect(messages).toEqual([
      expect.stringMatching(/^At byte \d+: this value is larger than 16 MiB and was not read\.$/),
    ]);
    expect(report.findings.map(({ trailName }) => trailName)).toContain('other');
  });

  it('no value beyond 16 MiB in an irrelevant item', async () => {
    const huge = { resourceType: 'AWS::EC2::Instance', configuration: 'x'.repeat(16 * 1024 * 1024) };

    const { messages } = await checkBeside(snapshotOf(huge));

    expect(messages).toEqual([]);
  });
});

/** Items of another type that gzip cannot pack away. */
const noise = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    resourceType: 'AWS::EC2::Instance',
    resourceId: `i-${((index * 2_654_435_761) % 4_294_967_296).toString(36)}${((index * 40_503) % 65_536).toString(36)}`,
  }));

describe('accepts', () => {
  it.each([
    [
      'a million brackets in an item of another type',
      `{"configurationItems":[{"resourceType":"AWS::EC2::Instance","x":${'['.repeat(1e6)}${']'.repeat(1e6)}}]}`,
    ],
    [
      'a million brackets in an item that matters',
      snapshotOf('@').replace(
        '"@"',
        JSON.stringify(trailItem({}, { tags: '#' })).replace('"#"', '['.repeat(1e6) + ']'.repeat(1e6)),
      ),
    ],
    [
      'names that mean something to JavaScript',
      snapshotOf('@').replace(
        '"@"',
        JSON.stringify(trailItem()).replace('{', '{"__proto__":{"resourceType":7},"constructor":1,'),
      ),
    ],
    ['a gzip file of several members', Buffer.concat([gzipSync(snapshotOf(trailItem())), gzipSync('\n')])],
    ['a snapshot without items', snapshotOf()],
    [
      'items of another type, each in a line of its own',
      '{"resourceType":"AWS::EC2::Instance","resourceId":"i-1"}\n{"resourceType":"AWS::S3::Bucket"}\n',
    ],
    ['items that are named gzip and are none', snapshotOf(trailItem())],
  ])('%s', async (_name, text) => {
    const { messages, exitCode } = await checkBeside(text, 'input.json.gz');

    expect(messages).toEqual([]);
    expect(exitCode).toBe(0);
  });
});

it('quotes only the start of an unknown file', async () => {
  const { messages } = await checkBeside(
    '<html>\n<style>a { b: c }</style>\n<script>{ d() }</script>\n{ "x" }',
  );

  expect(messages).toEqual([expect.stringContaining('received "<html>')]);
});

it('limits the number of errors of a file', async () => {
  const { messages } = await checkBeside(snapshotOf(...Array.from({ length: 1000 }, () => 7)));

  expect(messages).toHaveLength(21);
  expect(messages.at(-1)).toBe('There are 980 more problems.');
});

describe('of a folder', () => {
  it('reports that it contains no data', async () => {
    const folder = await folderOf({ 'package.json': '{"name":"x"}', 'notes.txt': 'hello' });
    const none = await folderOf();

    for (const path of [folder, none]) {
      const { report, exitCode } = await runCheck(path);
      expect(report.errors).toEqual([
        { source: path, message: expect.stringMatching(/^The folder contains no AWS Config data/) },
      ]);
      expect(exitCode).toBe(2);
    }
  });

  it('names the files in which it recognized nothing, and those that it did not read', async () => {
    const names = ['a.json', 'b.json', 'c.json', 'd.json', 'e.json', 'f.json'];
    const folder = await folderOf({
      'good.json': GOOD,
      'notes.txt': 'hello',
      ...Object.fromEntries(names.map((name) => [name, '{"name":"x"}'])),
    });
    const paths = names.map((name) => `${folder}/${name}`);

    const brief = await runCheck(folder);
    const verbose = await runCheck(folder, '--verbose');

    const notRead = `Trailkey did not read 1 file in ${folder}, because only .json, .jsonl, .ndjson, .yaml, .yml and .template files are read: ${folder}/notes.txt.`;
    expect(brief.report.notes).toEqual([
      `Trailkey recognized no data in 6 files in ${folder}: ${paths.slice(0, 5).join(', ')} and 1 more (list them with --verbose).`,
      notRead,
    ]);
    expect(verbose.report.notes).toEqual([
      `Trailkey recognized no data in 6 files in ${folder}: ${paths.join(', ')}.`,
      notRead,
    ]);
    expect(brief.exitCode).toBe(0);
  });

  it('ignores files without AWS Config data', async () => {
    const folder = await folderOf({
      'a/good.json': GOOD,
      'package.json': '{"name":"x"}',
      'empty.json': '',
      'matrix.json': '[[1,2],[3],"four",5,{}]',
    });

    expect((await runCheck(folder)).report).toMatchObject({ errors: [], findings: [{ code: 'CMK_USABLE' }] });
  });

  it('does not follow links, so that there are no loops', async () => {
    const folder = await folderOf({ 'good.json': GOOD });
    await mkdir(`${folder}/deep`);
    await symlink(folder, `${folder}/deep/round`);
    await symlink(`${folder}/good.json`, `${folder}/deep/again.json`);

    expect((await runCheck(folder)).report).toMatchObject({ errors: [], findings: [{ code: 'CMK_USABLE' }] });
  });
});

it('reports empty standard input', async () => {
  const { report } = await runCheck({ stdin: '' }, '-');

  expect(report.errors).toEqual([{ source: '-', message: 'The file is empty.' }]);
});

describe('Ctrl-C', () => {
  it('ends with an incomplete report and exit code 2', async () => {
    const folder = await folderOf({ 'good.json': GOOD });
    const onInterrupt = (interrupt: () => void) => setImmediate(interrupt);

    const { exitCode, report } = await runCheck({ onInterrupt }, folder);

    expect(exitCode).toBe(2);
    expect(report.errors).toEqual([{ source: 'trailkey', message: expect.stringMatching(/^Interrupted: /) }]);
  });
});

const CLEAR_LINE = '\r\u001b[K';

it('reports no other error for data that was not read because of Ctrl-C', async () => {
  const folder = await folderOf({ 'good.json': GOOD });
  const onInterrupt = (interrupt: () => void) => interrupt();

  const { report } = await runCheck({ onInterrupt }, `${folder}/good.json`, '-');

  expect(report.errors.map(({ message }) => message)).toEqual([expect.stringMatching(/^Interrupted: /)]);
});

describe('progress', () => {
  const check = async (columns: number | undefined, ...args: readonly string[]) => {
    const folder = await folderOf({ 'a.json': GOOD, 'b.json': GOOD });
    let time = NOW;
    const clock = { now: () => (time += 700) };
    return run(['check', folder, ...args], columns === undefined ? clock : { ...clock, columns });
  };

  it('is shown on a terminal after a second, by files and bytes, and cleared at the end', async () => {
    const { stderr } = await check(80);

    const [before, ...shown] = stderr.split(CLEAR_LINE);
    expect([before, shown.at(-1)]).toEqual(['', '']);
    expect(shown[0]).toMatch(/^Reading: \d of 2 files, \d\.\d kB of \d\.\d kB \(\d+%\)$/);
  });

  it('of standard input is shown in bytes, because the total is unknown', async () => {
    let time = NOW;

    const { stderr } = await run(['check', '-'], { stdin: GOOD, columns: 80, now: () => (time += 1100) });

    expect(stderr.split(CLEAR_LINE)[1]).toMatch(/^Reading: \d\.\d kB$/);
  });

  it('is not shown without a terminal, and is shown with --quiet', async () => {
    expect((await check(undefined)).stderr).toBe('');
    const { stdout, stderr } = await check(80, '--quiet');
    expect(stderr).toContain(`${CLEAR_LINE}Reading: `);
    expect(stdout).toBe('');
  });
});

it.each([
  [20, ['CMK_USABLE']],
  [21, []],
])('evaluates the lines after %i incomplete lines, up to a limit', async (lines, codes) => {
  const good = `${JSON.stringify(trailItem())}\n${JSON.stringify(keyItem())}\n`;
  const folder = await folderOf({ 'a.json': `${'{"resourceType":\n'.repeat(lines)}${good}` });

  const { report } = await runCheck(`${folder}/a.json`);

  expect(report.findings.map(({ code }) => code)).toEqual(codes);
  expect(report.errors.length).toBeGreaterThan(0);
});
