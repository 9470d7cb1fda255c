import { isJsonObject } from '../../../src/core/json-value.js';
import { RefusedError } from './errors.js';
import { textAt } from './shape.js';

/** The way to a value in an answer: names of fields and places in lists. */
export type Selector = readonly (string | number)[];

const SELECTOR = /^\$(?:\.[A-Za-z_]\w*|\[\d+\])+$/;
const PART = /\.(\w+)|\[(\d+)\]/g;

/** Reads `$.a.b[0].c`, the only kind of JSONPath that is known here. */
export const readSelector = (value: unknown, where: string): Selector => {
  const text = textAt(value, where);
  if (!SELECTOR.test(text))
    throw new RefusedError(`${where} should be like $.Trail.Name or $.Keys[0].KeyId and is ${text}.`);
  return [...text.matchAll(PART)].map(([, name, index]) => name ?? Number(index));
};

/** The value that a selector leads to; undefined where there is none, or null. */
export const select = (root: unknown, selector: Selector): unknown =>
  selector.reduce<unknown>((value, part) => {
    if (typeof part === 'number') return Array.isArray(value) ? (value[part] ?? undefined) : undefined;
    return isJsonObject(value) && Object.hasOwn(value, part) ? (value[part] ?? undefined) : undefined;
  }, root);
