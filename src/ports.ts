import type { KeyAnswer } from './core/key.js';
import type { KeyReference } from './core/key-reference.js';

/** Where keys are asked: KMS itself, or what an input file holds. */
export type KeySource = {
  /**
   * Looks a key up. That it is missing or may not be read is an answer.
   *
   * @throws where the question cannot be answered now: a passing fault is never a verdict
   */
  readonly lookUp: (reference: KeyReference) => Promise<KeyAnswer>;
};
