import { spawn } from 'node:child_process';
import process from 'node:process';
import { ROOT } from '../test/support/project.js';

/** What a command took: CPU (user and system) and wall time in milliseconds, and the most memory, in megabytes. */
export type Cost = { readonly cpu: number; readonly wall: number; readonly memory: number };

/** A command to measure. One that tells its cost itself prints it as JSON; of any other the whole process counts. */
export type Command = {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly tellsItself?: boolean;
  /** Exit codes that are no failure. */
  readonly exits?: readonly number[];
};

const measureOnce = async ({ args, env = {}, tellsItself, exits = [0] }: Command): Promise<Cost> => {
  const all = tellsItself ? args : ['python3', `${ROOT}bench/measure.py`, ...args];
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
  let [output, said] = ['', ''];
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stderr.on('data', (text) => {
    said += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      if (output === '') reject(new Error(`${command} ${args.join(' ')} told nothing: ${said}`));
      else resolve({ output, status });
    });
  });
};

/**
 * Measures commands by turns, so often each, and gives the median of each cost: whatever else the machine does hits all alike.
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
