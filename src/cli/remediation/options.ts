import { isKeyArn } from '../../core/key.js';
import { DEFAULT_KEY, REPLACE_EXISTING, type ReplaceExisting } from '../../core/remediation.js';
import type { RuleParameters } from '../../core/rule-parameters.js';
import type { RawLiveOptions } from '../command-options.js';
import { type RawParameters, readParameters } from '../evaluation-options.js';
import { parseChoice, UsageError } from '../usage-error.js';

/** The options of `trailkey remediate`, as commander returns them. */
export type RawRemediateOptions = RawLiveOptions &
  RawParameters & {
    readonly all?: boolean;
    readonly key?: string;
    readonly dryRun?: boolean;
    readonly yes?: boolean;
    readonly replaceExisting: string;
    readonly restoreKey?: boolean;
    readonly approver?: readonly string[];
  };

/** What `trailkey remediate` is about: the trail with a name or ARN, whatever that name is, or all NON_COMPLIANT trails. */
type RemediationTarget =
  | { readonly kind: 'trail'; readonly nameOrArn: string }
  | { readonly kind: 'all-non-compliant' };

/** The parsed options of `trailkey remediate`. */
export type RemediateOptions = {
  readonly target: RemediationTarget;
  /** The key to set on the trail. */
  readonly key: string;
  /** The key to restore, if it is not the current key of the trail. */
  readonly keyToRestore: string | undefined;
  readonly restoreKey: boolean;
  readonly approvers: readonly string[];
  readonly replaceExisting: ReplaceExisting;
  readonly dryRun: boolean;
  readonly isConfirmed: boolean;
  readonly parameters: RuleParameters;
};

/**
 * Parses the options of `trailkey remediate`.
 *
 * @throws UsageError, RuleParametersError for invalid options
 */
export const parseRemediateOptions = async (
  trail: string | undefined,
  raw: RawRemediateOptions,
): Promise<RemediateOptions> => {
  const { restoreKey = false, dryRun = false, yes = false, approver = [], key } = raw;
  for (const problem of problemsWith(trail, raw)) throw new UsageError(problem);
  const { parameters } = await readParameters(raw);
  return {
    target: raw.all ? { kind: 'all-non-compliant' } : { kind: 'trail', nameOrArn: trail ?? '' },
    key: key ?? DEFAULT_KEY,
    keyToRestore: restoreKey ? key : undefined,
    restoreKey,
    approvers: approver,
    replaceExisting: parseChoice('--replace-existing', raw.replaceExisting, REPLACE_EXISTING),
    dryRun,
    isConfirmed: yes,
    parameters,
  };
};

const problemsWith = (trail: string | undefined, raw: RawRemediateOptions): readonly string[] => [
  ...(raw.all ? problemsWithAll(trail, raw) : problemsWithTrail(trail)),
  ...(raw.restoreKey ? problemsWithRestoring(raw) : problemsWithKey(raw)),
];

const problemsWithTrail = (trail: string | undefined): readonly string[] =>
  trail ? [] : ['Specify the name or ARN of a trail, or --all for every NON_COMPLIANT trail.'];

const problemsWithAll = (
  trail: string | undefined,
  { restoreKey }: RawRemediateOptions,
): readonly string[] => [
  ...(trail === undefined ? [] : [`Specify either --all or a trail; received --all and "${trail}".`]),
  ...(restoreKey
    ? [
        '--restore-key requires one trail, because each key is approved separately. Specify a trail instead of --all.',
      ]
    : []),
];

const problemsWithRestoring = ({ approver = [], dryRun, key }: RawRemediateOptions): readonly string[] => [
  ...(approver.length === 0
    ? [
        '--restore-key requires --approver, the ARN or name of a principal who can approve it. You can use up to 10 approvers.',
      ]
    : []),
  ...(approver.length > MAX_APPROVERS
    ? [`--approver accepts up to ${MAX_APPROVERS} principals; received ${approver.length}.`]
    : []),
  ...(dryRun
    ? ['--dry-run cannot be used with --restore-key, which changes nothing before the approval.']
    : []),
  ...(key !== undefined && !isKeyArn(key)
    ? [`--key must be the ARN of the key to restore; received "${key}".`]
    : []),
];

const problemsWithKey = ({ approver = [], key }: RawRemediateOptions): readonly string[] => [
  ...(approver.length > 0 ? ['--approver requires --restore-key.'] : []),
  ...(key !== undefined && !KEY.test(key)
    ? [`--key must be a key ARN, key ID, alias name, or alias ARN; received "${key}".`]
    : []),
];

const MAX_APPROVERS = 10;
/** The pattern of Trailkey-EncryptTrail, whose own error message does not name the option. */
const KEY =
  /^((arn:aws[a-z0-9-]*:kms:[a-z0-9-]+:\d{12}:)?alias\/[\w/-]{1,250}|(arn:aws[a-z0-9-]*:kms:[a-z0-9-]+:\d{12}:key\/)?(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}))$/;

/** The options of `trailkey back-out`, as commander returns them. */
export type RawBackOutOptions = RawLiveOptions & {
  readonly logging: string;
  readonly expectedKey?: string;
  readonly previousKey?: string;
  readonly yes?: boolean;
};

/** The parsed options of `trailkey back-out`. */
export type BackOutOptions = {
  readonly logging: 'Keep' | 'Stop' | 'Start';
  /** The change to roll back; undefined for the one of the last execution. */
  readonly keys: KeyChange | undefined;
  readonly isConfirmed: boolean;
};

/** A key change to roll back: the ARNs of the current and the previous key, or `none`. */
export type KeyChange = { readonly expected: string; readonly previous: string };

const LOGGING = { keep: 'Keep', stop: 'Stop', start: 'Start' } as const;
/** The choices of `--logging`. */
export const LOGGING_CHOICES = ['keep', 'stop', 'start'] as const;

/**
 * Parses the options of `trailkey back-out`.
 *
 * @throws UsageError for invalid options
 */
export const parseBackOutOptions = (raw: RawBackOutOptions): BackOutOptions => ({
  logging: LOGGING[parseChoice('--logging', raw.logging, LOGGING_CHOICES)],
  keys: parseKeyChange(raw),
  isConfirmed: raw.yes ?? false,
});

const parseKeyChange = ({ expectedKey, previousKey }: RawBackOutOptions): KeyChange | undefined => {
  if (expectedKey === undefined && previousKey === undefined) return undefined;
  if (expectedKey === undefined || previousKey === undefined) {
    throw new UsageError('--expected-key and --previous-key must be used together.');
  }
  for (const [option, key] of Object.entries({
    '--expected-key': expectedKey,
    '--previous-key': previousKey,
  })) {
    if (key !== 'none' && !isKeyArn(key)) {
      throw new UsageError(`${option} must be a key ARN or none; received "${key}".`);
    }
  }
  return { expected: expectedKey, previous: previousKey };
};
