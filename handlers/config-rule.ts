import process from 'node:process';
import type { Context } from 'aws-lambda';
import { awsRulePorts, ruleClients } from '../src/aws/rule-ports.js';
import { parseRuleEvent } from '../src/core/rule-event.js';
import { evaluateRule, failureOf, summaryOf } from '../src/rule/evaluate-rule.js';

// Once per execution environment: clients keep their connections between invocations.
const clients = ruleClients(process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? '');

const BUDGET_WITHOUT_CONTEXT_MS = 25_000;
const RESERVE_MS = 1000;

/**
 * AWS Config invokes this for a changed trail or key, an oversized change, on schedule, or when a snapshot was delivered.
 *
 * It never turns a failure into a verdict: what it cannot evaluate it throws, so that the rule shows as failing and not as a wrong
 * result.
 */
export const handler = async (
  event: unknown,
  context?: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<void> => {
  const startedAt = Date.now();
  const ruleEvent = parseRuleEvent(event);
  const ports = awsRulePorts(clients, { budgetMs: budgetOf(context), warn: console.warn });
  const work = () => ({ calls: ports.counts(), milliseconds: Date.now() - startedAt });
  try {
    const outcome = await evaluateRule(ruleEvent, ports);
    console.info(summaryOf(ruleEvent, outcome, work()));
  } catch (error) {
    console.error(failureOf(ruleEvent, error, work()));
    throw error;
  }
};

/** Milliseconds; the rest is for saying what went wrong. */
const budgetOf = (context: Pick<Context, 'getRemainingTimeInMillis'> | undefined): number => {
  const remaining = context?.getRemainingTimeInMillis();
  return remaining === undefined ? BUDGET_WITHOUT_CONTEXT_MS : Math.max(1, remaining - RESERVE_MS);
};
