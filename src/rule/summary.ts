import type { Invocation } from '../core/invocation.js';
import type { RuleOutcome } from './evaluate-rule.js';

/** The calls that an invocation made, by service and operation, and its time. */
export type Work = { readonly calls: Readonly<Record<string, number>>; readonly milliseconds: number };

/**
 * The one object that an invocation leaves in the log, which Lambda's JSON log format keeps an object: names and counts alone, no
 * token, no event, no policy.
 */
export const summaryOf = (invocation: Invocation, outcome: RuleOutcome, work: Work) => ({
  ...headOf(invocation, work),
  outcome: outcome.status,
  codes: countCodes(outcome),
  setAside: outcome.setAside,
});

/** The summary of an invocation that failed; the error itself is thrown, and logged by Lambda. */
export const failureOf = (invocation: Invocation, error: unknown, work: Work) => ({
  ...headOf(invocation, work),
  outcome: 'failed',
  error: error instanceof Error ? error.name : 'unknown',
});

const headOf = ({ ruleName, trigger }: Invocation, { calls, milliseconds }: Work) => ({
  rule: ruleName,
  trigger: trigger.kind,
  keyLookUps: calls['kms:DescribeKey'] ?? 0,
  calls,
  milliseconds,
});

const countCodes = ({ findings }: RuleOutcome): Readonly<Record<string, number>> => {
  const counts = new Map<string, number>();
  for (const { code } of findings) counts.set(code, (counts.get(code) ?? 0) + 1);
  return Object.fromEntries(counts);
};
