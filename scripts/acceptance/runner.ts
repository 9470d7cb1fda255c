import { isInterruption, messageOf } from '../../src/core/errors.js';
import type { Step } from './plan.js';
import { checkInterrupt, type Stage } from './stage.js';
import type { StepResult } from './state.js';

/** Called with one line of progress. */
export type Print = (line: string) => void;

/**
 * Runs the steps that have no result yet, and adds their results to the state. A step that fails does not end the run, unless it is
 * essential. Ctrl-C ends it.
 */
export const runSteps = async (steps: readonly Step[], stage: Stage, print: Print): Promise<void> => {
  const { state, signal, now } = stage;
  for (const [index, step] of steps.entries()) {
    if (state.results.some(({ id }) => id === step.id)) continue;
    if (signal.aborted) return;
    print(`[${index + 1}/${steps.length}] ${step.title}: expecting ${step.expected(stage)}`);
    const start = now();
    const result = await attempt(step, stage);
    if (result === undefined) return;
    const seconds = Math.round((now() - start) / 1000);
    state.results.push({ ...result, seconds });
    print(`  ${result.outcome} after ${seconds} s: ${result.seen}`);
    await saveState(stage, print);
    if (result.outcome === 'failed' && step.isEssential) return;
  }
};

/** Returns undefined after Ctrl-C: the step has no result. */
const attempt = async (step: Step, stage: Stage): Promise<Omit<StepResult, 'seconds'> | undefined> => {
  try {
    const seen = await step.run(stage);
    checkInterrupt(stage.signal);
    return { id: step.id, ...seen };
  } catch (error) {
    if (isInterruption(error)) return undefined;
    return { id: step.id, outcome: 'failed', seen: messageOf(error) };
  }
};

/** Saves the state in the bucket. Without it, another process cannot continue the run, but this one can. */
export const saveState = async ({ account, state }: Stage, print: Print): Promise<void> => {
  const { results, answers, isEnding } = state;
  await account.bucket
    .writeState(state.names.bucket, JSON.stringify({ results, answers, isEnding }))
    .catch((error: unknown) => print(`  The state of the run was not saved: ${messageOf(error)}`));
};
