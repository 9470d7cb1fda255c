import { isKeyArn } from '../../core/key.js';
import { DEFAULT_KEY, REPLACE_EXISTING, type ReplaceExisting } from '../../core/remediation.js';
import type { RuleParameters } from '../../core/rule-parameters.js';
import { parametersGiven, type RawParameters } from '../evaluation-options.js';
import { UsageError } from '../usage-error.js';

/** The options of `trailkey remediate`, as the command line has them. */
export type RawRemediateOptions = RawParameters & {
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
export type RemediateOptions = {
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
export const parseRemediateOptions = async (
  trail: string | undefined,
  raw: RawRemediateOptions,
): Promise<RemediateOptions> => {
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

const problemsWith = (trail: string | undefined, raw: RawRemediateOptions): readonly string[] => [
  ...(raw.all ? problemsWithAll(trail, raw) : problemsWithTrail(trail)),
  ...(raw.restoreKey ? problemsWithRestoring(raw) : problemsWithKey(raw)),
];

const problemsWithTrail = (trail: string | undefined): readonly string[] =>
  trail ? [] : ['Name a trail, or --all for every one that is non-compliant.'];

const problemsWithAll = (
  trail: string | undefined,
  { restoreKey }: RawRemediateOptions,
): readonly string[] => [
  ...(trail === undefined ? [] : [`--all takes every trail: leave ${trail} out, or --all.`]),
  ...(restoreKey ? ['--restore-key is for one trail: people approve each key. Leave --all out.'] : []),
];

const problemsWithRestoring = ({ approver = [], dryRun, key }: RawRemediateOptions): readonly string[] => [
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

const problemsWithKey = ({ approver = [], key }: RawRemediateOptions): readonly string[] => [
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

/** The options of `trailkey back-out`, as the command line has them. */
export type RawBackOutOptions = {
  readonly logging: string;
  readonly expectedKey?: string;
  readonly previousKey?: string;
  readonly yes?: boolean;
  readonly debug?: boolean;
};

/** The options of `trailkey back-out`, checked. */
export type BackOutOptions = {
  readonly logging: Logging;
  /** The key that the trail has, and the one that it had; undefined where the last execution is to tell. */
  readonly keys: KeyChange | undefined;
  readonly isAgreed: boolean;
};

/** A change of a trail's key that is to be turned back; `none` for no key. */
export type KeyChange = { readonly expected: string; readonly previous: string };

const LOGGING = { keep: 'Keep', stop: 'Stop', start: 'Start' } as const;

type Logging = (typeof LOGGING)[keyof typeof LOGGING];

/**
 * Checks the options of `trailkey back-out`.
 *
 * @throws UsageError with what is wrong
 */
export const parseBackOutOptions = (raw: RawBackOutOptions): BackOutOptions => ({
  logging: loggingNamed(raw.logging),
  keys: keysIn(raw),
  isAgreed: raw.yes ?? false,
});

const isLogging = (name: string): name is keyof typeof LOGGING => Object.hasOwn(LOGGING, name);

const loggingNamed = (name: string): Logging => {
  if (isLogging(name)) return LOGGING[name];
  throw new UsageError(`--logging should be ${Object.keys(LOGGING).join(', ')} and is "${name}".`);
};

const keysIn = ({ expectedKey, previousKey }: RawBackOutOptions): KeyChange | undefined => {
  if (expectedKey === undefined && previousKey === undefined) return undefined;
  if (expectedKey === undefined || previousKey === undefined) {
    throw new UsageError('--expected-key and --previous-key belong together: give both or neither.');
  }
  for (const [option, key] of Object.entries({
    '--expected-key': expectedKey,
    '--previous-key': previousKey,
  })) {
    if (key !== 'none' && !isKeyArn(key)) {
      throw new UsageError(`${option} should be the ARN of a key, or none, and is "${key}".`);
    }
  }
  return { expected: expectedKey, previous: previousKey };
};
