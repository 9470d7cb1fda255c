import { expect, it } from 'vitest';
import { memoryPages, validateXML } from 'xmllint-wasm';
import type { Report } from '../../../src/core/report.js';
import { exampleReport, shortReport } from '../../support/example-report.js';
import { HOSTILE_NAMES, hostileReport } from '../../support/hostile-names.js';
import { textAt } from '../../support/project.js';
import { render } from '../../support/render.js';

/** The schema of Ant's JUnit task (https://github.com/windyroad/JUnit-Schema), as a package ships it. */
const ANT = textAt('node_modules/jest-junit-reporter/src/__tests__/fixtures/junit.xsd');

/** The schema of Ant has no skipped tests, but readers of JUnit XML support them (https://github.com/jenkinsci/xunit-plugin, junit-10.xsd). */
const WITH_SKIPPED = ANT.replace(
  '<xs:choice minOccurs="0">',
  '<xs:choice minOccurs="0"><xs:element name="skipped" type="pre-string"/>',
);

const problemsIn = async (report: Report, schema: string): Promise<readonly string[]> => {
  const { errors } = await validateXML({
    xml: [{ fileName: 'report.xml', contents: await render('junit', report) }],
    schema: [schema],
    initialMemoryPages: memoryPages.MiB * 32,
  });
  return errors.map(({ message }) => message);
};

const applicable = (report: Report): Report => ({
  ...report,
  notEvaluated: [],
  findings: report.findings.filter(({ compliance }) => compliance !== 'NOT_APPLICABLE'),
});

it('is valid by the schema of Ant, except for skipped tests', async () => {
  expect(WITH_SKIPPED).not.toBe(ANT);
  expect(await problemsIn(applicable(await exampleReport()), ANT)).toEqual([]);
  expect(await problemsIn(await exampleReport(), WITH_SKIPPED)).toEqual([]);
  expect(await problemsIn(await shortReport(), WITH_SKIPPED)).toEqual([]);
  expect(await problemsIn(hostileReport(), ANT)).toEqual([]);
});

it('is rejected by the schema if it is invalid', async () => {
  expect(await problemsIn(await shortReport(), ANT)).not.toEqual([]);
});

it('is valid with hostile names', async () => {
  expect(await problemsIn(hostileReport(...Object.values(HOSTILE_NAMES)), WITH_SKIPPED)).toEqual([]);
});

it('has a test case for each finding, each error, and each trail that was not evaluated, and counts them', async () => {
  const report = await shortReport();

  const xml = await render('junit', report);

  const sum = (name: string) =>
    [...xml.matchAll(new RegExp(`<testsuite .* ${name}="(\\d+)"`, 'g'))].reduce(
      (total, [, number]) => total + Number(number),
      0,
    );
  const cases = xml.match(/<testcase /g)?.length;
  expect(cases).toBe(report.findings.length + 2);
  expect(sum('tests')).toBe(cases);
  expect(sum('failures')).toBe(xml.match(/<failure /g)?.length);
  expect(sum('errors')).toBe(1);
  expect(xml.match(/<skipped>/g)).toHaveLength(
    report.findings.filter(({ compliance }) => compliance === 'NOT_APPLICABLE').length + 1,
  );
});

it('has unique names of cases in a suite', async () => {
  const xml = await render('junit', await exampleReport());

  const cases = [...xml.matchAll(/<testcase name="([^"]*)" classname="([^"]*)"/g)].map(([, ...names]) =>
    names.join(' '),
  );
  expect(new Set(cases).size).toBe(cases.length);
});
