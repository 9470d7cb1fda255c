import { stepAfter } from './flow.js';
import { runStep } from './run-step.js';
import { type Running, start } from './running.js';
import type { Step } from './step.js';
import { asTexts } from './value-type.js';

/** What an execution is started with, and what it runs against. */
export type Automation = {
  /** As StartAutomationExecution takes them. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  readonly partition?: string;
  readonly runScript: (script: {
    step: string;
    text: string;
    handler: string;
    runtime: string;
    payload: Record<string, unknown>;
  }) => Promise<{ payload: unknown } | { error: string }>;
  /** Answers for all approvers; without it a document that asks is refused. */
  readonly approve?: (request: {
    step: string;
    message: string;
    approvers: readonly string[];
    required: number;
  }) => Promise<'Approved' | 'Rejected'>;
  /** Lets virtual time pass: for aws:sleep, and between polls. */
  readonly sleep: (seconds: number) => Promise<void>;
  /** The virtual time in milliseconds, as Date.now gives it; without it the real one and all that was slept. */
  readonly now?: () => number;
  /** Shown all steps whenever the status of one changes. */
  readonly onStep?: (steps: readonly StepRun[]) => void;
};

/** A step as GetAutomationExecution shows it. */
export type StepRun = {
  name: string;
  action: string;
  status: 'Pending' | 'InProgress' | 'Waiting' | 'Success' | 'Failed' | 'TimedOut' | 'Cancelled';
  outputs: Record<string, string[]>;
  failureMessage?: string;
  attempts: number;
};

/** An execution as GetAutomationExecution shows it in the end. */
export type Execution = {
  readonly status: 'Success' | 'Failed' | 'TimedOut';
  readonly steps: readonly StepRun[];
  /** By `step.Output`. */
  readonly outputs: Record<string, string[]>;
  readonly failureMessage?: string;
};

/** What SSM shows for an output of a step that did not succeed. */
const NO_OUTPUT = 'No output available yet because the step is not successfully executed';

/**
 * Runs an Automation document, schema 0.3, as SSM would.
 *
 * It is strict: what SSM would refuse, and whatever it would do that AWS does not document, is thrown and not run.
 *
 * @throws RefusedError
 */
export const runDocument = async (document: unknown, automation: Automation): Promise<Execution> => {
  const running = start(document, automation);
  const { steps } = running.document;
  running.show();
  let next = steps[0];
  while (next) {
    const name: string | undefined = await advance(next, running);
    next = steps.find((step) => step.name === name);
  }
  return executionOf(running);
};

/** Runs a step, with its attempts, and gives the name of the next. */
const advance = async (step: Step, running: Running): Promise<string | undefined> => {
  const { document, given, runs, show } = running;
  const run = runs.get(step.name);
  if (!run) throw new Error(`There is no step ${step.name}.`);
  const change = (fields: Partial<StepRun>): void => {
    Object.assign(run, fields);
    show();
  };
  const attempt = () => {
    change({ status: 'InProgress', attempts: run.attempts + 1 });
    return runStep(step, { ...running.surroundings, wait: () => change({ status: 'Waiting' }) });
  };
  let outcome = await attempt();
  while (outcome.status !== 'Success' && run.attempts < step.maxAttempts) outcome = await attempt();

  if (outcome.status !== 'Success') {
    change({ status: outcome.status, failureMessage: outcome.message });
    return stepAfter(step, document.steps, { succeeded: false });
  }
  const outputs: Record<string, string[]> = {};
  for (const [name, value] of outcome.outputs) {
    outputs[name] = asTexts(value, `Output ${step.name}.${name}`);
    given.set(`${step.name}.${name}`, value);
  }
  change({ status: 'Success', outputs });
  return stepAfter(step, document.steps, { succeeded: true, goTo: outcome.goTo });
};

const executionOf = ({ document, runs }: Running): Execution => {
  const steps = [...runs.values()];
  const failed = document.steps
    .filter(({ isCritical }) => isCritical)
    .flatMap(({ name }) => runs.get(name) ?? [])
    .filter(({ status }) => status === 'Failed' || status === 'TimedOut');
  const worst = failed.find(({ status }) => status === 'Failed') ?? failed[0];
  const outputs = Object.fromEntries(
    document.outputs.map((name) => {
      const [step = '', output = ''] = name.split('.');
      return [name, runs.get(step)?.outputs[output] ?? [NO_OUTPUT]];
    }),
  );
  if (!worst) return { status: 'Success', steps, outputs };
  const { failureMessage } = worst;
  return {
    status: worst.status === 'TimedOut' ? 'TimedOut' : 'Failed',
    steps,
    outputs,
    ...(failureMessage === undefined ? {} : { failureMessage }),
  };
};
