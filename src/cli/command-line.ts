import { Command, CommanderError } from 'commander';
import { RuleParametersError } from '../core/errors.js';
import type { ExitCode } from '../core/exit-code.js';
import { VERSION } from '../version.js';
import { addCheck, addScan } from './judging-commands.js';
import { type Done, withExamples } from './options.js';
import { addReferenceCommands } from './reference-commands.js';
import { addBackOut, addRemediate } from './repair/commands.js';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

/** Runs a command line, less the program's name, and gives its exit code. Never throws. */
export const runCommandLine = async (args: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  let exitCode: ExitCode = 0;
  const program = programFor(terminal, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error, { terminal, debug: args.includes('--debug') });
  }
};

const programFor = (terminal: Terminal, done: Done): Command => {
  const program = new Command('trailkey')
    .description('Judges every CloudTrail trail by the KMS key it names, and says what to do.')
    .version(VERSION)
    .exitOverride()
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'trailkey: ')),
    });
  addCheck(program, terminal, done);
  addScan(program, terminal, done);
  addRemediate(program, terminal, done);
  addBackOut(program, terminal, done);
  addReferenceCommands(program, terminal, done);
  return withExamples(program, [
    'check snapshots/',
    'scan',
    'remediate audit --dry-run',
    'explain KEY_DISABLED',
    'help check',
  ]);
};

const explain = (
  error: unknown,
  { terminal, debug }: { readonly terminal: Terminal; readonly debug: boolean },
): ExitCode => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof RuleParametersError || error instanceof UsageError) {
    terminal.stderr.write(`trailkey: ${error.message}\n`);
    return 2;
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  terminal.stderr.write(
    debug
      ? `${stack}\n`
      : `trailkey: something unexpected went wrong: ${message}\nRun again with --debug and report what it prints.\n`,
  );
  return 2;
};
