import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../src/cli/reporters/index.js';
import { INTERRUPTED, type Report } from '../../src/core/report.js';
import { DAY, keyItem, NOW, trailItem } from '../support/builders.js';
import { folderOf, snapshotOf } from '../support/files.js';
import { ROOT } from '../support/project.js';
import { run } from '../support/run-check.js';

const EXAMPLE = ['check', `${ROOT}examples/organization`, '--param-file', `${ROOT}examples/parameters.json`];

/** A folder with the JSON report of the example organization. */
const folderWithReport = async () => {
  const folder = await folderOf({});
  const file = `${folder}/report.json`;
  await run([...EXAMPLE, '--quiet', '--output', file]);
  return { folder, file };
};

const readReport = async (file: string): Promise<Report> => JSON.parse(await readFile(file, 'utf8'));

describe('trailkey report', () => {
  it.each(FORMATS)('writes an earlier report as %s, as the run would have written it', async (format) => {
    const { file } = await folderWithReport();

    const { stdout, exitCode } = await run(['report', file, '--format', format], { now: NOW + 90 * DAY });

    const original = await run([...EXAMPLE, '--format', format]);
    expect(stdout).toBe(original.stdout);
    expect(exitCode).toBe(0);
  });

  it('exits with 1 only for findings that --fail-on covers', async () => {
    const { file } = await folderWithReport();

    expect((await run(['report', file, '--fail-on', 'HIGH'])).exitCode).toBe(1);
    expect((await run(['report', file])).exitCode).toBe(0);
  });

  it('compares with an earlier report', async () => {
    const { folder, file } = await folderWithReport();
    const report = await readReport(file);
    const [fresh] = report.findings.filter(({ compliance }) => compliance === 'NON_COMPLIANT');
    const earlier = {
      ...report,
      findings: report.findings.filter((one) => one.trailArn !== fresh?.trailArn),
    };
    await writeFile(`${folder}/earlier.json`, JSON.stringify(earlier));

    const { stdout, exitCode } = await run([
      ...['report', file, '--since-report', `${folder}/earlier.json`],
      ...['--fail-on', 'new', '--format', 'json'],
    ]);

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout).comparison.new).toMatchObject([{ trailArn: fresh?.trailArn }]);
  });

  it('keeps the comparison and the waivers in the file, unless others are given', async () => {
    const { folder, file } = await folderWithReport();
    const waiver = {
      trailArn: 'arn:aws:cloudtrail:*:444455556666:trail/*',
      codes: ['KEY_PENDING_DELETION'],
      reason: 'Closing',
      owner: 'ann',
      expires: '2026-03-31',
    };
    await writeFile(`${folder}/w.json`, JSON.stringify({ waivers: [waiver] }));
    await writeFile(`${folder}/none.yaml`, 'waivers: []');
    const reportWith = async (source: string, ...options: readonly string[]) =>
      JSON.parse((await run(['report', source, '--format', 'json', ...options])).stdout);

    await run([
      'report',
      file,
      '--waivers',
      `${folder}/w.json`,
      '--since-report',
      file,
      '-o',
      `${folder}/2.json`,
    ]);

    const waived = await readReport(`${folder}/2.json`);
    expect(waived.summary.waived).toBe(1);
    expect(await reportWith(`${folder}/2.json`)).toEqual(waived);
    const without = await reportWith(`${folder}/2.json`, '--waivers', `${folder}/none.yaml`);
    expect(without.summary.waived).toBe(0);
    expect(without.comparison).toEqual(waived.comparison);
  });

  it('does not apply a waiver that has expired since the report was made', async () => {
    const { folder, file } = await folderWithReport();
    const waiver = {
      ...{ trailArn: 'arn:aws:cloudtrail:*:444455556666:trail/*', codes: ['KEY_PENDING_DELETION'] },
      ...{ reason: 'Closing', owner: 'ann', expires: '2026-01-31' },
    };
    await writeFile(`${folder}/w.json`, JSON.stringify({ waivers: [waiver] }));

    const { stderr } = await run(['report', file, '--quiet', '--waivers', `${folder}/w.json`], {
      now: NOW + 90 * DAY,
    });

    expect(stderr).toContain('expired on 2026-01-31');
  });

  it('keeps the problems of waivers in the file', async () => {
    const { folder, file } = await folderWithReport();
    await writeFile(`${folder}/w.yaml`, 'waivers: [1]');
    await run(['report', file, '--waivers', `${folder}/w.yaml`, '-o', `${folder}/2.json`]);

    const { stderr } = await run(['report', `${folder}/2.json`, '--quiet']);

    expect(stderr).toBe(
      'trailkey: Waiver 1 is not valid and waives nothing: expected an object; received a number.\n',
    );
  });

  it('names the interruption of the run in the file once', async () => {
    const { folder, file } = await folderWithReport();
    const interrupted = { ...(await readReport(file)), errors: [INTERRUPTED] };
    await writeFile(`${folder}/2.json`, JSON.stringify(interrupted));

    const { stderr, exitCode } = await run(['report', `${folder}/2.json`, '--quiet']);

    expect(stderr).toBe(`trailkey: ${INTERRUPTED.message}\n`);
    expect(exitCode).toBe(2);
  });

  it('writes the commands of the findings again, because a file can come from anywhere', async () => {
    const { folder, file } = await folderWithReport();
    const report = await readReport(file);
    const findings = report.findings.map((finding) => ({ ...finding, commands: ['aws s3 rb s3://logs'] }));
    await writeFile(`${folder}/changed.json`, JSON.stringify({ ...report, findings }));

    const { stdout } = await run(['report', `${folder}/changed.json`, '--format', 'json']);

    expect(JSON.parse(stdout).findings).toEqual(report.findings);
  });
});

describe('a file that is not a report', () => {
  it.each([
    ['[', 'it is not JSON'],
    ['[]', 'report must be object'],
    ['{}', "report must have required property 'schemaVersion'"],
    [JSON.stringify({ schemaVersion: '2.0' }), "report must have required property 'tool'"],
  ])('%s is named with the reason', async (text, reason) => {
    const folder = await folderOf({ 'a.json': text });

    const { exitCode, stderr } = await run(['report', `${folder}/a.json`]);

    expect(exitCode).toBe(2);
    expect(stderr).toBe(`trailkey: ${folder}/a.json must be a JSON report of trailkey: ${reason}.\n`);
  });

  it('with a code of a later version is named', async () => {
    const { folder, file } = await folderWithReport();
    const text = (await readFile(file, 'utf8')).replace('"code": "NO_KMS_KEY"', '"code": "LATER"');
    await writeFile(`${folder}/later.json`, text);

    const { stderr } = await run(['report', `${folder}/later.json`]);

    expect(stderr).toMatch(
      /later\.json must be a JSON report of trailkey: report\/findings\/\d+\/code must be/,
    );
  });

  it('because it is missing is named', async () => {
    const { exitCode, stderr } = await run(['report', 'missing.json']);

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^trailkey: missing\.json: .*\n$/);
  });

  it('is not overwritten', async () => {
    const { file } = await folderWithReport();

    expect((await run(['report', file, '--output', file])).stderr).toContain('would overwrite an input file');
  });
});

describe('--output', () => {
  const NAMES = {
    text: ['r.txt'],
    json: ['r.json', 'R.JSON'],
    csv: ['r.csv'],
    markdown: ['r.md'],
    html: ['r.html'],
    sarif: ['r.sarif', 'r.sarif.json'],
    junit: ['r.xml'],
    ocsf: ['r.ocsf.json'],
    asff: ['r.asff.json'],
  } as const;

  it.each(FORMATS)('takes the format %s from the extension, and names the file', async (format) => {
    const { folder, file } = await folderWithReport();
    const original = await run(['report', file, '--format', format], { env: { COLUMNS: '100' } });

    for (const name of NAMES[format]) {
      const target = `${folder}/${name}`;
      const { stderr } = await run(['report', file, '-o', target]);
      expect(await readFile(target, 'utf8')).toBe(original.stdout);
      expect(stderr).toContain(`trailkey: Wrote the ${format} report to ${target}.\n`);
    }
  });

  it('takes FORMAT=FILE for any name', async () => {
    const { folder, file } = await folderWithReport();

    await run(['report', file, '-o', `csv=${folder}/a=b.txt`, '-o', `${folder}/a=b.json`]);

    expect(await readFile(`${folder}/a=b.txt`, 'utf8')).toMatch(/^accountId,/);
    expect(await readReport(`${folder}/a=b.json`)).toHaveProperty('findings');
  });

  it.each(['report', 'report.pdf', 'json', ''])('%j without a known extension is an error', async (name) => {
    const { exitCode, stderr } = await run(['report', 'a.json', '--output', name]);

    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'trailkey: --output must be FORMAT=FILE, or a file that ends with .txt, .json, .csv, .md, .html, .sarif, .sarif.json, .xml, ' +
        `.ocsf.json, .asff.json; received "${name}".\n`,
    );
  });
});

describe('--severity and --account', () => {
  const trailOf = (accountId: string, kmsKeyId: string | null) =>
    trailItem(
      { kmsKeyId, trailARN: `arn:aws:cloudtrail:eu-west-1:${accountId}:trail/audit` },
      { awsAccountId: accountId },
    );
  const snapshot = () =>
    folderOf({
      'a.json': snapshotOf(trailOf('111122223333', null), trailOf('444455556666', 'no key'), keyItem()),
    });

  it('limit what is shown, say so, and do not change the exit code', async () => {
    const folder = await snapshot();

    const filtered = await run(['check', folder, '--severity', 'HIGH', '--account', '111122223333']);

    expect(filtered.exitCode).toBe(1);
    expect(filtered.stdout.replace(/\s+/g, ' ')).toMatch(
      /^No finding matches the filter of this report\. .*This report is filtered: .* Not shown: 2 of 2 findings, 2 of them NON_COMPLIANT\./,
    );
    expect(filtered.stderr).toMatch(/^trailkey: This report is filtered: .*\n$/);
  });

  it.each(['json', 'markdown', 'html', 'sarif', 'junit', 'text'])('are named in %s', async (format) => {
    const { stdout } = await run(['check', await snapshot(), '--severity', 'HIGH', '--format', format]);

    expect(stdout).toContain('This report is filtered');
    if (format === 'text') expect(stdout).toMatch(/^1 of 1 shown trail is NON_COMPLIANT/);
    expect(stdout).toContain('444455556666');
    expect(stdout).not.toContain('111122223333');
  });

  it('take several accounts', async () => {
    const options = ['--account', '111122223333, 444455556666', '--account', '777788889999'];

    const { stdout } = await run(['check', await snapshot(), '--format', 'json', ...options]);

    expect(JSON.parse(stdout)).toMatchObject({
      filter: { accounts: ['111122223333', '444455556666', '777788889999'] },
      summary: { NON_COMPLIANT: 2 },
    });
  });

  it('make a report that another cannot be compared with', async () => {
    const folder = await snapshot();
    await run(['check', `${folder}/a.json`, '--severity', 'HIGH', '-o', `${folder}/part.json`]);

    const { exitCode, stderr } = await run([
      'check',
      `${folder}/a.json`,
      '--since-report',
      `${folder}/part.json`,
    ]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('a report with --severity or --account does not contain all findings');
  });

  it.each([
    ['--severity', 'CRITICAL', '--severity must be one of HIGH, MEDIUM, LOW; received "CRITICAL".'],
    ['--account', '1234', '--account must contain account IDs of 12 digits; received "1234".'],
  ])('%s %s is an error', async (option, value, message) => {
    const { exitCode, stderr } = await run(['check', 'a.json', option, value]);

    expect(exitCode).toBe(2);
    expect(stderr).toBe(`trailkey: ${message}\n`);
  });
});
