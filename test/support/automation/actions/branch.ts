import { isJsonObject, type JsonObject } from '../../../../src/core/json-value.js';
import type { Action } from '../action.js';
import { checkCondition, isMet } from '../condition.js';
import { RefusedError } from '../errors.js';
import { arrayAt, objectAt, textAt } from '../shape.js';

const choicesOf = (inputs: JsonObject): readonly JsonObject[] =>
  [inputs['Choices']].flat().filter((choice) => isJsonObject(choice));

/** `aws:branch`: goes to the step of the first choice that is met, or else to the default, if there is one. */
export const branch: Action = {
  inputs: {
    named: {
      Choices: { type: 'MapList' },
      Default: { type: 'String', optional: true, fixed: true },
    },
  },
  check: (inputs, { scope, where }) => {
    const choices = arrayAt(inputs['Choices'], `${where}.Choices`);
    if (choices.length === 0) throw new RefusedError(`${where}.Choices is empty.`);
    for (const [index, choice] of choices.entries()) {
      const at = `${where}.Choices[${index}]`;
      const { NextStep, ...condition } = objectAt(choice, at);
      textAt(NextStep, `${at}.NextStep`);
      checkCondition(condition, { scope, where: at });
    }
  },
  outputs: [],
  seconds: { max: Number.POSITIVE_INFINITY, default: Number.POSITIVE_INFINITY },
  targets: (inputs) => [
    ...choicesOf(inputs).map(({ NextStep }) => String(NextStep)),
    ...(inputs['Default'] === undefined ? [] : [String(inputs['Default'])]),
  ],
  run: async ({ inputs }) => {
    const chosen = choicesOf(inputs).find(({ NextStep: _, ...condition }) => isMet(condition))?.['NextStep'];
    const goTo = chosen ?? inputs['Default'];
    return goTo === undefined ? {} : { goTo: String(goTo) };
  },
};
