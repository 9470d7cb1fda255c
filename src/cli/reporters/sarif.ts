import { type Compliance, type Severity, VERDICT_CODES } from '../../core/catalogue.js';
import type { Finding } from '../../core/finding.js';
import { type Report, type ReportError, RULE_NAME } from '../../core/report.js';
import { harmless } from '../harmless.js';
import { fingerprintOf } from './fingerprint.js';
import { harmlessFinding } from './harmless-finding.js';
import type { Reporter } from './reporter.js';
import { SARIF_RULES } from './sarif-rules.js';

/**
 * The findings as a SARIF 2.1.0 log of one run, for code scanning.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * @see https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
export const renderSarif: Reporter = function* (report) {
  const log = JSON.stringify(logOf(report), null, 2);
  yield log.slice(0, -NO_RESULTS.length);
  let before = '[';
  for (const finding of report.findings) {
    yield `${before}\n${JSON.stringify(resultOf(finding), null, 2).replace(/^/gm, RESULT_INDENT)}`;
    before = ',';
  }
  yield before === '[' ? `${NO_RESULTS}\n` : `\n      ${NO_RESULTS.slice(1)}\n`;
};

/** How the log ends: the results come last, so that they can be put in one by one. */
const NO_RESULTS = '[]\n    }\n  ]\n}';
const RESULT_INDENT = ' '.repeat(8);

const logOf = ({ tool, evaluatedAt, errors }: Report) => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'Trailkey',
          version: tool.version,
          semanticVersion: tool.version,
          rules: SARIF_RULES,
        },
      },
      automationDetails: { id: `${RULE_NAME}/` },
      invocations: [
        {
          executionSuccessful: errors.length === 0,
          endTimeUtc: evaluatedAt,
          toolExecutionNotifications: errors.map(notificationOf),
        },
      ],
      columnKind: 'utf16CodeUnits',
      results: [],
    },
  ],
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
