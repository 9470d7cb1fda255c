import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isJsonObject, type JsonObject } from '../../../src/core/json-value.js';
import type { Automation } from './types.js';

/** A Python that runs scripts with boto3. */
export type Python = { readonly runScript: Automation['runScript']; readonly stop: () => void };

/** What scripts find around them. */
export type PythonEnvironment = Pick<Automation, 'endpoint' | 'region' | 'accountId'> & {
  /** Lets so many seconds of virtual time pass. */
  readonly advance: (seconds: number) => void | Promise<void>;
  /** The virtual time in milliseconds, as Date.now gives it. */
  readonly now: () => number;
};

const MISSING = 'This needs Python 3.11 or later with boto3: pip install boto3';

/**
 * Starts one Python that runs scripts one after another, each in a namespace of its own, against an endpoint.
 *
 * Time is virtual for scripts: `time.sleep` lets it pass and returns at once, `time.time` and `datetime.datetime.now`
 * answer it, and boto3 waits by it between its attempts. boto3 signs its calls by the real time.
 *
 * @throws Error that says how to install what is missing
 */
export const startPython = async (environment: PythonEnvironment): Promise<Python> => {
  if (spawnSync('python3', ['--version']).error)
    throw new Error(`python3 is not on this machine. ${MISSING}`);
  const child = spawn('python3', [fileURLToPath(new URL('./run_scripts.py', import.meta.url))], {
    env: processEnvironment(environment),
  });
  const exchange = talk(child);
  const { missing, version } = await exchange.receive();
  if (missing !== undefined) throw new Error(`python3 lacks boto3 (${missing}). ${MISSING}`);
  const [major = 0, minor = 0] = [version].flat().map(Number);

  const run: Automation['runScript'] = async ({ step, text, handler, runtime, payload }) => {
    if (Number(/^python3\.(\d+)$/.exec(runtime)?.[1]) > minor)
      throw new Error(`Step ${step} runs with ${runtime}, and python3 is ${major}.${minor}. ${MISSING}`);
    exchange.send({ text, handler, payload });
    return answerFrom(exchange, environment);
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    runScript: (script) => {
      const result = last.then(() => run(script));
      last = result.catch(() => undefined); // Whoever asked for that script hears of it.
      return result;
    },
    stop: () => child.kill(),
  };
};

/** Nothing of the machine's own AWS settings reaches a script. */
const processEnvironment = ({ endpoint, region, accountId }: PythonEnvironment): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))),
  AWS_ENDPOINT_URL: endpoint,
  AWS_DEFAULT_REGION: region,
  AWS_ACCOUNT_ID: accountId,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  PYTHONDONTWRITEBYTECODE: '1',
});

type Exchange = {
  readonly send: (message: JsonObject) => void;
  readonly receive: () => Promise<JsonObject>;
};

const talk = (child: ChildProcessWithoutNullStreams): Exchange => {
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stdin.on('error', () => undefined); // A Python that has died is noticed where its answer is read.
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    send: (message) => {
      child.stdin.write(`${JSON.stringify(message)}\n`);
    },
    receive: async () => {
      const { done, value } = await lines.next();
      if (done) throw new Error(`python3 has ended before it answered. ${said}`);
      const message: unknown = JSON.parse(value);
      if (!isJsonObject(message))
        throw new Error(`python3 should answer with an object and answered ${value}.`);
      return message;
    },
  };
};

/** Serves the clock to a script until it has ended. */
const answerFrom = async (
  { send, receive }: Exchange,
  { advance, now }: PythonEnvironment,
): Promise<{ payload: unknown } | { error: string }> => {
  for (;;) {
    const message = await receive();
    if ('error' in message) return { error: String(message['error']) };
    if ('payload' in message) return { payload: message['payload'] };
    if (Number(message['sleep']) > 0) await advance(Number(message['sleep']));
    send({ now: now() / 1000 });
  }
};
