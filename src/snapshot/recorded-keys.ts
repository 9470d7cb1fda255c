import type { KeyAnswer } from '../core/key.js';
import type { KeyReference } from '../core/key-reference.js';
import type { KeySource } from '../ports.js';
import { type Inventory, keyPlace } from './inventory.js';

const NOT_IN_INPUT: KeyAnswer = { kind: 'unreadable', why: 'not-in-input' };
const ALIAS_NOT_IN_INPUT: KeyAnswer = { kind: 'unreadable', why: 'alias-not-in-input' };

/**
 * Answers for keys from an inventory: by the ARN of the key, wherever in the input it is recorded; an alias by the alias items.
 */
export const recordedKeys = (inventory: Inventory): KeySource => ({
  lookUp: async (reference) => answerFor(inventory, reference),
});

const answerFor = (inventory: Inventory, { kind, arn }: KeyReference): KeyAnswer => {
  if (kind === 'key') return answerForKey(inventory, arn);
  const alias = inventory.aliases.get(arn);
  if (!alias) return ALIAS_NOT_IN_INPUT;
  // An alias that was deleted leads nowhere: KMS knows no key of that name.
  return alias.entry === undefined
    ? { kind: 'missing', why: 'unknown' }
    : answerForKey(inventory, alias.entry);
};

/** DescribeKey tells neither policy nor rotation: those are taken from the item, if there is one. */
const answerForKey = ({ keys, described }: Inventory, arn: string): KeyAnswer => {
  const recorded = keys.get(keyPlace(arn))?.entry;
  const key = described.get(arn);
  if (key === undefined) return recorded ?? NOT_IN_INPUT;
  if (recorded?.kind !== 'found') return { kind: 'found', key };
  return { kind: 'found', key: { ...key, policy: recorded.key.policy, rotation: recorded.key.rotation } };
};
