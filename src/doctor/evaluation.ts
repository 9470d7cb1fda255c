import type { AwsError, DeployedRule, EvaluationStatus } from '../core/deployment.js';
import { awsCommand, formatTime, inParentheses, type Outcome, ok, problem } from './outcome.js';
import { functionName, scheduleOf } from './rule.js';

const HOUR_MS = 3_600_000;

/** What the evaluation of a rule depends on. `now` is in milliseconds since 1970. */
type EvaluatedRule = { readonly rule: DeployedRule; readonly region: string; readonly now: number };

/** Whether the last evaluation of the rule succeeded, and is not older than twice its schedule. */
export const checkEvaluation = (
  status: EvaluationStatus | undefined,
  { rule, region, now }: EvaluatedRule,
): Outcome => {
  const start = startEvaluation(rule.name, region);
  const { succeededAt, failedAt, error } = status ?? NEVER;
  if (failedAt !== undefined && failedAt >= (succeededAt ?? 0)) {
    const { cause, nextStep, commands = [] } = explainError(error, { rule, region });
    const success =
      succeededAt === undefined
        ? 'No evaluation has succeeded yet.'
        : `The last success was at ${formatTime(succeededAt)}.`;
    return problem({
      status: 'failed',
      message: `The last evaluation failed at ${formatTime(failedAt)}: ${cause}${inParentheses(error)}. ${success}`,
      nextStep: `${nextStep} Then start an evaluation.`,
      commands: [...commands, start],
    });
  }
  if (succeededAt === undefined) {
    return problem({
      status: 'warning',
      message: 'The rule has never been evaluated.',
      nextStep: 'A new rule is first evaluated within a few minutes. Otherwise start an evaluation.',
      commands: [start],
    });
  }
  const hours = scheduleOf(rule)?.hours;
  if (hours !== undefined && now - succeededAt > 2 * hours * HOUR_MS) {
    return problem({
      status: 'warning',
      message: `The last evaluation succeeded at ${formatTime(succeededAt)}, which is more than twice the schedule of ${hours} h ago.`,
      nextStep: 'Check that the configuration recorder is recording, and start an evaluation.',
      commands: [start],
    });
  }
  const failure = failedAt === undefined ? '' : ` The last failure was earlier, at ${formatTime(failedAt)}.`;
  return ok(`The last evaluation succeeded at ${formatTime(succeededAt)}.${failure}`);
};

/** The command that evaluates all trails. */
export const startEvaluation = (rule: string, region: string): string =>
  awsCommand('configservice start-config-rules-evaluation', { 'config-rule-names': rule, region });

const NEVER: EvaluationStatus = {
  activatedAt: undefined,
  succeededAt: undefined,
  failedAt: undefined,
  error: undefined,
};

type Explanation = {
  readonly cause: string;
  readonly nextStep: string;
  readonly commands?: readonly string[];
};

/**
 * Explains the error of a failed evaluation. AWS does not document the codes, so the message is searched as well. The first match wins.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRuleEvaluationStatus.html (LastErrorCode)
 */
const explainError = (
  error: AwsError | undefined,
  { rule, region }: Pick<EvaluatedRule, 'rule' | 'region'>,
): Explanation => {
  const name = functionName(rule.source);
  const text = `${error?.code ?? ''} ${error?.message ?? ''}`;
  const [, explain] = EXPLANATIONS.find(([pattern]) => pattern.test(text)) ?? [];
  return (
    explain?.(name, region) ?? {
      cause: 'the function ended with an error',
      nextStep: 'Read the error in the log.',
      commands: [readLog(name, region)],
    }
  );
};

const readLog = (name: string, region: string): string =>
  awsCommand('logs filter-log-events', {
    'log-group-name': `/aws/lambda/${name}`,
    'filter-pattern': '{ $.level = "ERROR" }',
    query: 'events[].message',
    output: 'text',
    region,
  });

const EXPLANATIONS: readonly (readonly [
  pattern: RegExp,
  explain: (name: string, region: string) => Explanation,
])[] = [
  [
    /ResourceNotFound|function not found|does not exist|deleted function/i,
    (name) => ({
      cause: `function ${name} does not exist`,
      nextStep: 'Deploy the Trailkey stack in this Region: docs/deploy-account.md.',
    }),
  ],
  [
    /cannot be invoked|lambda:InvokeFunction|InsufficientPermissions/i,
    (name) => ({
      cause: `AWS Config may not invoke function ${name}`,
      nextStep: 'Deploy the Trailkey stack again, which creates the permission of the function.',
    }),
  ],
  [
    /AccessDenied|not authorized|denied|permission/i,
    () => ({
      cause: 'the role of the function is missing a permission',
      nextStep:
        'Deploy the Trailkey stack again, which sets the policy of the role, and check the service control policies: docs/permissions.md.',
    }),
  ],
  [
    /timed?[ -]?out|time of the invocation/i,
    (name, region) => ({
      cause: 'the function did not end in time',
      nextStep:
        'Find the call that did not respond in the log. If the account has thousands of keys, see docs/performance.md.',
      commands: [readLog(name, region)],
    }),
  ],
  [
    /throttl|rate exceeded|TooManyRequests|concurren/i,
    (name) => ({
      cause: 'AWS limited the number of requests or of concurrent invocations',
      nextStep: `Check the reserved concurrency of function ${name}. In accounts with a very large number of keys, set watchKeys to false.`,
    }),
  ],
  [
    /rule parameters are not valid|RuleParametersError/i,
    () => ({
      cause: 'the rule parameters are not valid',
      nextStep: 'Correct them in the stack or the pack: docs/parameters.md.',
    }),
  ],
];
