import AjvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { resultLimitNotes } from '../../../src/cli/reporters/sarif.js';
import type { Report } from '../../../src/core/report.js';
import { VERDICT_CODES } from '../../../src/core/verdict.js';
import { facts, findingOf } from '../../support/builders.js';
import { exampleReport, shortReport } from '../../support/example-report.js';
import { HOSTILE_NAMES, hostileReport } from '../../support/hostile-names.js';
import { textAt } from '../../support/project.js';
import { render } from '../../support/render.js';

const SCHEMA = 'node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json';
const ajv = new AjvDraft04({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(textAt(SCHEMA)));

const runOf = async (report: Report) => JSON.parse(await render('sarif', report)).runs[0];

describe('the log', () => {
  it.each([
    ['the example organization', exampleReport],
    ['problems', shortReport],
    ['no trail', async () => hostileReport()],
    ['hostile names', async () => hostileReport(...Object.values(HOSTILE_NAMES))],
  ])('of %s is valid by the schema of SARIF 2.1.0', async (_, report) => {
    validate(JSON.parse(await render('sarif', await report())));

    expect(validate.errors).toBeNull();
  });

  it('is rejected by the schema if it is invalid', () => {
    expect(validate({ version: '2.1.0', runs: [{ results: 'none' }] })).toBe(false);
  });

  it('contains the time of the evaluation, the errors, and the trails that were not evaluated', async () => {
    const report = await shortReport();

    const { invocations } = await runOf(report);

    expect(invocations[0]).toMatchObject({ executionSuccessful: false, endTimeUtc: report.evaluatedAt });
    expect(invocations[0].toolExecutionNotifications).toMatchObject([
      { level: 'error', message: { text: expect.stringContaining('snapshots/cut.json') } },
      { level: 'note', message: { text: expect.stringContaining('account 555566667777, which was not') } },
    ]);
  });
});

/**
 * Code scanning refuses a run of more than 25,000 results, a log of more than 20 runs, and two runs of one category.
 *
 * @see https://docs.github.com/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit
 */
describe('a run', () => {
  const LIMIT = 25_000;
  const reportOfSize = async (size: number): Promise<Report> => {
    const report = await shortReport();
    const [finding] = report.findings;
    return { ...report, findings: Array(size).fill(finding) };
  };
  const runsOf = async (report: Report) => JSON.parse(await render('sarif', report)).runs;
  const sizesOf = (runs: readonly { readonly results: readonly unknown[] }[]): readonly number[] =>
    runs.map(({ results }) => results.length);

  it.each([
    [0, [0]],
    [LIMIT, [LIMIT]],
  ])('contains %i results', async (size, sizes) => {
    expect(sizesOf(await runsOf(await reportOfSize(size)))).toEqual(sizes);
  });

  it('contains as many results as code scanning accepts, the next run the rest, and only the first the errors', async () => {
    const runs = await runsOf(await reportOfSize(LIMIT + 1));

    expect(sizesOf(runs)).toEqual([LIMIT, 1]);
    validate({ ...JSON.parse(await render('sarif', await shortReport())), runs: [{ ...runs[1] }] });
    expect(validate.errors).toBeNull();
    expect(runs.map(({ automationDetails }: Run) => automationDetails.id)).toEqual([
      'cloudtrail-cmk-usable/',
      'cloudtrail-cmk-usable/2/',
    ]);
    expect(runs.map(({ invocations }: Run) => invocations[0]?.toolExecutionNotifications.length)).toEqual([
      2, 0,
    ]);
  });
});

type Run = {
  readonly automationDetails: { readonly id: string };
  readonly invocations: readonly { readonly toolExecutionNotifications: readonly unknown[] }[];
};

describe('a log that is too large for code scanning', () => {
  const finding = findingOf(facts());
  const createReport = (size: number): Report => ({
    ...hostileReport(),
    findings: Array(size).fill(finding),
  });

  it('causes a note if it has more than 20 full runs', () => {
    expect(resultLimitNotes(createReport(500_000))).toEqual([]);
    expect(resultLimitNotes(createReport(500_001))).toEqual([
      expect.stringContaining('GitHub accepts 500,000 results in a SARIF file, and this report has 500,001.'),
    ]);
  });
});

describe('a rule', () => {
  it('exists for each verdict, with the fields that code scanning shows', async () => {
    const { tool } = await runOf(await exampleReport());

    expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(VERDICT_CODES);
    for (const rule of tool.driver.rules) {
      expect(rule.shortDescription.text.length).toBeLessThanOrEqual(1024);
      expect(rule.fullDescription.text.length).toBeLessThanOrEqual(1024);
      expect(rule.help.text).not.toBe('');
      expect(rule.help.markdown).toContain('## How to fix');
      expect(rule.help.markdown).not.toMatch(/\]\((?!https:)/);
      expect(new URL(rule.helpUri).hostname).toBe('docs.aws.amazon.com');
      expect(rule.properties.tags).toContain('security');
    }
  });
});

describe('a result', () => {
  it('has the level of its severity, and the kind of its compliance', async () => {
    const report = await exampleReport();

    const { results } = await runOf(report);

    expect(results).toHaveLength(report.findings.length);
    const levels = { HIGH: 'error', MEDIUM: 'warning', LOW: 'note', INFORMATIONAL: 'none' };
    const kinds = { NON_COMPLIANT: 'fail', COMPLIANT: 'pass', NOT_APPLICABLE: 'notApplicable' };
    for (const [index, { code, severity, compliance }] of report.findings.entries()) {
      expect(results[index]).toMatchObject({
        ruleId: code,
        ruleIndex: VERDICT_CODES.indexOf(code),
        level: levels[severity],
        kind: kinds[compliance],
      });
    }
  });

  /**
   * Code scanning refuses a whole log for one result without a location, and resolves its address in the repository.
   *
   * @see https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
   */
  it.each(Object.entries(HOSTILE_NAMES))(
    'has a path in the repository for a name that %s',
    async (_, name) => {
      const { results } = await runOf(hostileReport(name));

      for (const { locations } of results) {
        const [{ physicalLocation }] = locations;
        const { uri } = physicalLocation.artifactLocation;
        expect(physicalLocation.region.startLine).toBe(1);
        expect(new URL(uri, 'https://base.example/a/b/').href).toBe(`https://base.example/a/b/${uri}`);
        expect(uri).toMatch(/^trails\/[^/]+\/[^/]+\/[^/]+$/);
      }
    },
  );

  it('has a unique fingerprint that does not depend on the day or the verdict', async () => {
    const report = await exampleReport();
    const later: Report = {
      ...report,
      evaluatedAt: '2026-02-01T00:00:00.000Z',
      findings: report.findings.map((finding) => ({ ...finding, code: 'KEY_DISABLED', annotation: 'x' })),
    };
    const printsOf = async (source: Report) =>
      (await runOf(source)).results.map(
        ({ partialFingerprints }: { partialFingerprints: Readonly<Record<string, string>> }) =>
          partialFingerprints['primaryLocationLineHash'],
      );

    const prints = await printsOf(report);

    expect(new Set(prints).size).toBe(report.findings.length);
    expect(await printsOf(later)).toEqual(prints);
  });

  it('has a message without links and placeholders', async () => {
    const { results } = await runOf(hostileReport('[x](0) {0} \\'));

    expect(results[0].message.text).toContain('\\[x\\](0) {{0}} \\\\');
  });
});
