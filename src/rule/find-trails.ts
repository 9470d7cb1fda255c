import { type Failure, settleAll } from '../core/collections.js';
import { type ConfigurationItem, isAbsent } from '../core/configuration-item.js';
import { FormatError } from '../core/errors.js';
import { type EvaluationContext, precheckTrail } from '../core/evaluate-trail.js';
import { textOf } from '../core/json-value.js';
import { isKeyArn, parseKeyReference } from '../core/key.js';
import type { RuleEvent, Trigger } from '../core/rule-event.js';
import { type ObservedTrail, observedIn, parseTrailItem, type Trail } from '../core/trail.js';
import { isEvaluated } from '../core/verdict.js';
import type { RulePorts } from '../ports.js';

/** The account and the parameters of the rule. */
type RuleSettings = Pick<RuleEvent, 'accountId' | 'parameters'>;

/** The Region of the rule, and the lists of its trails. */
type TrailPorts = Pick<RulePorts, 'region' | 'live' | 'history'>;

/**
 * Lists all trails of the account and Region from CloudTrail, with their IDs in AWS Config. A trail that is not recorded yet is included.
 * A shadow trail, or an organization trail of another account, is included only if it is recorded, because it can have a result then.
 *
 * @throws what the ports throw if a list is not complete
 */
export const allTrails = async (
  event: RuleSettings,
  ports: TrailPorts,
): Promise<readonly ObservedTrail[]> => {
  const [live, recorded] = await Promise.all([ports.live.listTrails(), ports.history.listTrails()]);
  const byArn = new Map(recorded.map((observed) => [observed.trail.arn, observed]));
  const listed = live.flatMap((trail): readonly ObservedTrail[] => {
    const match = byArn.get(trail.arn);
    byArn.delete(trail.arn);
    return match ? [{ ...match, trail, absent: false }] : unrecordedTrail(trail, event, ports);
  });
  // Recorded but no longer listed. Shadow trails keep their verdict.
  const notListed = [...byArn.values()].map(
    (observed): ObservedTrail => ({
      ...observed,
      absent: isEvaluatedHere(observed, event) ? 'deleted' : false,
    }),
  );
  return [...listed, ...notListed];
};

const unrecordedTrail = (
  trail: Trail,
  { accountId, parameters }: RuleSettings,
  { region }: TrailPorts,
): readonly ObservedTrail[] => {
  const observed = observedIn({ accountId: accountId ?? trail.ownerAccountId, region }, trail);
  const precheck = precheckTrail(observed, parameters);
  return precheck.kind === 'lookup' || isEvaluated(precheck.verdict) ? [observed] : [];
};

const isEvaluatedHere = (
  { accountId, region, trail }: ObservedTrail,
  { parameters }: RuleSettings,
): boolean =>
  region === trail.homeRegion &&
  (accountId === trail.ownerAccountId || parameters.organizationTrails === 'everywhere');

/** A change of one resource: its configuration item, or the summary of an oversized one. */
export type Change = Extract<Trigger, { readonly item: ConfigurationItem }>;

/**
 * Returns the trail that changed, with the ID in the event. If the event does not contain the configuration, it comes from the history in AWS
 * Config or, if that does not contain it, from CloudTrail.
 *
 * @throws FormatError if the item is not valid, and what the ports throw
 */
export const changedTrail = async (
  { item: received, leftScope, kind }: Change,
  event: RuleEvent,
  ports: RulePorts,
): Promise<ObservedTrail> => {
  const item = {
    ...received,
    accountId: received.accountId ?? event.accountId,
    region: received.region ?? ports.region,
  };
  if (isAbsent(item)) return parseTrailItem(item);
  if (leftScope) return parseTrailItem({ ...item, presence: 'not-recorded' });
  const isComplete = item.configuration !== undefined || (kind === 'change' && item.presence === 'unknown');
  return isComplete ? parseTrailItem(item) : fetchTrail(item, ports);
};

const fetchTrail = async (item: ConfigurationItem, ports: RulePorts): Promise<ObservedTrail> => {
  const recorded = await ports.history.getItem(item);
  if (recorded?.configuration) return parseTrailItem({ ...item, configuration: recorded.configuration });
  const trail = await ports.live.getTrail(item.arn ?? item.resourceId);
  if (trail === undefined) return parseTrailItem({ ...item, presence: 'deleted' });
  const place = {
    accountId: item.accountId ?? trail.ownerAccountId,
    region: item.region ?? trail.homeRegion,
  };
  return { ...observedIn(place, trail), resourceId: item.resourceId, capturedAt: item.capturedAt };
};

/**
 * Returns the ARN of the key that changed, also from the summary of an oversized item.
 *
 * @throws FormatError if the item does not contain it, or it is not the ARN of a key
 */
export const changedKeyArn = ({ arn, configuration, resourceId }: ConfigurationItem): string => {
  const keyArn = arn ?? textOf(configuration ?? {}, ['arn']);
  if (keyArn !== undefined && isKeyArn(keyArn)) return keyArn;
  throw new FormatError(
    `AWS::KMS::Key "${resourceId}" must have the ARN of a key in field "ARN"; ` +
      (keyArn === undefined ? 'it is absent' : `received "${keyArn.slice(0, 200)}"`),
  );
};

/** Returns the trails that use a key, and those for which that could not be determined. */
export const trailsWithKey = async (
  keyArn: string,
  trails: readonly ObservedTrail[],
  context: EvaluationContext,
): Promise<{
  readonly trails: readonly ObservedTrail[];
  readonly failures: readonly Failure<ObservedTrail>[];
}> => {
  const { results, failures } = await settleAll(trails, async (observed) =>
    (await usesKey(observed, keyArn, context)) ? [observed] : [],
  );
  return { trails: results.flat(), failures };
};

/** Keys are compared by ARN. The target of an alias must be looked up. */
const usesKey = async (
  observed: ObservedTrail,
  keyArn: string,
  { keys, parameters }: EvaluationContext,
): Promise<boolean> => {
  const { trail } = observed;
  if (trail.kmsKeyId === undefined) return false;
  const reference = parseKeyReference(trail.kmsKeyId, trail);
  if (reference.kind !== 'alias') return reference.kind === 'key' && reference.arn === keyArn;
  if (precheckTrail(observed, parameters).kind === 'verdict') return false;
  const lookup = await keys.getKey(reference);
  return lookup.kind === 'found' && lookup.key.arn === keyArn;
};
