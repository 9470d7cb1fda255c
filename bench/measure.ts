import { spawn } from 'node:child_process';
import process from 'node:process';
import { ROOT } from '../test/support/project.js';

/** The cost of a command: CPU time (user and system) and wall time in milliseconds, and peak memory in megabytes. */
export type Cost = { readonly cpu: number; readonly wall: number; readonly memory: number };

/** A command to measure. With `reportsCost`, the command prints its cost as JSON. Otherwise the whole process is measured. */
export type Command = {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly reportsCost?: boolean;
  /** The exit codes that count as success. */
  readonly exits?: readonly number[];
};

const measureOnce = async ({ args, env = {}, reportsCost, exits = [0] }: Command): Promise<Cost> => {
  const all = reportsCost ? args : ['python3', `${ROOT}bench/measure.py`, ...args];
  const { output, status } = await run(all, env);
  const { cpu, wall, memory, status: own = status } = JSON.parse(output.trim().split('\n').at(-1) ?? '');
  if (!exits.includes(own)) throw new Error(`${args.join(' ')} ended with exit code ${own}`);
  return { cpu, wall, memory };
};

const run = (
  [command = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly output: string; readonly status: number | null }> => {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1', STARTED_AT: String(Date.now()), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stderr.on('data', (text) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      if (output === '') reject(new Error(`${command} ${args.join(' ')} printed nothing: ${errors}`));
      else resolve({ output, status });
    });
  });
};

/**
 * Measures commands alternately, so that other load on the machine affects all of them, and returns the median costs of each.
 */
export const measure = async <Name extends string>(
  times: number,
  commands: Readonly<Record<Name, Command>>,
): Promise<Readonly<Record<Name, Cost>>> => {
  const entries = Object.entries<Command>(commands);
  const costs = new Map<string, Cost[]>(entries.map(([name]) => [name, []]));
  for (let turn = 0; turn < times; turn += 1) {
    for (const [name, command] of entries) costs.get(name)?.push(await measureOnce(command));
  }
  return Object.fromEntries([...costs].map(([name, all]) => [name, medianOf(all)])) as Record<Name, Cost>;
};

const medianOf = (costs: readonly Cost[]): Cost => {
  const middle = (numbers: readonly number[]) =>
    numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN;
  return {
    cpu: middle(costs.map(({ cpu }) => cpu)),
    wall: middle(costs.map(({ wall }) => wall)),
    memory: middle(costs.map(({ memory }) => memory)),
  };
};
