/**
 * The fields that BatchImportFindings demands, and the limits on text that its model does not hold but its pages do.
 *
 * @see https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html
 */
export const REQUIRED_FIELDS = [
  'SchemaVersion',
  'Id',
  'ProductArn',
  'GeneratorId',
  'AwsAccountId',
  'CreatedAt',
  'UpdatedAt',
  'Title',
  'Description',
  'Resources',
  'Severity',
  'Types',
] as const;

/** The most characters of a text, by the path to it. */
export const MAX_CHARACTERS: Readonly<Record<string, number>> = {
  Id: 512,
  GeneratorId: 512,
  Title: 256,
  Description: 1024,
  'Remediation.Recommendation.Text': 512,
  'Remediation.Recommendation.Url': 2048,
  'Resources.0.Id': 512,
  'Resources.1.Id': 512,
};

/** The most findings of a call, and requirements of a finding. */
export const MAX_FINDINGS = 100;
export const MAX_REQUIREMENTS = 32;
