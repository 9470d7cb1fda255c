import { CATALOGUE } from '../../core/catalogue.js';
import type { Finding } from '../../core/finding.js';
import { countBy, type Report, type ReportError, type UnjudgedTrail } from '../../core/report.js';
import { harmless } from '../harmless.js';
import { byPlace } from './by-place.js';
import { harmlessFinding } from './harmless-finding.js';
import type { Reporter } from './reporter.js';
import { UNJUDGED_STEP, whyUnjudged } from './unjudged.js';

/**
 * The findings as JUnit's XML: a suite for each account and Region, a test case for each trail. The timestamp has no zone, as the
 * schema of Ant's JUnit task wants it, and is UTC.
 *
 * @see https://github.com/windyroad/JUnit-Schema
 */
export const renderJunit: Reporter = function* (report) {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n';
  for (const [id, suite] of suitesOf(report).entries()) yield* renderSuite(suite, id, report);
  yield '</testsuites>\n';
};

type Outcome = 'passed' | 'failure' | 'error' | 'skipped';
type Case = { readonly name: string; readonly outcome: Outcome; readonly body: string };
type Suite = { readonly name: string; readonly cases: readonly Case[] };

const suitesOf = ({ findings, errors, unjudged }: Report): readonly Suite[] => [
  ...byPlace(findings)
    .map((group) => group.map(harmlessFinding))
    .map(placeSuite),
  ...(unjudged.length > 0
    ? [{ name: 'not judged', cases: unjudged.map((trail) => unjudgedCase(trail, errors)) }]
    : []),
  ...(errors.length > 0 ? [{ name: 'errors', cases: errors.map(errorCase) }] : []),
];

const placeSuite = (findings: readonly Finding[]): Suite => ({
  name: findings
    .slice(0, 1)
    .map(({ accountId, region }) => `${accountId} ${region}`)
    .join(''),
  cases: findings.map(caseOf),
});

const OUTCOMES = { COMPLIANT: 'passed', NON_COMPLIANT: 'failure', NOT_APPLICABLE: 'skipped' } as const;

const caseOf = (finding: Finding): Case => {
  const { code, annotation, trailArn, compliance } = finding;
  const { why, nextStep } = CATALOGUE[code];
  const text = `${annotation}\n\nTrail: ${trailArn}\nWhy it matters: ${why}\nNext: ${nextStep}\n`;
  return {
    name: nameOf(finding),
    outcome: OUTCOMES[compliance],
    body: {
      COMPLIANT: '',
      NON_COMPLIANT: `<failure message="${escapeXml(annotation)}" type="${code}">${escapeXml(text)}</failure>`,
      // Text alone: the schema of Jenkins allows no attribute here.
      NOT_APPLICABLE: `<skipped>${escapeXml(annotation)}</skipped>`,
    }[compliance],
  };
};

/** Unique within its suite: a trail that is only seen here may have the name of one that lives here. */
const nameOf = ({ accountId, region, trailName, trailArn }: Finding): string =>
  trailArn.includes(`:${region}:${accountId}:`) ? trailName : trailArn;

const unjudgedCase = ({ trailArn }: UnjudgedTrail, errors: Report['errors']): Case => ({
  name: harmless(trailArn),
  outcome: 'skipped',
  body: `<skipped>This trail was ${whyUnjudged({ errors })}: ${UNJUDGED_STEP}</skipped>`,
});

const errorCase = ({ source, message }: ReportError): Case => ({
  name: harmless(source),
  outcome: 'error',
  body: `<error message="${escapeXml(harmless(message))}" type="error">${escapeXml(harmless(message))}</error>`,
});

function* renderSuite({ name, cases }: Suite, id: number, report: Report): Iterable<string> {
  const counts = countBy(cases, ({ outcome }) => outcome);
  const timestamp = report.evaluatedAt.slice(0, 'yyyy-mm-ddThh:mm:ss'.length);
  yield `  <testsuite name="${escapeXml(name.trim() || 'unnamed')}" package="${report.rule}" id="${id}" hostname="localhost" ` +
    `timestamp="${timestamp}" tests="${cases.length}" failures="${counts.get('failure') ?? 0}" ` +
    `errors="${counts.get('error') ?? 0}" time="0">\n`;
  yield `    <properties>\n      <property name="trailkey" value="${report.tool.version}"/>\n    </properties>\n`;
  const className = escapeXml(`${report.rule}.${name.replaceAll(' ', '.')}`);
  for (const { name: caseName, body } of cases) {
    const open = `    <testcase name="${escapeXml(caseName)}" classname="${className}" time="0"`;
    yield body === '' ? `${open}/>\n` : `${open}>\n      ${body}\n    </testcase>\n`;
  }
  yield '    <system-out/>\n    <system-err/>\n  </testsuite>\n';
}

const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
