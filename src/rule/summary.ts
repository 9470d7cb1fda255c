import type { Invocation } from '../core/invocation.js';
import { countBy } from '../core/report.js';
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
  codes: Object.fromEntries(countBy(outcome.findings, ({ code }) => code)),
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
