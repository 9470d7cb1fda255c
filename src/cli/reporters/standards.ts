import type { Finding } from '../../core/evaluate-trail.js';
import type { VerdictCode } from '../../core/verdict.js';

/** The requirements of a standard that logs are encrypted with a KMS key. */
export type Control = {
  readonly standard: string;
  readonly version?: string;
  readonly numbers: readonly string[];
};

const CIS = 'CIS AWS Foundations Benchmark';

/** The control in the standards. `docs/controls.md` gives the source of each row, and a test compares the two. */
export const CONTROLS: readonly Control[] = [
  { standard: CIS, version: 'v1.2.0', numbers: ['2.7'] },
  { standard: CIS, version: 'v1.3.0', numbers: ['3.7'] },
  { standard: CIS, version: 'v1.4.0', numbers: ['3.7'] },
  { standard: CIS, version: 'v1.5.0', numbers: ['3.7'] },
  { standard: CIS, version: 'v2.0.0', numbers: ['3.7'] },
  { standard: CIS, version: 'v3.0.0', numbers: ['3.5'] },
  { standard: CIS, version: 'v4.0.1', numbers: ['3.5'] },
  { standard: CIS, version: 'v5.0.0', numbers: ['3.5'] },
  { standard: CIS, version: 'v6.0.0', numbers: ['4.5'] },
  { standard: CIS, version: 'v7.0.0', numbers: ['4.5'] },
  { standard: 'AWS Security Hub', numbers: ['CloudTrail.2'] },
  {
    standard: 'NIST SP 800-53',
    version: 'Revision 5',
    numbers: ['AU-9', 'CA-9(1)', 'CM-3(6)', 'SC-13', 'SC-28', 'SC-28(1)', 'SC-7(10)', 'SI-7(6)'],
  },
  { standard: 'PCI DSS', version: 'v3.2.1', numbers: ['3.4'] },
  { standard: 'PCI DSS', version: 'v4.0', numbers: ['10.3.2', '10.3.3', '10.3.4', '3.5.1'] },
  {
    standard: 'HIPAA Security Rule, 45 CFR',
    numbers: ['164.312(a)(2)(iv)', '164.312(e)(2)(ii)'],
  },
  { standard: 'ISO/IEC 27001', version: '2022', numbers: ['A.8.15', 'A.8.24'] },
  { standard: 'MITRE ATT&CK', numbers: ['TA0007:T1526'] },
];

/** The controls that a finding is evidence for: none for what only a rule parameter requires. */
export const controlsOf = ({ standard }: Pick<Finding, 'standard'>): readonly Control[] =>
  standard === 'parameter' ? [] : CONTROLS;

/** The name of a control's standard, with its version. */
export const standardOf = ({ standard, version }: Control): string =>
  version === undefined ? standard : `${standard} ${version}`;

/** The numbers of a finding's controls, each with its standard: `PCI DSS v3.2.1/3.4`. */
export const requirementsOf = (finding: Pick<Finding, 'standard'>): readonly string[] =>
  controlsOf(finding).flatMap((control) =>
    control.numbers.map((number) => `${standardOf(control)}/${number}`),
  );

const KMS = 'https://docs.aws.amazon.com/kms/latest';
const CLOUDTRAIL = 'https://docs.aws.amazon.com/awscloudtrail/latest/userguide';
const KEY_STATES = `${KMS}/developerguide/key-state.html`;
const ENCRYPTION = `${CLOUDTRAIL}/encrypting-cloudtrail-log-files-with-aws-kms.html`;
const KEY_POLICY = `${CLOUDTRAIL}/create-kms-key-policy-for-cloudtrail.html`;
const IMPORTED = `${KMS}/developerguide/importing-keys.html`;
const REGIONS = `${CLOUDTRAIL}/receive-cloudtrail-log-files-from-multiple-regions.html`;

/** The AWS documentation of each verdict, for formats that contain a link instead of the verdict page. */
export const AWS_PAGES = {
  TRAIL_NOT_FOUND: `${CLOUDTRAIL}/cloudtrail-delete-trails-console.html`,
  SHADOW_TRAIL: REGIONS,
  ORGANIZATION_TRAIL: `${CLOUDTRAIL}/creating-trail-organization.html`,
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
