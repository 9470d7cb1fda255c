import type { KeyAnswer } from '../core/key.js';
import type { KeyReference } from '../core/key-reference.js';
import type { KeySource } from '../ports.js';
import type { Inventory } from './inventory.js';

const NOT_IN_INPUT: KeyAnswer = { kind: 'unreadable', why: 'not-in-input' };

/**
 * Answers for keys from an inventory: by the ARN of the key, wherever in the input it is recorded; an alias by the alias items.
 */
export const recordedKeys = (inventory: Inventory): KeySource => ({
  lookUp: async (reference) => answerFor(inventory, reference),
});

const answerFor = ({ keys, aliases }: Inventory, { kind, arn }: KeyReference): KeyAnswer => {
  if (kind === 'key') return keys.get(arn)?.entry ?? NOT_IN_INPUT;
  const alias = aliases.get(arn);
  if (!alias) return NOT_IN_INPUT;
  // An alias that was deleted leads nowhere: KMS knows no key of that name.
  if (alias.entry === undefined) return { kind: 'missing', why: 'unknown' };
  return keys.get(alias.entry)?.entry ?? NOT_IN_INPUT;
};
