import { countBy } from '../../core/collections.js';
import type { Finding } from '../../core/evaluate-trail.js';
import type { Report, ReportError } from '../../core/report.js';
import { CATALOGUE } from '../../core/verdict.js';
import { sanitize } from '../terminal.js';
import { byAccountAndRegion, sanitizeFinding, sentencesOf } from './findings.js';
import { ageOfData, type ExplainedTrail, unevaluatedTrails, waiverSentence } from './sentences.js';
import type { Reporter } from './types.js';

/**
 * The findings as JUnit XML: a suite for each account and Region, a test case for each trail. The timestamp is UTC and has no zone, as
 * the schema of Ant's JUnit task requires.
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
type Suite = { readonly name: string; readonly cases: readonly Case[]; readonly output?: string };

const suitesOf = ({ findings, errors, notEvaluated }: Report): readonly Suite[] => [
  ...byAccountAndRegion(findings)
    .map((group) => group.map(sanitizeFinding))
    .map(suiteOf),
  ...(notEvaluated.length > 0
    ? [{ name: 'not evaluated', cases: unevaluatedTrails({ notEvaluated, errors }).map(notEvaluatedCase) }]
    : []),
  ...(errors.length > 0 ? [{ name: 'errors', cases: errors.map(errorCase) }] : []),
];

const suiteOf = (findings: readonly Finding[]): Suite => ({
  name: findings
    .slice(0, 1)
    .map(({ accountId, region }) => `${accountId} ${region}`)
    .join(''),
  cases: findings.map(caseOf),
  // A test case that passed contains no text.
  output: findings
    .filter(({ unchecked }) => unchecked !== undefined)
    .map((finding) => `${finding.trailArn}: ${sentencesOf(finding)}\n`)
    .join(''),
});

const OUTCOMES = { COMPLIANT: 'passed', NON_COMPLIANT: 'failure', NOT_APPLICABLE: 'skipped' } as const;

const caseOf = (finding: Finding): Case => {
  const { code, trailArn, compliance } = finding;
  const summary = sentencesOf(finding);
  const { why, nextStep } = CATALOGUE[code];
  const commands = (finding.commands ?? []).map((command) => `  ${command}\n`).join('');
  const text = `${summary}\n\nTrail: ${trailArn}\nWhy it matters: ${why}\nHow to fix: ${nextStep}\n${commands}`;
  if (finding.waiver) return skipped(nameOf(finding), `${waiverSentence(finding.waiver)} ${summary}`);
  return {
    name: nameOf(finding),
    outcome: OUTCOMES[compliance],
    body: {
      COMPLIANT: '',
      NON_COMPLIANT: `<failure message="${escapeXml(summary)}" type="${code}">${escapeXml(text)}</failure>`,
      NOT_APPLICABLE: skipped('', summary).body,
    }[compliance],
  };
};

/** Unique within its suite: a shadow trail or an organization trail can have the name of a trail of this account and Region. */
const nameOf = ({ accountId, region, trailName, trailArn }: Finding): string =>
  trailArn.includes(`:${region}:${accountId}:`) ? trailName : trailArn;

const notEvaluatedCase = ({ trailArn, reason }: ExplainedTrail): Case =>
  skipped(sanitize(trailArn), sanitize(reason));

/** The schema of Jenkins allows no attribute in the element. */
const skipped = (name: string, reason: string): Case => ({
  name,
  outcome: 'skipped',
  body: `<skipped>${escapeXml(reason)}</skipped>`,
});

const errorCase = ({ source, message }: ReportError): Case => ({
  name: sanitize(source),
  outcome: 'error',
  body: `<error message="${escapeXml(sanitize(message))}" type="error">${escapeXml(sanitize(message))}</error>`,
});

function* renderSuite({ name, cases, output = '' }: Suite, id: number, report: Report): Iterable<string> {
  const counts = countBy(cases, ({ outcome }) => outcome);
  const timestamp = report.evaluatedAt.slice(0, 'yyyy-mm-ddThh:mm:ss'.length);
  yield `  <testsuite name="${escapeXml(name.trim() || 'unnamed')}" package="${report.rule}" id="${id}" hostname="localhost" ` +
    `timestamp="${timestamp}" tests="${cases.length}" failures="${counts.get('failure') ?? 0}" ` +
    `errors="${counts.get('error') ?? 0}" time="0">\n`;
  yield `    <properties>\n      <property name="trailkey" value="${report.tool.version}"/>\n${propertiesOf(report)}    </properties>\n`;
  const className = escapeXml(`${report.rule}.${name.replaceAll(' ', '.')}`);
  for (const { name: caseName, body } of cases) {
    const open = `    <testcase name="${escapeXml(caseName)}" classname="${className}" time="0"`;
    yield body === '' ? `${open}/>\n` : `${open}>\n      ${body}\n    </testcase>\n`;
  }
  yield output === '' ? '    <system-out/>\n' : `    <system-out>${escapeXml(output)}</system-out>\n`;
  yield '    <system-err/>\n  </testsuite>\n';
}

/** How the trails were evaluated. */
const propertiesOf = (report: Report): string =>
  [
    ['mode', report.mode] as const,
    ['recorded', ageOfData(report)] as const,
    ...(report.notes ?? []).map((note) => ['note', note] as const),
  ]
    .map(([name, value]) =>
      value === undefined ? '' : `      <property name="${name}" value="${escapeXml(sanitize(value))}"/>\n`,
    )
    .join('');

const escapeXml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
