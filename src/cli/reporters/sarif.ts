import { type Compliance, type Severity, VERDICT_CODES } from '../../core/catalogue.js';
import type { Finding } from '../../core/finding.js';
import { type Report, type ReportError, RULE_NAME } from '../../core/report.js';
import { MAX_RESULTS_PER_RUN } from '../code-scanning.js';
import { harmless } from '../harmless.js';
import { fingerprintOf } from './fingerprint.js';
import { harmlessFinding } from './harmless-finding.js';
import type { Reporter } from './reporter.js';
import { SARIF_RULES } from './sarif-rules.js';

/**
 * The findings as a SARIF 2.1.0 log, for code scanning: of one run, or of as many as its limit on results asks for.
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
    yield `${before}\n${indented(resultOf(finding), RESULT_INDENT)}`;
    before = ',';
  }
  yield before === '[' ? NO_RESULTS : `\n      ${NO_RESULTS.slice(1)}`;
}

/** How a run ends: the results come last, so that they can be put in one by one. */
const NO_RESULTS = '[]\n    }';
const RUN_INDENT = ' '.repeat(4);
const RESULT_INDENT = ' '.repeat(8);

const indented = (value: unknown, indent: string): string =>
  JSON.stringify(value, null, 2).replace(/^/gm, indent);

const runOf = ({ tool, evaluatedAt, errors }: Report, index: number) => ({
  tool: {
    driver: {
      name: 'Trailkey',
      version: tool.version,
      semanticVersion: tool.version,
      rules: SARIF_RULES,
    },
  },
  // Up to its last slash this is the category, of which code scanning takes one run in a file.
  automationDetails: { id: index === 0 ? `${RULE_NAME}/` : `${RULE_NAME}/${index + 1}/` },
  invocations: [
    {
      executionSuccessful: errors.length === 0,
      endTimeUtc: evaluatedAt,
      toolExecutionNotifications: index === 0 ? errors.map(notificationOf) : [],
    },
  ],
  columnKind: 'utf16CodeUnits',
  results: [],
});

const notificationOf = ({ source, message }: ReportError) => ({
  level: 'error',
  message: { text: plain(harmless(`${source}: ${message}`)) },
});

const resultOf = (finding: Finding) => {
  const { code, annotation, compliance, severity, ...shown } = harmlessFinding(finding);
  const fingerprint = fingerprintOf(finding);
  return {
    ruleId: code,
    ruleIndex: VERDICT_CODES.indexOf(code),
    kind: KINDS[compliance],
    level: LEVELS[severity],
    message: { text: plain(annotation) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(shown) }, region: { startLine: 1 } },
        logicalLocations: [{ name: shown.trailName, fullyQualifiedName: shown.trailArn, kind: 'resource' }],
      },
    ],
    // Code scanning goes by the first of these alone.
    partialFingerprints: { primaryLocationLineHash: `${fingerprint}:1`, 'trailkey/v1': fingerprint },
    properties: { ...shown, severity, compliance },
  };
};

const KINDS = {
  COMPLIANT: 'pass',
  NON_COMPLIANT: 'fail',
  NOT_APPLICABLE: 'notApplicable',
} as const satisfies Record<Compliance, string>;

/** SARIF allows no other level than `none` where the kind is not `fail`, and those findings are INFORMATIONAL. */
const LEVELS = {
  HIGH: 'error',
  MEDIUM: 'warning',
  LOW: 'note',
  INFORMATIONAL: 'none',
} as const satisfies Record<Severity, string>;

/** Brackets make links in a message, and braces placeholders. */
const plain = (text: string): string => text.replace(/[\\[\]]/g, '\\$&').replace(/[{}]/g, '$&$&');

/** Snapshots have another name each day, so a trail's place stands for its file: an alert stays the same from run to run. */
const uriOf = ({ accountId, region, trailName }: Pick<Finding, 'accountId' | 'region' | 'trailName'>) =>
  `trails/${segment(accountId)}/${segment(region)}/${segment(trailName)}`;

/** One step of a path: a name of dots alone would lead elsewhere. */
const segment = (text: string): string => encodeURIComponent(text).replace(/^\.*$/, '_');
