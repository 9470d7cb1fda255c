import { Readable } from 'node:stream';
import { runCommandLine } from '../../src/cli/command-line.js';
import type { Terminal } from '../../src/cli/terminal.js';
import type { Report } from '../../src/core/report.js';
import { NOW } from './builders.js';

/** What a run of the command printed, and its exit code. */
export type Run = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** What a run is told of its surroundings. */
export type Surroundings = {
  readonly now?: number | (() => number);
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Handed the callback that Ctrl-C would call. */
  readonly onInterrupt?: (callback: () => void) => void;
  /** Called in place of each wait. */
  readonly pause?: () => void | Promise<void>;
};

/** Runs a command line in this process, on a terminal where `columns` is given. */
export const run = async (
  args: readonly string[],
  { now = NOW, columns, env = {}, stdin = '', onInterrupt = () => {}, pause = () => {} }: Surroundings = {},
): Promise<Run> => {
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
    },
    ...(columns === undefined ? {} : { columns, isTTY: true }),
  });
  const terminal: Terminal = {
    stdin: Object.assign(Readable.from(piecesOf(stdin)), { isTTY: columns !== undefined }),
    stdout: output('stdout'),
    stderr: output('stderr'),
    env,
    pause: async () => pause(),
    now: typeof now === 'number' ? () => now : now,
    onInterrupt: (callback) => {
      onInterrupt(callback);
      return () => {};
    },
  };
  const exitCode = await runCommandLine(args, terminal);
  return { exitCode, ...written };
};

const piecesOf = (
  stdin: NonNullable<Surroundings['stdin']>,
): AsyncIterable<Uint8Array> | Iterable<Uint8Array> =>
  typeof stdin === 'string' || stdin instanceof Uint8Array ? [Buffer.from(stdin)] : stdin;

/** Runs `trailkey check --format json` and reads its report. */
export const runCheck = async (
  ...args: readonly (string | Surroundings)[]
): Promise<Run & { readonly report: Report }> => {
  const words = args.filter((arg) => typeof arg === 'string');
  const surroundings = args.find((arg) => typeof arg !== 'string');
  const result = await run(['check', '--format', 'json', ...words], surroundings);
  return { ...result, report: JSON.parse(result.stdout) };
};
