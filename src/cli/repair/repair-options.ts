import { isKeyArn } from '../../core/key-reference.js';
import { DEFAULT_KEY, REPLACE_EXISTING, type ReplaceExisting } from '../../core/remediation.js';
import type { RuleParameters } from '../../core/rule-parameters.js';
import { parametersGiven, type RawParameters } from '../given-parameters.js';
import { UsageError } from '../usage-error.js';

/** The options of `trailkey remediate`, as the command line has them. */
export type RawRepairOptions = RawParameters & {
  readonly all?: boolean;
  readonly key?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly replaceExisting: string;
  readonly restoreKey?: boolean;
  readonly approver?: readonly string[];
  readonly debug?: boolean;
};

/** The options of `trailkey remediate`, checked. */
export type RepairOptions = {
  /** The trail's name or ARN, or all trails that are non-compliant. */
  readonly trail: string | 'all';
  /** The key that a trail is given. */
  readonly key: string;
  /** The key to bring back where it is not the one that the trail has. */
  readonly keyToRestore: string | undefined;
  readonly restoreKey: boolean;
  readonly approvers: readonly string[];
  readonly replaceExisting: ReplaceExisting;
  readonly dryRun: boolean;
  readonly isAgreed: boolean;
  readonly parameters: RuleParameters;
};

/**
 * Checks the options of `trailkey remediate`.
 *
 * @throws UsageError, RuleParametersError with what is wrong
 */
export const parseRepairOptions = async (
  trail: string | undefined,
  raw: RawRepairOptions,
): Promise<RepairOptions> => {
  const { all = false, restoreKey = false, dryRun = false, yes = false, approver = [], key } = raw;
  for (const problem of problemsWith(trail, raw)) throw new UsageError(problem);
  const { parameters } = await parametersGiven(raw);
  return {
    trail: all ? 'all' : (trail ?? ''),
    key: key ?? DEFAULT_KEY,
    keyToRestore: restoreKey ? key : undefined,
    restoreKey,
    approvers: approver,
    replaceExisting: replaceExistingNamed(raw.replaceExisting),
    dryRun,
    isAgreed: yes,
    parameters,
  };
};

const problemsWith = (trail: string | undefined, raw: RawRepairOptions): readonly string[] => [
  ...(raw.all ? problemsWithAll(trail, raw) : problemsWithTrail(trail)),
  ...(raw.restoreKey ? problemsWithRestoring(raw) : problemsWithKey(raw)),
];

const problemsWithTrail = (trail: string | undefined): readonly string[] =>
  trail ? [] : ['Name a trail, or --all for every one that is non-compliant.'];

const problemsWithAll = (trail: string | undefined, { restoreKey }: RawRepairOptions): readonly string[] => [
  ...(trail === undefined ? [] : [`--all takes every trail: leave ${trail} out, or --all.`]),
  ...(restoreKey ? ['--restore-key is for one trail: people approve each key. Leave --all out.'] : []),
];

const problemsWithRestoring = ({ approver = [], dryRun, key }: RawRepairOptions): readonly string[] => [
  ...(approver.length === 0
    ? [
        '--restore-key needs --approver, the ARN or the name of who may approve it. It can be given up to 10 times.',
      ]
    : []),
  ...(approver.length > MAX_APPROVERS
    ? [`--approver can be given ${MAX_APPROVERS} times, and is given ${approver.length} times.`]
    : []),
  ...(dryRun
    ? ['--dry-run and --restore-key exclude each other: nothing is restored before it is approved.']
    : []),
  ...(key !== undefined && !isKeyArn(key)
    ? [`--key should be the ARN of the key to restore and is "${key}".`]
    : []),
];

const problemsWithKey = ({ approver = [], key }: RawRepairOptions): readonly string[] => [
  ...(approver.length > 0 ? ['--approver belongs to --restore-key.'] : []),
  ...(key !== undefined && !KEY.test(key)
    ? [`--key should be a key as ARN, alias, ARN of an alias, or id, and is "${key}".`]
    : []),
];

const MAX_APPROVERS = 10;
/** As Trailkey-EncryptTrail takes it, which says more when it is refused here. */
const KEY =
  /^(arn:aws[a-z0-9-]*:kms:[a-z0-9-]+:\d{12}:)?(alias\/[\w/-]{1,250}|(key\/)?[0-9a-f-]{36}|(key\/)?mrk-[0-9a-f]{32})$/;

const replaceExistingNamed = (name: string): ReplaceExisting => {
  const found = REPLACE_EXISTING.find((one) => one === name);
  if (found) return found;
  throw new UsageError(`--replace-existing should be ${REPLACE_EXISTING.join(', ')} and is "${name}".`);
};
