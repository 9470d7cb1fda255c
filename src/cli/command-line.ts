import { Argument, Command, CommanderError, Option } from 'commander';
import { RuleParametersError } from '../core/errors.js';
import type { ExitCode } from '../core/report.js';
import { VERSION } from '../version.js';
import type { RawCheckOptions } from './commands/check.js';
import type { RawBackOutOptions, RawRemediateOptions } from './remediation/options.js';
import type { RawScanOptions } from './scan-targets.js';
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

/** Receives the exit code of the command that ran. */
type SetExitCode = (code: ExitCode) => void;

const PROGRAM_DESCRIPTION =
  'Checks that every CloudTrail trail is encrypted with a customer managed KMS key that works, and shows how to fix the trails that are not.';

const createProgram = (terminal: Terminal, setExitCode: SetExitCode): Command => {
  const program = new Command('trailkey')
    .description(PROGRAM_DESCRIPTION)
    .version(VERSION)
    .exitOverride()
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'trailkey: ')),
    });
  addCheck(program, terminal, setExitCode);
  addScan(program, terminal, setExitCode);
  addRemediate(program, terminal, setExitCode);
  addBackOut(program, terminal, setExitCode);
  addExplain(program, terminal, setExitCode);
  addCompletion(program, terminal, setExitCode);
  addHelp(program);
  return withExamples(program, [
    'check snapshots/',
    'scan',
    'remediate audit --dry-run',
    'explain KEY_DISABLED',
    'help check',
  ]);
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
  withExamples(command, CHECK_EXAMPLES);
  command.action(async (files: readonly string[], options: RawCheckOptions) => {
    const { check } = await import('./commands/check.js');
    setExitCode(await check(files, options, terminal));
  });
};

const SCAN_DESCRIPTION = `Evaluates the CloudTrail trails of an account, of several accounts, or of an organization, in their current state.

Reads the trails of all Regions from CloudTrail and their keys from AWS KMS, and changes nothing. Credentials and Region come from \
the environment and the profile, as in the AWS CLI.`;

const SCAN_EXAMPLES = [
  'scan',
  'scan --regions eu-west-1,us-east-1 --output html=report.html',
  'scan --role-arn arn:aws:iam::111122223333:role/audit',
  'scan --organization --role-name audit --external-id ID --since-report last.json --fail-on new',
  'scan --aggregator organization',
];

const addScan = (program: Command, terminal: Terminal, setExitCode: SetExitCode): void => {
  const command = program
    .command('scan')
    .summary('evaluate the trails of live AWS accounts')
    .description(SCAN_DESCRIPTION)
    .addOption(
      repeatable('--regions <regions>', 'evaluate only trails that log these Regions, separated by commas'),
    )
    .addOption(
      repeatable('--role-arn <arn>', 'assume this IAM role and scan its account').conflicts([
        'organization',
        'aggregator',
      ]),
    )
    .addOption(new Option('--organization', 'scan all accounts of the organization').conflicts('aggregator'))
    .option('--role-name <name>', 'the IAM role to assume in each account of the organization')
    .option('--external-id <id>', 'the external ID that the trust policies of the roles require')
    .option('--aggregator <name>', 'evaluate the data of an AWS Config aggregator, without assuming roles')
    .option('--require-trail', 'exit with code 2 if an account has no trail');
  addEvaluationOptions(command);
  command.option('--debug', DEBUG);
  withExamples(command, SCAN_EXAMPLES);
  command.action(async (options: RawScanOptions) => {
    const { scan } = await import('./commands/scan.js');
    setExitCode(await scan(options, terminal));
  });
};

const addEvaluationOptions = (command: Command): void => {
  command
    .option(
      '--format <format>',
      'report on standard output: text, json, csv, markdown, html, sarif, junit, ocsf or asff',
      'text',
    )
    .addOption(repeatable('--output <format=file>', 'also write the report to a file'))
    .addOption(repeatable('--param <name=value>', 'set a rule parameter'))
    .option('--param-file <file>', 'read rule parameters from a JSON file; --param overrides them')
    .option(
      '--fail-on <condition>',
      'exit with code 1 for NON_COMPLIANT findings; only for HIGH, for MEDIUM or higher, or for LOW or higher; only for new ones; or never',
      'NON_COMPLIANT',
    )
    .option(
      '--allow-incomplete',
      'do not exit with code 2 if a trail of an evaluated account was not evaluated',
    )
    .option('--since-report <file>', 'compare with an earlier JSON report')
    .option('--waivers <file>', 'accept the risks in this YAML or JSON file: they do not count for --fail-on')
    .option('--verbose', 'list all trails and accounts in the text report, and all files that were not used')
    .option('--quiet', 'print no report: only write files and set the exit code');
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
  withExamples(command, ['explain', 'explain KEY_DISABLED']);
};

const COMPLETION_DESCRIPTION = `Prints a script that completes commands, options, formats and verdicts in your shell.

bash: add this line to ~/.bashrc:                source <(trailkey completion bash)
zsh:  add this line to ~/.zshrc, after compinit: source <(trailkey completion zsh)
fish: run this command once: trailkey completion fish > ~/.config/fish/completions/trailkey.fish`;

const addCompletion = (program: Command, terminal: Terminal, setExitCode: SetExitCode): void => {
  const command = program
    .command('completion')
    .summary('print a completion script for your shell')
    .description(COMPLETION_DESCRIPTION)
    .addArgument(new Argument('<shell>', 'bash, zsh or fish'))
    .action(async (shell: string) => {
      const { completion } = await import('./completion.js');
      setExitCode(completion(shell, program, terminal));
    });
  withExamples(command, ['completion bash', 'completion zsh', 'completion fish']);
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

const REMEDIATE_DESCRIPTION = `Remediates a trail: evaluates it, shows the planned change, asks for confirmation, starts the SSM Automation document for the \
verdict, shows its steps, and evaluates the trail again. The automation runs in the home Region of the trail.

Trailkey-EncryptTrail sets another key on the trail and verifies that logs are delivered. With --restore-key, Trailkey-RestoreKey \
enables the trail's own key or cancels its deletion, after an approval. The Trailkey stack deploys both documents.

Exit codes: 0 remediated, or a dry run; 1 the automation failed, or the trail is still NON_COMPLIANT; 2 not started, or not followed to \
the end.`;

const REMEDIATE_EXAMPLES = [
  'remediate audit --dry-run',
  'remediate audit --key alias/trailkey',
  'remediate audit --restore-key --approver arn:aws:iam::111122223333:role/security',
  'remediate --all --key alias/trailkey --yes',
];

const addRemediate = (program: Command, terminal: Terminal, setExitCode: SetExitCode): void => {
  const command = program
    .command('remediate')
    .summary('remediate a trail, or all NON_COMPLIANT trails')
    .description(REMEDIATE_DESCRIPTION)
    .argument('[trail]', 'the name or ARN of a trail in this account')
    .option('--all', 'remediate every NON_COMPLIANT trail in this account')
    .option(
      '--key <key>',
      'the key to set on the trail, by default alias/trailkey; with --restore-key, the key to restore',
    )
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--yes', YES)
    .option(
      '--replace-existing <when>',
      'whether to replace the current key of the trail: never, if-unusable or always',
      'if-unusable',
    )
    .option('--restore-key', "restore the trail's own key: enable it, or cancel its deletion")
    .addOption(
      repeatable('--approver <principal>', 'the ARN or name of a principal who can approve --restore-key'),
    )
    .addOption(repeatable('--param <name=value>', 'set a rule parameter'))
    .option('--param-file <file>', 'read rule parameters from a JSON file; --param overrides them')
    .option('--debug', DEBUG)
    .action(async (trail: string | undefined, options: RawRemediateOptions) => {
      const { remediate } = await import('./commands/remediate.js');
      setExitCode(await remediate(trail, options, terminal));
    });
  withExamples(command, REMEDIATE_EXAMPLES);
};

const addBackOut = (program: Command, terminal: Terminal, setExitCode: SetExitCode): void => {
  const command = program
    .command('back-out')
    .summary('roll back the last key change of a trail')
    .description(
      'Rolls back the last key change of a trail with Trailkey-BackOut. The keys come from the last execution of Trailkey-EncryptTrail.\n\n' +
        'Exit codes: 0 rolled back; 1 the automation failed; 2 not started, or not followed to the end.',
    )
    .argument('<trail>', 'the name or ARN of a trail in this account')
    .option('--logging <action>', 'keep, stop or start the logging of the trail', 'keep')
    .option(
      '--expected-key <arn>',
      'the current key of the trail, or none; required if no execution is found',
    )
    .option('--previous-key <arn>', 'the key to set again, or none; required if no execution is found')
    .option('--yes', YES)
    .option('--debug', DEBUG)
    .action(async (trail: string, options: RawBackOutOptions) => {
      const { backOut } = await import('./commands/back-out.js');
      setExitCode(await backOut(trail, options, terminal));
    });
  withExamples(command, ['back-out audit', 'back-out audit --logging stop']);
};

const YES = 'skip the confirmation';
const DEBUG = 'log each AWS request, and print the stack trace of unexpected errors';

const repeatable = (flags: string, description: string): Option =>
  new Option(flags, `${description} (repeatable)`).argParser(collect);

const collect = (value: string, former: readonly string[] = []): readonly string[] => [...former, value];

const withExamples = (command: Command, examples: readonly string[]): Command =>
  command.addHelpText(
    'after',
    `\nExamples:\n${examples.map((example) => `  $ trailkey ${example}\n`).join('')}`,
  );
