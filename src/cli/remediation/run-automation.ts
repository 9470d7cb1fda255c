import { DocumentMissingError, ServiceFaultError } from '../../aws/errors.js';
import { isInterruption, messageOf } from '../../core/errors.js';
import type { Automation, AutomationStep, Automations } from '../../ports.js';
import { CLEAR_LINE, canOverwrite, sanitize, type Terminal } from '../terminal.js';
import type { RemediationContext } from './account.js';
import { log } from './messages.js';
import { printOutcome } from './outcome.js';
import { type RemediationPlan, trailIn } from './plan.js';

/** The result of a plan: `not-followed` if the automation was started, and its end is unknown. */
export type PlanResult =
  | { readonly kind: 'not-started'; readonly plan: RemediationPlan }
  | { readonly kind: 'not-followed'; readonly plan: RemediationPlan; readonly id: string }
  | { readonly kind: 'ended'; readonly plan: RemediationPlan; readonly automation: Automation };

/** CloudTrail accepts one UpdateTrail request per second. */
const START_INTERVAL_MS = 1000;

/** Starts the automations of plans, at most one per second, and prints their steps until they end or on Ctrl-C. Does not throw. */
export const runPlans = async (
  plans: readonly RemediationPlan[],
  context: RemediationContext,
): Promise<readonly PlanResult[]> => {
  const running: Promise<PlanResult>[] = [];
  for (const [index, plan] of plans.entries()) {
    if (index > 0) await context.terminal.pause(START_INTERVAL_MS, context.signal);
    const { trailName, homeRegion } = plan.finding;
    const label = plans.length > 1 ? `${trailName} (${homeRegion}): ` : '';
    const started = await start(plan, label, context);
    running.push(
      started === undefined ? Promise.resolve({ kind: 'not-started', plan }) : follow(started, plan, context),
    );
  }
  const results = await Promise.all(running);
  if (context.signal.aborted) for (const result of results) log(context.terminal.stderr, stateOf(result));
  return results;
};

/** What has become of a plan after Ctrl-C. */
const stateOf = (result: PlanResult): string => {
  const trail = trailIn(result.plan.finding);
  switch (result.kind) {
    case 'ended':
      return `Finished: ${result.plan.document} for ${trail}, with status ${result.automation.status}.`;
    case 'not-started':
      return `Not started: ${result.plan.document} for ${trail}.`;
    case 'not-followed':
      return howToFollow(result);
  }
};

const start = async (
  { document, parameters, finding }: RemediationPlan,
  label: string,
  { automationsIn, terminal, signal }: RemediationContext,
): Promise<StartedAutomation | undefined> => {
  if (signal.aborted) return undefined;
  const automations = automationsIn(finding.homeRegion);
  try {
    const id = await automations.start(document, parameters);
    log(terminal.stdout, `${label}Started ${document} in ${finding.homeRegion}: execution ${id}.`);
    return { id, region: finding.homeRegion, label, automations };
  } catch (error) {
    if (!isInterruption(error)) log(terminal.stderr, `${label}Not started: ${reasonOf(error)}`);
    return undefined;
  }
};

const reasonOf = (error: unknown): string => {
  const message = messageOf(error);
  return error instanceof DocumentMissingError
    ? `${message} Deploy the Trailkey stack there (npx serverless deploy --region REGION): see docs/deploy-account.md.`
    : message;
};

const follow = async (
  started: StartedAutomation,
  plan: RemediationPlan,
  { terminal, signal }: RemediationContext,
): Promise<PlanResult> => {
  try {
    const automation = await watchAutomation(started, terminal, signal);
    if (!RUNNING.includes(automation.status)) {
      printOutcome(automation, started.label, terminal);
      return { kind: 'ended', plan, automation };
    }
  } catch (error) {
    if (!isInterruption(error)) log(terminal.stderr, `${started.label}${reasonOf(error)}`);
  }
  // After Ctrl-C, the state of all plans is printed together.
  if (!signal.aborted) log(terminal.stderr, howToFollow({ plan, id: started.id }));
  return { kind: 'not-followed', plan, id: started.id };
};

/** A started automation. Each line about it starts with `label`. */
type StartedAutomation = {
  readonly id: string;
  readonly region: string;
  readonly label: string;
  readonly automations: Automations;
};

const POLL_MS = 3000;
/** An approval takes a person longer than a step. */
const POLL_WAITING_MS = 15_000;
/** How many reads in a row may fail: the automation itself continues. */
const MAX_READ_FAILURES = 5;
const NAME_COLUMNS = 18;
const RUNNING = [
  'Pending',
  'InProgress',
  'Waiting',
  'PendingApproval',
  'Approved',
  'Scheduled',
  'RunbookInProgress',
  'Cancelling',
  'PendingChangeCalendarOverride',
];
const NOT_STARTED = 'Pending';

/** Prints each step when it ends, until the automation ends or the signal is aborted. Returns the last state. */
const watchAutomation = async (
  { id, region, label, automations }: StartedAutomation,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Automation> => {
  const printNewSteps = stepPrinter({ label, region }, terminal);
  const read = tolerateFailures(() => automations.read(id));
  for (;;) {
    const automation = await read();
    clearLine(terminal);
    if (automation !== undefined) {
      printNewSteps(automation);
      if (!RUNNING.includes(automation.status) || signal.aborted) return automation;
      showRunning(automation, label, terminal);
    }
    await terminal.pause(automation?.status === 'Waiting' ? POLL_WAITING_MS : POLL_MS, signal);
  }
};

/** Prints each change of a step once. */
const stepPrinter = (
  { label, region }: Pick<StartedAutomation, 'label' | 'region'>,
  { stdout }: Terminal,
): ((automation: Automation) => void) => {
  const printed = new Set<string>();
  return (automation) => {
    for (const line of stepLines(automation, region).filter((candidate) => !printed.has(candidate))) {
      stdout.write(`${sanitize(label + line)}\n`);
      printed.add(line);
    }
  };
};

/** Returns undefined for a failed read, until too many fail in a row. A denied read throws at once. */
const tolerateFailures = (read: () => Promise<Automation>): (() => Promise<Automation | undefined>) => {
  let failures = 0;
  return async () => {
    try {
      const automation = await read();
      failures = 0;
      return automation;
    } catch (error) {
      failures += 1;
      if (!(error instanceof ServiceFaultError) || failures > MAX_READ_FAILURES) throw error;
      return undefined;
    }
  };
};

const stepLines = ({ id, steps }: Automation, region: string): readonly string[] =>
  steps.flatMap((step) => {
    if (step.status === 'Waiting') return [approvalLine(id, region)];
    return RUNNING.includes(step.status) ? [] : [stepLine(step)];
  });

const stepLine = ({ name, status, startedAt, endedAt }: AutomationStep): string => {
  const time = endedAt === undefined ? '--:--:-- ' : `${new Date(endedAt).toISOString().slice(11, 19)}Z`;
  const duration =
    startedAt === undefined || endedAt === undefined ? '' : `  ${formatDuration(endedAt - startedAt)}`;
  return `  ${time}  ${name.padEnd(NAME_COLUMNS)}${status}${duration}`;
};

const approvalLine = (id: string, region: string): string =>
  `  Waiting for approval. An approver runs: aws ssm send-automation-signal --automation-execution-id ${id} --signal-type Approve --region ${region}`;

const formatDuration = (milliseconds: number): string => {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

/** On a terminal, also shows the step that is running, and overwrites it later. */
const showRunning = ({ steps }: Automation, label: string, terminal: Terminal): void => {
  const { stderr, now } = terminal;
  const step = steps.find(({ status }) => status !== NOT_STARTED && RUNNING.includes(status));
  if (!canOverwrite(terminal) || step === undefined) return;
  const elapsed = step.startedAt === undefined ? '' : ` ${formatDuration(now() - step.startedAt)}`;
  stderr.write(sanitize(`${label}  ${step.name} …${elapsed}`).slice(0, (stderr.columns ?? Infinity) - 1));
};

const clearLine = (terminal: Terminal): void => {
  if (canOverwrite(terminal)) terminal.stderr.write(CLEAR_LINE);
};

/** How to follow or cancel an automation after the command ends. */
const howToFollow = ({ plan, id }: { readonly plan: RemediationPlan; readonly id: string }): string => {
  const execution = `--automation-execution-id ${id} --region ${plan.finding.homeRegion}`;
  return [
    `Running: ${plan.document} for ${trailIn(plan.finding)} continues without this command.`,
    `  To follow it: aws ssm get-automation-execution ${execution}`,
    `  To cancel it: aws ssm stop-automation-execution ${execution}`,
  ].join('\n');
};
