import type { JsonObject } from '../../../../src/core/json-value.js';
import { type ApiCall, SERVICES } from '../call-aws.js';
import { RefusedError } from '../errors.js';
import type { InputRule } from '../inputs.js';
import { readSelector, type Selector, select } from '../selector.js';

/** What every step that calls an API takes, besides the API's own arguments. */
export const API_INPUTS = {
  Service: {
    type: 'String',
    fixed: true,
    problem: (value) =>
      SERVICES.includes(String(value))
        ? undefined
        : `should be one of ${SERVICES.join(', ')} and is ${value}`,
  },
  Api: {
    type: 'String',
    fixed: true,
    problem: (value) =>
      /^[A-Z][A-Za-z0-9]+$/.test(String(value))
        ? undefined
        : `should be spelled like GetTrail and is ${value}`,
  },
} as const satisfies Record<string, InputRule>;

/** What a step takes that looks at one property of the answer. */
export const PROPERTY_INPUTS = {
  ...API_INPUTS,
  PropertySelector: {
    type: 'String',
    fixed: true,
    problem: (value) => {
      readSelector(value, 'PropertySelector');
      return undefined;
    },
  },
  DesiredValues: {
    type: 'StringList',
    problem: (value) => (Array.isArray(value) && value.length > 0 ? undefined : 'should have an entry'),
  },
} as const satisfies Record<string, InputRule>;

/** The call that a step's inputs ask for. */
export const apiCall = ({
  Service,
  Api,
  PropertySelector: _selector,
  DesiredValues: _values,
  ...body
}: JsonObject): ApiCall => ({ service: String(Service), operation: String(Api), body });

/** Looks at the property that a step's inputs name. */
export const propertyIn = (answer: unknown, inputs: JsonObject): { value: unknown; desired: boolean } => {
  const selector: Selector = readSelector(inputs['PropertySelector'], 'PropertySelector');
  const value = select(answer, selector);
  // How SSM compares a number or a truth value with a text is not documented.
  if (value !== undefined && typeof value !== 'string')
    throw new RefusedError(
      `${inputs['PropertySelector']} is ${JSON.stringify(value)}; only texts are compared here.`,
    );
  return { value, desired: [inputs['DesiredValues']].flat().includes(value) };
};
