import { isJsonObject, parseJson } from '../../src/core/json-value.js';
import { type KeyRole, namesFor } from './names.js';
import { QUESTIONS, type QuestionId } from './questions.js';

/** The outcome of a step. A failed step did not run to its end. */
const OUTCOMES = ['as expected', 'different', 'failed', 'skipped'] as const;

/** One of `as expected`, `different`, `failed` and `skipped`. */
export type Outcome = (typeof OUTCOMES)[number];

/** The result of a step. */
export type StepResult = {
  readonly id: string;
  readonly outcome: Outcome;
  readonly seen: string;
  readonly seconds: number;
};

/** A run so far. It is kept in the bucket of the run, so that another process can continue it. */
export type RunState = {
  readonly runId: string;
  readonly names: ReturnType<typeof namesFor>;
  readonly trailArn: string;
  /** The ARNs of the keys that were created. */
  readonly keys: { [role in KeyRole]?: string };
  readonly results: StepResult[];
  /** Sentences that answer the open questions. */
  readonly answers: { [id in QuestionId]?: string[] };
  /** Whether the clean-up has started: another process then continues only that. */
  isEnding: boolean;
};

/** The account and Region of a run. */
type Place = { readonly region: string; readonly accountId: string; readonly partition: string };

/** The state of a run that has not started. */
export const newState = (runId: string, { region, accountId, partition }: Place): RunState => {
  const names = namesFor(runId, region);
  const trailArn = `arn:${partition}:cloudtrail:${region}:${accountId}:trail/${names.trail}`;
  return { runId, names, trailArn, keys: {}, results: [], answers: {}, isEnding: false };
};

/**
 * Adds the saved results and answers to the state of a run. Without a saved state, nothing but the bucket was created, or everything else
 * was removed: then only the clean-up is left.
 */
export const restoreState = (state: RunState, saved: string | undefined): void => {
  const parsed = parseJson(saved ?? '');
  if (!isJsonObject(parsed)) {
    state.isEnding = true;
    return;
  }
  state.isEnding = parsed['isEnding'] === true;
  for (const result of [parsed['results']].flat().filter(isJsonObject)) {
    const outcome = OUTCOMES.find((one) => one === result['outcome']);
    const { id, seen, seconds } = result;
    if (outcome && typeof id === 'string' && typeof seen === 'string' && typeof seconds === 'number') {
      state.results.push({ id, outcome, seen, seconds });
    }
  }
  const answers = isJsonObject(parsed['answers']) ? parsed['answers'] : {};
  for (const { id } of QUESTIONS) {
    const sentences = [answers[id]].flat().filter((sentence) => typeof sentence === 'string');
    if (sentences.length > 0) state.answers[id] = sentences;
  }
};
