import stringWidth from 'string-width';
import { ServiceFaultError } from '../../aws/errors.js';
import type { Automation, AutomationStep, Automations } from '../../ports.js';
import { harmless } from '../harmless.js';
import type { Terminal } from '../terminal.js';

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
      stdout.write(`${label}${harmless(line)}\n`);
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
  return `  ${clock}  ${name}${' '.repeat(Math.max(0, NAME_COLUMNS - stringWidth(name)))}${status}${took}`;
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
  stderr.write(harmless(`${label}  ${step.name} …${since}`).slice(0, (stderr.columns ?? Infinity) - 1));
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
