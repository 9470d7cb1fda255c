import { Command, CommanderError, Option } from 'commander';
import { RuleParametersError } from '../core/errors.js';
import type { ExitCode } from '../core/exit-code.js';
import { VERSION } from '../version.js';
import type { RawCheckOptions } from './commands/check.js';
import { addReferenceCommands, withExamples } from './reference-commands.js';
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

type Done = (code: ExitCode) => void;

const programFor = (terminal: Terminal, done: Done): Command => {
  const program = new Command('trailkey')
    .description('Judges every CloudTrail trail by the KMS key it names, and says what to do.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    });
  addCheck(program, terminal, done);
  addReferenceCommands(program, terminal, done);
  return withExamples(program, ['check snapshots/', 'explain KEY_DISABLED', 'help check']);
};

const CHECK_DESCRIPTION = `Judges every CloudTrail trail in files by the state of its key, without asking AWS.

Reads snapshots, histories, items and rule events of AWS Config, and what the AWS command line prints of trails (describe-trails, \
get-trail), keys (describe-key) and aliases (list-aliases). What a file holds is recognised by its content.`;

const CHECK_EXAMPLES = [
  'check snapshots/',
  'check trails.json --keys key.json --param requireKeyRotation=true',
  'check snapshots/ --format markdown --output sarif=trailkey.sarif --fail-on never',
  'check - < snapshot.json',
];

const addCheck = (program: Command, terminal: Terminal, done: Done): void => {
  const command = program
    .command('check')
    .summary('judge trails offline, from AWS Config snapshots')
    .description(CHECK_DESCRIPTION)
    .argument('<file...>', 'files, plain or gzipped, folders of them, or - for standard input')
    .addOption(repeatable('--keys <file>', 'also read keys, such as the output of aws kms describe-key'));
  addJudgingOptions(command);
  withExamples(command, CHECK_EXAMPLES);
  command.action(async (files: readonly string[], options: RawCheckOptions) => {
    const { check } = await import('./commands/check.js');
    done(await check(files, options, terminal));
  });
};

const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];

const addJudgingOptions = (command: Command): void => {
  command
    .option(
      '--format <format>',
      'what to print: text, json, csv, markdown, html, sarif, junit, ocsf or asff',
      'text',
    )
    .addOption(repeatable('--output <format=file>', 'also write a report to a file'))
    .addOption(repeatable('--param <name=value>', "set one of the rule's parameters"))
    .option('--param-file <file>', "read the rule's parameters from a JSON object; --param wins")
    .option('--fail-on <what>', 'exit with 1 on NON_COMPLIANT findings, or never', 'NON_COMPLIANT')
    .option('--quiet', 'print no report: files and exit code only')
    .option('--debug', 'show where an unexpected error came from');
};

const repeatable = (flags: string, description: string): Option =>
  new Option(flags, `${description} (repeatable)`).argParser(collect);

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
