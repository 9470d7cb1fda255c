import type { Case } from './naive-evaluator.js';

export type Text =
  | 'none'
  | 'key ARN'
  | 'mrk- ARN'
  | 'alias ARN'
  | 'alias'
  | 'key id'
  | 'nonsense'
  | 'ARN of another service'
  | 'ARN in no Region'
  | 'ARN in another partition';

export type State =
  | 'Enabled'
  | 'Updating'
  | 'Disabled'
  | 'PendingDeletion'
  | 'PendingDeletion, a day ahead'
  | 'PendingDeletion, a day over'
  | 'PendingReplicaDeletion'
  | 'PendingImport'
  | 'Unavailable'
  | 'Creating'
  | 'Hibernating'
  | 'enabled'
  | 'not told';

export type Origin =
  | 'KMS'
  | 'not told'
  | 'imported'
  | 'imported, ended'
  | 'imported, ends within a day'
  | 'imported, ends in 30 days'
  | 'imported, ends in a year'
  | 'CloudHSM'
  | 'external store';

export type Policy =
  | 'lets CloudTrail in'
  | 'not proven to allow CloudTrail'
  | 'not proven to limit access'
  | 'denies'
  | 'lacks an Allow'
  | 'open'
  | 'not recorded'
  | 'denied'
  | 'of another account';

export type Rotation = 'on' | 'off' | 'not recorded' | 'denied';

/** A list of values for each fact: the table of cases is their product. */
export type Table = { readonly [Fact in keyof Case]: readonly Case[Fact][] };

const BOTH = [false, true] as const;

/** All that each fact can be. */
const EVERYTHING: Table = {
  absent: BOTH,
  seen: ['in its home Region', 'in another Region'],
  by: ['its owner', 'another account'],
  text: [
    'none',
    'key ARN',
    'mrk- ARN',
    'alias ARN',
    'alias',
    'key id',
    'nonsense',
    'ARN of another service',
    'ARN in no Region',
    'ARN in another partition',
  ],
  answer: [
    'found',
    'unknown',
    'deleted',
    'denied',
    'not-in-input',
    'alias-not-in-input',
    'region-unreachable',
  ],
  manager: ['CUSTOMER', 'AWS', 'not told'],
  type: ['symmetric', 'not told', 'another spec', 'another usage', 'another of both'],
  state: [
    'Enabled',
    'Updating',
    'Disabled',
    'PendingDeletion',
    'PendingDeletion, a day ahead',
    'PendingDeletion, a day over',
    'PendingReplicaDeletion',
    'PendingImport',
    'Unavailable',
    'Creating',
    'Hibernating',
    'enabled',
    'not told',
  ],
  origin: [
    'KMS',
    'not told',
    'imported',
    'imported, ended',
    'imported, ends within a day',
    'imported, ends in 30 days',
    'imported, ends in a year',
    'CloudHSM',
    'external store',
  ],
  policy: [
    'lets CloudTrail in',
    'not proven to allow CloudTrail',
    'not proven to limit access',
    'denies',
    'lacks an Allow',
    'open',
    'not recorded',
    'denied',
    'of another account',
  ],
  rotation: ['on', 'off', 'not recorded', 'denied'],
  list: ['not given', 'with this key', 'of other keys'],
  keyVerification: ['live', 'presence'],
  organizationTrails: ['owner', 'everywhere'],
  unverifiableKey: ['NON_COMPLIANT', 'NOT_APPLICABLE'],
  checkKeyPolicy: ['false', 'true', 'strict'],
  requireKeyRotation: BOTH,
  days: [0, 30, 29],
};

const TRAIL_AS_USUAL = {
  absent: [false],
  seen: ['in its home Region'],
  by: ['its owner'],
  text: ['key ARN'],
  answer: ['found'],
  keyVerification: ['live'],
  organizationTrails: ['owner'],
} as const satisfies Partial<Table>;

/** All that a trail, the answer to its key and the parameters can be, over a few keys. */
export const TRAILS: Table = {
  ...EVERYTHING,
  manager: ['CUSTOMER'],
  type: ['symmetric'],
  state: ['Enabled'],
  origin: ['KMS'],
  policy: ['denies'],
  rotation: ['off'],
  days: [0],
};

/** All that a usable key and the parameters can be. */
export const USABLE_KEYS: Table = {
  ...EVERYTHING,
  ...TRAIL_AS_USUAL,
  manager: ['CUSTOMER'],
  type: ['symmetric'],
  state: ['Enabled'],
};

/** All that a key and the parameters can be, over a few policies and origins. */
export const KEYS: Table = {
  ...EVERYTHING,
  ...TRAIL_AS_USUAL,
  origin: ['KMS', 'imported, ends within a day'],
  policy: ['lets CloudTrail in', 'denies'],
  rotation: ['off', 'denied'],
  days: [0, 30],
};

/** All that a key and the parameters can be: near a million and a half cases, for the long suite. */
export const ALL_KEYS: Table = { ...EVERYTHING, ...TRAIL_AS_USUAL };

/** Goes through the product of a table, one case at a time. */
export function* casesOf(table: Table): Generator<Case> {
  const facts = Object.entries(table);
  const indexes = facts.map(() => 0);
  for (;;) {
    yield Object.fromEntries(facts.map(([fact, values], at) => [fact, values[indexes[at] ?? 0]])) as Case;
    const next = facts.findLastIndex(([, values], at) => (indexes[at] ?? 0) + 1 < values.length);
    if (next < 0) return;
    indexes[next] = (indexes[next] ?? 0) + 1;
    indexes.fill(0, next + 1);
  }
}
