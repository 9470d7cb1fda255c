import { confirm, log } from '../../src/cli/remediation/messages.js';
import { type Terminal, withInterrupt } from '../../src/cli/terminal.js';
import { type ExitCode, RULE_NAME } from '../../src/core/report.js';
import { DEFAULT_PARAMETERS } from '../../src/core/rule-parameters.js';
import { type Account, accountAt } from './aws/account.js';
import type { Connection } from './aws/connection.js';
import { cleanUp } from './clean-up.js';
import { bucketPrefix } from './names.js';
import type { Step } from './plan.js';
import { readRule } from './preflight.js';
import { isSuccess, renderReport } from './report.js';
import { runSteps } from './runner.js';
import type { Stage } from './stage.js';
import { newState, type RunState, restoreState } from './state.js';

/** The options of a run. */
export type AcceptanceOptions = {
  readonly isConfirmed: boolean;
  /** Only removes what an earlier run left. */
  readonly cleanUpOnly: boolean;
  readonly shadowRegion: string | undefined;
  /** The ID of a new run. */
  readonly newRunId: string;
  readonly steps: readonly Step[];
};

/** What a run needs besides its options. */
export type AcceptanceContext = {
  readonly connection: Connection;
  readonly terminal: Terminal;
  /** Writes the report to a file, and returns the name of the file. */
  readonly writeReport: (runId: string, report: string) => Promise<string>;
};

/**
 * Runs the acceptance steps in an account, or continues a run that another process did not finish. Cleans up in the end, also after a
 * failed step and Ctrl-C. Returns 0 if everything is as expected, 1 if not, and 2 if nothing was started.
 *
 * @throws PreflightError, UsageError or an error of AWS if nothing was started
 */
export const runAcceptance = (options: AcceptanceOptions, context: AcceptanceContext): Promise<ExitCode> =>
  withInterrupt(context.terminal, async (signal) => {
    const { terminal, connection } = context;
    const account = accountAt(connection);
    const earlier = await findRun(account, connection);
    if (options.cleanUpOnly && earlier === undefined) {
      log(terminal.stdout, `There is nothing to remove in ${connection.region}.`);
      return 0;
    }
    const state = earlier ?? newState(options.newRunId, connection);
    if (options.cleanUpOnly) state.isEnding = true;
    const stage = await openStage(state, options, { account, connection, terminal, signal });
    log(terminal.stdout, introduce(stage, earlier === undefined ? undefined : options.steps));
    if (!(options.isConfirmed || (await confirm({ terminal, signal })))) {
      log(terminal.stderr, 'Nothing was started.');
      return 2;
    }
    return runAndCleanUp(options.steps, stage, context);
  });

const openStage = async (
  state: RunState,
  { shadowRegion }: AcceptanceOptions,
  {
    terminal,
    ...place
  }: Pick<Stage, 'account' | 'connection' | 'signal'> & Pick<AcceptanceContext, 'terminal'>,
): Promise<Stage> => ({
  ...place,
  rule: state.isEnding ? NO_RULE : await readRule(place.account),
  state,
  shadowRegion,
  now: terminal.now,
  pause: terminal.pause,
});

/** The clean-up needs no rule: the stack may no longer exist. */
const NO_RULE = { name: RULE_NAME, parameters: DEFAULT_PARAMETERS, button: undefined };

const runAndCleanUp = async (
  steps: readonly Step[],
  stage: Stage,
  { terminal, writeReport }: AcceptanceContext,
): Promise<ExitCode> => {
  const { state, signal } = stage;
  const print = (line: string) => log(terminal.stderr, line);
  const isCleanUpOnly = state.isEnding;
  if (!isCleanUpOnly) await runSteps(steps, stage, print);
  const isInterrupted = !isCleanUpOnly && signal.aborted;
  print(
    `${isInterrupted ? 'Interrupted. ' : ''}Removing everything. If this command ends before that, run it again to continue.`,
  );
  const left = await cleanUp(stage, print);
  const ending = { isInterrupted, left };
  const report = renderReport(steps, stage, ending);
  log(terminal.stdout, report);
  print(`The report was written to ${await writeReport(state.runId, report)}.`);
  // With the names and ARNs, which the report does not contain.
  for (const one of left) print(`Not removed: ${one}`);
  return isCleanUpOnly ? (left.length === 0 ? 0 : 1) : isSuccess(steps, stage, ending) ? 0 : 1;
};

/** Finds a run that another process did not finish, by the tag of its bucket, with its results and its keys. */
const findRun = async (account: Account, connection: Connection): Promise<RunState | undefined> => {
  const prefix = bucketPrefix(connection.region);
  const buckets = await account.bucket.list(prefix);
  const runId = buckets.find(({ name, runId }) => runId !== undefined && name === prefix + runId)?.runId;
  if (runId === undefined) return undefined;
  const state = newState(runId, connection);
  restoreState(state, await account.bucket.readState(state.names.bucket));
  for (const { arn, role } of await account.keys.list(runId)) state.keys[role] = arn;
  return state;
};

/** What a run will do and what that costs. `continued` are the steps of a run that is continued. */
const introduce = (stage: Stage, continued: readonly Step[] | undefined): string => {
  const { connection, state, rule, shadowRegion } = stage;
  const where = `in account ${connection.accountId} and ${connection.region}`;
  if (state.isEnding) {
    return `This removes what run ${state.runId} left ${where}. The keys are scheduled for deletion.\n`;
  }
  const trail = shadowRegion === undefined ? 'trail' : 'multi-Region trail';
  return [
    continued === undefined
      ? `Run ${state.runId} will create ${where}:`
      : `This continues run ${state.runId} ${where}: ${state.results.length} of ${continued.length} steps have a result. It uses:`,
    `- a ${trail}, ${state.names.trail}, with the S3 bucket ${state.names.bucket}`,
    '- two KMS keys',
    `- an EventBridge rule, ${state.names.eventRule}, with a log group of the same name and a resource policy for it`,
    `It disables the first key, schedules it for deletion and restores it, changes its key policy, and starts evaluations of rule ${rule.name}`,
    'and the Trailkey documents for this trail. It changes no other trail, key or bucket.',
    'In the end, it removes everything. KMS deletes the keys seven days later.',
    'A run takes one to three hours. Leave this command running.',
    'In an account with little activity, a run costs less than $1: $1 a month for each key until it is scheduled for deletion,',
    '$2 for 100,000 management events if the account has another trail, and AWS Config for its items and evaluations.',
    '',
  ].join('\n');
};
