import { AccessDeniedError } from '../../src/aws/errors.js';
import { InterruptedError } from '../../src/core/errors.js';
import type { RuleParameters } from '../../src/core/rule-parameters.js';
import type { Account } from './aws/account.js';
import type { Connection } from './aws/connection.js';
import type { DashboardResult } from './aws/rule.js';
import type { KeyRole } from './names.js';
import type { QuestionId } from './questions.js';
import type { Outcome, RunState } from './state.js';

/** The deployed rule. */
export type DeployedRule = {
  readonly name: string;
  readonly parameters: RuleParameters;
  /** The mode and the key of the remediation, or undefined if the rule has none. */
  readonly button: { readonly mode: string | undefined; readonly key: string | undefined } | undefined;
};

/** What the steps of a run work with. */
export type Stage = {
  readonly account: Account;
  readonly connection: Connection;
  readonly rule: DeployedRule;
  readonly state: RunState;
  /** Another Region in which the run looks for the shadow trail. */
  readonly shadowRegion: string | undefined;
  /** Returns the time in milliseconds since 1970. */
  readonly now: () => number;
  /** Waits for a number of milliseconds, or until the signal is aborted. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
};

/** What a step saw. */
export type Seen = { readonly outcome: Exclude<Outcome, 'failed'>; readonly seen: string };

/** Returns `as expected` or `different`. */
export const seenIf = (isAsExpected: boolean, seen: string): Seen => ({
  outcome: isAsExpected ? 'as expected' : 'different',
  seen,
});

/** Adds a sentence to the answer of a question. */
export const answer = ({ state }: Stage, id: QuestionId, sentence: string): void => {
  const sentences = state.answers[id] ?? [];
  sentences.push(sentence);
  state.answers[id] = sentences;
};

/** How long something is awaited, and how often it is read. */
export type Patience = { readonly seconds: number; readonly every: number };

/** How many reads in a row may fail while something is awaited for up to hours. */
const MAX_READ_FAILURES = 5;

/**
 * Reads until a value is returned or the time is over.
 *
 * @throws InterruptedError after Ctrl-C
 */
export const waitFor = async <T>(
  { now, pause, signal }: Stage,
  { seconds, every }: Patience,
  read: () => Promise<T | undefined>,
): Promise<T | undefined> => {
  const end = now() + seconds * 1000;
  let failures = 0;
  for (;;) {
    checkInterrupt(signal);
    try {
      const value = await read();
      if (value !== undefined) return value;
      failures = 0;
    } catch (error) {
      failures += 1;
      if (error instanceof AccessDeniedError || failures > MAX_READ_FAILURES) throw error;
    }
    if (now() >= end) return undefined;
    await pause(every * 1000, signal);
  }
};

/** @throws InterruptedError after Ctrl-C */
export const checkInterrupt = (signal: AbortSignal): void => {
  if (signal.aborted) throw new InterruptedError('Interrupted');
};

/** The key of a run, which the first steps create. */
export const keyArnOf = ({ state }: Stage, role: KeyRole): string => {
  const arn = state.keys[role];
  if (arn === undefined) throw new Error(`the ${role} key does not exist`);
  return arn;
};

/** AWS Config records most changes within minutes, and evaluates them in the minutes after. */
const CHANGE: Patience = { seconds: 900, every: 15 };
const EVALUATION: Patience = { seconds: 600, every: 15 };

/** A result that is awaited after a change: by its verdict and the key in its annotation. `isNewer` excludes the current result. */
type Expected = { readonly code: string; readonly key: KeyRole; readonly isNewer?: boolean };

/** A result that the dashboard showed, or undefined if it did not in time. */
export type AwaitedResult = {
  readonly result: DashboardResult | undefined;
  /** Whether an evaluation had to be started. */
  readonly wasStarted: boolean;
  readonly seconds: number;
};

/**
 * Makes a change, and waits for a result on the dashboard: first one that AWS Config reports by itself, then one of an evaluation that is
 * started.
 */
export const changeAndWait = async (
  stage: Stage,
  { code, key, isNewer = false }: Expected,
  change: () => Promise<void>,
): Promise<AwaitedResult> => {
  const before = isNewer ? ((await currentResult(stage))?.recordedAt ?? 0) : 0;
  await change();
  const start = stage.now();
  const read = async (): Promise<DashboardResult | undefined> => {
    const result = await currentResult(stage);
    if (result === undefined || result.recordedAt <= before || result.code !== code) return undefined;
    return result.annotation.includes(endOf(keyArnOf(stage, key))) ? result : undefined;
  };
  const awaited = (result: DashboardResult | undefined, wasStarted: boolean): AwaitedResult => ({
    result,
    wasStarted,
    seconds: Math.round((stage.now() - start) / 1000),
  });
  const reported = await waitFor(stage, CHANGE, read);
  if (reported !== undefined) return awaited(reported, false);
  await stage.account.rule.evaluate(stage.rule.name);
  return awaited(await waitFor(stage, EVALUATION, read), true);
};

/** The end of a key ARN, which remains in an annotation that is shortened. */
const endOf = (arn: string): string => arn.slice(-12);

/** The result for the trail of the run that the dashboard shows now. */
export const currentResult = ({ account, rule, state }: Stage): Promise<DashboardResult | undefined> =>
  account.rule.result(rule.name, [state.names.trail, state.trailArn]);

/** Like `changeAndWait`, for a step. */
export const expectResult = async (
  stage: Stage,
  expected: Expected,
  change: () => Promise<void> = async () => {},
): Promise<Seen> => seenResult(stage, await changeAndWait(stage, expected, change));

/** Describes an awaited result. */
export const seenResult = async (stage: Stage, { result, wasStarted }: AwaitedResult): Promise<Seen> => {
  if (result === undefined) {
    return seenIf(false, `${(await currentResult(stage))?.code ?? 'no result'}, and no other result in time`);
  }
  return seenIf(true, wasStarted ? `${result.code}, only after an evaluation was started` : result.code);
};

/** Returns whether the dashboard shows no result for the trail in time. */
export const waitUntilCleared = async (stage: Stage): Promise<boolean> => {
  const read = async () => ((await currentResult(stage)) === undefined ? true : undefined);
  if (await waitFor(stage, CHANGE, read)) return true;
  await stage.account.rule.evaluate(stage.rule.name);
  return (await waitFor(stage, EVALUATION, read)) ?? false;
};
