import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { formatNumber } from '../../../src/cli/reporters/findings.js';
import type { Report } from '../../../src/core/report.js';
import { exampleReport, shortReport } from '../../support/example-report.js';
import { HOSTILE_NAMES, hostileReport } from '../../support/hostile-names.js';
import { render } from '../../support/render.js';

/** GitHub's limit on a comment. */
const LIMIT = 65_536;

const htmlOf = (markdown: string): string =>
  micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });

const OURS = 'code details em h2 h3 li p strong summary table tbody td th thead tr ul'.split(' ');
const foreignTagsIn = (html: string) =>
  [...html.matchAll(/<\/?([^\s>/]+)/g)].map(([, name = '']) => name).filter((name) => !OURS.includes(name));

/** The example's findings so often that they fill a comment many times over. */
const largeReport = async (times: number): Promise<Report> => {
  const report = await exampleReport();
  const findings = Array.from({ length: times }, () => report.findings).flat();
  return { ...report, findings };
};

describe('the example', () => {
  it('has a table for each verdict, highest severity first, and collapses those without NON_COMPLIANT findings', async () => {
    const markdown = await render('markdown', await exampleReport());

    const headings = [...markdown.matchAll(/^### (\w+) `(\w+)`/gm)].map(([, rank]) => rank);
    expect(headings[0]).toBe('HIGH');
    expect(headings.at(-1)).toBe('LOW');
    expect(markdown).toContain('<details><summary>COMPLIANT CMK_USABLE: 5 trails</summary>');
  });

  it('has a row for each finding', async () => {
    const report = await exampleReport();

    const html = htmlOf(await render('markdown', report));

    expect(html.match(/<tr>\n<td>/g)).toHaveLength(report.findings.length);
    expect(foreignTagsIn(html)).toEqual([]);
  });

  it('lists errors and trails that were not evaluated', async () => {
    const markdown = await render('markdown', await shortReport());

    expect(markdown).toContain('### 1 error: this report is incomplete');
    expect(markdown).toContain('`arn:aws:cloudtrail:eu-west-1:555566667777:trail/audit`');
  });

  it('omits nothing if the report is short', async () => {
    expect(await render('markdown', await exampleReport())).not.toContain('Omitted');
  });
});

it('gives the age of recorded data', async () => {
  const recorded = { oldest: '2026-01-01T00:00:00.000Z', newest: '2026-01-04T12:00:00.000Z', stale: true };

  const markdown = await render('markdown', { ...(await exampleReport()), recorded });

  expect(markdown).toContain(
    'AWS Config recorded this data 1 to 4 days ago (2026-01-01T00:00:00.000Z to 2026-01-04T12:00:00.000Z)',
  );
  const { recorded: _, ...live } = await exampleReport();
  expect(await render('markdown', live)).not.toContain('AWS Config recorded');
});

describe('a report that is too long for a comment', () => {
  it.each([4, 5, 6, 20, 400])('stays below the limit with %i times the findings', async (times) => {
    const report = await largeReport(times);

    const markdown = await render('markdown', report);

    expect(Buffer.byteLength(markdown)).toBeLessThan(LIMIT);
    const shown = markdown.match(/^\| `\d{12}`/gm)?.length ?? 0;
    const omitted = [...markdown.matchAll(/([\d,]+) of [\d,]+ `[A-Z_]+`/g)].map(([, count = '']) =>
      Number(count.replace(',', '')),
    );
    expect(shown + omitted.reduce((a, b) => a + b, 0)).toBe(report.findings.length);
  });

  it('keeps the highest severities and says what was omitted and where it is', async () => {
    const report = await largeReport(20);

    const markdown = await render('markdown', report);

    expect(markdown).toMatch(/\*\*Omitted\*\*.*: \d+ of \d+ `[A-Z_]+`.*`json` the complete report\.\n$/);
    expect(markdown).toContain('KEY_NOT_FOUND`: 20 trails');
    expect(foreignTagsIn(htmlOf(markdown))).toEqual([]);
  });

  it('stays below the limit with long names and many errors', async () => {
    const report = hostileReport(
      ...Array.from({ length: 200 }, (_, index) => `監${'x'.repeat(700)}${index}`),
    );

    expect(Buffer.byteLength(await render('markdown', report))).toBeLessThan(LIMIT);
  });
});

describe('a comparison with an earlier report', () => {
  const trailOf = (trailName: string, codeBefore: string | null, codeNow: string | null) => ({
    accountId: '111122223333',
    region: 'eu-west-1',
    trailArn: `arn:aws:cloudtrail:eu-west-1:111122223333:trail/${trailName}`,
    trailName,
    codeBefore,
    codeNow,
    worse: false,
  });
  const comparison = {
    since: '2026-01-01T00:00:00.000Z',
    new: [trailOf('a|b', null, 'KEY_DISABLED')],
    changedParameters: [{ name: 'kmsKeyArns', before: '<b>', now: null }],
    earlierErrors: 2,
    earlierNotEvaluated: 0,
    notEvaluatedBefore: [trailOf('c', null, 'KEY_DISABLED')],
    changed: [trailOf('b', 'KEY_DISABLED', 'KEY_NOT_FOUND')],
    stillOpen: [],
    fixed: [trailOf('d', 'NO_KMS_KEY', 'CMK_USABLE')],
    notEvaluatedNow: [trailOf('e', 'NO_KMS_KEY', null)],
  };

  it('lists each trail with its status', async () => {
    const report: Report = { ...(await exampleReport()), comparison };

    const markdown = await render('markdown', report);

    expect(markdown).toContain(
      '### Changes since `2026-01-01T00:00:00.000Z`: 1 new, 1 not evaluated before, 1 changed, 0 still open, 1 fixed, 1 not evaluated now\n\n' +
        'The earlier report has 2 errors and is incomplete: findings that are listed as new may have existed before.\n\n' +
        'The rule parameters differ from those of the earlier report (kmsKeyArns: \\u{3c}b\\u{3e} before, not set now). Findings ' +
        'that depend on these parameters are not listed as fixed, and can be new only because of the change.\n\n' +
        '| Account |',
    );
    expect(markdown).toContain(
      '| `111122223333` | `eu-west-1` | `a\\u{7c}b` | New | – | `KEY_DISABLED` |\n' +
        '| `111122223333` | `eu-west-1` | `c` | Not evaluated before | – | `KEY_DISABLED` |\n' +
        '| `111122223333` | `eu-west-1` | `b` | Changed | `KEY_DISABLED` | `KEY_NOT_FOUND` |\n' +
        '| `111122223333` | `eu-west-1` | `d` | Fixed | `NO_KMS_KEY` | `CMK_USABLE` |\n' +
        '| `111122223333` | `eu-west-1` | `e` | Not evaluated now | `NO_KMS_KEY` | – |\n',
    );
  });

  it('has counts if nothing has changed', async () => {
    const unchanged = {
      ...comparison,
      new: [],
      notEvaluatedBefore: [],
      changed: [],
      fixed: [],
      notEvaluatedNow: [],
    };

    const markdown = await render('markdown', { ...(await exampleReport()), comparison: unchanged });

    expect(markdown).toContain('0 new, 0 changed, 0 still open, 0 fixed, 0 not evaluated now');
    expect(markdown).not.toContain('| Before | Now |');
  });
});

describe('many errors, notes, and changes', () => {
  const many = Array.from({ length: 3000 }, (_, index) => `5000000${10_000 + index}`);
  const crowded = async (): Promise<Report> => ({
    ...(await exampleReport()),
    errors: many.map((source) => ({ source, message: 'The role cannot be assumed: AccessDenied.' })),
    notes: [`Accounts that are suspended or closed were not scanned: ${many.join(', ')}.`],
    comparison: {
      since: '2026-01-01T00:00:00.000Z',
      new: [],
      changed: [],
      stillOpen: many.map((accountId) => ({
        accountId,
        region: 'eu-west-1',
        trailArn: `arn:aws:cloudtrail:eu-west-1:${accountId}:trail/audit`,
        trailName: 'audit',
        codeBefore: 'NO_KMS_KEY',
        codeNow: 'NO_KMS_KEY',
        worse: false,
      })),
      fixed: [],
      notEvaluatedNow: [],
      notEvaluatedBefore: [],
      changedParameters: [],
      earlierErrors: 0,
      earlierNotEvaluated: 0,
    },
  });

  it('leave room for every verdict, and are counted', async () => {
    const report = await crowded();

    const markdown = await render('markdown', report);

    expect(Buffer.byteLength(markdown)).toBeLessThan(LIMIT);
    for (const code of new Set(report.findings.map((finding) => finding.code)))
      expect(markdown).toMatch(new RegExp(`^(### |<details>).*${code}.*: `, 'm'));
    expect(markdown).toContain('### 3,000 errors: this report is incomplete');
    expect(markdown).toContain('0 changed, 3,000 still open');
  });

  it('are shown in part, and the end says how many were omitted', async () => {
    const markdown = await render('markdown', await crowded());

    const shown = markdown.match(/^- `5/gm)?.length ?? 0;
    const changes = markdown.match(/\| Still open \|/g)?.length ?? 0;
    expect(Math.min(shown, changes)).toBeGreaterThan(50);
    expect(markdown).toMatch(
      new RegExp(
        `\\*\\*Omitted\\*\\*.*: ${formatNumber(3000 - shown)} of 3,000 errors, 1 of 1 notes, ${formatNumber(3000 - changes)} of 3,000 changes\\. `,
      ),
    );
  });
});

describe('a name from outside', () => {
  it.each(Object.entries(HOSTILE_NAMES))('that %s makes no markup', async (_, name) => {
    const report = hostileReport(name);

    const html = htmlOf(await render('markdown', report));

    expect(foreignTagsIn(html)).toEqual([]);
    expect(html.match(/<tr>\n<td>/g)).toHaveLength(report.findings.length);
    const row = /<tr>\n(?:<td>(?:<code>[^<]*<\/code>|–)<\/td>\n){3}<td>[^<]*<\/td>\n<\/tr>/g;
    expect(html.match(row)).toHaveLength(report.findings.length);
    expect(html).not.toMatch(/<em>|<del>/);
    // GitHub makes mentions, references and formulas of text outside of code.
    expect(html.replace(/<code>[^<]*<\/code>/g, '')).not.toMatch(/[@$]|(?<!&)#\d/);
  });
});
