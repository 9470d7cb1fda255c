import { isAccountId, isRegion, parseArn } from './arn.js';
import type { Finding } from './evaluate-trail.js';
import { isKeyArn } from './key.js';
import { DEFAULT_KEY } from './remediation.js';
import type { VerdictCode } from './verdict.js';

/**
 * The commands of the AWS CLI that fix a finding, in the order in which they are run, with its ARNs, Region and key filled in. The trail
 * gets a key of `kmsKeyArns`, or `alias/trailkey` where no key is required. Empty where no command fixes the finding, or where a part
 * is unknown or has characters that a shell interprets.
 */
export const commandsFor = (finding: Finding, kmsKeyArns: readonly string[]): readonly string[] => {
  const { code, trailArn, homeRegion, key, kmsKeyId, location } = finding;
  if (location !== undefined || !isDeployed(finding)) return [];
  // Stryker disable next-line StringLiteral: no text but a key or an alias makes a command.
  const ownKey = key?.arn ?? kmsKeyId ?? '';
  const target = { trailArn, homeRegion, ownKey, newKey: newKeyFor(homeRegion, kmsKeyArns) };
  const commands = FIXES[code].map((step) => COMMANDS[step](target));
  return commands.every((command) => SAFE.test(command)) ? commands : [];
};

/** The account and the Region of a trail in a template can be unknown. */
const isDeployed = ({ trailArn, homeRegion }: Finding): boolean => {
  // Stryker disable next-line StringLiteral: any text but twelve digits stands for no account.
  const { accountId = '' } = parseArn(trailArn) ?? {};
  return isRegion(homeRegion) && isAccountId(accountId) && accountId !== '000000000000';
};

const newKeyFor = (homeRegion: string, kmsKeyArns: readonly string[]): string => {
  const keys = kmsKeyArns.filter(isKeyArn);
  // Stryker disable next-line OptionalChaining: these ARNs are valid.
  return keys.find((arn) => parseArn(arn)?.region === homeRegion) ?? keys[0] ?? DEFAULT_KEY;
};

/** What the commands contain: the key of the trail by its ARN or alias, and the key to set. */
type Target = {
  readonly trailArn: string;
  readonly homeRegion: string;
  readonly ownKey: string;
  readonly newKey: string;
};

/** The words of a command without a character that a shell interprets; the query is in quotes. */
const SAFE = /^[\w+=,.@:/ -]+('[\w.[\],]+')?$/;

const onKey = (operation: string) => (target: Target) =>
  `aws kms ${operation} --key-id ${keyOf(target)} --region ${parseArn(target.ownKey)?.region ?? target.homeRegion}`;

/** An empty key makes the command unsafe: it has no word for the key. */
const keyOf = ({ ownKey }: Target): string =>
  isKeyArn(ownKey) || /^(arn:[^/ ]+:)?alias\/[\w/-]+$/.test(ownKey) ? ownKey : '?';

const COMMANDS = {
  'describe-key': onKey('describe-key'),
  'cancel-key-deletion': onKey('cancel-key-deletion'),
  'enable-key': onKey('enable-key'),
  'enable-key-rotation': onKey('enable-key-rotation'),
  'get-key-policy': (target) =>
    `${onKey('get-key-policy')(target)} --policy-name default --output text --query Policy`,
  'get-parameters-for-import': (target) =>
    `${onKey('get-parameters-for-import')(target)} --wrapping-algorithm RSAES_OAEP_SHA_256 --wrapping-key-spec RSA_4096`,
  'update-trail': ({ trailArn, homeRegion, newKey }) =>
    `aws cloudtrail update-trail --name ${trailArn} --kms-key-id ${newKey} --region ${homeRegion}`,
  'get-trail-status': ({ trailArn, homeRegion }) =>
    `aws cloudtrail get-trail-status --name ${trailArn} --region ${homeRegion} --query '[IsLogging,LatestDeliveryTime,LatestDeliveryError]'`,
} as const satisfies Readonly<Record<string, (target: Target) => string>>;

type Step = keyof typeof COMMANDS;

/** CloudTrail tests a new key before it changes the trail. */
const SET_KEY: readonly Step[] = ['update-trail', 'get-trail-status'];

/** The commands for each verdict, as on its page. */
const FIXES = {
  TRAIL_NOT_FOUND: [],
  SHADOW_TRAIL: [],
  ORGANIZATION_TRAIL: [],
  NO_KMS_KEY: SET_KEY,
  KEY_PRESENT: [],
  KEY_NOT_FOUND: SET_KEY,
  KEY_UNVERIFIABLE: ['describe-key'],
  KEY_NOT_CUSTOMER_MANAGED: SET_KEY,
  KEY_WRONG_TYPE: SET_KEY,
  KEY_PENDING_DELETION: ['cancel-key-deletion', 'enable-key', 'get-trail-status'],
  KEY_DISABLED: ['enable-key', 'get-trail-status'],
  KEY_PENDING_IMPORT: SET_KEY,
  KEY_UNAVAILABLE: ['describe-key', ...SET_KEY],
  KEY_NOT_ALLOWED: SET_KEY,
  KEY_POLICY_BLOCKS_CLOUDTRAIL: ['get-key-policy', ...SET_KEY],
  KEY_POLICY_OPEN: ['get-key-policy'],
  KEY_MATERIAL_EXPIRING: ['get-parameters-for-import'],
  KEY_ROTATION_OFF: ['enable-key-rotation'],
  CMK_USABLE: [],
} as const satisfies Record<VerdictCode, readonly Step[]>;
