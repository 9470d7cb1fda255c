import { Argument, Command, CommanderError } from 'commander';
import { RuleParametersError } from '../core/errors.js';
import type { ExitCode } from '../core/report.js';
import { VERSION } from '../version.js';
import {
  addEvaluationOptions,
  addReportOptions,
  EVALUATION_EXIT_CODES,
  PRINT_EXIT_CODES,
  repeatable,
  type SetExitCode,
  withHelpEnd,
} from './command-options.js';
import type { RawCheckOptions } from './commands/check.js';
import type { RawReportOptions } from './evaluation-options.js';
import { addLiveCommands } from './live-commands.js';
import { protectedTerminal, type Terminal } from './terminal.js';
import { didYouMean, UsageError } from './usage-error.js';

/** Runs a command line, given without the program's name, and returns its exit code. Never throws. */
export const runCommandLine = async (args: readonly string[], given: Terminal): Promise<ExitCode> => {
  const terminal = protectedTerminal(given);
  let exitCode: ExitCode = 0;
  const program = createProgram(terminal, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return printError(error, { terminal, debug: args.includes('--debug') });
  }
};

const PROGRAM_DESCRIPTION =
  'Checks that every CloudTrail trail is encrypted with a customer managed KMS key that works, and shows how to fix the trails that are not.';

const createProgram = (terminal: Terminal, setExitCode: SetExitCode): Command => {
  const program = new Command('trailkey')
    .description(PROGRAM_DESCRIPTION)
    .version(VERSION, '-v, --version')
    .exitOverride()
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'trailkey: ')),
    });
  addCheck(program, terminal, setExitCode);
  addLiveCommands(program, terminal, setExitCode);
  addReport(program, terminal, setExitCode);
  addExplain(program, terminal, setExitCode);
  addCompletion(program, terminal, setExitCode);
  addVersion(program, terminal);
  addHelp(program);
  return withHelpEnd(program, {
    exitCodes: [
      'success',
      'a NON_COMPLIANT trail, or an automation that failed',
      'the command failed, or its result is incomplete',
    ],
    examples: ['check snapshots/', 'scan', 'remediate audit --dry-run', 'explain KEY_DISABLED', 'help check'],
  });
};

const printError = (
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
      : `trailkey: Unexpected error: ${message}\nRun the command again with --debug, and report its output.\n`,
  );
  return 2;
};

const CHECK_DESCRIPTION = `Evaluates CloudTrail trails and the state of their keys offline, from files. It does not call AWS.

Reads AWS Config snapshots, histories, configuration items, query results and events, AWS CLI output for trails (describe-trails, \
get-trail), keys (describe-key, get-key-policy, get-key-rotation-status) and aliases (list-aliases), Terraform plans (terraform \
show -json) and CloudFormation templates. The type of each file is recognized by its content.`;

const CHECK_EXAMPLES = [
  'check snapshots/',
  'check trails.json --keys key.json --param requireKeyRotation=true',
  'check snapshots/ --format markdown --output sarif=trailkey.sarif --fail-on never',
  'check - < snapshot.json',
];

const addCheck = (program: Command, terminal: Terminal, setExitCode: SetExitCode): void => {
  const command = program
    .command('check')
    .summary('evaluate trails offline, from AWS Config data and AWS CLI output')
    .description(CHECK_DESCRIPTION)
    .argument('<file...>', 'files (plain or gzip), folders, or - for standard input')
    .addOption(
      repeatable(
        '--keys <file>',
        'also read keys from this file, such as the output of aws kms describe-key',
      ),
    );
  addEvaluationOptions(command);
  command.option('--debug', 'print the stack trace of unexpected errors');
  withHelpEnd(command, { exitCodes: EVALUATION_EXIT_CODES, examples: CHECK_EXAMPLES });
  command.action(async (files: readonly string[], options: RawCheckOptions) => {
    const { check } = await import('./commands/check.js');
    setExitCode(await check(files, options, terminal));
  });
};

const REPORT_DESCRIPTION = `Writes an earlier JSON report in any format, compares it with an earlier one, or applies waivers. It evaluates nothing \
and does not call AWS.

The findings stay those of the time at which the report was made. The exit code depends on them only with --fail-on.`;

const addReport = (program: Command, terminal: Terminal, setExitCode: SetExitCode): void => {
  const command = program
    .command('report')
    .summary('write an earlier JSON report in any format')
    .description(REPORT_DESCRIPTION)
    .argument('<file>', 'a report that check or scan wrote with --format json or --output FILE.json');
  addReportOptions(command, 'never');
  command.option('--debug', 'print the stack trace of unexpected errors');
  withHelpEnd(command, {
    exitCodes: EVALUATION_EXIT_CODES,
    examples: [
      'report today.json --output report.html',
      'report today.json --since-report yesterday.json --severity HIGH',
    ],
  });
  command.action(async (file: string, options: RawReportOptions) => {
    const { report } = await import('./commands/report.js');
    setExitCode(await report(file, options, terminal));
  });
};

const addExplain = (program: Command, terminal: Terminal, setExitCode: SetExitCode): void => {
  const command = program
    .command('explain')
    .summary('show what a verdict means and how to fix it')
    .description(
      'Prints the page of a verdict: what it means, why it matters, and how to fix it. Without a code, lists all verdicts.',
    )
    .argument('[code]', 'a verdict code, such as KEY_DISABLED')
    .action(async (code: string | undefined) => {
      const { explain } = await import('./commands/explain.js');
      setExitCode(explain(code, terminal));
    });
  withHelpEnd(command, { exitCodes: PRINT_EXIT_CODES, examples: ['explain', 'explain KEY_DISABLED'] });
};

const COMPLETION_LINES = `
bash: add this line to ~/.bashrc:
  source <(trailkey completion bash)

zsh: add this line to ~/.zshrc, after compinit:
  source <(trailkey completion zsh)

fish: run this command once:
  trailkey completion fish > ~/.config/fish/completions/trailkey.fish
`;

const addCompletion = (program: Command, terminal: Terminal, setExitCode: SetExitCode): void => {
  const command = program
    .command('completion')
    .summary('print a completion script for your shell')
    .description('Prints a script that completes commands, options, formats and verdicts in your shell.')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish'))
    // Not in the description, which is wrapped: each line must be complete when it is copied.
    .addHelpText('after', COMPLETION_LINES)
    .action(async (shell: string) => {
      const { completion } = await import('./completion.js');
      setExitCode(completion(shell, program, terminal));
    });
  withHelpEnd(command, {
    exitCodes: PRINT_EXIT_CODES,
    examples: ['completion bash', 'completion zsh', 'completion fish'],
  });
};

const addVersion = (program: Command, { stdout }: Terminal): void => {
  const command = program
    .command('version')
    .description('Prints the version of Trailkey.')
    .summary('print the version')
    .action(() => {
      stdout.write(`${VERSION}\n`);
    });
  withHelpEnd(command, { exitCodes: PRINT_EXIT_CODES, examples: ['version'] });
};

/** Commander's own help command prints the general help for an unknown command, without an error. */
const addHelp = (program: Command): void => {
  program
    .command('help')
    .description('display help for command')
    .argument('[command]')
    .helpOption(false)
    .action((name: string | undefined) => {
      const names = program.commands.map((command) => command.name());
      const command = name === undefined ? program : program.commands.find((one) => one.name() === name);
      if (command) return command.help();
      throw new UsageError(
        `Unknown command "${name}".${didYouMean(name ?? '', names)} The commands are ${names.join(', ')}.`,
      );
    });
};
