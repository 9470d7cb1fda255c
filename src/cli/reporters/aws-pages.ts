import type { VerdictCode } from '../../core/verdict.js';

const KMS = 'https://docs.aws.amazon.com/kms/latest';
const CLOUDTRAIL = 'https://docs.aws.amazon.com/awscloudtrail/latest/userguide';
const KEY_STATES = `${KMS}/developerguide/key-state.html`;
const ENCRYPTION = `${CLOUDTRAIL}/encrypting-cloudtrail-log-files-with-aws-kms.html`;
const KEY_POLICY = `${CLOUDTRAIL}/create-kms-key-policy-for-cloudtrail.html`;
const IMPORTED = `${KMS}/developerguide/importing-keys.html`;
const REGIONS = `${CLOUDTRAIL}/receive-cloudtrail-log-files-from-multiple-regions.html`;

/** The page of AWS's documentation behind each verdict, for formats that have room for a link and not for a page. */
export const AWS_PAGES = {
  TRAIL_GONE: `${CLOUDTRAIL}/cloudtrail-delete-trails-console.html`,
  TRAIL_IS_COPY: REGIONS,
  TRAIL_OF_ORGANIZATION: `${CLOUDTRAIL}/creating-trail-organization.html`,
  NO_KMS_KEY: ENCRYPTION,
  KEY_PRESENT: ENCRYPTION,
  KEY_NOT_FOUND: ENCRYPTION,
  KEY_UNVERIFIABLE: `${KMS}/APIReference/API_DescribeKey.html`,
  KEY_NOT_CUSTOMER_MANAGED: ENCRYPTION,
  KEY_WRONG_TYPE: ENCRYPTION,
  KEY_PENDING_DELETION: `${KMS}/developerguide/deleting-keys.html`,
  KEY_DISABLED: `${KMS}/developerguide/enabling-keys.html`,
  KEY_PENDING_IMPORT: IMPORTED,
  KEY_UNAVAILABLE: KEY_STATES,
  KEY_NOT_ALLOWED: ENCRYPTION,
  KEY_POLICY_BLOCKS_CLOUDTRAIL: KEY_POLICY,
  KEY_POLICY_OPEN: KEY_POLICY,
  KEY_MATERIAL_EXPIRING: IMPORTED,
  KEY_ROTATION_OFF: `${KMS}/developerguide/rotate-keys.html`,
  CMK_USABLE: ENCRYPTION,
} as const satisfies Record<VerdictCode, string>;
