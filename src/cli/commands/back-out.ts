import type { ExitCode } from '../../core/report.js';
import { DEFAULT_PARAMETERS } from '../../core/rule-parameters.js';
import type { ObservedTrail } from '../../core/trail.js';
import { evaluateNow, findTrail, type Surroundings, withAccount } from '../remediation/account.js';
import { confirm, evaluateAfter, log, printFindings, printPlans } from '../remediation/dialogue.js';
import {
  type BackOutOptions,
  type KeyChange,
  parseBackOutOptions,
  type RawBackOutOptions,
} from '../remediation/options.js';
import { type RemediationPlan, roleArn } from '../remediation/plan.js';
import { runPlans } from '../remediation/run-automation.js';
import type { Terminal } from '../terminal.js';
import { UsageError } from '../usage-error.js';

/**
 * Turns the last change of a trail's key back: says what will be done and asks, starts Trailkey-BackOut, shows its steps, and judges
 * the trail as it is then.
 *
 * @throws UsageError where the command line is wrong, or there is nothing to turn back: nothing was started then
 */
export const backOut = async (
  trail: string,
  raw: RawBackOutOptions,
  terminal: Terminal,
): Promise<ExitCode> => {
  const options = parseBackOutOptions(raw);
  return withAccount(terminal, raw.debug ?? false, async (surroundings) => {
    const observed = await findTrail(trail, surroundings.repair.account);
    const [finding] = await judge(observed, surroundings);
    if (finding === undefined) throw new UsageError(`Trail ${trail} cannot be judged.`);
    printFindings([finding], terminal);
    const change = options.keys ?? (await lastChange(observed, surroundings));
    const plan = planFor(finding, { change, options }, surroundings);
    printPlans([plan], terminal);
    if (!(options.isAgreed || (await confirm('Go on?', terminal)))) {
      log(terminal.stderr, 'Nothing was started.');
      return 2;
    }
    const [ended] = await runPlans([plan], surroundings);
    if (ended?.kind !== 'done') return 2;
    const { account } = surroundings.repair;
    const again = await evaluateAfter(
      async () => judge(await findTrail(observed.trail.arn, account), surroundings),
      terminal,
    );
    if (again === undefined) return 2;
    return ended.automation.status === 'Success' ? 0 : 1;
  });
};

const judge = (observed: ObservedTrail, { repair: { account }, terminal }: Surroundings) =>
  evaluateNow([observed], account, { parameters: DEFAULT_PARAMETERS, now: terminal.now() });

/** What the last execution of Trailkey-EncryptTrail that changed this trail says of its keys, whether it ended well or not. */
const lastChange = async (
  { trail }: ObservedTrail,
  { repair, terminal }: Surroundings,
): Promise<KeyChange> => {
  const last = await repair
    .automationsIn(trail.homeRegion)
    .latest(
      'Trailkey-EncryptTrail',
      ({ outputs, steps }) =>
        outputs['Assess.TrailArn'] === trail.arn &&
        steps.some(({ name, status }) => name === 'UpdateTrail' && status === 'Success'),
    );
  const { 'Assess.TargetKeyArn': expected, 'Assess.PreviousKmsKeyId': previous } = last?.outputs ?? {};
  if (last === undefined || expected === undefined || previous === undefined) {
    throw new UsageError(
      `SSM keeps no execution of Trailkey-EncryptTrail that changed trail ${trail.arn}; it keeps them for 30 days. ${BY_HAND}`,
    );
  }
  const now = trail.kmsKeyId ?? 'none';
  if (now !== expected) {
    throw new UsageError(
      `Execution ${last.id} gave trail ${trail.arn} the key ${expected}, and it has ${now} by now: that change is turned back already, or ` +
        `somebody made another. ${BY_HAND}`,
    );
  }
  log(
    terminal.stdout,
    `Execution ${last.id} changed the key of trail ${trail.name} from ${previous} to ${expected}.`,
  );
  return { expected, previous };
};

const BY_HAND =
  'Say what to turn back: --expected-key, the key that the trail has, and --previous-key, the one that it is to have again, or none.';

const CONSEQUENCES = {
  Keep: [],
  Start: [],
  Stop: [
    'A trail that does not log records nothing of what happens in the account until it is started again.',
  ],
} as const;

const planFor = (
  finding: RemediationPlan['finding'],
  {
    change: { expected, previous },
    options: { logging },
  }: { readonly change: KeyChange; readonly options: BackOutOptions },
  { repair: { identity } }: Surroundings,
): RemediationPlan => ({
  finding,
  document: 'Trailkey-BackOut',
  parameters: {
    AutomationAssumeRole: [roleArn('trailkey-repair', finding, identity)],
    TrailArn: [finding.trailArn],
    ExpectedKmsKeyId: [expected],
    PreviousKmsKeyId: [previous],
    Logging: [logging],
  },
  sentence:
    `Trailkey-BackOut changes the key of trail ${finding.trailName} (${finding.homeRegion}) from ${expected} to ${previous}` +
    `${logging === 'Keep' ? '' : `, and ${logging === 'Stop' ? 'stops' : 'starts'} its logging`}.`,
  risks: [
    ...(previous === 'none' ? ['Without a key, whoever can read the bucket can read the logs.'] : []),
    'Logs that were encrypted under the present key stay so: do not delete it.',
    ...CONSEQUENCES[logging],
  ],
});
