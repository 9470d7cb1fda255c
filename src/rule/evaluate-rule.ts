import { attemptEach, type Failure } from '../core/attempt.js';
import { KEY_TYPE, TRAIL_TYPE } from '../core/configuration-item.js';
import type { Finding } from '../core/finding.js';
import type { Invocation } from '../core/invocation.js';
import type { TrailSighting } from '../core/trail.js';
import { judgeTrail, oncePerKey, type World } from '../evaluate.js';
import type { ResultResource, RulePorts } from '../ports.js';
import { allTrails } from './all-trails.js';
import { type Change, changedTrail } from './changed-trail.js';
import { KeysNotAskedError } from './errors.js';
import { evaluationsOf, staleEvaluations } from './evaluations.js';
import { changedKeyArn, trailsWithKey } from './trails-with-key.js';

/** What an invocation came to. */
export type RuleOutcome = {
  readonly findings: readonly Finding[];
  /** Results of resources that no longer exist and were set aside. */
  readonly setAside: number;
  readonly status: 'done' | 'rule-gone';
};

/**
 * Carries out an invocation of the rule: judges the trails that it is about, and puts the results.
 *
 * @throws KeysNotAskedError where some trails could not be judged now: the others' results are put
 * @throws FormatError where the event's item is broken; whatever the ports throw: nothing wrong is put then
 */
export const evaluateRule = async (invocation: Invocation, ports: RulePorts): Promise<RuleOutcome> => {
  const world = worldOf(invocation, ports);
  const { trigger } = invocation;
  if (!('item' in trigger)) return evaluateAll(invocation, world, ports);
  if (trigger.item.resourceType === KEY_TYPE) return evaluateKey({ invocation, trigger }, world, ports);
  const findings =
    trigger.item.resourceType === TRAIL_TYPE
      ? [await evaluateTrail({ invocation, trigger }, world, ports)]
      : [];
  return put({ findings, invocation }, ports);
};

const worldOf = ({ parameters, accountId }: Invocation, ports: RulePorts): World => {
  const { checkKeyPolicy: policy, requireKeyRotation: rotation } = parameters;
  return { keys: oncePerKey(ports.keys({ policy, rotation, accountId })), parameters, now: ports.now() };
};

type Occasion = { readonly invocation: Invocation; readonly trigger: Change };

const evaluateTrail = async (
  { invocation, trigger }: Occasion,
  world: World,
  ports: RulePorts,
): Promise<Finding> => judgeTrail(await changedTrail(trigger, invocation, ports), world);

const evaluateKey = async (
  { invocation, trigger }: Occasion,
  world: World,
  ports: RulePorts,
): Promise<RuleOutcome> => {
  const keyArn = changedKeyArn(trigger.item);
  const named = await trailsWithKey(keyArn, await ports.inventory.trails(), world);
  const { done: findings, failures } = await judgeEach(named.sightings, world);
  const outcome = await put({ findings, invocation }, ports);
  throwFor([...named.failures, ...failures]);
  return outcome;
};

/** Older results are set aside only where the list of trails is whole and every trail was judged. */
const evaluateAll = async (invocation: Invocation, world: World, ports: RulePorts): Promise<RuleOutcome> => {
  const listing = listCurrent(invocation, ports);
  const { done: findings, failures } = await judgeEach(await allTrails(invocation, ports), world);
  const current = await listing;
  const isWhole = failures.length === 0 && current.kind === 'listed';
  const outcome = await put({ findings, invocation, current: isWhole ? current.resources : [] }, ports);
  throwFor(failures);
  if (current.kind === 'failed') throw current.error;
  return outcome;
};

const judgeEach = (sightings: readonly TrailSighting[], world: World) =>
  attemptEach(sightings, (sighting) => judgeTrail(sighting, world));

const throwFor = (failures: readonly Failure[]): void => {
  if (failures.length > 0) throw new KeysNotAskedError(failures);
};

type Listing =
  | { readonly kind: 'listed'; readonly resources: readonly ResultResource[] }
  /** Thrown once the results are put. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** GetComplianceDetailsByConfigRule takes shorter names than a rule may have. */
const MAX_LISTED_RULE_NAME_CHARACTERS = 64;

const listCurrent = async ({ ruleName }: Invocation, { results, warn }: RulePorts): Promise<Listing> => {
  if (ruleName === undefined || ruleName.length > MAX_LISTED_RULE_NAME_CHARACTERS) {
    warn(
      `Results of trails that no longer exist are not set aside: the rule's name is ${ruleName ? `longer than ${MAX_LISTED_RULE_NAME_CHARACTERS} characters` : 'not told'}.`,
    );
    return { kind: 'listed', resources: [] };
  }
  try {
    return { kind: 'listed', resources: await results.current(ruleName) };
  } catch (error) {
    return { kind: 'failed', error };
  }
};

type Judged = {
  readonly findings: readonly Finding[];
  readonly invocation: Invocation;
  readonly current?: readonly ResultResource[];
};

const put = async (
  { findings, invocation, current = [] }: Judged,
  ports: RulePorts,
): Promise<RuleOutcome> => {
  const orderedAt = invocation.orderedAt ?? ports.now();
  const evaluations = evaluationsOf(findings, orderedAt);
  const stale = staleEvaluations(current, evaluations, orderedAt);
  const status = await ports.results.put([...evaluations, ...stale], invocation.resultToken);
  return { findings, setAside: stale.length, status };
};
