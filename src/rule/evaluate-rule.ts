import { describeMissingTrail } from '../core/annotation.js';
import { countBy, type Failure, settleAll } from '../core/collections.js';
import { KEY_TYPE, TRAIL_TYPE } from '../core/configuration-item.js';
import { messageOf } from '../core/errors.js';
import { type EvaluationContext, evaluateTrail, type Finding } from '../core/evaluate-trail.js';
import { cacheKeys } from '../core/key.js';
import type { RuleEvent } from '../core/rule-event.js';
import type { ObservedTrail } from '../core/trail.js';
import { isEvaluated } from '../core/verdict.js';
import type { ResultResource, RulePorts, RuleResult } from '../ports.js';
import { allTrails, type Change, changedKeyArn, changedTrail, trailsWithKey } from './find-trails.js';

/** The outcome of an invocation. */
export type RuleOutcome = {
  readonly findings: readonly Finding[];
  /** Earlier results that were cleared because their trails no longer exist. */
  readonly cleared: number;
  readonly status: 'done' | 'rule-deleted';
};

/**
 * Carries out an invocation of the rule: evaluates the trails that the event is about and reports the results.
 *
 * @throws KeysUnavailableError where the keys of some trails cannot be read now: the other results are reported first
 * @throws FormatError where the item in the event is malformed; what the ports throw: then nothing is reported
 */
export const evaluateRule = async (event: RuleEvent, ports: RulePorts): Promise<RuleOutcome> => {
  const { parameters, accountId, trigger } = event;
  const { checkKeyPolicy, requireKeyRotation: rotation } = parameters;
  const policy = checkKeyPolicy !== 'false';
  const keys = cacheKeys(ports.keys({ policy, rotation, accountId }));
  const context = { keys, parameters, now: ports.now() };
  if (!('item' in trigger)) return evaluateAll(event, context, ports);
  switch (trigger.item.resourceType) {
    case KEY_TYPE:
      return evaluateTrailsOfKey(event, trigger, { context, ports });
    case TRAIL_TYPE: {
      const trail = await changedTrail(trigger, event, ports);
      return report({ findings: [await evaluateTrail(trail, context)] }, event, ports);
    }
    default:
      return report({ findings: [] }, event, ports);
  }
};

const evaluateTrailsOfKey = async (
  event: RuleEvent,
  { item }: Change,
  { context, ports }: { readonly context: EvaluationContext; readonly ports: RulePorts },
): Promise<RuleOutcome> => {
  const users = await trailsWithKey(changedKeyArn(item), await ports.history.trails(), context);
  const evaluated = await settleAll(users.trails, (trail) => evaluateTrail(trail, context));
  const outcome = await report({ findings: evaluated.results }, event, ports);
  throwFor([...users.failures, ...evaluated.failures]);
  return outcome;
};

/** Earlier results are cleared only where both lists are complete and every trail was evaluated. */
const evaluateAll = async (
  event: RuleEvent,
  context: EvaluationContext,
  ports: RulePorts,
): Promise<RuleOutcome> => {
  const [[current], trails] = await Promise.all([
    Promise.allSettled([currentResults(event, ports)]),
    allTrails(event, ports),
  ]);
  const { results: findings, failures } = await settleAll(trails, (trail) => evaluateTrail(trail, context));
  const isComplete = failures.length === 0 && current.status === 'fulfilled';
  const outcome = await report({ findings, current: isComplete ? current.value : [] }, event, ports);
  throwFor(failures);
  if (current.status === 'rejected') throw current.reason;
  return outcome;
};

const throwFor = (failures: readonly Failure<ObservedTrail>[]): void => {
  if (failures.length > 0) throw new KeysUnavailableError(failures);
};

/** GetComplianceDetailsByConfigRule accepts only shorter names than a rule may have. */
const MAX_LISTED_RULE_NAME_CHARACTERS = 64;

const currentResults = async (
  { ruleName }: RuleEvent,
  { results, warn }: RulePorts,
): Promise<readonly ResultResource[]> => {
  if (ruleName !== undefined && ruleName.length <= MAX_LISTED_RULE_NAME_CHARACTERS)
    return results.current(ruleName);
  const reason =
    ruleName === undefined
      ? 'is not in the event'
      : `is longer than ${MAX_LISTED_RULE_NAME_CHARACTERS} characters`;
  warn(`Results of trails that no longer exist are not cleared: the name of the rule ${reason}.`);
  return [];
};

type Results = { readonly findings: readonly Finding[]; readonly current?: readonly ResultResource[] };

/** Reports findings, and clears the results of resources that are current in AWS Config and not among the findings. */
const report = async (
  { findings, current = [] }: Results,
  { orderedAt, resultToken }: RuleEvent,
  ports: RulePorts,
): Promise<RuleOutcome> => {
  const results = onePerResource(findings);
  const reported = new Set(results.map(identityOf));
  const cleared = current.filter((resource) => !reported.has(identityOf(resource))).map(clearedResult);
  const status = await ports.results.put([...results, ...cleared], {
    resultToken,
    orderedAt: orderedAt ?? ports.now(),
  });
  return { findings, cleared: cleared.length, status };
};

const identityOf = ({ resourceType, resourceId }: ResultResource): string => `${resourceType} ${resourceId}`;

/** Of two findings for one resource, the one that evaluates the trail itself. */
const onePerResource = (findings: readonly Finding[]): readonly Finding[] => {
  const byId = new Map<string, Finding>();
  for (const finding of findings) {
    const known = byId.get(finding.resourceId);
    if (known === undefined || !isEvaluated(known)) byId.set(finding.resourceId, finding);
  }
  return [...byId.values()];
};

const clearedResult = ({ resourceType, resourceId }: ResultResource): RuleResult => ({
  resourceType,
  resourceId,
  code: 'TRAIL_NOT_FOUND',
  compliance: 'NOT_APPLICABLE',
  ...describeMissingTrail(resourceId),
});

/** Thrown where the keys of some trails cannot be read now; the results of the other trails were reported. */
export class KeysUnavailableError extends AggregateError {
  override readonly name = 'KeysUnavailableError';

  constructor(failures: readonly Failure<ObservedTrail>[]) {
    const trails = failures.map(({ item, error }) => `${item.trail.arn} (${messageOf(error)})`);
    super(
      failures.map(({ error }) => error),
      `The keys of ${failures.length} trails could not be read, so their last results stand: ${trails.join('; ')}`,
    );
  }
}

/** The calls that an invocation made, by service and operation, and its duration. */
export type Work = { readonly calls: Readonly<Record<string, number>>; readonly milliseconds: number };

/**
 * The one object that an invocation writes to the log, which stays an object in Lambda's JSON log format: names and counts only, no
 * token, no event, no policy.
 */
export const summaryOf = (event: RuleEvent, { status, findings, cleared }: RuleOutcome, work: Work) => ({
  ...headOf(event, work),
  outcome: status,
  codes: Object.fromEntries(countBy(findings, ({ code }) => code)),
  cleared,
});

/** The summary of an invocation that failed. The error itself is thrown, and Lambda logs it. */
export const failureOf = (event: RuleEvent, error: unknown, work: Work) => ({
  ...headOf(event, work),
  outcome: 'failed',
  error: error instanceof Error ? error.name : 'unknown',
});

const headOf = ({ ruleName, trigger }: RuleEvent, { calls, milliseconds }: Work) => ({
  rule: ruleName,
  trigger: trigger.kind,
  keyLookups: calls['kms:DescribeKey'] ?? 0,
  calls,
  milliseconds,
});
