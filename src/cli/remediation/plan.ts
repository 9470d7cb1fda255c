import type { Identity } from '../../aws/session.js';
import type { Finding } from '../../core/evaluate-trail.js';
import type { DocumentName } from '../../core/remediation.js';
import { RULE_NAME } from '../../core/report.js';
import type { RemediateOptions } from './options.js';

/** A document that is to be started for a trail, in its home Region, and what to say of it before. */
export type RemediationPlan = {
  readonly finding: Finding;
  readonly document: DocumentName;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly sentence: string;
  readonly risks: readonly string[];
};

const REPLACE = { never: 'Never', 'if-unusable': 'IfUnusable', always: 'Always' } as const;

const READERS = 'Whoever reads the logs needs kms:Decrypt on the new key, besides reading the bucket.';
const OWNERS =
  'A trail that CloudFormation, Terraform or Control Tower owns must get the key there too, or it loses it again.';

const POLICY =
  'The state of the present key is well: the document replaces it only if the latest delivery failed for it. ' +
  'To replace it in any case, add --replace-existing always.';

/** Gives the trail of a finding another key. */
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
    ReplaceExistingKey: [REPLACE[replaceExisting]],
    ConfigRuleName: [RULE_NAME],
  },
  sentence: dryRun
    ? `Trailkey-EncryptTrail says what giving trail ${finding.trailName} (${finding.homeRegion}) the key ${key} would do. It changes nothing.`
    : `Trailkey-EncryptTrail gives trail ${finding.trailName} (${finding.homeRegion}) the key ${key}, and waits up to 8 minutes for a delivery ` +
      'of logs. Should delivery fail that worked before, the trail gets its former key back.',
  risks: [
    ...(dryRun ? [] : [READERS, OWNERS, ...doomOf(finding)]),
    ...(finding.code === 'KEY_POLICY_BLOCKS_CLOUDTRAIL' && replaceExisting !== 'always' ? [POLICY] : []),
  ],
});

/** Brings a key back. */
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
  sentence:
    `Trailkey-RestoreKey brings back key ${keyArn} for trail ${finding.trailName} (${finding.homeRegion}), once ${approvers.join(', ')} ` +
    'approved it, and waits up to 8 minutes for a delivery of logs.',
  risks: [],
});

/** The role under which a document runs: the stack makes it. */
export const roleArn = (
  name: 'trailkey-remediation' | 'trailkey-repair',
  { homeRegion }: Pick<Finding, 'homeRegion'>,
  { partition, accountId }: Identity,
): string => `arn:${partition}:iam::${accountId}:role/${name}-${homeRegion}`;

/** Another key on the trail does not save the logs under the one that is to be deleted. */
const doomOf = ({ code, kmsKeyId, trailName }: Finding): readonly string[] =>
  code === 'KEY_PENDING_DELETION'
    ? [
        `Key ${kmsKeyId} still waits for deletion, and the logs under it become unreadable for ever with it. Rescue it too: ` +
          `trailkey remediate ${trailName} --restore-key --key ${kmsKeyId} --approver WHO`,
      ]
    : [];
