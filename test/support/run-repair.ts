import process from 'node:process';
import { automationService, type Play, type Started } from './automation-service.js';
import { type Run, run, type Surroundings } from './run-check.js';
import { type Call, type Faults, startStandIn } from './stand-in.js';
import { REGION } from './world/parts.js';
import { answersIn, type World } from './world/world.js';

/** What became of a repair: also what it started, and the calls that it made. */
export type RepairRun = Run & { readonly started: readonly Started[]; readonly calls: readonly Call[] };

type Scene = Surroundings & {
  readonly world: World;
  readonly plays?: Readonly<Record<string, Play>>;
  readonly faults?: Faults;
};

/** Where the SDK would find settings of whoever runs the tests. */
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'AKIATEST',
  AWS_SECRET_ACCESS_KEY: 'secret-of-the-caller',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
  AWS_REGION: REGION,
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

/** Does something with an environment in which the SDK finds test credentials, and none of this machine's settings. */
export const withEnvironment = async <T>(
  given: Readonly<Record<string, string>>,
  work: (env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> => {
  const env = { ...ENVIRONMENT, ...given };
  const saved = { ...process.env };
  Object.assign(process.env, env);
  try {
    return await work(env);
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name];
    Object.assign(process.env, saved);
  }
};
