import { execFile, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import process from 'node:process';
import { promisify } from 'node:util';

/** moto's server: APIs of AWS that we did not write. */
export type Moto = {
  readonly env: Readonly<Record<string, string>>;
  /** Runs the aws command line against it and gives what it prints. */
  readonly aws: (...args: readonly string[]) => Promise<string>;
  readonly stop: () => void;
};

const MISSING =
  "This needs moto's server and the aws command line, which are Python programs: pip install 'moto[server]' boto3 cfn-lint awscli";

/** Starts moto on a free port. */
export const startMoto = async (region: string): Promise<Moto> => {
  for (const command of ['moto_server', 'aws']) {
    if (spawnSync(command, ['--version']).error)
      throw new Error(`${command} is not on this machine. ${MISSING}`);
  }
  const port = await freePort();
  const server = spawn('moto_server', ['-p', String(port)], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await untilUp(url);
  const env = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_PAGER: '',
  };
  return {
    env,
    aws: awsWith(env),
    stop: () => server.kill(),
  };
};

/** The aws command line in an environment. */
export const awsWith =
  (env: Moto['env']): Moto['aws'] =>
  async (...args) => {
    const { stdout } = await promisify(execFile)('aws', [...args, '--output', 'text'], {
      env: { ...process.env, ...env },
    });
    return stdout.trim();
  };

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

const ATTEMPTS = 100;
const PAUSE_MS = 200;

const untilUp = async (url: string): Promise<void> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`moto's server did not come up at ${url}.`);
};
