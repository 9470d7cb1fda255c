import { RefusedError } from './errors.js';
import type { Step } from './step.js';

/** What a step came to, as far as it decides on the next one. */
export type Ended = { readonly succeeded: boolean; readonly goTo?: string | undefined };

/** The name of the step that comes after one; undefined where the execution ends. */
export const stepAfter = (step: Step, steps: readonly Step[], ended: Ended): string | undefined => {
  if (ended.goTo !== undefined) return ended.goTo;
  if (step.isEnd) return undefined;
  if (ended.succeeded) return step.nextStep ?? following(step, steps);
  if (step.onFailure === 'Continue') return following(step, steps);
  return failureTarget(step);
};

const following = (step: Step, steps: readonly Step[]): string | undefined =>
  steps[steps.indexOf(step) + 1]?.name;

const failureTarget = ({ onFailure }: Step): string | undefined => /^step:(.+)$/.exec(onFailure)?.[1];

/** Refuses ways to steps that do not exist, loops (as SSM does), and a way on after a failure that is not documented. */
export const checkFlow = (steps: readonly Step[]): void => {
  for (const step of steps) {
    const missing = namedBy(step).find((name) => !steps.some((other) => other.name === name));
    if (missing !== undefined)
      throw new RefusedError(`Step ${step.name} leads to ${missing}, which does not exist.`);
    if (
      step.onFailure === 'Continue' &&
      step.nextStep !== undefined &&
      step.nextStep !== following(step, steps)
    )
      throw new RefusedError(
        `Step ${step.name} continues on failure and has a nextStep that does not follow it; write onFailure: step:NAME.`,
      );
  }
  checkLoops(steps);
};

const namedBy = (step: Step): readonly string[] =>
  [step.nextStep, failureTarget(step), ...(step.action.targets?.(step.inputs) ?? [])].filter(
    (name) => name !== undefined,
  );

const checkLoops = (steps: readonly Step[]): void => {
  const straight = new Set<string>();
  const follow = (step: Step, path: readonly string[]): void => {
    const way = [...path, step.name];
    if (path.includes(step.name)) throw new RefusedError(`The steps go in a circle: ${way.join(' → ')}.`);
    if (straight.has(step.name)) return;
    const names = waysOn(step, steps);
    for (const next of steps) if (names.has(next.name)) follow(next, way);
    straight.add(step.name);
  };
  for (const step of steps) follow(step, []);
};

const waysOn = (step: Step, steps: readonly Step[]): ReadonlySet<string | undefined> => {
  const alwaysJumps = step.action.targets !== undefined && step.inputs['Default'] !== undefined;
  const ends = alwaysJumps ? [false] : [true, false];
  return new Set([...namedBy(step), ...ends.map((succeeded) => stepAfter(step, steps, { succeeded }))]);
};
