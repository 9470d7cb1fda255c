import { describeMissingTrail } from '../core/annotation.js';
import { countBy, type Failure, type Settled, settleAll } from '../core/collections.js';
import { KEY_TYPE, TRAIL_TYPE } from '../core/configuration-item.js';
import { messageOf } from '../core/errors.js';
import { type EvaluationContext, evaluateTrail, type Finding } from '../core/evaluate-trail.js';
import { cacheKeys } from '../core/key.js';
import type { RuleEvent } from '../core/rule-event.js';
import type { ObservedTrail } from '../core/trail.js';
import { SEVERITIES } from '../core/verdict.js';
import type { ResultResource, RulePorts, RuleResult } from '../ports.js';
import { allTrails, type Change, changedKeyArn, changedTrail, trailsWithKey } from './find-trails.js';

/** The outcome of an invocation. */
export type RuleOutcome = {
  readonly findings: readonly Finding[];
  /** Earlier results that were cleared because their trails no longer exist. */
  readonly cleared: number;
  /** `throttled` for a changed key whose trails were not evaluated, because AWS Config throttled the function. */
  readonly status: 'done' | 'rule-deleted' | 'throttled';
};

/**
 * Handles an invocation of the rule: evaluates the trails that the event affects and reports the results.
 *
 * @throws KeysUnavailableError if the keys of some trails could not be looked up: the other results are reported first
 * @throws FormatError if the item in the event is not valid, and what the ports throw: nothing is reported
 */
export const evaluateRule = async (event: RuleEvent, ports: RulePorts): Promise<RuleOutcome> => {
  const { parameters, accountId, trigger } = event;
  const keys = cacheKeys(ports.keys({ ...parameters, accountId }));
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
  const keyArn = changedKeyArn(item);
  const recorded = await skipIfThrottled(ports.history.listTrails(), ports);
  if (recorded === undefined) return SKIPPED;
  const users = await trailsWithKey(keyArn, recorded, context);
  const evaluated = await evaluatePatiently(users.trails, context, ports);
  const reporting = report({ findings: evaluated.results }, event, ports);
  const outcome = evaluated.results.length > 0 ? await reporting : await skipIfThrottled(reporting, ports);
  throwIfAny([...users.failures, ...evaluated.failures]);
  return outcome ?? SKIPPED;
};

const SKIPPED: RuleOutcome = { findings: [], cleared: 0, status: 'throttled' };

/**
 * Returns undefined if AWS Config throttles. When you start an evaluation, AWS Config invokes the function once for each recorded key, at the
 * same time as it invokes it for the schedule, which evaluates all trails. So a throttled invocation for a key is not an error.
 */
const skipIfThrottled = async <T>(
  request: Promise<T>,
  { isThrottled, warn }: Pick<RulePorts, 'isThrottled' | 'warn'>,
): Promise<T | undefined> => {
  try {
    return await request;
  } catch (error) {
    if (!isThrottled(error)) throw error;
    warn(`The trails of the key were not evaluated. The schedule evaluates them. ${messageOf(error)}`);
    return undefined;
  }
};

/** Earlier results are cleared only if both lists are complete and every trail was evaluated. */
const evaluateAll = async (
  event: RuleEvent,
  context: EvaluationContext,
  ports: RulePorts,
): Promise<RuleOutcome> => {
  // Started first and awaited last, so that a slow list does not delay the evaluation.
  const listing = Promise.allSettled([currentResults(event, ports)]);
  const trails = await allTrails(event, ports);
  const { results: findings, failures } = await evaluatePatiently(trails, context, ports);
  const [current] = await listing;
  const isComplete = failures.length === 0 && current.status === 'fulfilled';
  const outcome = await report({ findings, current: isComplete ? current.value : [] }, event, ports);
  throwIfAny(failures);
  if (current.status === 'rejected') throw current.reason;
  return outcome;
};

/** KMS and the SDK count requests per second, so an earlier repetition would fail as well. */
const PAUSE_MS = 1000;

/**
 * Evaluates trails. Those whose keys could not be looked up are evaluated again, as long as that helps: KMS throttles an account with many
 * keys. When the time of the invocation is used up, no lookup succeeds.
 */
const evaluatePatiently = async (
  trails: readonly ObservedTrail[],
  context: EvaluationContext,
  { pause }: Pick<RulePorts, 'pause'>,
): Promise<Settled<ObservedTrail, Finding>> => {
  let { results, failures } = await settleAll(trails, (trail) => evaluateTrail(trail, context));
  let hasProgress = results.length > 0;
  while (failures.length > 0 && hasProgress) {
    await pause(PAUSE_MS);
    const again = await settleAll(
      failures.map(({ item }) => item),
      (trail) => evaluateTrail(trail, context),
    );
    hasProgress = again.results.length > 0;
    results = [...results, ...again.results];
    failures = again.failures;
  }
  return { results, failures };
};

const throwIfAny = (failures: readonly Failure<ObservedTrail>[]): void => {
  if (failures.length > 0) throw new KeysUnavailableError(failures);
};

/** The maximum length of a name in GetComplianceDetailsByConfigRule. The name of a rule can be longer. */
const MAX_RULE_NAME_CHARACTERS = 64;

const currentResults = async (
  { ruleName }: RuleEvent,
  { results, warn }: RulePorts,
): Promise<readonly ResultResource[]> => {
  if (ruleName !== undefined && ruleName.length <= MAX_RULE_NAME_CHARACTERS)
    return results.listCurrent(ruleName);
  const reason =
    ruleName === undefined ? 'is not in the event' : `is longer than ${MAX_RULE_NAME_CHARACTERS} characters`;
  warn(
    `The results of trails that no longer exist were not cleared, because the name of the rule ${reason}.`,
  );
  return [];
};

type ReportInput = { readonly findings: readonly Finding[]; readonly current?: readonly ResultResource[] };

/** Reports findings, and clears the current results in AWS Config of resources that have no finding. */
const report = async (
  { findings, current = [] }: ReportInput,
  { orderedAt, resultToken }: RuleEvent,
  ports: RulePorts,
): Promise<RuleOutcome> => {
  const results = onePerResource(findings);
  const reported = new Set(results.map(identityOf));
  const absent = new Map(current.map((resource) => [identityOf(resource), resource]));
  for (const identity of reported) absent.delete(identity);
  const cleared = [...absent.values()].map(clearedResult);
  const status = await ports.results.report([...results, ...cleared], {
    resultToken,
    orderedAt: orderedAt ?? ports.now(),
  });
  return { findings, cleared: cleared.length, status };
};

const identityOf = ({ resourceType, resourceId }: ResultResource): string => `${resourceType} ${resourceId}`;

/** Returns the findings that the rule reports: of several for one resource ID, the worst of the trails that were evaluated. */
export const onePerResource = (findings: readonly Finding[]): readonly Finding[] => {
  const byId = new Map<string, Finding>();
  for (const finding of findings) {
    const existing = byId.get(finding.resourceId);
    if (existing === undefined || rankOf(finding) < rankOf(existing)) byId.set(finding.resourceId, finding);
  }
  return [...byId.values()];
};

const COMPLIANCES = ['NON_COMPLIANT', 'COMPLIANT', 'NOT_APPLICABLE'];

/** A lower rank is worse. */
const rankOf = ({ compliance, severity }: Finding): number =>
  COMPLIANCES.indexOf(compliance) * SEVERITIES.length + SEVERITIES.indexOf(severity);

const clearedResult = ({ resourceType, resourceId }: ResultResource): RuleResult => ({
  resourceType,
  resourceId,
  code: 'TRAIL_NOT_FOUND',
  compliance: 'NOT_APPLICABLE',
  ...describeMissingTrail(resourceId),
});

/** The trails in an error message: a log entry of CloudWatch has at most 256 kB. */
const MAX_LISTED = 50;

/** Thrown if the keys of some trails could not be looked up. The results of the other trails were reported. */
export class KeysUnavailableError extends AggregateError {
  override readonly name = 'KeysUnavailableError';

  constructor(failures: readonly Failure<ObservedTrail>[]) {
    const trails = failures
      .slice(0, MAX_LISTED)
      .map(({ item, error }) => `${item.trail.arn} (${messageOf(error)})`);
    const more = failures.length > MAX_LISTED ? `; and ${failures.length - MAX_LISTED} more` : '';
    super(
      failures.slice(0, MAX_LISTED).map(({ error }) => error),
      `Keys could not be looked up for ${failures.length} trails, which keep their last results: ${trails.join('; ')}${more}`,
    );
  }
}

/** The calls that an invocation made, by service and operation, and its duration. */
export type InvocationMetrics = {
  readonly calls: Readonly<Record<string, number>>;
  readonly milliseconds: number;
};

/**
 * The object that an invocation logs, for Lambda's JSON log format. It contains only names and counts: no token, event or policy.
 */
export const summaryOf = (
  event: RuleEvent,
  { status, findings, cleared }: RuleOutcome,
  metrics: InvocationMetrics,
) => ({
  ...commonFields(event, metrics),
  outcome: status,
  codes: Object.fromEntries(countBy(findings, ({ code }) => code)),
  cleared,
});

/** The object that a failed invocation logs. The error itself is thrown, and Lambda logs it. */
export const failureOf = (event: RuleEvent, error: unknown, metrics: InvocationMetrics) => ({
  ...commonFields(event, metrics),
  outcome: 'failed',
  error: error instanceof Error ? error.name : 'unknown',
});

const commonFields = ({ ruleName, trigger }: RuleEvent, { calls, milliseconds }: InvocationMetrics) => ({
  rule: ruleName,
  trigger: trigger.kind,
  keyLookups: calls['kms:DescribeKey'] ?? 0,
  calls,
  milliseconds,
});
