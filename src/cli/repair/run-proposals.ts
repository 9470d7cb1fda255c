import { DocumentMissingError } from '../../aws/errors.js';
import { isInterruption } from '../../core/errors.js';
import type { Automation } from '../../ports.js';
import type { Terminal } from '../terminal.js';
import { adviceFor } from './failure-advice.js';
import type { Proposal } from './proposal.js';
import type { RepairAccount } from './repair-account.js';
import { say } from './say.js';
import { howToGoOn, type Watched, watchAutomation } from './watch-automation.js';

/** How a proposal ended: `lost` where it was started and could not be followed to its end. */
export type Ended =
  | { readonly kind: 'not-started'; readonly proposal: Proposal }
  | { readonly kind: 'lost'; readonly proposal: Proposal }
  | { readonly kind: 'done'; readonly proposal: Proposal; readonly automation: Automation };

/** What running takes. */
export type Means = {
  readonly repair: RepairAccount;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
};

/** CloudTrail takes one UpdateTrail a second. */
const BETWEEN_STARTS_MS = 1000;

/** Starts proposals, one a second at most, and follows them to their ends. */
export const runProposals = async (
  proposals: readonly Proposal[],
  means: Means,
): Promise<readonly Ended[]> => {
  const running: Promise<Ended>[] = [];
  for (const [index, proposal] of proposals.entries()) {
    if (index > 0) await means.terminal.pause(BETWEEN_STARTS_MS, means.signal);
    const label = proposals.length > 1 ? `${proposal.finding.trailName}: ` : '';
    const started = await start(proposal, label, means);
    running.push(
      started === undefined
        ? Promise.resolve({ kind: 'not-started', proposal })
        : follow(started, proposal, means),
    );
  }
  return Promise.all(running);
};

const start = async (
  { document, parameters, finding }: Proposal,
  label: string,
  { repair, terminal, signal }: Means,
): Promise<Watched | undefined> => {
  if (signal.aborted) return undefined;
  const automations = repair.automationsIn(finding.homeRegion);
  try {
    const id = await automations.start(document, parameters);
    say(terminal.stdout, `${label}Started ${document} in ${finding.homeRegion}: execution ${id}.`);
    return { id, region: finding.homeRegion, label, automations };
  } catch (error) {
    if (!isInterruption(error)) say(terminal.stderr, `${label}Not started: ${reasonOf(error)}`);
    return undefined;
  }
};

const reasonOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof DocumentMissingError
    ? `${message} Deploy Trailkey's stack there (npx serverless deploy --region REGION): docs/deploy-account.md.`
    : message;
};

const follow = async (watched: Watched, proposal: Proposal, { terminal, signal }: Means): Promise<Ended> => {
  try {
    const automation = await watchAutomation(watched, terminal, signal);
    if (!signal.aborted) {
      tellEnd(watched, automation, terminal);
      return { kind: 'done', proposal, automation };
    }
  } catch (error) {
    if (!isInterruption(error)) say(terminal.stderr, `${watched.label}${reasonOf(error)}`);
  }
  say(terminal.stderr, howToGoOn(watched));
  return { kind: 'lost', proposal };
};

const tellEnd = (
  { label }: Watched,
  { status, steps, outputs, failure }: Automation,
  terminal: Terminal,
): void => {
  if (status === 'Success') {
    for (const sentence of outcomesIn(outputs)) say(terminal.stdout, `${label}${sentence}`);
    return;
  }
  const failed = steps.filter((step) => step.failure);
  say(terminal.stderr, `${label}The automation ended as ${status}.`);
  for (const step of failed) say(terminal.stderr, `${label}Step ${step.name}: ${step.failure}`);
  const words = failed.map((step) => step.failure).join(' ') || failure || '';
  const advice = adviceFor(words);
  if (failed.length === 0 && words) say(terminal.stderr, `${label}${words}`);
  if (advice) say(terminal.stderr, `${label}${advice}`);
};

/** What SSM shows for an output of a step that did not run. */
const NO_OUTPUT = 'No output available yet';

const outcomesIn = (outputs: Automation['outputs']): readonly string[] => {
  const { 'Assess.Reason': reason, 'VerifyDelivery.State': state } = outputs;
  return [
    ...(reason ? [reason] : []),
    ...(state && !state.startsWith(NO_OUTPUT) ? [DELIVERIES[state] ?? `Delivery: ${state}.`] : []),
  ];
};

const DELIVERIES: Readonly<Record<string, string>> = {
  Delivered: 'Logs were delivered since.',
  NotSeenYet:
    'No delivery was seen yet: the trail had nothing to log, or does not log. Look at it again later.',
};
