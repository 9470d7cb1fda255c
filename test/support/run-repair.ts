import { automationService, type Play, type Started } from './automation-service.js';
import { withEnvironment } from './environment.js';
import { type Run, run, type Surroundings } from './run-check.js';
import { type Call, type Faults, startStandIn } from './stand-in.js';
import { answersIn, type World } from './world/world.js';

/** What became of a repair: also what it started, and the calls that it made. */
export type RepairRun = Run & { readonly started: readonly Started[]; readonly calls: readonly Call[] };

type Scene = Surroundings & {
  readonly world: World;
  readonly plays?: Readonly<Record<string, Play>>;
  readonly faults?: Faults;
};

/** Runs command lines one after another against one world and its SSM, and gives the last. */
export const runRepair = async (
  scene: Scene,
  ...commands: readonly (readonly string[])[]
): Promise<RepairRun> => {
  const { world, plays = {}, faults, ...surroundings } = scene;
  const { answers, started } = automationService(world, plays);
  const standIn = await startStandIn(() => ({ ...answersIn(world), ...answers }), faults);
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
