import { RefusedError, type Step } from './types.js';

/** A way from one step to another, and whether the first has succeeded then. */
type Edge = { readonly from: Step; readonly to: string; readonly succeeded: boolean };

const following = (step: Step, steps: readonly Step[]): string | undefined =>
  steps[steps.indexOf(step) + 1]?.name;

const failureTarget = ({ onFailure }: Step): string | undefined => /^step:(.+)$/.exec(onFailure ?? '')?.[1];

/** The name of the step that comes after one; undefined where the execution ends. */
export const stepAfter = (
  step: Step,
  steps: readonly Step[],
  ended: { readonly succeeded: boolean; readonly goTo?: string | undefined },
): string | undefined => {
  if (!ended.succeeded) return failureTarget(step);
  if (step.isEnd) return undefined;
  return ended.goTo ?? step.nextStep ?? following(step, steps);
};

const branchTargets = ({ action, inputs: { Choices, Default } }: Step): readonly string[] =>
  action === 'aws:branch'
    ? [...[Choices].flat().map((choice: any) => String(choice.NextStep)), String(Default)]
    : [];

const edgesFrom = (step: Step, steps: readonly Step[]): readonly Edge[] => {
  const targets = branchTargets(step);
  const onSuccess = targets.length > 0 ? targets : [stepAfter(step, steps, { succeeded: true })];
  return [
    ...onSuccess.map((to) => ({ from: step, to, succeeded: true })),
    { from: step, to: failureTarget(step), succeeded: false },
  ].flatMap(({ to, ...edge }) => (to === undefined ? [] : [{ ...edge, to }]));
};

/**
 * Refuses a way to a step that does not exist, a step that no way leads to, a circle (as SSM does), and a fall into a step
 * that is there for failures. Gives for each step the names of those that have succeeded before it on every way.
 */
export const checkFlow = (steps: readonly Step[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const edges = steps.flatMap((step) => edgesFrom(step, steps));
  for (const { from, to } of edges)
    if (!steps.some(({ name }) => name === to))
      throw new RefusedError(`Step ${from.name} leads to ${to}, which does not exist`);
  for (const step of steps) checkStep(step, steps);

  const before = new Map<string, ReadonlySet<string>>();
  const visit = (name: string, path: readonly string[]): ReadonlySet<string> => {
    const way = [name, ...path];
    if (path.includes(name)) throw new RefusedError(`The steps go in a circle: ${way.join(' → ')}`);
    const known = before.get(name);
    if (known) return known;
    const sets = edges
      .filter(({ to }) => to === name)
      .map(({ from, succeeded }) => new Set([...visit(from.name, way), ...(succeeded ? [from.name] : [])]));
    const [first = new Set<string>(), ...others] = sets;
    if (sets.length === 0 && name !== steps[0]?.name) throw new RefusedError(`No way leads to step ${name}`);
    const always = new Set([...first].filter((one) => others.every((set) => set.has(one))));
    before.set(name, always);
    return always;
  };
  for (const { name } of steps) visit(name, []);
  return before;
};

const checkStep = (step: Step, steps: readonly Step[]): void => {
  const { name, isEnd, nextStep, onFailure } = step;
  if (isEnd && nextStep !== undefined) throw new RefusedError(`Step ${name} has both isEnd and nextStep`);
  if (isEnd && failureTarget(step) !== undefined)
    throw new RefusedError(
      `Step ${name} has isEnd, which ends after a failure too, and onFailure ${onFailure}`,
    );
  if (onFailure === 'Continue' && !isEnd)
    throw new RefusedError(`Step ${name} continues on failure; only a step with isEnd may do so here`);
  const below = following(step, steps);
  const isForFailures = steps.some((other) => failureTarget(other) === below);
  const falls = step.action !== 'aws:branch' && !isEnd && nextStep === undefined;
  if (falls && below !== undefined && isForFailures)
    throw new RefusedError(
      `Step ${name} goes on to ${below}, which is there for failures; write isEnd or nextStep`,
    );
};
