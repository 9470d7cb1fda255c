import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json-value.js';
import type { Report } from '../../src/core/report.js';
import { account, metadata } from '../support/account.js';
import {
  ACCOUNT,
  ALLOW_CLOUDTRAIL,
  KEY_ARN,
  keyItem,
  OTHER_ACCOUNT,
  trailItem,
} from '../support/builders.js';
import { folderOf, snapshotOf } from '../support/files.js';
import { textAt } from '../support/project.js';
import { type Run, run } from '../support/run-check.js';
import { keyArnIn, runScan, trailIn, worldAnswers } from '../support/run-scan.js';
import type { Answers, Faults } from '../support/stand-in.js';

const UNKNOWN_CONDITION = {
  Statement: [{ ...ALLOW_CLOUDTRAIL, Condition: { StringEquals: { 'aws:SourceOrgID': 'o-example' } } }],
};
const TRUE = ['--param', 'checkKeyPolicy=true'];
const STRICT = ['--param', 'checkKeyPolicy=strict'];
const FAR_KEY = keyArnIn({ region: 'me-south-1' });
const ORGANIZATION = trailIn(
  { accountId: OTHER_ACCOUNT, name: 'organization' },
  { IsOrganizationTrail: true },
);

type Command = (outputs: readonly string[]) => Promise<Run>;

const check =
  (items: readonly JsonObject[], ...args: readonly string[]): Command =>
  async (outputs) => {
    const folder = await folderOf({ 'a.json': snapshotOf(...items) });
    return run(['check', folder, ...args, ...outputs]);
  };

const checkText =
  (text: string): Command =>
  async (outputs) =>
    run(['check', await folderOf({ 'a.json': text }), ...outputs]);

type Scan = {
  readonly trails?: readonly JsonObject[];
  readonly keys?: Readonly<Record<string, JsonObject>>;
  readonly policy?: JsonObject;
  readonly answers?: Answers;
  readonly faults?: Faults;
};

const scan =
  (
    { trails, keys, policy, answers = {}, faults = () => undefined }: Scan,
    ...args: readonly string[]
  ): Command =>
  (outputs) =>
    runScan([...args, ...outputs], {
      answers: {
        ...worldAnswers({
          [ACCOUNT]: account({
            trails: trails ?? [trailIn({}, { KmsKeyId: KEY_ARN })],
            keys: keys ?? { [KEY_ARN]: metadata() },
            policies: policy ? { [KEY_ARN]: JSON.stringify(policy) } : {},
          }),
        }),
        ...answers,
      },
      faults,
    });

/** The row of the documentation, the runs, and a text that each report for people contains. */
const SITUATIONS: readonly (readonly [row: string, commands: readonly Command[], text: string])[] = [
  [
    'a condition of the key policy, `checkKeyPolicy=true`',
    [
      scan({ policy: UNKNOWN_CONDITION }, ...TRUE),
      check(
        [
          trailItem(),
          keyItem({}, { supplementaryConfiguration: { Policy: JSON.stringify(UNKNOWN_CONDITION) } }),
        ],
        ...TRUE,
      ),
    ],
    'StringEquals aws:SourceOrgID',
  ],
  [
    'a condition of the key policy, `checkKeyPolicy=strict`',
    [
      scan({ policy: UNKNOWN_CONDITION }, ...STRICT),
      check(
        [
          trailItem(),
          keyItem({}, { supplementaryConfiguration: { Policy: JSON.stringify(UNKNOWN_CONDITION) } }),
        ],
        ...STRICT,
      ),
    ],
    'StringEquals aws:SourceOrgID',
  ],
  [
    'the key policy: access denied, `checkKeyPolicy=true`',
    [scan({}, ...TRUE)],
    'access to its policy was denied',
  ],
  [
    'the key policy: not recorded, `checkKeyPolicy=true`',
    [check([trailItem(), keyItem({}, { supplementaryConfiguration: {} })], ...TRUE)],
    'its policy is not recorded',
  ],
  [
    'the key: access denied',
    [scan({ faults: ({ operation }) => (operation === 'DescribeKey' ? 'denied' : undefined) })],
    'Access to kms:DescribeKey was denied',
  ],
  ['the key: not in the input', [check([trailItem()])], 'was not found in the input'],
  [
    'the Region of the key: not reachable',
    [
      scan({
        trails: [trailIn({}, { KmsKeyId: FAR_KEY })],
        faults: ({ operation }) =>
          operation === 'DescribeKey' ? { error: 'UnrecognizedClientException' } : undefined,
      }),
    ],
    'could not be reached',
  ],
  [
    'the key: timeout, throttling or another temporary error',
    (['reset', { error: 'KMSInternalException' }] as const).map((fault) =>
      scan({ faults: ({ operation }) => (operation === 'DescribeKey' ? fault : undefined) }),
    ),
    'kms:DescribeKey failed',
  ],
  [
    'the key: a response without metadata, or about another key',
    [
      scan({ answers: { DescribeKey: () => ({}) } }),
      scan({ keys: { [KEY_ARN]: metadata({ Arn: `${KEY_ARN.slice(0, -1)}0` }) } }),
    ],
    'kms:DescribeKey failed',
  ],
  [
    'a Region: does not exist, is not enabled or is not reachable',
    [
      scan(
        {
          faults: ({ region }) =>
            region === 'eu-wst-1' ? { error: 'UnrecognizedClientException' } : undefined,
        },
        '--regions',
        'eu-wst-1',
      ),
    ],
    'cannot be reached',
  ],
  [
    'an account: the role cannot be assumed',
    [
      scan(
        { faults: ({ operation }) => (operation === 'AssumeRole' ? 'denied' : undefined) },
        '--role-arn',
        `arn:aws:iam::${OTHER_ACCOUNT}:role/reader`,
      ),
    ],
    'sts:AssumeRole is denied',
  ],
  [
    'the trails: access denied to a list',
    ['ListTrails', 'DescribeTrails'].map((denied) =>
      scan({ faults: ({ operation }) => (operation === denied ? 'denied' : undefined) }),
    ),
    'is denied in eu-west-1',
  ],
  [
    'the trails: a response without its list',
    ['ListTrails', 'DescribeTrails'].map((operation) => scan({ answers: { [operation]: () => ({}) } })),
    'the response does not contain',
  ],
  [
    'a trail: only a shadow trail was found',
    [
      check([trailItem({}, { awsRegion: 'us-east-1' })]),
      scan({
        answers: {
          DescribeTrails: ({ region }) => ({ trailList: region === 'us-east-1' ? [] : [FAR_TRAIL] }),
        },
      }),
    ],
    'It was not found in its home Region.',
  ],
  [
    'a trail: an organization trail of an account that was not evaluated',
    [
      scan({ trails: [ORGANIZATION] }),
      check([trailItem({ isOrganizationTrail: true }, { awsAccountId: OTHER_ACCOUNT })]),
    ],
    'set organizationTrails to everywhere',
  ],
  ['a file: not readable', [checkText('not JSON')], 'a.json'],
];

const FAR_TRAIL = trailIn({ region: 'us-east-1', name: 'far' }, { IsMultiRegionTrail: true });

const ROWS = new Map(
  textAt('docs/checking.md')
    .split('\n## Incomplete information\n')[1]
    ?.split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, row = '', commands = '', report = '', exitCode]) => [
      row,
      { commands, report, exitCode: Number(exitCode) },
    ]),
);

it('is documented in full', () => {
  expect([...ROWS.keys()]).toEqual(SITUATIONS.map(([row]) => row));
});

const FOR_PEOPLE = ['text', 'markdown', 'html', 'json', 'sarif', 'junit'];

it.each(SITUATIONS)('is reported: %s', async (row, commands, text) => {
  const { report: expected = '', exitCode } = ROWS.get(row) ?? {};
  for (const command of commands) {
    const folder = await folderOf({});
    const outputs = FOR_PEOPLE.flatMap((format) => ['--output', `${format}=${folder}/${format}`]);

    const result = await command([...outputs, '--quiet']);

    expect(result.exitCode, result.stderr).toBe(exitCode);
    const report: Report = JSON.parse(await readFile(`${folder}/json`, 'utf8'));
    expectReport(report, expected);
    expect(report.findings.length > 0 || result.stderr.includes(text)).toBe(true);
    // In JSON, a trail that was not evaluated has fields instead of sentences.
    const isSentence = !text.startsWith('It was not found');
    for (const format of FOR_PEOPLE.filter((name) => isSentence || name !== 'json')) {
      const markup = format === 'html' ? /<[^>]+>/g : /\\(?=\W)/g;
      const written = (await readFile(`${folder}/${format}`, 'utf8')).replace(markup, '');
      expect(written.replace(/\s+/g, ' '), format).toContain(text);
    }
  }
});

/** Compares a report with what the documentation says about it. */
const expectReport = (report: Report, expected: string): void => {
  const hasErrors = expected.includes('error');
  const codes = report.findings.filter(({ code }) => code !== 'SHADOW_TRAIL').map(({ code }) => code);
  if (!hasErrors) expect(codes).toEqual(/[A-Z]+_[A-Z_]+/.exec(expected)?.slice(0, 1) ?? []);
  expect(report.errors.length > 0).toBe(hasErrors);
  expect(report.findings.some(({ unchecked = [] }) => unchecked.includes('policy'))).toBe(
    expected.includes('`unchecked`'),
  );
  if (expected.includes('not evaluated')) expect(report.notEvaluated).not.toEqual([]);
};
