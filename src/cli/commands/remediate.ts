import type { ExitCode } from '../../core/exit-code.js';
import type { Finding } from '../../core/finding.js';
import { remedyFor } from '../../core/remediation.js';
import type { TrailSighting } from '../../core/trail.js';
import { confirm } from '../repair/confirm.js';
import { findAgain, findTrail, findTrails } from '../repair/find-trails.js';
import { judgeAfter } from '../repair/judge-after.js';
import { judgeNow } from '../repair/judge-now.js';
import { type Proposal, proposeEncryption, proposeRestoring } from '../repair/proposal.js';
import { parseRepairOptions, type RawRepairOptions, type RepairOptions } from '../repair/repair-options.js';
import { type Ended, runProposals } from '../repair/run-proposals.js';
import { say } from '../repair/say.js';
import { tellProposals, tellVerdicts } from '../repair/tell.js';
import { type Surroundings, withAccount } from '../repair/with-account.js';
import type { Terminal } from '../terminal.js';

/**
 * Repairs a trail, or all that are non-compliant: judges, says what will be done and asks, starts the document that fits the verdict,
 * shows its steps, and judges again.
 *
 * @throws UsageError, RuleParametersError where the command line is wrong or nothing could be asked: nothing was started then
 */
export const remediate = async (
  trail: string | undefined,
  raw: RawRepairOptions,
  terminal: Terminal,
): Promise<ExitCode> => {
  const options = await parseRepairOptions(trail, raw);
  return withAccount(terminal, raw.debug ?? false, async (surroundings) => {
    const sightings = await sightingsFor(options, surroundings);
    const findings = await judge(sightings, options, surroundings);
    const wanted = options.trail === 'all' ? findings.filter(isNonCompliant) : findings;
    if (wanted.length === 0) {
      say(terminal.stdout, 'No trail of this account is non-compliant: there is nothing to repair.');
      return 0;
    }
    tellVerdicts(wanted, terminal);
    return repair(wanted, sightings, { ...surroundings, options });
  });
};

type Means = Surroundings & { readonly options: RepairOptions };

const isNonCompliant = ({ compliance }: Finding): boolean => compliance === 'NON_COMPLIANT';

const sightingsFor = async (
  { trail }: RepairOptions,
  { repair: { account } }: Surroundings,
): Promise<readonly TrailSighting[]> =>
  trail === 'all' ? findTrails(account) : [await findTrail(trail, account)];

const judge = (
  sightings: readonly TrailSighting[],
  { parameters }: RepairOptions,
  { repair: { account }, terminal }: Surroundings,
): Promise<readonly Finding[]> => judgeNow(sightings, account, { parameters, now: terminal.now() });

const repair = async (
  findings: readonly Finding[],
  sightings: readonly TrailSighting[],
  means: Means,
): Promise<ExitCode> => {
  const { options, terminal } = means;
  const proposals = findings.flatMap((finding) => proposalFor(finding, means));
  if (proposals.length === 0) return findings.some(isNonCompliant) ? 2 : 0;
  tellProposals(proposals, terminal);
  if (!(options.dryRun || options.isAgreed || (await confirm('Go on?', terminal)))) {
    say(terminal.stderr, 'Nothing was started.');
    return 2;
  }
  const ended = await runProposals(proposals, means);
  if (options.dryRun) return exitCodeOf(ended, []);
  // A trail that was repaired names another key now: it is read anew.
  const again = await judgeAfter(() => judgedAgain(sightings, ended, means), terminal);
  if (again === undefined) return 2;
  if (options.trail === 'all') say(terminal.stdout, summaryOf(again, findings));
  const left = findings.filter((finding) => !proposals.some((proposal) => proposal.finding === finding));
  return exitCodeOf(ended, [...again, ...left]);
};

const summaryOf = (again: readonly Finding[], findings: readonly Finding[]): string => {
  const repaired = again.filter((finding) => !isNonCompliant(finding)).length;
  return `${repaired} of ${findings.length} trails are repaired.`;
};

/** What is to be started for a finding; where nothing is, that is said with what a person can do. */
const proposalFor = (
  finding: Finding,
  { options, repair: { identity }, terminal }: Means,
): readonly Proposal[] => {
  const { approvers, keyToRestore } = options;
  if (keyToRestore !== undefined) {
    return [proposeRestoring(finding, { keyArn: keyToRestore, approvers }, identity)];
  }
  const remedy = remedyFor(finding, options);
  switch (remedy.kind) {
    case 'encrypt':
      return [proposeEncryption(finding, options, identity)];
    case 'restore':
      return [proposeRestoring(finding, { keyArn: remedy.keyArn, approvers }, identity)];
    case 'nothing':
      say(terminal.stdout, `Nothing is started for trail ${finding.trailName}. ${remedy.sentence}`);
      return [];
  }
};

const judgedAgain = async (
  sightings: readonly TrailSighting[],
  ended: readonly Ended[],
  means: Means,
): Promise<readonly Finding[]> => {
  const {
    repair: { account },
    signal,
  } = means;
  if (signal.aborted) return [];
  const done = new Set(
    ended.flatMap(({ kind, proposal }) => (kind === 'done' ? [proposal.finding.trailArn] : [])),
  );
  const again = sightings.filter(({ trail }) => done.has(trail.arn));
  return judge(await findAgain(again, account), means.options, means);
};

/** 2 where something was not started or not followed to its end, 1 where it failed or a trail is still non-compliant. */
const exitCodeOf = (ended: readonly Ended[], findings: readonly Finding[]): ExitCode => {
  if (ended.some(({ kind }) => kind !== 'done')) return 2;
  const isWell = ended.every((end) => end.kind === 'done' && end.automation.status === 'Success');
  return isWell && !findings.some(isNonCompliant) ? 0 : 1;
};
