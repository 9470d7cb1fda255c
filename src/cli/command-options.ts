import { type Command, Option } from 'commander';
import { isRegion } from '../core/arn.js';
import type { ExitCode, FailOn } from '../core/report.js';
import type { SessionOptions } from '../ports.js';
import { UsageError } from './usage-error.js';

/** Receives the exit code of the command that ran. */
export type SetExitCode = (code: ExitCode) => void;

/** What the help of a command contains after its options. */
type HelpEnd = {
  /** The meaning of the exit codes 0, 1 and 2. Undefined for a code that the command does not return. */
  readonly exitCodes: readonly [string, string | undefined, string];
  readonly examples: readonly string[];
};

/** Adds the exit codes and examples to the help of a command. */
export const withHelpEnd = (command: Command, { exitCodes, examples }: HelpEnd): Command =>
  command.addHelpText(
    'after',
    `
Exit codes:
${exitCodes.flatMap((meaning, code) => (meaning === undefined ? [] : [`  ${code}  ${meaning}\n`])).join('')}
Examples:
${examples.map((example) => `  $ trailkey ${example}\n`).join('')}`,
  );

/** The exit codes of the commands that evaluate trails. */
export const EVALUATION_EXIT_CODES: HelpEnd['exitCodes'] = [
  'no finding that --fail-on covers',
  'a finding that --fail-on covers',
  'the run failed or is incomplete; the errors state what is missing',
];

/** The exit codes of the commands that only print a text. */
export const PRINT_EXIT_CODES: HelpEnd['exitCodes'] = [
  'the text was printed',
  undefined,
  'the command line is not valid',
];

/** An option that can be used several times. */
export const repeatable = (flags: string, description: string): Option =>
  new Option(flags, `${description} (repeatable)`).argParser(collect);

const collect = (value: string, former: readonly string[] = []): readonly string[] => [...former, value];

/** Adds the options of a command that calls AWS. */
export const addLiveOptions = (command: Command): Command =>
  command
    .option('--profile <name>', 'use this profile instead of the profile and the keys in the environment')
    .option('--region <region>', 'use this Region instead of the Region of the environment and the profile')
    .option('--debug', 'log each AWS request, and print the stack trace of unexpected errors');

/** The options of a command that calls AWS, as commander returns them. */
export type RawLiveOptions = {
  readonly profile?: string;
  readonly region?: string;
  readonly debug?: boolean;
};

/**
 * Returns what the user selected for the session.
 *
 * @throws UsageError for a Region that is not a Region code, or an empty profile
 */
export const sessionOptionsIn = ({ profile, region }: RawLiveOptions): SessionOptions => {
  if (region !== undefined && !isRegion(region)) {
    throw new UsageError(`--region must be a Region code, such as eu-west-1; received "${region}".`);
  }
  if (profile === '') throw new UsageError('--profile must be the name of a profile; received "".');
  return { ...(profile !== undefined && { profile }), ...(region !== undefined && { region }) };
};

/** Adds the options of a command that evaluates trails and writes a report. */
export const addEvaluationOptions = (command: Command): void => {
  addReportOptions(
    command
      .addOption(repeatable('--param <name=value>', 'set a rule parameter'))
      .option('--param-file <file>', 'read rule parameters from a JSON file; --param overrides them'),
    'NON_COMPLIANT',
  );
};

/** Adds the options of a command that writes a report. */
export const addReportOptions = (command: Command, failOn: FailOn): void => {
  command
    .option(
      '--format <format>',
      'report on standard output: text, json, csv, markdown, html, sarif, junit, ocsf or asff',
      'text',
    )
    .addOption(
      repeatable(
        '-o, --output <file>',
        'also write the report to a file, in the format of its extension; or FORMAT=FILE',
      ),
    )
    .option('--severity <severity>', 'show only findings that are HIGH, MEDIUM or higher, or LOW or higher')
    .addOption(repeatable('--account <id>', 'show only the findings of these accounts, separated by commas'))
    .option('--since-report <file>', 'compare with an earlier JSON report')
    .option(
      '--waivers <file>',
      'accept the risks in this YAML or JSON file, which do not count for --fail-on',
    )
    .option(
      '--fail-on <condition>',
      'exit with code 1 for findings that are NON_COMPLIANT, HIGH, MEDIUM or higher, LOW or higher, or new; or never',
      failOn,
    )
    .option(
      '--allow-incomplete',
      'do not exit with code 2 if a trail of an evaluated account was not evaluated',
    )
    .option('--verbose', 'list all trails and accounts in the text report, and all files that were not used')
    .option('--quiet', 'print no report: only write files and set the exit code');
};
