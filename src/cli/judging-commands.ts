import type { Command } from 'commander';
import type { RawCheckOptions } from './commands/check.js';
import { DEBUG, type Done, repeatable, withExamples } from './options.js';
import type { RawScanOptions } from './scan-options.js';
import type { Terminal } from './terminal.js';

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
  addJudgingOptions(command);
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
  addJudgingOptions(command);
  withExamples(command, SCAN_EXAMPLES);
  command.action(async (options: RawScanOptions) => {
    const { scan } = await import('./commands/scan.js');
    done(await scan(options, terminal));
  });
};

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
    .option(
      '--fail-on <what>',
      'exit with 1 on NON_COMPLIANT findings, only on new ones, or never',
      'NON_COMPLIANT',
    )
    .option('--since-report <file>', 'compare with an earlier JSON report')
    .option('--quiet', 'print no report: files and exit code only')
    .option('--debug', DEBUG);
};
