import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { exampleReport } from '../../support/example-report.js';
import { HOSTILE_NAMES, hostileReport } from '../../support/hostile-names.js';
import { render } from '../../support/render.js';

const HEADER =
  'accountId,region,trailName,resourceId,trailArn,homeRegion,kmsKeyId,keyArn,keyState,keyManager,code,severity,compliance,message,nextStep';

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
    report.findings.map(({ key, kmsKeyId, resourceType: _, ...finding }) => ({
      ...finding,
      kmsKeyId: kmsKeyId ?? '',
      keyArn: key?.arn ?? '',
      keyState: key?.state ?? '',
      keyManager: key?.manager ?? '',
    })),
  );
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
