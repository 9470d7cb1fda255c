import { Argument, Command, CommanderError, Option } from 'commander';
import { RuleParametersError } from '../core/errors.js';
import type { ExitCode } from '../core/report.js';
import { VERSION } from '../version.js';
import type { RawCheckOptions } from './commands/check.js';
import type { RawBackOutOptions, RawRemediateOptions } from './remediation/options.js';
import type { RawScanOptions } from './scan-targets.js';
import type { Terminal } from './terminal.js';
import { didYouMean, UsageError } from './usage-error.js';

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

const CHECK_DESCRIPTION = `Judges every CloudTrail trail in files by the state of its key, without asking AWS.

Reads snapshots, histories, items and rule events of AWS Config, and what the AWS command line prints of trails (describe-trails, \
get-trail), keys (describe-key) and aliases (list-aliases). What a file holds is recognised by its content.`;

const CHECK_EXAMPLES = [
  'check snapshots/',
  'check trails.json --keys key.json --param requireKeyRotation=true',
  'check snapshots/ --format markdown --output sarif=trailkey.sarif --fail-on never',
  'check - < snapshot.json',
];

/** Adds `trailkey check` to a program. */
export const addCheck = (program: Command, terminal: Terminal, done: Done): void => {
  const command = program
    .command('check')
    .summary('judge trails offline, from AWS Config snapshots')
    .description(CHECK_DESCRIPTION)
    .argument('<file...>', 'files, plain or gzipped, folders of them, or - for standard input')
    .addOption(repeatable('--keys <file>', 'also read keys, such as the output of aws kms describe-key'));
  addEvaluationOptions(command);
  withExamples(command, CHECK_EXAMPLES);
  command.action(async (files: readonly string[], options: RawCheckOptions) => {
    const { check } = await import('./commands/check.js');
    done(await check(files, options, terminal));
  });
};

const SCAN_DESCRIPTION = `Judges every CloudTrail trail of an account, of many or of an organization, as it is now.

Asks CloudTrail for the trails of all Regions and KMS for their keys, and changes nothing. Credentials and Region come from the \
environment and the profile, as for the AWS command line.`;

const SCAN_EXAMPLES = [
  'scan',
  'scan --regions eu-west-1,us-east-1 --output html=report.html',
  'scan --role-arn arn:aws:iam::111122223333:role/audit',
  'scan --organization --role-name audit --since-report last.json --fail-on new',
  'scan --aggregator organization',
];

/** Adds `trailkey scan` to a program. */
export const addScan = (program: Command, terminal: Terminal, done: Done): void => {
  const command = program
    .command('scan')
    .summary('judge the trails of live accounts, by asking AWS')
    .description(SCAN_DESCRIPTION)
    .addOption(repeatable('--regions <regions>', 'look in these Regions alone, separated by commas'))
    .addOption(repeatable('--role-arn <arn>', 'scan the account of this role, by assuming it'))
    .option('--organization', 'scan all accounts of the organization')
    .option('--role-name <name>', 'the role to assume in each account of the organization')
    .option('--aggregator <name>', 'judge what an aggregator of AWS Config has recorded, without any role');
  addEvaluationOptions(command);
  withExamples(command, SCAN_EXAMPLES);
  command.action(async (options: RawScanOptions) => {
    const { scan } = await import('./commands/scan.js');
    done(await scan(options, terminal));
  });
};

const addEvaluationOptions = (command: Command): void => {
  command
    .option(
      '--format <format>',
      'what to print: text, json, csv, markdown, html, sarif, junit, ocsf or asff',
      'text',
    )
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

/** Adds the commands that tell of Trailkey itself and judge nothing: `explain`, `completion` and `help`. */
export const addReferenceCommands = (program: Command, terminal: Terminal, done: Done): void => {
  addExplain(program, terminal, done);
  addCompletion(program, terminal, done);
  addHelp(program);
};

const addExplain = (program: Command, terminal: Terminal, done: Done): void => {
  const command = program
    .command('explain')
    .summary('tell what a verdict means and how to fix it')
    .description(
      'Prints the page of a verdict: what it means, why it matters, how to fix it. Without a code, lists all.',
    )
    .argument('[code]', 'a verdict, such as KEY_DISABLED')
    .action(async (code: string | undefined) => {
      const { explain } = await import('./commands/explain.js');
      done(explain(code, terminal));
    });
  withExamples(command, ['explain', 'explain KEY_DISABLED']);
};

const COMPLETION_DESCRIPTION = `Prints a script that completes commands, options, formats and verdicts.

bash: put this line into ~/.bashrc:                source <(trailkey completion bash)
zsh:  put this line into ~/.zshrc, after compinit: source <(trailkey completion zsh)
fish: run this once:   trailkey completion fish > ~/.config/fish/completions/trailkey.fish`;

const addCompletion = (program: Command, terminal: Terminal, done: Done): void => {
  const command = program
    .command('completion')
    .summary('print a script for completion in your shell')
    .description(COMPLETION_DESCRIPTION)
    .addArgument(new Argument('<shell>', 'bash, zsh or fish'))
    .action(async (shell: string) => {
      const { completion } = await import('./completion.js');
      done(completion(shell, program, terminal));
    });
  withExamples(command, ['completion bash', 'completion zsh', 'completion fish']);
};

/** Commander's own command of this name answers a misspelt command with the help of all, and without a word on it. */
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
        `There is no command "${name}".${didYouMean(name ?? '', names)} The commands are ${names.join(', ')}.`,
      );
    });
};

const REMEDIATE_DESCRIPTION = `Repairs a trail: judges it, says what will be done and asks, starts the SSM document that fits the verdict, shows its steps \
as they run, and judges again. Runs in the home Region of the trail.

Trailkey-EncryptTrail gives the trail another key and proves by a delivery that logs still arrive; with --restore-key Trailkey-RestoreKey brings \
its own key back, once that is approved. Both come with Trailkey's stack.

Exit codes: 0 repaired, or a dry run; 1 the automation failed, or the trail is still NON_COMPLIANT; 2 not started, or not followed to the end.`;

const REMEDIATE_EXAMPLES = [
  'remediate audit --dry-run',
  'remediate audit --key alias/trailkey',
  'remediate audit --restore-key --approver arn:aws:iam::111122223333:role/security',
  'remediate --all --key alias/trailkey --yes',
];

/** Adds `trailkey remediate` to a program. */
export const addRemediate = (program: Command, terminal: Terminal, done: Done): void => {
  const command = program
    .command('remediate')
    .summary('repair a trail, or all that are non-compliant')
    .description(REMEDIATE_DESCRIPTION)
    .argument('[trail]', 'the name or the ARN of a trail of this account')
    .option('--all', 'repair every trail of this account that is non-compliant')
    .option('--key <key>', 'the key that the trail is given, or with --restore-key the one to restore')
    .option('--dry-run', 'only say what would be done')
    .option('--yes', 'go on without asking')
    .option(
      '--replace-existing <when>',
      'replace another key that the trail has: never, if-unusable or always',
      'if-unusable',
    )
    .option('--restore-key', "bring the trail's own key back: enable it, or cancel its deletion")
    .addOption(repeatable('--approver <who>', 'ARN or name of who may approve that a key is restored'))
    .addOption(repeatable('--param <name=value>', "set one of the rule's parameters"))
    .option('--param-file <file>', "read the rule's parameters from a JSON object; --param wins")
    .option('--debug', DEBUG)
    .action(async (trail: string | undefined, options: RawRemediateOptions) => {
      const { remediate } = await import('./commands/remediate.js');
      done(await remediate(trail, options, terminal));
    });
  withExamples(command, REMEDIATE_EXAMPLES);
};

/** Adds `trailkey back-out` to a program. */
export const addBackOut = (program: Command, terminal: Terminal, done: Done): void => {
  const command = program
    .command('back-out')
    .summary("turn the last change of a trail's key back")
    .description(
      "Turns the last change of a trail's key back, by Trailkey-BackOut and with what the last execution of Trailkey-EncryptTrail says.\n\n" +
        'Exit codes: 0 turned back; 1 the automation failed; 2 not started, or not followed to the end.',
    )
    .argument('<trail>', 'the name or the ARN of a trail of this account')
    .option('--logging <what>', 'keep the logging of the trail as it is, stop or start it', 'keep')
    .option('--expected-key <arn>', 'the key that the trail has, where no execution tells, or none')
    .option('--previous-key <arn>', 'the key that it is to have again, or none')
    .option('--yes', 'go on without asking')
    .option('--debug', DEBUG)
    .action(async (trail: string, options: RawBackOutOptions) => {
      const { backOut } = await import('./commands/back-out.js');
      done(await backOut(trail, options, terminal));
    });
  withExamples(command, ['back-out audit', 'back-out audit --logging stop']);
};

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
