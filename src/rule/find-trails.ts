import { type Failure, settleAll } from '../core/collections.js';
import { type ConfigurationItem, isAbsent } from '../core/configuration-item.js';
import { FormatError } from '../core/errors.js';
import { type EvaluationContext, precheckTrail } from '../core/evaluate-trail.js';
import { textOf } from '../core/json-value.js';
import { parseKeyReference } from '../core/key.js';
import type { RuleEvent, Trigger } from '../core/rule-event.js';
import { type ObservedTrail, observedIn, parseTrailItem, type Trail } from '../core/trail.js';
import { isEvaluated } from '../core/verdict.js';
import type { RulePorts } from '../ports.js';

/**
 * All trails of the account and Region as CloudTrail returns them now, under the ids that AWS Config uses. A trail that is not
 * recorded yet is included; a shadow trail or another account's organization trail only if it is recorded and so may have a result.
 *
 * @throws what the ports throw: an incomplete list is no list
 */
export const allTrails = async (event: RuleEvent, ports: RulePorts): Promise<readonly ObservedTrail[]> => {
  const [live, recorded] = await Promise.all([ports.live.all(), ports.history.trails()]);
  const byArn = new Map(recorded.map((observed) => [observed.trail.arn, observed]));
  const seen = live.flatMap((trail): readonly ObservedTrail[] => {
    const known = byArn.get(trail.arn);
    byArn.delete(trail.arn);
    return known ? [{ ...known, trail, absent: false }] : unrecorded(trail, event, ports);
  });
  // Recorded and no longer listed. A shadow trail is still reported as one.
  const absent = [...byArn.values()].map(
    (observed): ObservedTrail => ({
      ...observed,
      absent: isEvaluatedHere(observed, event) ? 'deleted' : false,
    }),
  );
  return [...seen, ...absent];
};

const unrecorded = (
  trail: Trail,
  { accountId, parameters }: RuleEvent,
  { region }: RulePorts,
): readonly ObservedTrail[] => {
  const observed = observedIn({ accountId: accountId ?? trail.ownerAccountId, region }, trail);
  const precheck = precheckTrail(observed, parameters);
  return precheck.kind === 'lookup' || isEvaluated(precheck.verdict) ? [observed] : [];
};

const isEvaluatedHere = ({ accountId, region, trail }: ObservedTrail, { parameters }: RuleEvent): boolean =>
  region === trail.homeRegion &&
  (accountId === trail.ownerAccountId || parameters.organizationTrails === 'everywhere');

/** A change of one resource: its configuration item, or the summary of an oversized one. */
export type Change = Extract<Trigger, { readonly item: ConfigurationItem }>;

/**
 * The trail that an event is about, under the id in the event. A configuration that the event does not contain is fetched from AWS
 * Config's history, or else from CloudTrail.
 *
 * @throws FormatError where the item is malformed; what the ports throw
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
  const recorded = await ports.history.itemOf(item);
  if (recorded?.configuration) return parseTrailItem({ ...item, configuration: recorded.configuration });
  const trail = await ports.live.named(item.arn ?? item.resourceId);
  if (trail === undefined) return parseTrailItem({ ...item, presence: 'deleted' });
  const place = {
    accountId: item.accountId ?? trail.ownerAccountId,
    region: item.region ?? trail.homeRegion,
  };
  return { ...observedIn(place, trail), resourceId: item.resourceId, capturedAt: item.capturedAt };
};

/**
 * The ARN of the key that an event is about. The summary of an oversized item is enough.
 *
 * @throws FormatError where the item does not contain it
 */
export const changedKeyArn = ({ arn, configuration, resourceId }: ConfigurationItem): string => {
  const keyArn = arn ?? textOf(configuration ?? {}, ['arn']);
  if (keyArn !== undefined) return keyArn;
  throw new FormatError(`field "ARN" of AWS::KMS::Key "${resourceId}" is absent: expected the key's ARN`);
};

/** The trails that use a key, and those for which that could not be determined. */
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

/** Keys are compared by ARN. The key behind an alias has to be looked up. */
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
