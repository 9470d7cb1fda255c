import { parseArn } from '../../core/arn.js';
import { CATALOGUE, type Compliance } from '../../core/catalogue.js';
import type { Finding } from '../../core/finding.js';
import { type Report, RULE_NAME } from '../../core/report.js';
import { asffResourcesOf } from './asff-resources.js';
import { AWS_PAGES } from './aws-pages.js';
import { byPlace } from './by-place.js';
import { requirementsOf } from './controls.js';
import { fingerprintOf } from './fingerprint.js';
import { harmlessFinding } from './harmless-finding.js';
import { jsonArray } from './json-array.js';
import type { Reporter } from './reporter.js';

/**
 * The findings in the AWS Security Finding Format: an array of batches, each the `--findings` of one BatchImportFindings call.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
 */
export const renderAsff: Reporter = (report) => jsonArray(batchesOf(report));

/** The limit of BatchImportFindings; a call reaches one account and Region, so a batch holds those of one. */
const MAX_FINDINGS_A_CALL = 100;

function* batchesOf(report: Report): Iterable<unknown> {
  for (const findings of byPlace(report.findings)) {
    for (let start = 0; start < findings.length; start += MAX_FINDINGS_A_CALL) {
      yield findings.slice(start, start + MAX_FINDINGS_A_CALL).map((finding) => asffOf(finding, report));
    }
  }
}

const TYPES = ['Software and Configuration Checks/AWS Security Best Practices'];

const asffOf = (finding: Finding, { evaluatedAt, tool }: Report) => {
  const shown = harmlessFinding(finding);
  const { code, accountId, region, annotation } = shown;
  const Severity = { Label: shown.severity, Original: shown.severity };
  return {
    SchemaVersion: '2018-10-08',
    Id: `${RULE_NAME}/${fingerprintOf(finding)}`,
    ProductArn: `arn:${partitionOf(shown)}:securityhub:${region}:${accountId}:product/${accountId}/default`,
    ProductName: 'Trailkey',
    CompanyName: 'Trailkey',
    GeneratorId: `trailkey/${RULE_NAME}`,
    AwsAccountId: accountId,
    Region: region,
    Types: TYPES,
    CreatedAt: evaluatedAt,
    UpdatedAt: evaluatedAt,
    Severity,
    FindingProviderFields: { Severity, Types: TYPES },
    Title: CATALOGUE[code].title,
    Description: annotation,
    Remediation: { Recommendation: { Text: CATALOGUE[code].nextStep, Url: AWS_PAGES[code] } },
    ProductFields: { 'trailkey/Code': code, 'trailkey/Version': tool.version },
    Resources: asffResourcesOf(shown, partitionOf(shown)),
    Compliance: complianceOf(shown),
    RecordState: code === 'TRAIL_GONE' ? 'ARCHIVED' : 'ACTIVE',
  };
};

const STATUSES = {
  COMPLIANT: 'PASSED',
  NON_COMPLIANT: 'FAILED',
  NOT_APPLICABLE: 'NOT_AVAILABLE',
} as const satisfies Record<Compliance, string>;

const complianceOf = ({ code, compliance, annotation }: Finding) => {
  const RelatedRequirements = requirementsOf(code);
  return {
    Status: STATUSES[compliance],
    ...(RelatedRequirements.length > 0 ? { RelatedRequirements } : {}),
    StatusReasons: [{ ReasonCode: code, Description: annotation }],
  };
};

const partitionOf = ({ trailArn }: Finding): string => parseArn(trailArn)?.partition ?? 'aws';
