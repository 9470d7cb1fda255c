import { parseArn } from '../../core/arn.js';
import type { ExitCode } from '../../core/report.js';
import { DEFAULT_PARAMETERS } from '../../core/rule-parameters.js';
import type { ObservedTrail } from '../../core/trail.js';
import { evaluateNow, findTrail, type RemediationContext, withAccount } from '../remediation/account.js';
import { confirm, evaluateAfter, log, printFindings, printPlans } from '../remediation/messages.js';
import { type KeyChange, parseBackOutOptions, type RawBackOutOptions } from '../remediation/options.js';
import { planBackOut } from '../remediation/plan.js';
import { runPlans } from '../remediation/run-automation.js';
import type { Terminal } from '../terminal.js';
import { UsageError } from '../usage-error.js';

/**
 * Rolls back the last key change of a trail: prints the plan, asks for confirmation, starts Trailkey-BackOut, prints its steps, and
 * evaluates the trail again.
 *
 * @throws UsageError for an invalid command line, if AWS rejects a call, or if there is no change to roll back: nothing was started
 */
export const backOut = async (
  trail: string,
  raw: RawBackOutOptions,
  terminal: Terminal,
): Promise<ExitCode> => {
  const { keys, logging, isConfirmed } = parseBackOutOptions(raw);
  return withAccount(terminal, raw, async (context) => {
    const observed = await findTrail(trail, context);
    const findings = await evaluateNow([observed], DEFAULT_PARAMETERS, context);
    printFindings(findings, terminal);
    const change = keys ?? (await lastChange(observed, context));
    const plans = findings.map((finding) => planBackOut(finding, { ...change, logging }, context.identity));
    printPlans(plans, terminal);
    if (
      !(await isApproved({ previous: change.previous, isNamed: keys !== undefined, isConfirmed }, context))
    ) {
      log(terminal.stderr, 'Nothing was started.');
      return 2;
    }
    const [result] = await runPlans(plans, context);
    if (result?.kind !== 'ended') return 2;
    const after = await evaluateAfter([observed], DEFAULT_PARAMETERS, context);
    if (after === undefined) return 2;
    return result.automation.status === 'Success' ? 0 : 1;
  });
};

/** Reads the keys from the last execution of Trailkey-EncryptTrail that changed the trail, failed or not. */
const lastChange = async (
  { trail }: ObservedTrail,
  { automationsIn, terminal }: RemediationContext,
): Promise<KeyChange> => {
  const last = await automationsIn(trail.homeRegion).latest(
    'Trailkey-EncryptTrail',
    ({ outputs, steps }) =>
      outputs['Assess.TrailArn'] === trail.arn &&
      outputs['UpdateTrail.Changed'] !== 'No' &&
      steps.some(({ name, status }) => name === 'UpdateTrail' && status === 'Success'),
  );
  const { 'Assess.TargetKeyArn': expected, 'Assess.PreviousKmsKeyId': previous } = last?.outputs ?? {};
  if (last === undefined || expected === undefined || previous === undefined) {
    throw new UsageError(
      `No execution of Trailkey-EncryptTrail that changed trail ${trail.arn} was found. SSM keeps executions for 30 days. ${USE_OPTIONS}`,
    );
  }
  const current = trail.kmsKeyId ?? 'none';
  if (current !== expected) {
    throw new UsageError(
      `Execution ${last.id} set key ${expected} on trail ${trail.arn}, but the current key is ${current}: the change was already ` +
        `rolled back, or the trail was changed again. ${USE_OPTIONS}`,
    );
  }
  log(
    terminal.stdout,
    `Execution ${last.id} changed the key of trail ${trail.name} from ${previous} to ${expected}. The previous key comes from its outputs: ` +
      `document ${last.document}, started ${last.startedAt === undefined ? '' : `${new Date(last.startedAt).toISOString()} `}by ${last.startedBy ?? 'unknown'}.`,
  );
  return { expected, previous };
};

/** Asks for confirmation unless `--yes` covers it: not for a key of another account that the user did not name. */
const isApproved = async (
  change: { readonly previous: string; readonly isNamed: boolean; readonly isConfirmed: boolean },
  context: RemediationContext,
): Promise<boolean> => {
  const { previous, isNamed, isConfirmed } = change;
  const isOwn = previous === 'none' || parseArn(previous)?.accountId === context.identity.accountId;
  if (isOwn || isNamed) return isConfirmed || confirm(context);
  log(context.terminal.stdout, FOREIGN_KEY);
  return confirm(context, FOREIGN_HINT);
};

const FOREIGN_KEY =
  'The previous key is not known to belong to this account. Anyone who controls that key can control who reads the new logs.';
const FOREIGN_HINT =
  'A previous key of another account requires confirmation in a terminal, also with --yes; or use --expected-key and --previous-key.';

const USE_OPTIONS =
  'Use --expected-key for the current key of the trail and --previous-key for the key to set again, or none.';
