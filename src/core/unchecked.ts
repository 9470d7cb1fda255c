import type { Facts } from './decide.js';
import type { Key } from './key.js';
import type { RuleParameters } from './rule-parameters.js';
import type { Verdict } from './verdict.js';

/**
 * What nobody looked at, so that a verdict which finds nothing wrong does not prove that all is well: the trail itself, where it is no
 * longer recorded; of its key the policy, the type, or whether its material expires.
 */
export type Unchecked = 'trail' | 'policy' | 'type' | 'expiry';

/** What a verdict that finds nothing wrong leaves unchecked. A verdict against a trail rests on what it says alone. */
export const uncheckedBy = (
  { code }: Verdict,
  { sighting, answer, parameters }: Facts,
): readonly Unchecked[] => {
  if (code === 'TRAIL_GONE') return sighting.gone === 'not-recorded' ? ['trail'] : [];
  // Stryker disable next-line ConditionalExpression: a usable key was found, which the compiler cannot know.
  return code === 'CMK_USABLE' && answer.kind === 'found' ? untoldOf(answer.key, parameters) : [];
};

const untoldOf = (
  { policy, spec, usage, origin, validTo }: Key,
  { checkKeyPolicy, keyMaterialExpiryDays }: RuleParameters,
): readonly Unchecked[] => {
  const isTypeTold = spec !== undefined && usage !== undefined;
  const mayExpire = origin === undefined && validTo === undefined;
  return [
    ...(checkKeyPolicy && policy.kind === 'unread' ? (['policy'] as const) : []),
    ...(isTypeTold ? [] : (['type'] as const)),
    ...(keyMaterialExpiryDays > 0 && mayExpire ? (['expiry'] as const) : []),
  ];
};
