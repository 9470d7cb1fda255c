import process from 'node:process';
import { awsRulePorts, ruleClients } from '../../src/aws/rule-ports.js';
import { parseRuleEvent } from '../../src/core/rule-event.js';
import { evaluateRule, type RuleOutcome } from '../../src/rule/evaluate-rule.js';
import { type Account, answersFor } from './account.js';
import { REGION } from './builders.js';
import { type Call, type Faults, startStandIn } from './stand-in.js';

process.env['AWS_ACCESS_KEY_ID'] = 'AKIAEXAMPLE';
process.env['AWS_SECRET_ACCESS_KEY'] = 'example';
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** What became of an invocation: the calls that it made, and its outcome or what it threw. */
export type Invoked = {
  readonly calls: readonly Call[];
  readonly outcome: RuleOutcome | undefined;
  readonly error: Error | undefined;
  readonly warnings: readonly string[];
};

type Play = { readonly account: Account; readonly faults?: Faults; readonly budgetMs?: number };

/** Invokes the rule over HTTP against a stand-in that plays an account. */
export const invoke = async (
  event: unknown,
  { account, faults, budgetMs = 20_000 }: Play,
): Promise<Invoked> => {
  const standIn = await startStandIn(() => answersFor(account), faults);
  try {
    return { ...(await invokeAt(standIn.url, event, budgetMs)), calls: standIn.calls };
  } finally {
    await standIn.close();
  }
};

/** Invokes the rule against an endpoint. */
export const invokeAt = async (
  url: string,
  event: unknown,
  budgetMs = 20_000,
): Promise<Omit<Invoked, 'calls'>> => {
  const warnings: string[] = [];
  const ports = awsRulePorts(ruleClients(REGION, { endpoint: url }), {
    budgetMs,
    warn: (message) => warnings.push(message),
  });
  try {
    return { outcome: await evaluateRule(parseRuleEvent(event), ports), error: undefined, warnings };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { outcome: undefined, error, warnings };
  }
};
