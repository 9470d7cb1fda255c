import { type Command, Option } from 'commander';
import {
  addEvaluationOptions,
  addLiveOptions,
  EVALUATION_EXIT_CODES,
  repeatable,
  type SetExitCode,
  withHelpEnd,
} from './command-options.js';
import type { RawBackOutOptions, RawRemediateOptions } from './remediation/options.js';
import type { RawScanOptions } from './scan-targets.js';
import type { Terminal } from './terminal.js';

/** Adds the commands that call AWS: `scan`, `remediate` and `back-out`. */
export const addLiveCommands = (program: Command, terminal: Terminal, setExitCode: SetExitCode): void => {
  addScan(program, terminal, setExitCode);
  addRemediate(program, terminal, setExitCode);
  addBackOut(program, terminal, setExitCode);
};

const SCAN_DESCRIPTION = `Evaluates the CloudTrail trails of an account, of several accounts, or of an organization, in their current state.

Reads the trails of all Regions from CloudTrail and their keys from AWS KMS, and changes nothing. Credentials and Region come from \
--profile and --region, or else from the environment, as in the AWS CLI.`;

const SCAN_EXAMPLES = [
  'scan',
  'scan --profile production --region eu-west-1',
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
  addLiveOptions(command);
  withHelpEnd(command, { exitCodes: EVALUATION_EXIT_CODES, examples: SCAN_EXAMPLES });
  command.action(async (options: RawScanOptions) => {
    const { scan } = await import('./commands/scan.js');
    setExitCode(await scan(options, terminal));
  });
};

const REMEDIATE_DESCRIPTION = `Remediates a trail: evaluates it, shows the planned change, asks for confirmation, starts the SSM Automation document for the \
verdict, shows its steps, and evaluates the trail again. The automation runs in the home Region of the trail.

Trailkey-EncryptTrail sets another key on the trail and verifies that logs are delivered. With --restore-key, Trailkey-RestoreKey \
enables the trail's own key or cancels its deletion, after an approval. The Trailkey stack deploys both documents.`;

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
    .action(async (trail: string | undefined, options: RawRemediateOptions) => {
      const { remediate } = await import('./commands/remediate.js');
      setExitCode(await remediate(trail, options, terminal));
    });
  addLiveOptions(command);
  withHelpEnd(command, {
    exitCodes: [
      'the trail was remediated, or a dry run ended',
      'the automation failed, or the trail is still NON_COMPLIANT',
      'the automation was not started, or not followed to its end',
    ],
    examples: REMEDIATE_EXAMPLES,
  });
};

const addBackOut = (program: Command, terminal: Terminal, setExitCode: SetExitCode): void => {
  const command = program
    .command('back-out')
    .summary('roll back the last key change of a trail')
    .description(
      'Rolls back the last key change of a trail with Trailkey-BackOut. The keys come from the last execution of Trailkey-EncryptTrail.',
    )
    .argument('<trail>', 'the name or ARN of a trail in this account')
    .option('--logging <action>', 'keep, stop or start the logging of the trail', 'keep')
    .option(
      '--expected-key <arn>',
      'the current key of the trail, or none; required if no execution is found',
    )
    .option('--previous-key <arn>', 'the key to set again, or none; required if no execution is found')
    .option('--yes', YES)
    .action(async (trail: string, options: RawBackOutOptions) => {
      const { backOut } = await import('./commands/back-out.js');
      setExitCode(await backOut(trail, options, terminal));
    });
  addLiveOptions(command);
  withHelpEnd(command, {
    exitCodes: [
      'the key change was rolled back',
      'the automation failed',
      'the automation was not started, or not followed to its end',
    ],
    examples: ['back-out audit', 'back-out audit --logging stop'],
  });
};

const YES = 'skip the confirmation';
