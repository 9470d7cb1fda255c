import { ACTIONS, select } from './actions.js';
import { parameterValues, readDocument } from './document.js';
import { stepAfter } from './flow.js';
import { resolve, systemVariables } from './references.js';
import { inputsProblem } from './schema.js';
import {
  type Automation,
  type Document,
  type Execution,
  RefusedError,
  type Step,
  StepFailure,
  type StepRun,
} from './types.js';

/** What SSM shows for an output of a step that did not succeed. */
const NO_OUTPUT = 'No output available yet because the step is not successfully executed';
const MAX_CHARS = 512;
const SCRIPT_SECONDS = 600;

/** An execution that goes on: the values of parameters and outputs so far, and the steps as they are shown. */
type Running = {
  readonly document: Document;
  readonly automation: Automation;
  readonly values: Map<string, unknown>;
  readonly runs: ReadonlyMap<string, StepRun>;
};

/**
 * Runs an Automation document, schema 0.3, as SSM would.
 *
 * It is strict: it supports what Trailkey's documents use. What SSM would refuse, and all else, is thrown and not run.
 *
 * @throws RefusedError
 */
export const runDocument = async (content: unknown, automation: Automation): Promise<Execution> => {
  const document = readDocument(content);
  const values = new Map([
    ...systemVariables(automation),
    ...parameterValues(document.parameters ?? {}, automation.parameters),
  ]);
  checkRole(resolve(document.assumeRole, values), automation);
  const steps = document.mainSteps;
  const runs = new Map(
    steps.map(({ name, action }): [string, StepRun] => [
      name,
      { name, action, status: 'Pending', outputs: {}, attempts: 0 },
    ]),
  );
  let next = steps[0];
  while (next) {
    const name: string | undefined = await runStep(next, { document, automation, values, runs });
    next = steps.find((step) => step.name === name);
  }
  return executionOf(document, runs);
};

const checkRole = (role: unknown, { accountId, partition = 'aws' }: Automation): void => {
  if (!String(role).startsWith(`arn:${partition}:iam::${accountId}:role/`))
    throw new RefusedError(
      `assumeRole should be a role of account ${accountId} in ${partition} and is ${role}`,
    );
};

/** Runs a step, with its attempts, and gives the name of the next. */
const runStep = async (step: Step, running: Running): Promise<string | undefined> => {
  const { document, automation, values, runs } = running;
  const run = runs.get(step.name);
  if (!run) throw new Error(`There is no step ${step.name}.`);
  const change = (fields: Partial<StepRun>): void => {
    Object.assign(run, fields);
    automation.onStep?.(structuredClone([...runs.values()]));
  };
  for (;;) {
    change({ status: 'InProgress', attempts: run.attempts + 1 });
    const result = await attempt(step, running, () => change({ status: 'Waiting' }));
    if (!(result instanceof StepFailure)) {
      for (const [name, value] of Object.entries(result.outputs))
        values.set(`${step.name}.${name}`, value[0]);
      change({ status: 'Success', outputs: result.outputs });
      return stepAfter(step, document.mainSteps, { succeeded: true, goTo: result.goTo });
    }
    if (run.attempts < (step.maxAttempts ?? 1)) continue;
    change({ status: result.status, failureMessage: result.message });
    return stepAfter(step, document.mainSteps, { succeeded: false });
  }
};

/** Runs a step once. What is neither a success nor a failure of the step is thrown. */
const attempt = async (step: Step, { automation, values }: Running, wait: () => void) => {
  const { name, action } = step;
  const timeoutSeconds =
    step.timeoutSeconds ?? (action === 'aws:executeScript' ? SCRIPT_SECONDS : Number.POSITIVE_INFINITY);
  const start = automation.now();
  // What a script did after its time was up cannot be taken back, but that it took too long is not passed over.
  const orLate = <T>(result: T): T | StepFailure =>
    (automation.now() - start) / 1000 > timeoutSeconds
      ? new StepFailure(`Step timed out after ${timeoutSeconds} seconds.`, 'TimedOut')
      : result;
  try {
    const inputs: any = resolve(step.inputs, values);
    const problem = inputsProblem(action, inputs);
    if (problem !== undefined) throw new StepFailure(`Step ${name}: ${problem}`);
    const { answer, goTo } = await ACTIONS[action]({ step: name, inputs, timeoutSeconds, automation, wait });
    return orLate({ outputs: outputsOf(step, answer), goTo });
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    return orLate(error);
  }
};

/** The outputs that exist in an answer; one whose value is missing has none. */
const outputsOf = ({ name, outputs = [] }: Step, answer: unknown): Record<string, [string]> =>
  Object.fromEntries(
    outputs.flatMap(({ Name, Selector }) => {
      const value = select(answer, Selector);
      if (value === null) return [];
      if (typeof value !== 'string' || value === '' || [...value].length > MAX_CHARS)
        throw new RefusedError(
          `Output ${name}.${Name} should be a text of 1 to ${MAX_CHARS} characters and is ${JSON.stringify(value)}`,
        );
      return [[Name, [value]]];
    }),
  );

const executionOf = ({ mainSteps, outputs = [] }: Document, runs: Running['runs']): Execution => {
  const steps = [...runs.values()];
  const failed = mainSteps
    .filter(({ onFailure }) => onFailure !== 'Continue')
    .flatMap(({ name }) => runs.get(name) ?? [])
    .filter(({ status }) => status === 'Failed' || status === 'TimedOut');
  const worst = failed.find(({ status }) => status === 'Failed') ?? failed[0];
  const shown = outputs.map((name) => {
    const [step = '', output = ''] = name.split('.');
    return [name, runs.get(step)?.outputs[output] ?? [NO_OUTPUT]];
  });
  return {
    status: worst === undefined ? 'Success' : worst.status === 'TimedOut' ? 'TimedOut' : 'Failed',
    steps,
    outputs: Object.fromEntries(shown),
    ...(worst?.failureMessage === undefined ? {} : { failureMessage: worst.failureMessage }),
  };
};
