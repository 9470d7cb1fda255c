import type { Identity } from '../../aws/session.js';
import type { Finding } from '../../core/evaluate-trail.js';
import type { DocumentName } from '../../core/remediation.js';
import { RULE_NAME } from '../../core/report.js';
import type { BackOutOptions, KeyChange, RemediateOptions } from './options.js';

/** An SSM Automation document to start for a trail, in its home Region. */
export type RemediationPlan = {
  readonly finding: Finding;
  readonly document: DocumentName;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  /** What the document will do. */
  readonly description: string;
  readonly risks: readonly string[];
};

const REPLACE_EXISTING_KEY = {
  never: 'Never',
  'if-unusable': 'IfUnusable',
  always: 'Always',
} as const satisfies Record<RemediateOptions['replaceExisting'], string>;

const READERS_RISK =
  'Anyone who reads the logs needs kms:Decrypt on the new key, in addition to access to the bucket.';
const TEMPLATE_RISK =
  'If CloudFormation, Terraform or AWS Control Tower manages the trail, set the key there too. Otherwise, its next update removes the key.';
const POLICY_RISK =
  'The current key is enabled, so the document replaces it only if the latest log delivery failed because of it. ' +
  'To replace it in any case, add --replace-existing always.';

/** Plans to set another key on the trail of a finding. */
export const planEncryption = (
  finding: Finding,
  { key, dryRun, replaceExisting }: Pick<RemediateOptions, 'key' | 'dryRun' | 'replaceExisting'>,
  identity: Identity,
): RemediationPlan => ({
  finding,
  document: 'Trailkey-EncryptTrail',
  parameters: {
    AutomationAssumeRole: [roleArn('trailkey-remediation', finding, identity)],
    TrailName: [finding.trailArn],
    KmsKeyId: [key],
    Mode: [dryRun ? 'DryRun' : 'Apply'],
    ReplaceExistingKey: [REPLACE_EXISTING_KEY[replaceExisting]],
    ConfigRuleName: [RULE_NAME],
  },
  description: dryRun
    ? `Trailkey-EncryptTrail will report what setting key ${key} on ${trailIn(finding)} would do. It changes nothing.`
    : `Trailkey-EncryptTrail will set key ${key} on ${trailIn(finding)}, and wait up to 8 minutes for a log delivery. ` +
      'If a delivery and the next one fail with the new key, the document sets the former key again, unless that key is known not to work.',
  risks: [
    ...(dryRun ? [] : [READERS_RISK, TEMPLATE_RISK, ...deletionRisk(finding)]),
    ...(finding.code === 'KEY_POLICY_BLOCKS_CLOUDTRAIL' && replaceExisting !== 'always' ? [POLICY_RISK] : []),
  ],
});

/** Plans to restore a key that is disabled or pending deletion. */
export const planRestoration = (
  finding: Finding,
  { keyArn, approvers }: { readonly keyArn: string; readonly approvers: readonly string[] },
  identity: Identity,
): RemediationPlan => ({
  finding,
  document: 'Trailkey-RestoreKey',
  parameters: {
    AutomationAssumeRole: [roleArn('trailkey-repair', finding, identity)],
    TrailName: [finding.trailArn],
    KeyArn: [keyArn],
    Approvers: approvers,
    ConfigRuleName: [RULE_NAME],
  },
  description:
    `Trailkey-RestoreKey will restore key ${keyArn} for ${trailIn(finding)} after an approval by ${approvers.join(', ')}, ` +
    'and wait up to 8 minutes for a log delivery.',
  risks: [],
});

const LOGGING_CHANGE = {
  Keep: '',
  Start: ', and start its logging',
  Stop: ', and stop its logging',
} as const;

/** Plans to roll back a key change of the trail of a finding. */
export const planBackOut = (
  finding: Finding,
  { expected, previous, logging }: KeyChange & Pick<BackOutOptions, 'logging'>,
  identity: Identity,
): RemediationPlan => ({
  finding,
  document: 'Trailkey-BackOut',
  parameters: {
    AutomationAssumeRole: [roleArn('trailkey-repair', finding, identity)],
    TrailArn: [finding.trailArn],
    ExpectedKmsKeyId: [expected],
    PreviousKmsKeyId: [previous],
    Logging: [logging],
  },
  description: `Trailkey-BackOut will change the key of ${trailIn(finding)} from ${expected} to ${previous}${LOGGING_CHANGE[logging]}.`,
  risks: [
    ...(previous === 'none' ? ['Without a key, anyone who can read the bucket can read the logs.'] : []),
    'Existing logs stay encrypted under the current key. Do not delete it.',
    ...(logging === 'Stop' ? ['While its logging is stopped, the trail records no events.'] : []),
  ],
});

/** The name of a trail that is unique in an account. */
export const trailIn = ({ trailName, homeRegion }: Pick<Finding, 'trailName' | 'homeRegion'>): string =>
  `trail ${trailName} (${homeRegion})`;

/** The execution role of a document, which the stack creates. */
const roleArn = (
  name: 'trailkey-remediation' | 'trailkey-repair',
  { homeRegion }: Finding,
  { partition, accountId }: Identity,
): string => `arn:${partition}:iam::${accountId}:role/${name}-${homeRegion}`;

/** Another key on the trail does not keep the existing logs readable. */
const deletionRisk = ({ code, kmsKeyId, trailName }: Finding): readonly string[] =>
  code === 'KEY_PENDING_DELETION'
    ? [
        `Key ${kmsKeyId} stays pending deletion. When it is deleted, the logs that it encrypted become permanently unreadable. ` +
          `To restore it too: trailkey remediate ${trailName} --restore-key --key ${kmsKeyId} --approver APPROVER_ARN`,
      ]
    : [];
