import process from 'node:process';
import type { Context } from 'aws-lambda';
import { awsRulePorts, ruleClients } from '../src/aws/rule-ports.js';
import { parseRuleEvent } from '../src/core/rule-event.js';
import { evaluateRule, failureOf, summaryOf } from '../src/rule/evaluate-rule.js';

// Once per execution environment, so that clients keep their connections between invocations.
const clients = ruleClients(process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? '');

const BUDGET_WITHOUT_CONTEXT_MS = 25_000;
const RESERVE_MS = 1000;

type InvocationContext = Pick<Context, 'getRemainingTimeInMillis'> &
  Partial<Pick<Context, 'invokedFunctionArn'>>;

/**
 * The Lambda function of the rule. AWS Config invokes it when a trail or key changes, on a schedule, and when a snapshot is delivered.
 *
 * A fault never becomes a verdict: it is thrown, so that AWS Config shows that the rule failed.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_lambda-functions.html
 */
export const handler = async (event: unknown, context?: InvocationContext): Promise<void> => {
  const startedAt = Date.now();
  const ruleEvent = parseRuleEvent(event, context?.invokedFunctionArn);
  const ports = awsRulePorts(clients, { budgetMs: budgetOf(context), warn: console.warn });
  const metrics = () => ({ calls: ports.counts(), milliseconds: Date.now() - startedAt });
  try {
    const outcome = await evaluateRule(ruleEvent, ports);
    console.info(summaryOf(ruleEvent, outcome, metrics()));
  } catch (error) {
    console.error(failureOf(ruleEvent, error, metrics()));
    throw error;
  }
};

/** The time budget in milliseconds. The reserve is for logging and throwing the error. */
const budgetOf = (context: InvocationContext | undefined): number => {
  const remaining = context?.getRemainingTimeInMillis();
  return remaining === undefined ? BUDGET_WITHOUT_CONTEXT_MS : Math.max(1, remaining - RESERVE_MS);
};
