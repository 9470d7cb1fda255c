import { DocumentMissingError, ServiceFaultError } from '../../aws/errors.js';
import { isInterruption } from '../../core/errors.js';
import type { Automation, AutomationStep, Automations } from '../../ports.js';
import { widthOf } from '../reporters/page.js';
import { sanitize, type Terminal } from '../terminal.js';
import type { RemediationAccount } from './account.js';
import { log } from './dialogue.js';
import type { RemediationPlan } from './plan.js';

/** How a plan ended: `lost` where it was started and could not be followed to its end. */
export type Ended =
  | { readonly kind: 'not-started'; readonly plan: RemediationPlan }
  | { readonly kind: 'lost'; readonly plan: RemediationPlan }
  | { readonly kind: 'done'; readonly plan: RemediationPlan; readonly automation: Automation };

/** What running takes. */
export type Means = {
  readonly repair: RemediationAccount;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
};

/** CloudTrail takes one UpdateTrail a second. */
const BETWEEN_STARTS_MS = 1000;

/** Starts plans, one a second at most, and follows them to their ends. */
export const runPlans = async (
  plans: readonly RemediationPlan[],
  means: Means,
): Promise<readonly Ended[]> => {
  const running: Promise<Ended>[] = [];
  for (const [index, plan] of plans.entries()) {
    if (index > 0) await means.terminal.pause(BETWEEN_STARTS_MS, means.signal);
    const label = plans.length > 1 ? `${plan.finding.trailName}: ` : '';
    const started = await start(plan, label, means);
    running.push(
      started === undefined ? Promise.resolve({ kind: 'not-started', plan }) : follow(started, plan, means),
    );
  }
  return Promise.all(running);
};

const start = async (
  { document, parameters, finding }: RemediationPlan,
  label: string,
  { repair, terminal, signal }: Means,
): Promise<Watched | undefined> => {
  if (signal.aborted) return undefined;
  const automations = repair.automationsIn(finding.homeRegion);
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
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof DocumentMissingError
    ? `${message} Deploy Trailkey's stack there (npx serverless deploy --region REGION): docs/deploy-account.md.`
    : message;
};

const follow = async (
  watched: Watched,
  plan: RemediationPlan,
  { terminal, signal }: Means,
): Promise<Ended> => {
  try {
    const automation = await watchAutomation(watched, terminal, signal);
    if (!signal.aborted) {
      printOutcome(watched, automation, terminal);
      return { kind: 'done', plan, automation };
    }
  } catch (error) {
    if (!isInterruption(error)) log(terminal.stderr, `${watched.label}${reasonOf(error)}`);
  }
  log(terminal.stderr, howToGoOn(watched));
  return { kind: 'lost', plan };
};

const printOutcome = (
  { label }: Watched,
  { status, steps, outputs, failure }: Automation,
  terminal: Terminal,
): void => {
  if (status === 'Success') {
    for (const sentence of outcomesIn(outputs)) log(terminal.stdout, `${label}${sentence}`);
    return;
  }
  const failed = steps.filter((step) => step.failure);
  log(terminal.stderr, `${label}The automation ended as ${status}.`);
  for (const step of failed) log(terminal.stderr, `${label}Step ${step.name}: ${step.failure}`);
  const words = failed.map((step) => step.failure).join(' ') || failure || '';
  const advice = adviceFor(words);
  if (failed.length === 0 && words) log(terminal.stderr, `${label}${words}`);
  if (advice) log(terminal.stderr, `${label}${advice}`);
};

/** What SSM shows for an output of a step that did not run. */
const NO_OUTPUT = 'No output available yet';

const outcomesIn = (outputs: Automation['outputs']): readonly string[] => {
  const { 'Assess.Reason': reason, 'VerifyDelivery.State': state } = outputs;
  return [
    ...(reason ? [reason] : []),
    ...(state && !state.startsWith(NO_OUTPUT) ? [DELIVERIES[state] ?? `Delivery: ${state}.`] : []),
  ];
};

const DELIVERIES: Readonly<Record<string, string>> = {
  Delivered: 'Logs were delivered since.',
  NotSeenYet:
    'No delivery was seen yet: the trail had nothing to log, or does not log. Look at it again later.',
};

/** An automation to follow: `label` goes before each of its lines where there are several. */
export type Watched = {
  readonly id: string;
  readonly region: string;
  readonly label: string;
  readonly automations: Automations;
};

const POLL_MS = 3000;
/** People take longer than machines. */
const POLL_WAITING_MS = 15_000;
/** An automation goes on, whatever becomes of a look at it: so many looks in a row may fail. */
const FAULTS_BORNE = 5;
const CLEAR_LINE = '\r\u001b[K';
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

/** Shows each step as it ends, with its time, until the automation ends or somebody interrupts; gives it as it stands then. */
export const watchAutomation = async (
  { id, region, label, automations }: Watched,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Automation> => {
  const tell = tellerOf({ label, region }, terminal);
  const look = patiently(() => automations.read(id));
  for (;;) {
    const automation = await look();
    clearLine(terminal);
    if (automation !== undefined) {
      tell(automation);
      if (!RUNNING.includes(automation.status) || signal.aborted) return automation;
      showRunning(automation, label, terminal);
    }
    await terminal.pause(automation?.status === 'Waiting' ? POLL_WAITING_MS : POLL_MS, signal);
  }
};

/** Tells each piece of news once. */
const tellerOf = (
  { label, region }: Pick<Watched, 'label' | 'region'>,
  { stdout }: Terminal,
): ((automation: Automation) => void) => {
  const told = new Set<string>();
  return (automation) => {
    for (const { key, line } of newsIn(automation, region).filter((news) => !told.has(news.key))) {
      stdout.write(`${label}${sanitize(line)}\n`);
      told.add(key);
    }
  };
};

/** Bears some faults in a row, each as undefined. What is denied stays so, and is thrown at once. */
const patiently = (read: () => Promise<Automation>): (() => Promise<Automation | undefined>) => {
  let faults = 0;
  return async () => {
    try {
      const automation = await read();
      faults = 0;
      return automation;
    } catch (error) {
      faults += 1;
      if (!(error instanceof ServiceFaultError) || faults > FAULTS_BORNE) throw error;
      return undefined;
    }
  };
};

type News = { readonly key: string; readonly line: string };

const newsIn = ({ id, steps }: Automation, region: string): readonly News[] =>
  steps.flatMap((step) => {
    if (step.status === 'Waiting') return [{ key: `${step.name} waits`, line: approvalOf(id, region) }];
    if (RUNNING.includes(step.status)) return [];
    return [{ key: step.name, line: lineFor(step) }];
  });

const lineFor = ({ name, status, startedAt, endedAt }: AutomationStep): string => {
  const clock = endedAt === undefined ? '--:--:-- ' : `${new Date(endedAt).toISOString().slice(11, 19)}Z`;
  const took = startedAt === undefined || endedAt === undefined ? '' : `  ${durationOf(endedAt - startedAt)}`;
  return `  ${clock}  ${name}${' '.repeat(Math.max(0, NAME_COLUMNS - widthOf(name)))}${status}${took}`;
};

const approvalOf = (id: string, region: string): string =>
  `  Waits for approval. An approver runs: aws ssm send-automation-signal --automation-execution-id ${id} --signal-type Approve --region ${region}`;

const durationOf = (milliseconds: number): string => {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

/** On a terminal the step that runs now is shown too, and overwritten. */
const showRunning = ({ steps }: Automation, label: string, { stderr, now }: Terminal): void => {
  const step = steps.find(({ status }) => status !== NOT_STARTED && RUNNING.includes(status));
  if (!stderr.isTTY || step === undefined) return;
  const since = step.startedAt === undefined ? '' : ` ${durationOf(now() - step.startedAt)}`;
  stderr.write(sanitize(`${label}  ${step.name} …${since}`).slice(0, (stderr.columns ?? Infinity) - 1));
};

const clearLine = ({ stderr }: Terminal): void => {
  if (stderr.isTTY) stderr.write(CLEAR_LINE);
};

/** How to follow or end an automation that goes on without us. */
export const howToGoOn = ({ id, region }: Pick<Watched, 'id' | 'region'>): string =>
  [
    'The automation goes on without this command.',
    `Follow it: aws ssm get-automation-execution --automation-execution-id ${id} --region ${region}`,
    `Cancel it: aws ssm stop-automation-execution --automation-execution-id ${id} --region ${region}`,
  ].join('\n');

/** What to do about each error that a step of Trailkey's documents may meet. */
const ADVICE: Readonly<Record<string, string>> = {
  InsufficientEncryptionPolicyException:
    'Let cloudtrail.amazonaws.com use the key for this trail in the key policy, and write to the bucket with it in the bucket policy.',
  KmsKeyNotFoundException: "Name a key in the Region of the trail's S3 bucket.",
  KmsException: 'Look at the state of the key: CloudTrail cannot use it now.',
  InvalidKmsKeyIdException: 'Name the key as its ARN.',
  InvalidHomeRegionException: 'Start it in the home Region of the trail.',
  NotOrganizationMasterAccountException: 'Start it in the management account of the organization.',
  InsufficientDependencyServiceAccessPermissionException:
    'Let the role read the organization (docs/permissions.md lists what an organization trail needs), and look whether the service-linked role of CloudTrail is there.',
  TrailNotFoundException:
    'Somebody deleted the trail. Look which trails there are: aws cloudtrail list-trails',
  ConflictException: 'Somebody changes the trail at the same time. Start it again in a minute.',
  ThrottlingException: 'CloudTrail is asked too often. Start it again in a minute.',
  AccessDeniedException:
    "Look whether the role is that of Trailkey's stack. Stopping and starting the logging needs allowStopLogging.",
};

/** What to do about a step that failed with these words; undefined where its own words say it. */
export const adviceFor = (failure: string): string | undefined =>
  Object.entries(ADVICE).find(([error]) => failure.includes(error))?.[1];
