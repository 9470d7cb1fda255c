import { DEFAULT_PARAMETERS, PARAMETER_NAMES, type RuleParameters } from './rule-parameters.js';
import type { VerdictCode } from './verdict.js';

/** A parameter of the rule by which two reports differ: its value in each, null where it was not given. */
export type ChangedParameter = {
  readonly name: string;
  readonly before: string | null;
  readonly now: string | null;
};

/** Parameters as they were given. */
export type GivenTexts = Readonly<Record<string, string>>;

/** The parameters by which two reports differ. A default that is given and one that is not mean the same. */
export const changedParameters = (before: GivenTexts, now: GivenTexts): readonly ChangedParameter[] =>
  [...new Set([...PARAMETER_NAMES, ...Object.keys(before), ...Object.keys(now)])]
    .filter((name) => meaningOf(name, before) !== meaningOf(name, now))
    .map((name) => ({ name, before: before[name] ?? null, now: now[name] ?? null }));

const DEFAULTS: Readonly<Record<string, unknown>> = DEFAULT_PARAMETERS;

/** A list means the same in any order. */
const meaningOf = (name: string, given: GivenTexts): string => {
  // Stryker disable next-line StringLiteral: what stands for a name without a default stands for it on both sides.
  const text = given[name] || String(DEFAULTS[name] ?? '');
  const entries = text.split(',').map((entry) => entry.trim());
  return entries.toSorted().join(',');
};

/** The parameter without which a verdict is not raised, or not for one of its reasons: a rotation status that cannot be read. */
const RAISED_BY = {
  KEY_NOT_ALLOWED: 'kmsKeyArns',
  KEY_POLICY_BLOCKS_CLOUDTRAIL: 'checkKeyPolicy',
  KEY_POLICY_OPEN: 'checkKeyPolicy',
  KEY_MATERIAL_EXPIRING: 'keyMaterialExpiryDays',
  KEY_ROTATION_OFF: 'requireKeyRotation',
  KEY_UNVERIFIABLE: 'requireKeyRotation',
} as const satisfies Partial<Record<VerdictCode, keyof RuleParameters>>;

const PARAMETER_BEHIND: ReadonlyMap<string, string> = new Map(Object.entries(RAISED_BY));

/** Tells whether a verdict may have come, or gone, with a change of parameters alone. */
export const hangsOn = (code: string, changed: readonly ChangedParameter[]): boolean =>
  changed.some(({ name }) => name === PARAMETER_BEHIND.get(code));
