import { isNonCompliant } from '../../core/comparison.js';
import type { Finding } from '../../core/evaluate-trail.js';
import { remediationFor } from '../../core/remediation.js';
import type { ExitCode } from '../../core/report.js';
import type { ObservedTrail } from '../../core/trail.js';
import {
  evaluateNow,
  findTrail,
  findTrails,
  type RemediationContext,
  withAccount,
} from '../remediation/account.js';
import { confirm, evaluateAfter, log, printFindings, printPlans } from '../remediation/messages.js';
import {
  parseRemediateOptions,
  type RawRemediateOptions,
  type RemediateOptions,
} from '../remediation/options.js';
import { deliveryIn } from '../remediation/outcome.js';
import { planEncryption, planRestoration, type RemediationPlan, trailIn } from '../remediation/plan.js';
import { type PlanResult, runPlans } from '../remediation/run-automation.js';
import type { Terminal } from '../terminal.js';

/**
 * Remediates a trail, or all NON_COMPLIANT trails: evaluates, prints the plan, asks for confirmation, starts the SSM document for the
 * verdict, prints its steps, and evaluates again.
 *
 * @throws UsageError, RuleParametersError for an invalid command line, or if AWS rejects a call: nothing was started
 */
export const remediate = async (
  trail: string | undefined,
  raw: RawRemediateOptions,
  terminal: Terminal,
): Promise<ExitCode> => {
  const options = await parseRemediateOptions(trail, raw);
  return withAccount(terminal, raw, async (context) => {
    const { account } = context;
    const { target } = options;
    const observedTrails =
      target.kind === 'trail' ? [await findTrail(target.nameOrArn, context)] : await findTrails(account);
    const findings = await evaluateNow(observedTrails, options.parameters, context);
    const selected = target.kind === 'trail' ? findings : findings.filter(isNonCompliant);
    if (selected.length === 0) {
      log(terminal.stdout, 'No trail in this account is NON_COMPLIANT. There is nothing to remediate.');
      return 0;
    }
    printFindings(selected, terminal);
    return remediateFindings({ findings: selected, observedTrails }, options, context);
  });
};

const remediateFindings = async (
  {
    findings,
    observedTrails,
  }: { readonly findings: readonly Finding[]; readonly observedTrails: readonly ObservedTrail[] },
  options: RemediateOptions,
  context: RemediationContext,
): Promise<ExitCode> => {
  const { terminal } = context;
  const plans = findings.flatMap((finding) => planFor(finding, options, context));
  if (plans.length === 0) return findings.some(isNonCompliant) ? 2 : 0;
  printPlans(plans, terminal);
  if (!(options.dryRun || options.isConfirmed || (await confirm(context)))) {
    log(terminal.stderr, 'Nothing was started.');
    return 2;
  }
  const results = await runPlans(plans, context);
  if (options.dryRun) return exitCodeOf(results, []);
  // Ctrl-C also stops the evaluation.
  if (context.signal.aborted) return 2;
  const ended = trailsOfEnded(results, observedTrails);
  const after = await evaluateAfter(ended, options.parameters, context);
  if (after === undefined) return 2;
  if (options.target.kind === 'all-non-compliant')
    log(terminal.stdout, summaryOf(after, { findings, results }));
  const unplanned = findings.filter((finding) => !plans.some((plan) => plan.finding === finding));
  return exitCodeOf(results, [...after, ...unplanned]);
};

const summaryOf = (
  after: readonly Finding[],
  before: { readonly findings: readonly Finding[]; readonly results: readonly PlanResult[] },
): string => {
  const remediated = after.filter((finding) => !isNonCompliant(finding)).length;
  const unseen = before.results.filter(
    (result) => result.kind === 'ended' && deliveryIn(result.automation) === 'not-seen',
  );
  const names = unseen.map(({ plan }) => trailIn(plan.finding)).join(', ');
  return (
    `${remediated} of ${before.findings.length} trails were remediated.` +
    (names ? ` A log delivery was not yet seen for: ${names}.` : '')
  );
};

/** The plan for a finding. If there is none, prints what a person can do. */
const planFor = (
  finding: Finding,
  options: RemediateOptions,
  { identity, terminal }: RemediationContext,
): readonly RemediationPlan[] => {
  const { approvers, keyToRestore } = options;
  if (keyToRestore !== undefined) {
    return [planRestoration(finding, { keyArn: keyToRestore, approvers }, identity)];
  }
  const remediation = remediationFor(finding, options);
  switch (remediation.kind) {
    case 'encrypt':
      return [planEncryption(finding, options, identity)];
    case 'restore':
      return [planRestoration(finding, { keyArn: remediation.keyArn, approvers }, identity)];
    case 'nothing':
      log(
        terminal.stdout,
        `No automation is started for trail ${finding.trailName}. ${remediation.nextStep}`,
      );
      return [];
  }
};

/** The trails whose automations ended. */
const trailsOfEnded = (
  results: readonly PlanResult[],
  observedTrails: readonly ObservedTrail[],
): readonly ObservedTrail[] => {
  const ended = new Set(
    results.filter(({ kind }) => kind === 'ended').map(({ plan }) => plan.finding.trailArn),
  );
  return observedTrails.filter(({ trail }) => ended.has(trail.arn));
};

/** 2 if an automation was not started or not followed to its end, 1 if one failed or a trail is still NON_COMPLIANT. */
const exitCodeOf = (results: readonly PlanResult[], findings: readonly Finding[]): ExitCode => {
  if (results.some(({ kind }) => kind !== 'ended')) return 2;
  const isSuccess = results.every(
    (result) => result.kind === 'ended' && result.automation.status === 'Success',
  );
  return isSuccess && !findings.some(isNonCompliant) ? 0 : 1;
};
