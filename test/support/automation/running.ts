import { type Document, readDocument } from './document.js';
import { RefusedError } from './errors.js';
import { ROLE_ARN } from './parameter-checks.js';
import { parameterValues } from './parameters.js';
import { resolve } from './references.js';
import type { Automation, StepRun } from './run-document.js';
import type { Surroundings } from './run-step.js';
import type { Step } from './step.js';
import { systemVariables } from './system-variables.js';

/** An execution that goes on. */
export type Running = {
  readonly document: Document;
  readonly surroundings: Omit<Surroundings, 'wait'>;
  /** The values of parameters, and of the outputs of steps that succeeded. */
  readonly given: Map<string, unknown>;
  readonly runs: ReadonlyMap<string, StepRun>;
  readonly show: () => void;
};

/** Begins an execution, and refuses it as StartAutomationExecution would. */
export const start = (content: unknown, automation: Automation): Running => {
  const document = readDocument(content);
  const given = new Map(parameterValues(document.parameters, automation.parameters));
  const clocked = withClock(automation);
  const variables = systemVariables(automation, clocked.now);
  const values = () => new Map([...variables(), ...given]);
  checkRole(resolve(document.assumeRole, values()), automation);
  const runs = new Map(document.steps.map((step) => [step.name, pending(step)]));
  const show = () => automation.onStep?.([...runs.values()].map((run) => structuredClone(run)));
  return { document, surroundings: { automation: clocked, values }, given, runs, show };
};

const withClock = (automation: Automation): Surroundings['automation'] => {
  let slept = 0;
  return {
    ...automation,
    now: automation.now ?? (() => Date.now() + slept * 1000),
    sleep: async (seconds) => {
      slept += seconds;
      await automation.sleep(seconds);
    },
  };
};

const checkRole = (role: unknown, { accountId, partition = 'aws' }: Automation): void => {
  const [, inPartition, inAccount] = ROLE_ARN.exec(String(role)) ?? [];
  if (inPartition !== partition || inAccount !== accountId)
    throw new RefusedError(
      `assumeRole should be a role of account ${accountId} in ${partition} and is ${role}.`,
    );
};

const pending = ({ name, actionName }: Step): StepRun => ({
  name,
  action: actionName,
  status: 'Pending',
  outputs: {},
  attempts: 0,
});
