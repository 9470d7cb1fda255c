import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { compareWith, parseEarlierReport } from '../../../src/core/comparison.js';
import type { Finding } from '../../../src/core/evaluate-trail.js';
import { exampleReport } from '../../support/example-report.js';
import { HOSTILE_NAMES, hostileReport } from '../../support/hostile-names.js';
import { render } from '../../support/render.js';

const HEADER =
  'accountId,region,trailName,resourceId,trailArn,homeRegion,kmsKeyId,keyArn,keyState,keyManager,code,severity,compliance,message,nextStep,evaluatedAt,version,mode,accountName,standard,recordedAt,stale,deletionDate,daysLeft,commands,waiverReason,waiverOwner,waiverExpires,change,codeBefore';

/** Strict: quotes, ends of lines and the number of cells must be those of RFC 4180. */
const recordsIn = (text: string): readonly Readonly<Record<string, string>>[] =>
  parse(text, { columns: true, record_delimiter: '\r\n' });

it('has a header, no byte order mark, and CRLF line endings', async () => {
  const text = await render('csv', await exampleReport());

  expect(text.startsWith(`${HEADER}\r\n`)).toBe(true);
  expect(
    text
      .split('\n')
      .slice(0, -1)
      .every((line) => line.endsWith('\r')),
  ).toBe(true);
});

it('has a line for each finding, with its values', async () => {
  const report = await exampleReport();

  const records = recordsIn(await render('csv', report));

  expect(records).toEqual(
    report.findings.map(({ key, kmsKeyId, resourceType: _, unchecked: __, ...finding }) => ({
      accountName: '',
      deletionDate: '',
      ...finding,
      evaluatedAt: report.evaluatedAt,
      version: '1.2.3',
      mode: 'offline',
      stale: 'false',
      daysLeft: finding.daysLeft?.toString() ?? '',
      commands: finding.commands?.join(' && ') ?? '',
      waiverReason: '',
      waiverOwner: '',
      waiverExpires: '',
      change: '',
      codeBefore: '',
      kmsKeyId: kmsKeyId ?? '',
      keyArn: key?.arn ?? '',
      keyState: key?.state ?? '',
      keyManager: key?.manager ?? '',
    })),
  );
});

it('says of each finding what changed since an earlier report', async () => {
  const earlier = await exampleReport();
  const [open, other, fresh] = earlier.findings.filter(({ compliance }) => compliance === 'NON_COMPLIANT');
  const before = earlier.findings
    .filter((finding) => finding !== fresh)
    .map((finding) => (finding === other ? { ...finding, code: 'KEY_ROTATION_OFF' } : finding));
  const comparison = compareWith(parseEarlierReport({ ...earlier, findings: before }), earlier);

  const records = recordsIn(await render('csv', { ...earlier, comparison }));

  const changeOf = (finding?: Finding) =>
    records
      .filter(({ trailArn, region }) => trailArn === finding?.trailArn && region === finding?.region)
      .map(({ change, codeBefore }) => [change, codeBefore]);
  expect(changeOf(open)).toEqual([['stillOpen', open?.code]]);
  expect(changeOf(other)).toEqual([['changed', 'KEY_ROTATION_OFF']]);
  expect(changeOf(fresh)).toEqual([['new', '']]);
});

describe('a name from outside', () => {
  it.each(Object.entries(HOSTILE_NAMES))('that %s is text in its cell', async (_, name) => {
    const report = hostileReport(name);

    const records = recordsIn(await render('csv', report));

    expect(records).toHaveLength(report.findings.length);
    const cells = records.flatMap((record) => Object.values(record));
    expect(cells.filter((cell) => /^\s*[=+\-@＝＋－＠]/.test(cell))).toEqual([]);
  });

  /** Where the decimal sign is a comma, spreadsheets part cells at semicolons, also within quotes that are not at the start. */
  it.each(Object.entries(HOSTILE_NAMES))(
    'that %s is text where semicolons separate cells',
    async (_, name) => {
      const text = await render('csv', hostileReport(name));

      const cells = text.split(/[;\r\n]+/);
      expect(cells.filter((cell) => /^[\s"]*[=+\-@＝＋－＠]/.test(cell))).toEqual([]);
    },
  );

  it('is complete after the apostrophe', async () => {
    const [record] = recordsIn(await render('csv', hostileReport('=1+1')));

    expect(record?.['trailName']).toBe("'=1+1");
  });
});
