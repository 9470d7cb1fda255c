import type { JsonObject } from '../../../src/core/json-value.js';
import { RefusedError, StepFailure } from './errors.js';
import { checkReferences, holdsReference, type Scope, typeIn } from './references.js';
import { checkKeys } from './shape.js';
import { isOfType, type ValueType } from './value-type.js';

/** What an action wants of one of its inputs. */
export type InputRule = {
  readonly type: ValueType;
  readonly optional?: true;
  /** Stands in the document as it is, without references. */
  readonly fixed?: true;
  /** What is wrong with a value of that type, as the end of a sentence. */
  readonly problem?: (value: unknown) => string | undefined;
};

/** What an action wants of its inputs; with `more` it takes others as well, such as the arguments of an API. */
export type InputRules = { readonly named: Readonly<Record<string, InputRule>>; readonly more?: true };

/** Where inputs stand: what they may refer to, and the words for messages. */
export type Place = { readonly scope: Scope; readonly where: string };

/** Refuses inputs that an action does not know, lacks, or cannot take whatever the references in them stand for. */
export const checkInputs = (inputs: JsonObject, rules: InputRules, { scope, where }: Place): void => {
  const entries = Object.entries(rules.named);
  const required = entries.flatMap(([name, rule]) => (rule.optional ? [] : [name]));
  const optional = [...Object.keys(rules.named), ...(rules.more ? Object.keys(inputs) : [])];
  checkKeys(inputs, { required, optional }, where);

  for (const [name, value] of Object.entries(inputs)) {
    const rule = Object.hasOwn(rules.named, name) ? rules.named[name] : undefined;
    const at = `${where}.${name}`;
    if (rule?.fixed && holdsReference(value))
      throw new RefusedError(`${at} holds {{, and SSM would paste a value in as text; it must be fixed.`);
    if (!rule?.fixed) checkReferences(value, scope, at);
    if (rule) checkInput(value, rule, { scope, where: at });
  }
};

const checkInput = (value: unknown, rule: InputRule, { scope, where }: Place): void => {
  const type = typeIn(scope, value);
  if (type !== rule.type && !isOfType(value, rule.type))
    throw new RefusedError(`${where} should be of type ${rule.type} and is of type ${type ?? 'unknown'}.`);
  const problem = holdsReference(value) ? undefined : rule.problem?.(value);
  if (problem !== undefined) throw new RefusedError(`${where} ${problem}.`);
};

/** Fails the step where an input turns out wrong once its references are resolved. */
export const verifyInputs = (inputs: JsonObject, rules: InputRules): void => {
  for (const [name, rule] of Object.entries(rules.named)) {
    const value = inputs[name];
    if (value === undefined) continue;
    const problem = isOfType(value, rule.type) ? rule.problem?.(value) : `should be of type ${rule.type}`;
    if (problem !== undefined) throw new StepFailure(`The input ${name} ${problem}.`);
  }
};
