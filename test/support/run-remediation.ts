import { automationService, type Play, type Started } from './automation-service.js';
import { simulatedAnswers } from './aws-simulator/simulator.js';
import type { SimulatedAws } from './aws-simulator/state.js';
import { withEnvironment } from './environment.js';
import { type Run, run, type Surroundings } from './run-check.js';
import { type Call, type Faults, startStandIn } from './stand-in.js';

/** The result of a run: also what it started, and the calls that it made. */
export type RemediationRun = Run & { readonly started: readonly Started[]; readonly calls: readonly Call[] };

type Scene = Surroundings & {
  readonly aws: SimulatedAws;
  readonly plays?: Readonly<Record<string, Play>>;
  readonly faults?: Faults;
  /** The name under which SSM lists executions, if it is not that of the document. */
  readonly listedAs?: string;
};

/** Runs command lines one after another against one simulated AWS, and gives the last. */
export const runRemediation = async (
  scene: Scene,
  ...commands: readonly (readonly string[])[]
): Promise<RemediationRun> => {
  const { aws, plays = {}, faults, listedAs, ...surroundings } = scene;
  const { answers, started } = automationService(aws, plays, listedAs);
  const standIn = await startStandIn(() => ({ ...simulatedAnswers(aws), ...answers }), faults);
  try {
    return await withEnvironment({ AWS_ENDPOINT_URL: standIn.url, ...surroundings.env }, async (env) => {
      let result: Run = { exitCode: -1, stdout: '', stderr: '' };
      for (const command of commands) result = await run(command, { ...surroundings, env });
      return { ...result, started, calls: standIn.calls };
    });
  } finally {
    await standIn.close();
  }
};
