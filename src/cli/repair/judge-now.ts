import type { Finding } from '../../core/finding.js';
import type { RuleParameters } from '../../core/rule-parameters.js';
import type { TrailSighting } from '../../core/trail.js';
import { judgeTrail, oncePerKey } from '../../evaluate.js';
import type { LiveAccount } from '../../ports.js';

/**
 * Judges trails as they are now.
 *
 * @throws where a key cannot be asked
 */
export const judgeNow = async (
  sightings: readonly TrailSighting[],
  account: LiveAccount,
  { parameters, now }: { readonly parameters: RuleParameters; readonly now: number },
): Promise<readonly Finding[]> => {
  const { checkKeyPolicy: policy, requireKeyRotation: rotation } = parameters;
  const keys = oncePerKey(account.keys({ policy, rotation, accountId: account.accountId }));
  return Promise.all(sightings.map((sighting) => judgeTrail(sighting, { keys, parameters, now })));
};
