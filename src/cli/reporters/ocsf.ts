import { annotationOf } from '../../core/annotation.js';
import type { Finding } from '../../core/evaluate-trail.js';
import { isStale, type Report, RULE_NAME } from '../../core/report.js';
import { CATALOGUE, type Compliance, type Severity } from '../../core/verdict.js';
import { partitionOf, sanitizeFinding } from './findings.js';
import { fingerprintOf } from './fingerprint.js';
import { jsonArray } from './json.js';
import { STALE_DATA, waiverSentence } from './sentences.js';
import { AWS_PAGES, controlsOf, requirementsOf, standardOf } from './standards.js';
import type { Reporter } from './types.js';

/**
 * The findings as events of the Open Cybersecurity Schema Framework, class Compliance Finding: one JSON array.
 *
 * @see https://schema.ocsf.io/1.9.0/classes/compliance_finding
 */
export const renderOcsf: Reporter = (report) => jsonArray(eventsOf(report));

function* eventsOf(report: Report): Iterable<unknown> {
  for (const finding of report.findings) yield eventOf(finding, report);
}

const OCSF_VERSION = '1.9.0';

const eventOf = (finding: Finding, report: Report) => {
  const { evaluatedAt, tool } = report;
  const shown = sanitizeFinding(finding);
  const { code } = shown;
  const severity = SEVERITIES[shown.severity];
  return {
    activity_id: 1,
    activity_name: 'Create',
    category_uid: 2,
    category_name: 'Findings',
    class_uid: 2003,
    class_name: 'Compliance Finding',
    type_uid: 200301,
    type_name: 'Compliance Finding: Create',
    severity_id: severity.id,
    severity: severity.caption,
    time: Date.parse(evaluatedAt),
    message: annotationOf(shown),
    ...(shown.waiver && {
      status_id: 3,
      status: 'Suppressed',
      status_detail: waiverSentence(shown.waiver),
    }),
    metadata: {
      version: OCSF_VERSION,
      product: { name: 'Trailkey', uid: tool.name, vendor_name: 'Trailkey', version: tool.version },
      profiles: ['cloud'],
      event_code: code,
    },
    cloud: {
      provider: 'AWS',
      account: {
        uid: shown.accountId,
        ...(shown.accountName && { name: shown.accountName }),
        type_id: 10,
        type: 'AWS Account',
      },
      region: shown.region,
      cloud_partition: partitionOf(shown),
    },
    finding_info: {
      uid: `${RULE_NAME}/${fingerprintOf(finding)}`,
      title: CATALOGUE[code].title,
      desc: annotationOf(shown),
      analytic: { uid: RULE_NAME, name: RULE_NAME, type_id: 1, type: 'Rule', version: tool.version },
    },
    compliance: complianceOf(shown, report),
    remediation: { desc: CATALOGUE[code].nextStep, references: [AWS_PAGES[code]] },
    resources: [resourceOf(shown)],
  };
};

const SEVERITIES = {
  INFORMATIONAL: { id: 1, caption: 'Informational' },
  LOW: { id: 2, caption: 'Low' },
  MEDIUM: { id: 3, caption: 'Medium' },
  HIGH: { id: 4, caption: 'High' },
} as const satisfies Record<Severity, unknown>;

/** OCSF has no status for NOT_APPLICABLE, and Warning means that an assessment is incomplete. */
const STATUSES = {
  COMPLIANT: { status_id: 1, status: 'Pass' },
  NON_COMPLIANT: { status_id: 3, status: 'Fail' },
  NOT_APPLICABLE: { status_id: 99, status: 'Not Applicable' },
} as const satisfies Record<Compliance, unknown>;

const complianceOf = (finding: Finding, report: Report) => ({
  control: RULE_NAME,
  desc: CATALOGUE[finding.code].why,
  standards: controlsOf(finding).map(standardOf),
  requirements: requirementsOf(finding),
  ...STATUSES[finding.compliance],
  status_code: finding.code,
  status_details: [
    annotationOf(finding),
    ...(finding.recordedAt !== undefined && isStale(finding.recordedAt, report)
      ? [`Recorded at ${finding.recordedAt}. ${STALE_DATA}`]
      : []),
  ],
});

const resourceOf = (finding: Finding) => ({
  uid: finding.trailArn,
  name: finding.trailName,
  type: finding.resourceType,
  region: finding.homeRegion,
  cloud_partition: partitionOf(finding),
  role_id: 1,
  role: 'Target',
  data: {
    resourceId: finding.resourceId,
    kmsKeyId: finding.kmsKeyId,
    key: finding.key,
    standard: finding.standard,
    ...(finding.recordedAt !== undefined && { recordedAt: finding.recordedAt }),
    ...(finding.daysLeft !== undefined && { daysLeft: finding.daysLeft }),
  },
});
