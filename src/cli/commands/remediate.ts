import type { Finding } from '../../core/evaluate-trail.js';
import { remediationFor } from '../../core/remediation.js';
import type { ExitCode } from '../../core/report.js';
import type { ObservedTrail } from '../../core/trail.js';
import {
  evaluateNow,
  findAgain,
  findTrail,
  findTrails,
  type Surroundings,
  withAccount,
} from '../remediation/account.js';
import { confirm, evaluateAfter, log, printFindings, printPlans } from '../remediation/dialogue.js';
import {
  parseRemediateOptions,
  type RawRemediateOptions,
  type RemediateOptions,
} from '../remediation/options.js';
import { planEncryption, planRestoration, type RemediationPlan } from '../remediation/plan.js';
import { type Ended, runPlans } from '../remediation/run-automation.js';
import type { Terminal } from '../terminal.js';

/**
 * Repairs a trail, or all that are non-compliant: judges, says what will be done and asks, starts the document that fits the verdict,
 * shows its steps, and judges again.
 *
 * @throws UsageError, RuleParametersError where the command line is wrong or nothing could be asked: nothing was started then
 */
export const remediate = async (
  trail: string | undefined,
  raw: RawRemediateOptions,
  terminal: Terminal,
): Promise<ExitCode> => {
  const options = await parseRemediateOptions(trail, raw);
  return withAccount(terminal, raw.debug ?? false, async (surroundings) => {
    const observedTrails = await observedTrailsFor(options, surroundings);
    const findings = await judge(observedTrails, options, surroundings);
    const wanted = options.trail === 'all' ? findings.filter(isNonCompliant) : findings;
    if (wanted.length === 0) {
      log(terminal.stdout, 'No trail of this account is non-compliant: there is nothing to repair.');
      return 0;
    }
    printFindings(wanted, terminal);
    return repair(wanted, observedTrails, { ...surroundings, options });
  });
};

type Means = Surroundings & { readonly options: RemediateOptions };

const isNonCompliant = ({ compliance }: Finding): boolean => compliance === 'NON_COMPLIANT';

const observedTrailsFor = async (
  { trail }: RemediateOptions,
  { repair: { account } }: Surroundings,
): Promise<readonly ObservedTrail[]> =>
  trail === 'all' ? findTrails(account) : [await findTrail(trail, account)];

const judge = (
  observedTrails: readonly ObservedTrail[],
  { parameters }: RemediateOptions,
  { repair: { account }, terminal }: Surroundings,
): Promise<readonly Finding[]> => evaluateNow(observedTrails, account, { parameters, now: terminal.now() });

const repair = async (
  findings: readonly Finding[],
  observedTrails: readonly ObservedTrail[],
  means: Means,
): Promise<ExitCode> => {
  const { options, terminal } = means;
  const plans = findings.flatMap((finding) => planFor(finding, means));
  if (plans.length === 0) return findings.some(isNonCompliant) ? 2 : 0;
  printPlans(plans, terminal);
  if (!(options.dryRun || options.isAgreed || (await confirm('Go on?', terminal)))) {
    log(terminal.stderr, 'Nothing was started.');
    return 2;
  }
  const ended = await runPlans(plans, means);
  if (options.dryRun) return exitCodeOf(ended, []);
  // A trail that was repaired names another key now: it is read anew.
  const again = await evaluateAfter(() => evaluatedAgain(observedTrails, ended, means), terminal);
  if (again === undefined) return 2;
  if (options.trail === 'all') log(terminal.stdout, summaryOf(again, findings));
  const left = findings.filter((finding) => !plans.some((plan) => plan.finding === finding));
  return exitCodeOf(ended, [...again, ...left]);
};

const summaryOf = (again: readonly Finding[], findings: readonly Finding[]): string => {
  const repaired = again.filter((finding) => !isNonCompliant(finding)).length;
  return `${repaired} of ${findings.length} trails are repaired.`;
};

/** What is to be started for a finding; where nothing is, that is said with what a person can do. */
const planFor = (
  finding: Finding,
  { options, repair: { identity }, terminal }: Means,
): readonly RemediationPlan[] => {
  const { approvers, keyToRestore } = options;
  if (keyToRestore !== undefined) {
    return [planRestoration(finding, { keyArn: keyToRestore, approvers }, identity)];
  }
  const remedy = remediationFor(finding, options);
  switch (remedy.kind) {
    case 'encrypt':
      return [planEncryption(finding, options, identity)];
    case 'restore':
      return [planRestoration(finding, { keyArn: remedy.keyArn, approvers }, identity)];
    case 'nothing':
      log(terminal.stdout, `Nothing is started for trail ${finding.trailName}. ${remedy.nextStep}`);
      return [];
  }
};

const evaluatedAgain = async (
  observedTrails: readonly ObservedTrail[],
  ended: readonly Ended[],
  means: Means,
): Promise<readonly Finding[]> => {
  const {
    repair: { account },
    signal,
  } = means;
  if (signal.aborted) return [];
  const done = new Set(ended.flatMap(({ kind, plan }) => (kind === 'done' ? [plan.finding.trailArn] : [])));
  const again = observedTrails.filter(({ trail }) => done.has(trail.arn));
  return judge(await findAgain(again, account), means.options, means);
};

/** 2 where something was not started or not followed to its end, 1 where it failed or a trail is still non-compliant. */
const exitCodeOf = (ended: readonly Ended[], findings: readonly Finding[]): ExitCode => {
  if (ended.some(({ kind }) => kind !== 'done')) return 2;
  const isWell = ended.every((end) => end.kind === 'done' && end.automation.status === 'Success');
  return isWell && !findings.some(isNonCompliant) ? 0 : 1;
};
