import { DocumentMissingError, ServiceFaultError } from '../../aws/errors.js';
import { isInterruption, messageOf } from '../../core/errors.js';
import type { Automation, AutomationStep, Automations } from '../../ports.js';
import { CLEAR_LINE, canOverwrite, sanitize, type Terminal } from '../terminal.js';
import type { RemediationContext } from './account.js';
import { log } from './messages.js';
import type { RemediationPlan } from './plan.js';

/** The result of a plan: `not-followed` if the automation was started, and its end is unknown. */
export type PlanResult =
  | { readonly kind: 'not-started'; readonly plan: RemediationPlan }
  | { readonly kind: 'not-followed'; readonly plan: RemediationPlan }
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
    const label = plans.length > 1 ? `${plan.finding.trailName}: ` : '';
    const started = await start(plan, label, context);
    running.push(
      started === undefined ? Promise.resolve({ kind: 'not-started', plan }) : follow(started, plan, context),
    );
  }
  return Promise.all(running);
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
    if (!signal.aborted) {
      printOutcome(started, automation, terminal);
      return { kind: 'ended', plan, automation };
    }
  } catch (error) {
    if (!isInterruption(error)) log(terminal.stderr, `${started.label}${reasonOf(error)}`);
  }
  log(terminal.stderr, howToFollow(started));
  return { kind: 'not-followed', plan };
};

const printOutcome = (
  { label }: StartedAutomation,
  { status, steps, outputs, failure }: Automation,
  terminal: Terminal,
): void => {
  if (status === 'Success') {
    for (const sentence of outcomesIn(outputs)) log(terminal.stdout, `${label}${sentence}`);
    return;
  }
  const failed = steps.filter((step) => step.failure);
  log(terminal.stderr, `${label}The automation ended with status ${status}.`);
  for (const step of failed) log(terminal.stderr, `${label}Step ${step.name}: ${step.failure}`);
  const message = failed.map((step) => step.failure).join(' ') || failure || '';
  const advice = adviceFor(message);
  if (failed.length === 0 && message) log(terminal.stderr, `${label}${message}`);
  if (advice) log(terminal.stderr, `${label}${advice}`);
};

/** How SSM begins the output of a step that did not run. */
const NO_OUTPUT = 'No output available yet';

const outcomesIn = (outputs: Automation['outputs']): readonly string[] => {
  const { 'Assess.Reason': reason, 'VerifyDelivery.State': state } = outputs;
  return [
    ...(reason ? [reason] : []),
    ...(state && !state.startsWith(NO_OUTPUT) ? [DELIVERIES.get(state) ?? `Log delivery: ${state}.`] : []),
  ];
};

const DELIVERIES: ReadonlyMap<string, string> = new Map([
  ['Delivered', 'CloudTrail has delivered logs since the change.'],
  [
    'NotSeenYet',
    'CloudTrail has not delivered logs yet: there were no events to log, or logging is stopped. Check the trail again later.',
  ],
]);

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
const howToFollow = ({ id, region }: Pick<StartedAutomation, 'id' | 'region'>): string =>
  [
    'The automation continues without this command.',
    `To follow it: aws ssm get-automation-execution --automation-execution-id ${id} --region ${region}`,
    `To cancel it: aws ssm stop-automation-execution --automation-execution-id ${id} --region ${region}`,
  ].join('\n');

/**
 * What to do about each error that a step can return.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html
 */
const ADVICE: Readonly<Record<string, string>> = {
  InsufficientEncryptionPolicyException:
    'In the key policy, allow cloudtrail.amazonaws.com to use the key for this trail. In the bucket policy, allow it to write with the key.',
  KmsKeyNotFoundException: "Use a key in the Region of the trail's S3 bucket.",
  KmsException: 'Check the key state: CloudTrail cannot use the key.',
  InvalidKmsKeyIdException: 'Use the key ARN.',
  InvalidHomeRegionException: 'Start the automation in the home Region of the trail.',
  NotOrganizationMasterAccountException:
    'Start the automation in the management account of the organization, or in a CloudTrail delegated administrator account.',
  InsufficientDependencyServiceAccessPermissionException:
    'Allow the role to read the organization (see the permissions for organization trails in docs/permissions.md), and check that the service-linked role of CloudTrail exists.',
  TrailNotFoundException: 'The trail was deleted. To list the trails: aws cloudtrail list-trails',
  ConflictException: 'Another operation is changing the trail. Try again in a minute.',
  ThrottlingException: 'CloudTrail throttled the requests. Try again in a minute.',
  AccessDeniedException:
    'Check that the role is the one that the Trailkey stack creates. Stopping and starting logging requires allowStopLogging.',
};

/** What to do about a failure message, or undefined if it contains no known error. */
const adviceFor = (failure: string): string | undefined =>
  Object.entries(ADVICE).find(([error]) => failure.includes(error))?.[1];
