import { annotationOf } from '../../core/annotation.js';
import { parseArn } from '../../core/arn.js';
import type { Finding, FindingWaiver } from '../../core/evaluate-trail.js';
import { isStale, type Report, RULE_NAME } from '../../core/report.js';
import { CATALOGUE, type Compliance } from '../../core/verdict.js';
import { byAccountAndRegion, partitionOf, sanitizeFinding } from './findings.js';
import { fingerprintOf } from './fingerprint.js';
import { jsonArray } from './json.js';
import { STALE_DATA, waiverSentence } from './sentences.js';
import { AWS_PAGES, requirementsOf } from './standards.js';
import type { Reporter } from './types.js';

/**
 * The findings in the AWS Security Finding Format: an array of batches, each for the `--findings` of one BatchImportFindings call.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
 */
export const renderAsff: Reporter = (report) => jsonArray(batchesOf(report));

/** The limit of BatchImportFindings. A call imports into one account and Region, so a batch contains the findings of one. */
const MAX_FINDINGS_PER_CALL = 100;

function* batchesOf(report: Report): Iterable<unknown> {
  for (const findings of byAccountAndRegion(report.findings)) {
    for (let start = 0; start < findings.length; start += MAX_FINDINGS_PER_CALL) {
      yield findings.slice(start, start + MAX_FINDINGS_PER_CALL).map((finding) => asffOf(finding, report));
    }
  }
}

const TYPES = ['Software and Configuration Checks/AWS Security Best Practices'];

const asffOf = (finding: Finding, report: Report) => {
  const { evaluatedAt } = report;
  const shown = sanitizeFinding(finding);
  const { code, accountId, region } = shown;
  const Severity = { Label: shown.severity, Original: shown.severity };
  return {
    SchemaVersion: '2018-10-08',
    Id: `${RULE_NAME}/${fingerprintOf(finding)}`,
    ProductArn: `arn:${partitionOf(shown)}:securityhub:${region}:${accountId}:product/${accountId}/default`,
    ProductName: 'Trailkey',
    CompanyName: 'Trailkey',
    GeneratorId: `trailkey/${RULE_NAME}`,
    AwsAccountId: accountId,
    ...optionalField('AwsAccountName', (shown.accountName ?? '').slice(0, MAX_ACCOUNT_NAME_CHARACTERS)),
    Region: region,
    Types: TYPES,
    CreatedAt: evaluatedAt,
    UpdatedAt: evaluatedAt,
    Severity,
    FindingProviderFields: { Severity, Types: TYPES },
    Title: CATALOGUE[code].title,
    Description: annotationOf(shown),
    Remediation: { Recommendation: { Text: CATALOGUE[code].nextStep, Url: AWS_PAGES[code] } },
    ProductFields: productFieldsOf(shown, report),
    Resources: asffResourcesOf(shown, partitionOf(shown)),
    Compliance: complianceOf(shown, report),
    ...(shown.waiver && workflowOf(shown.waiver, evaluatedAt)),
    RecordState: code === 'TRAIL_NOT_FOUND' ? 'ARCHIVED' : 'ACTIVE',
  };
};

const STATUSES = {
  COMPLIANT: 'PASSED',
  NON_COMPLIANT: 'FAILED',
  NOT_APPLICABLE: 'NOT_AVAILABLE',
} as const satisfies Record<Compliance, string>;

const MAX_NOTE_CHARACTERS = 512;
const MAX_ACCOUNT_NAME_CHARACTERS = 50;

/** Security Hub uses both only when it creates the finding: BatchUpdateFindings changes them later. */
const workflowOf = (waiver: FindingWaiver, UpdatedAt: string) => ({
  Workflow: { Status: 'SUPPRESSED' },
  Note: { Text: waiverSentence(waiver).slice(0, MAX_NOTE_CHARACTERS), UpdatedBy: 'Trailkey', UpdatedAt },
});

/** The fields that only Trailkey has. */
const productFieldsOf = (finding: Finding, { tool, mode }: Report) => {
  const { code, standard, recordedAt = '', daysLeft } = finding;
  return {
    'trailkey/Code': code,
    'trailkey/Version': tool.version,
    'trailkey/Mode': mode,
    'trailkey/Standard': standard,
    ...optionalField('trailkey/RecordedAt', recordedAt),
    ...optionalField('trailkey/DaysLeft', daysLeft?.toString() ?? ''),
  };
};

const complianceOf = (finding: Finding, report: Report) => {
  const { code, compliance, recordedAt } = finding;
  const RelatedRequirements = requirementsOf(finding);
  return {
    Status: STATUSES[compliance],
    ...(RelatedRequirements.length > 0 ? { RelatedRequirements } : {}),
    StatusReasons: [
      { ReasonCode: code, Description: annotationOf(finding) },
      ...(recordedAt !== undefined && isStale(recordedAt, report)
        ? [{ ReasonCode: 'STALE_DATA', Description: `Recorded at ${recordedAt}. ${STALE_DATA}` }]
        : []),
    ],
  };
};

/** The resources of a finding in the AWS Security Finding Format: the trail, and its key if the key ARN is known. */
const asffResourcesOf = (finding: Finding, partition: string) => [
  trailOf(finding, partition),
  ...keyOf(finding.key?.arn ?? ''),
];

/** The partitions that the format allows. */
const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov'];
const partitionIn = (partition: string) => (PARTITIONS.includes(partition) ? { Partition: partition } : {});

const MAX_ID_CHARACTERS = 512;

const trailOf = ({ trailArn, trailName, homeRegion, kmsKeyId }: Finding, partition: string) => ({
  Type: 'AwsCloudTrailTrail',
  Id: trailArn.slice(0, MAX_ID_CHARACTERS),
  ...partitionIn(partition),
  ...optionalField('Region', homeRegion),
  Details: {
    AwsCloudTrailTrail: {
      ...optionalField('Name', trailName),
      ...optionalField('TrailArn', trailArn),
      ...optionalField('HomeRegion', homeRegion),
      ...optionalField('KmsKeyId', kmsKeyId ?? ''),
    },
  },
});

const keyOf = (arn: string) => {
  const parts = parseArn(arn);
  if (!parts) return [];
  const { partition, region } = parts;
  return [
    {
      Type: 'AwsKmsKey',
      Id: arn.slice(0, MAX_ID_CHARACTERS),
      ...partitionIn(partition),
      ...optionalField('Region', region),
    },
  ];
};

/** The format does not allow empty text, so an empty field is omitted. */
const optionalField = (name: string, text: string) => (text.trim() === '' ? {} : { [name]: text });
