import { type Command, Option } from 'commander';
import type { ExitCode } from '../core/exit-code.js';

/** Told how a command ended. */
export type Done = (code: ExitCode) => void;

/** What `--debug` does, in each command that asks AWS. */
export const DEBUG = 'show what is asked of AWS, and where an unexpected error came from';

/** An option that may be given several times. */
export const repeatable = (flags: string, description: string): Option =>
  new Option(flags, `${description} (repeatable)`).argParser(collect);

const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];

/** Examples at the end of a command's help, one a line. */
export const withExamples = (command: Command, examples: readonly string[]): Command =>
  command.addHelpText(
    'after',
    `\nExamples:\n${examples.map((example) => `  $ trailkey ${example}\n`).join('')}`,
  );
