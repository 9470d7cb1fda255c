import type { JsonObject } from '../../../src/core/json-value.js';
import type { Action } from './action.js';
import { ACTIONS } from './actions/all.js';
import { RefusedError } from './errors.js';
import { type Output, readOutputs } from './output.js';
import { checkKeys, countAt, flagAt, objectAt, textAt, textLike } from './shape.js';

/** A step of a document, with the defaults of what it leaves out. */
export type Step = {
  readonly name: string;
  readonly actionName: string;
  readonly action: Action;
  readonly inputs: JsonObject;
  readonly outputs: readonly Output[];
  readonly onFailure: string;
  readonly isCritical: boolean;
  readonly isEnd: boolean;
  readonly nextStep: string | undefined;
  readonly maxAttempts: number;
  readonly timeoutSeconds: number;
};

const KEYS = {
  required: ['name', 'action', 'inputs'],
  optional: [
    'description',
    'outputs',
    'onFailure',
    'isCritical',
    'isEnd',
    'nextStep',
    'maxAttempts',
    'timeoutSeconds',
  ],
};

/** Reads a step; its inputs and where it leads to are looked at once all steps are known. */
export const readStep = (value: unknown, index: number): Step => {
  const object = objectAt(value, `mainSteps[${index}]`);
  const name = textLike(object['name'], /^\w{3,128}$/, `mainSteps[${index}].name`);
  const where = `Step ${name}`;
  checkKeys(object, KEYS, where);
  const actionName = textAt(object['action'], `${where}.action`);
  const action = ACTIONS.get(actionName);
  if (!action)
    throw new RefusedError(
      `${where} has the action ${actionName}; known are ${[...ACTIONS.keys()].join(', ')}.`,
    );
  const { onFailure, nextStep } = object;
  const step = {
    name,
    actionName,
    action,
    inputs: objectAt(object['inputs'], `${where}.inputs`),
    outputs: stepOutputs(object['outputs'], action, where),
    onFailure:
      onFailure === undefined
        ? 'Abort'
        : textLike(onFailure, /^(?:Abort|Continue|step:\w+)$/, `${where}.onFailure`),
    isCritical: flagAt(object['isCritical'], `${where}.isCritical`) ?? onFailure !== 'Continue',
    isEnd: flagAt(object['isEnd'], `${where}.isEnd`) ?? false,
    nextStep: nextStep === undefined ? undefined : textAt(nextStep, `${where}.nextStep`),
    maxAttempts: countAt(object['maxAttempts'], `${where}.maxAttempts`, { min: 1 }) ?? 1,
    timeoutSeconds:
      countAt(object['timeoutSeconds'], `${where}.timeoutSeconds`, { min: 1, max: action.seconds.max }) ??
      action.seconds.default,
  };
  checkSense(step, where);
  return step;
};

const stepOutputs = (value: unknown, { outputs }: Action, where: string): readonly Output[] => {
  if (outputs === 'declared') return value === undefined ? [] : readOutputs(value, `${where}.outputs`);
  if (value !== undefined)
    throw new RefusedError(`${where} declares outputs, which its action does not take.`);
  return outputs;
};

/** Refuses combinations whose parts contradict each other, or whose outcome AWS does not document. */
const checkSense = (step: Step, where: string): void => {
  const { onFailure, isCritical, isEnd, nextStep } = step;
  if (isEnd && nextStep !== undefined) throw new RefusedError(`${where} has both isEnd and nextStep.`);
  if (isEnd && onFailure.startsWith('step:'))
    throw new RefusedError(`${where} has isEnd, which ends after a failure too, and onFailure ${onFailure}.`);
  if (onFailure === 'Abort' && !isCritical)
    throw new RefusedError(`${where} aborts on failure and has isCritical false; write onFailure: Continue.`);
  if (step.action.targets && nextStep !== undefined)
    throw new RefusedError(`${where} is a branch and has nextStep; write Default.`);
  if (isEnd && step.inputs['Default'] !== undefined && step.action.targets)
    throw new RefusedError(`${where} is a branch with both Default and isEnd.`);
};
