const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const OTHER_KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/99999999-12ab-34cd-56ef-1234567890ab`;
const EXECUTION = '00000000-0000-4000-8000-000000000000';

/** The words in capitals that a reader replaces, each with what a reader may put there. */
const PLACEHOLDERS = {
  ACCOUNT_ID: ACCOUNT,
  ADDRESS: 'security@example.com',
  ADMIN_REGION: REGION,
  ALLOWED_KEY_ARN: KEY,
  ALLOWED_KEY_ARNS: `${KEY},${OTHER_KEY}`,
  APPROVER_ARN: `arn:aws:iam::${ACCOUNT}:role/security`,
  ARTIFACT_KEY: 'trailkey/0000000000000000/trailkey-config-rule.zip',
  BUCKET: 'logs',
  BUCKET_NAME: 'logs',
  BUCKET_REGION: REGION,
  DAYS: '30',
  DOCUMENT_NAME: 'Trailkey-EncryptTrail',
  END_TIME: '2026-01-06T00:00:00Z',
  EXECUTION_ID: EXECUTION,
  EXTERNAL_ID: 'example',
  FINDING_ID: 'cloudtrail-cmk-usable/0123456789abcdef',
  HOME_REGION: REGION,
  KEY: 'alias/trailkey',
  KEY_ARN: KEY,
  KEY_REGION: REGION,
  LATEST_VERSION: '2',
  LOG_PREFIX: `AWSLogs/${ACCOUNT}/CloudTrail/${REGION}/2026/01/05/`,
  MANAGEMENT_ACCOUNT_ID: '999988887777',
  NAME: 'organization',
  NEW_KEY_ARN: OTHER_KEY,
  OBJECT_KEY: `AWSLogs/${ACCOUNT}/CloudTrail/${REGION}/2026/01/05/log.json.gz`,
  OLD_KEY_ARN: KEY,
  OLD_VERSION: '1',
  OPERATION_ID: EXECUTION,
  ORGANIZATION_ID: 'o-abcdefghij',
  OU_ID: 'ou-abcd-12345678',
  OWNER: ACCOUNT,
  PARTITION: 'aws',
  PREFIX: 'trailkey-artifacts',
  PREVIOUS_ARTIFACT_KEY: 'trailkey/1111111111111111/trailkey-config-rule.zip',
  PREVIOUS_COMMIT: '0000000',
  PREVIOUS_KEY: 'none',
  PROFILE: 'test',
  READER_ROLE_ARN: `arn:aws:iam::${ACCOUNT}:role/auditor`,
  REASON: 'agreed',
  PRODUCT_ARN: `arn:aws:securityhub:${REGION}:${ACCOUNT}:product/${ACCOUNT}/default`,
  REGION,
  REGION_1: REGION,
  REGION_2: 'us-east-1',
  RESOURCE_ID: 'audit',
  ROLE_ARN: `arn:aws:iam::${ACCOUNT}:role/trailkey-config-rule-${REGION}`,
  ROOT_ID: 'r-abcd',
  RULE_NAME: 'cloudtrail-cmk-usable',
  RULE_REGION: REGION,
  START_TIME: '2026-01-05T00:00:00Z',
  STORE_ID: 'cks-1234567890abcdef0',
  TARGET_KEY_ARN: KEY,
  TIMESTAMP: '1767571200000',
  TRAIL: 'audit',
  TRAIL_ARN: `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/audit`,
  TRAIL_NAME: 'audit',
  VALID_TO: '2030-01-31T00:00:00Z',
} as const;

/** What is written in capitals and stays: values of AWS, and names of variables. */
const SPELT_LIKE_THIS = [
  'AWS',
  'CAPABILITY_NAMED_IAM',
  'DEFAULT',
  'DELEGATED_ADMIN',
  'DER',
  'ERROR',
  'HIGH',
  'KEY_MATERIAL_EXPIRES',
  'NON_COMPLIANT',
  'PARALLEL',
  'RSAES_OAEP_SHA_256',
  'RSA_4096',
  'SEQUENTIAL',
  'SERVICE_MANAGED',
  'SUBSTITUTED',
  'SUPPRESSED',
];

const NAMES = Object.keys(PLACEHOLDERS).toSorted((a, b) => b.length - a.length);
const IN_CAPITALS = /(?<![A-Za-z0-9_])[A-Z][A-Z0-9_]{2,}(?![A-Za-z0-9_=])/g;
const PLACEHOLDER = new RegExp(`(?<![A-Za-z0-9_])(?:${NAMES.join('|')})(?![A-Za-z0-9_])`, 'g');

const VALUES: ReadonlyMap<string, string> = new Map(Object.entries(PLACEHOLDERS));

/** A text with what a reader puts in place of each word in capitals. */
export const filledIn = (text: string): string =>
  text.replace(PLACEHOLDER, (name) => VALUES.get(name) ?? name);

/** The words in capitals of a text that are neither placeholders nor known to be spelt like this. */
export const unknownPlaceholders = (text: string): readonly string[] =>
  [...text.matchAll(IN_CAPITALS)]
    .map(([name]) => name)
    .filter((name) => !VALUES.has(name) && !SPELT_LIKE_THIS.includes(name));

/** The placeholders of a text. */
export const placeholdersIn = (text: string): readonly string[] =>
  [...text.matchAll(PLACEHOLDER)].map(([name]) => name);
