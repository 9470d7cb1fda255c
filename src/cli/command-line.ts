import { Command, CommanderError } from 'commander';
import { RuleParametersError } from '../core/errors.js';
import type { ExitCode } from '../core/exit-code.js';
import { VERSION } from '../version.js';
import type { RawCheckOptions } from './commands/check.js';
import { DEBUG, type Done, repeatable } from './options.js';
import { addBackOut, addRemediate } from './repair/commands.js';
import type { RawScanOptions } from './scan-options.js';
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
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    });
  addCheck(program, terminal, done);
  addScan(program, terminal, done);
  addRemediate(program, terminal, done);
  addBackOut(program, terminal, done);
  return program;
};

const CHECK_DESCRIPTION = `Judges every CloudTrail trail in files by the state of its key, without asking AWS.

Reads snapshots, histories, items and rule events of AWS Config, and what the AWS command line prints of trails (describe-trails, \
get-trail), keys (describe-key) and aliases (list-aliases). What a file holds is recognised by its content.`;

const addCheck = (program: Command, terminal: Terminal, done: Done): void => {
  const command = program
    .command('check')
    .summary('judge trails offline, from AWS Config snapshots')
    .description(CHECK_DESCRIPTION)
    .argument('<file...>', 'files, plain or gzipped, folders of them, or - for standard input')
    .addOption(repeatable('--keys <file>', 'also read keys, such as the output of aws kms describe-key'));
  addJudgingOptions(command);
  command.action(async (files: readonly string[], options: RawCheckOptions) => {
    const { check } = await import('./commands/check.js');
    done(await check(files, options, terminal));
  });
};

const SCAN_DESCRIPTION = `Judges every CloudTrail trail of an account, of many or of an organization, as it is now.

Asks CloudTrail for the trails of all Regions and KMS for their keys, and changes nothing. Credentials and Region come from the \
environment and the profile, as for the AWS command line.`;

const addScan = (program: Command, terminal: Terminal, done: Done): void => {
  const command = program
    .command('scan')
    .summary('judge the trails of live accounts, by asking AWS')
    .description(SCAN_DESCRIPTION)
    .addOption(repeatable('--regions <regions>', 'look in these Regions alone, separated by commas'))
    .addOption(repeatable('--role-arn <arn>', 'scan the account of this role, by assuming it'))
    .option('--organization', 'scan all accounts of the organization')
    .option('--role-name <name>', 'the role to assume in each account of the organization')
    .option('--aggregator <name>', 'judge what an aggregator of AWS Config has recorded, without any role');
  addJudgingOptions(command);
  command.action(async (options: RawScanOptions) => {
    const { scan } = await import('./commands/scan.js');
    done(await scan(options, terminal));
  });
};

const addJudgingOptions = (command: Command): void => {
  command
    .option('--format <format>', 'what to print: text or json', 'text')
    .addOption(repeatable('--output <format=file>', 'also write a report to a file'))
    .addOption(repeatable('--param <name=value>', "set one of the rule's parameters"))
    .option('--param-file <file>', "read the rule's parameters from a JSON object; --param wins")
    .option(
      '--fail-on <what>',
      'exit with 1 on NON_COMPLIANT findings, only on new ones, or never',
      'NON_COMPLIANT',
    )
    .option('--since-report <file>', 'compare with an earlier JSON report')
    .option('--quiet', 'print no report: files and exit code only')
    .option('--debug', DEBUG);
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
