import type { Command } from 'commander';
import { DEBUG, type Done, repeatable, withExamples } from '../options.js';
import type { Terminal } from '../terminal.js';
import type { RawBackOutOptions } from './back-out-options.js';
import type { RawRepairOptions } from './repair-options.js';

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
    .action(async (trail: string | undefined, options: RawRepairOptions) => {
      const { remediate } = await import('../commands/remediate.js');
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
      const { backOut } = await import('../commands/back-out.js');
      done(await backOut(trail, options, terminal));
    });
  withExamples(command, ['back-out audit', 'back-out audit --logging stop']);
};
