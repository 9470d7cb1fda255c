import { expect } from 'vitest';
import { runDocument } from '../support/automation/run-document.js';
import type { Automation, Execution } from '../support/automation/types.js';
import { advance, startSimulator } from '../support/aws-simulator/simulator.js';
import { type SimulatedAws, simulatedAws } from '../support/aws-simulator/state.js';
import type { Faults, StandIn } from '../support/stand-in.js';
import type { Scenario } from './scenarios/scenario.js';

/** How scripts are run: by Python, or as recorded. */
export type ScriptRunner = Automation['runScript'];

/** Runs scenarios one after another against one endpoint. */
export type ScenarioRunner = {
  /** The simulated AWS of the current scenario. */
  readonly aws: SimulatedAws;
  readonly standIn: StandIn;
  readonly run: (scenario: Scenario, document: unknown, runScript: ScriptRunner) => Promise<Execution>;
  readonly close: () => Promise<void>;
};

/** Starts the simulated services for scenarios. */
export const startScenarioRunner = async (): Promise<ScenarioRunner> => {
  const current = simulatedAws();
  let faults: Faults | undefined;
  const standIn = await startSimulator(current, (call, earlier) => faults?.(call, earlier));
  return {
    aws: current,
    standIn,
    run: (scenario, document, runScript) => {
      Object.assign(current, scenario.aws());
      faults = scenario.faults;
      standIn.calls.length = 0;
      return runDocument(document, {
        parameters: parametersOf(scenario),
        endpoint: standIn.url,
        region: scenario.region ?? 'eu-west-1',
        accountId: current.accountId,
        runScript,
        approve: async () => scenario.approve?.(current) ?? 'Rejected',
        sleep: async (seconds) => advance(current, seconds),
        now: () => current.now,
      });
    },
    close: () => standIn.close(),
  };
};

const parametersOf = ({ given }: Scenario): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, [value].flat()]));

/** The outcome of an execution, in the form in which a scenario states what it expects. */
export const outcomeOf = ({ steps, status, outputs }: Execution, { log }: SimulatedAws) => ({
  ends: status,
  path: steps
    .filter(({ status: of }) => of !== 'Pending')
    .map(({ name }) => name)
    .join(' '),
  changes: [...log],
  because: steps.flatMap(({ failureMessage = [] }) => failureMessage).join(' '),
  outputs: Object.fromEntries(
    Object.entries(outputs).map(([name, values]) => [name.replace(/^Assess\./, ''), values.join(', ')]),
  ),
});

/** Asserts that an outcome is the one that a scenario expects. */
export const expectOutcome = (outcome: ReturnType<typeof outcomeOf>, scenario: Scenario): void => {
  const { ends, path, changes, because = '', outputs = {} } = scenario;
  expect(outcome).toMatchObject({ ends, path, changes, outputs });
  expect(outcome.because).toContain(because);
};
