import { expect } from 'vitest';
import { type Automation, type Execution, runDocument } from '../support/automation/run-document.js';
import type { Faults, StandIn } from '../support/stand-in.js';
import { advance, startWorld, type World, world } from '../support/world/world.js';
import type { Scenario } from './scenarios/scenario.js';

/** How scripts are run: by Python, or as recorded. */
export type ScriptRunner = Automation['runScript'];

/** A place in which scenarios are played one after another, over one endpoint. */
export type Stage = {
  /** The world of the scenario that is played now. */
  readonly world: World;
  readonly standIn: StandIn;
  readonly play: (scenario: Scenario, document: unknown, runScript: ScriptRunner) => Promise<Execution>;
  readonly close: () => Promise<void>;
};

const ENOUGH_STEPS_S = 100_000;

/** Builds a stage. */
export const buildStage = async (): Promise<Stage> => {
  const current = world();
  let faults: Faults | undefined;
  const standIn = await startWorld(current, (call, earlier) => faults?.(call, earlier));
  return {
    world: current,
    standIn,
    play: (scenario, document, runScript) => {
      Object.assign(current, scenario.world());
      faults = scenario.faults;
      standIn.calls.length = 0;
      return runDocument(document, {
        parameters: parametersOf(scenario),
        endpoint: standIn.url,
        region: scenario.region ?? 'eu-west-1',
        accountId: current.accountId,
        runScript,
        approve: async () => scenario.approve?.(current) ?? 'Rejected',
        sleep: async (seconds) => advance(current, Math.min(seconds, ENOUGH_STEPS_S)),
        now: () => current.now,
      });
    },
    close: () => standIn.close(),
  };
};

const parametersOf = ({ given }: Scenario): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, [value].flat()]));

/** What a scenario came to, in the words in which it says what it expects. */
export const outcomeOf = ({ steps, status, outputs }: Execution, { log }: World) => ({
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

/** Holds an outcome against what a scenario expects. */
export const expectOutcome = (outcome: ReturnType<typeof outcomeOf>, scenario: Scenario): void => {
  const { ends, path, changes, because = '', outputs = {} } = scenario;
  expect(outcome).toMatchObject({ ends, path, changes, outputs });
  expect(outcome.because).toContain(because);
};
