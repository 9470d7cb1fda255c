import type { Finding } from '../../core/evaluate-trail.js';
import { type Report, RULE_NAME } from '../../core/report.js';
import {
  CATALOGUE,
  type Compliance,
  type Severity,
  VERDICT_CODES,
  type VerdictCode,
} from '../../core/verdict.js';
import { sanitize } from '../terminal.js';
import { VERDICT_PAGES } from '../verdict-pages.js';
import { formatNumber, sanitizeFinding, sentencesOf } from './findings.js';
import { fingerprintOf } from './fingerprint.js';
import { ageOfData, unevaluatedTrails, waiverSentence } from './sentences.js';
import { AWS_PAGES } from './standards.js';
import type { Reporter } from './types.js';

/**
 * The limits of GitHub code scanning: it rejects a run with more results, and a file with more runs.
 *
 * @see https://docs.github.com/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit
 */
const MAX_RESULTS_PER_RUN = 25_000;
const MAX_RUNS_PER_FILE = 20;

/** A note for a report with more findings than GitHub code scanning accepts. */
export const resultLimitNotes = ({ findings }: Report): readonly string[] => {
  const limit = MAX_RESULTS_PER_RUN * MAX_RUNS_PER_FILE;
  return findings.length <= limit
    ? []
    : [
        `GitHub accepts ${formatNumber(limit)} results in a SARIF file, and this report has ${formatNumber(findings.length)}. To upload it, evaluate fewer accounts at a time.`,
      ];
};

/**
 * The findings as a SARIF 2.1.0 log for code scanning, with one run, or more if there are more results than the limit per run.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * @see https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
export const renderSarif: Reporter = function* (report) {
  yield LOG.slice(0, -NO_RUNS.length);
  const runs = Math.max(1, Math.ceil(report.findings.length / MAX_RESULTS_PER_RUN));
  for (let index = 0; index < runs; index += 1) {
    yield index === 0 ? '[\n' : ',\n';
    yield* renderRun(report, index);
  }
  yield `\n  ${NO_RUNS.slice(1)}\n`;
};

const LOG = JSON.stringify(
  { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [] },
  null,
  2,
);
const NO_RUNS = '[]\n}';

function* renderRun(report: Report, index: number): Iterable<string> {
  const start = index * MAX_RESULTS_PER_RUN;
  yield indented(runOf(report, index), RUN_INDENT).slice(0, -NO_RESULTS.length);
  let before = '[';
  for (const finding of report.findings.slice(start, start + MAX_RESULTS_PER_RUN)) {
    yield `${before}\n${indented(resultOf(finding, report), RESULT_INDENT)}`;
    before = ',';
  }
  yield before === '[' ? NO_RESULTS : `\n      ${NO_RESULTS.slice(1)}`;
}

/** The end of a run. The results come last, so that they can be written one by one. */
const NO_RESULTS = '[]\n    }';
const RUN_INDENT = ' '.repeat(4);
const RESULT_INDENT = ' '.repeat(8);

const indented = (value: unknown, indent: string): string =>
  JSON.stringify(value, null, 2).replace(/^/gm, indent);

const runOf = (report: Report, index: number) => ({
  tool: {
    driver: {
      name: 'Trailkey',
      version: report.tool.version,
      semanticVersion: report.tool.version,
      rules: SARIF_RULES,
    },
  },
  // The text before the last slash is the category. Code scanning allows one run of each category in a file.
  automationDetails: { id: index === 0 ? `${RULE_NAME}/` : `${RULE_NAME}/${index + 1}/` },
  invocations: [
    {
      executionSuccessful: report.errors.length === 0,
      endTimeUtc: report.evaluatedAt,
      toolExecutionNotifications: index === 0 ? notificationsIn(report) : [],
    },
  ],
  columnKind: 'utf16CodeUnits',
  results: [],
});

const notificationsIn = (report: Report) => [
  ...report.errors.map(({ source, message }) => notification('error', `${source}: ${message}`)),
  ...(report.recorded?.stale ? [notification('warning', ageOfData(report) ?? '')] : []),
  ...(report.notes ?? []).map((note) => notification('note', note)),
  ...(report.waiverProblems ?? []).map(({ message }) => notification('warning', message)),
  ...unevaluatedTrails(report).map(({ inScope, sentence }) =>
    notification(inScope ? 'warning' : 'note', sentence),
  ),
];

const notification = (level: 'error' | 'warning' | 'note', text: string) => ({
  level,
  message: { text: plain(sanitize(text)) },
});

const resultOf = (finding: Finding, { summary }: Report) => {
  const { code, compliance, severity, ...shown } = sanitizeFinding(finding);
  const fingerprint = fingerprintOf(finding);
  return {
    ruleId: code,
    ruleIndex: VERDICT_CODES.indexOf(code),
    kind: KINDS[compliance],
    level: LEVELS[severity],
    message: { text: plain(sentencesOf({ ...shown, code })) },
    locations: [
      {
        physicalLocation: physicalLocationOf(shown),
        logicalLocations: [{ name: shown.trailName, fullyQualifiedName: shown.trailArn, kind: 'resource' }],
      },
    ],
    // Code scanning uses only the first of these.
    partialFingerprints: { primaryLocationLineHash: `${fingerprint}:1`, 'trailkey/v1': fingerprint },
    // Either all results of a run have suppressions, or none.
    ...(summary.waived > 0 && { suppressions: suppressionsOf(shown) }),
    properties: { ...shown, severity, compliance },
  };
};

const suppressionsOf = ({ waiver }: Pick<Finding, 'waiver'>) =>
  waiver ? [{ kind: 'external', status: 'accepted', justification: waiverSentence(waiver) }] : [];

const KINDS = {
  COMPLIANT: 'pass',
  NON_COMPLIANT: 'fail',
  NOT_APPLICABLE: 'notApplicable',
} as const satisfies Record<Compliance, string>;

/** SARIF requires the level `none` if the kind is not `fail`, and those findings are INFORMATIONAL. */
const LEVELS = {
  HIGH: 'error',
  MEDIUM: 'warning',
  LOW: 'note',
  INFORMATIONAL: 'none',
} as const satisfies Record<Severity, string>;

/** In a message, brackets make links and braces make placeholders. */
const plain = (text: string): string => text.replace(/[\\[\]]/g, '\\$&').replace(/[{}]/g, '$&$&');

const physicalLocationOf = (finding: Pick<Finding, 'accountId' | 'region' | 'trailName' | 'location'>) =>
  finding.location
    ? {
        artifactLocation: { uri: finding.location.file.split('/').map(encodeURIComponent).join('/') },
        region: { startLine: finding.location.line },
      }
    : { artifactLocation: { uri: uriOf(finding) }, region: { startLine: 1 } };

/** The names of snapshots change daily, so the account, Region, and trail stand for the file: an alert stays the same in every run. */
const uriOf = ({ accountId, region, trailName }: Pick<Finding, 'accountId' | 'region' | 'trailName'>) =>
  `trails/${segment(accountId)}/${segment(region)}/${segment(trailName)}`;

/** One segment of a path. A name that consists of dots would refer to another folder. */
const segment = (text: string): string => encodeURIComponent(text).replace(/^\.*$/, '_');

const ruleOf = (code: VerdictCode) => {
  const { title, why, nextStep, severity } = CATALOGUE[code];
  return {
    id: code,
    name: pascalCase(code),
    shortDescription: { text: `${title}.` },
    fullDescription: { text: why },
    help: { text: `${why} ${nextStep}`, markdown: standalone(VERDICT_PAGES[code]) },
    helpUri: AWS_PAGES[code],
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      tags: ['security', 'aws', 'cloudtrail', 'kms'],
      precision: 'very-high',
      ...GRADES[severity],
    },
  };
};

/** Code scanning shows `security-severity` as critical above 9.0, high from 7.0, medium from 4.0, else low. */
const GRADES = {
  HIGH: { 'problem.severity': 'error', 'security-severity': '8.0' },
  MEDIUM: { 'problem.severity': 'warning', 'security-severity': '5.5' },
  LOW: { 'problem.severity': 'recommendation', 'security-severity': '3.0' },
  INFORMATIONAL: {},
} as const satisfies Record<Severity, unknown>;

const pascalCase = (code: string): string =>
  code.toLowerCase().replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** A page without its neighbors: relative links become names. */
const standalone = (page: string): string =>
  page
    .replace(/\[([^\]]+)\]\([A-Z_]+\.md\)/g, '`$1`')
    .replace(/\[([^\]]+)\]\(\.\.\/([a-z-]+\.md)[^)]*\)/g, '$1 (docs/$2)');

/** A SARIF rule for each verdict, in the order of precedence, with its page as help. */
const SARIF_RULES = VERDICT_CODES.map(ruleOf);
