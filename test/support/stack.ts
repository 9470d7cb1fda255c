import { readFileSync } from 'node:fs';
import { ROOT } from './project.js';

type Json = any;

/** A CloudFormation template, as JSON. */
export type Template = {
  readonly Description: string;
  readonly Parameters: Record<string, Json>;
  readonly Conditions: Record<string, Json>;
  readonly Resources: Record<
    string,
    {
      readonly Type: string;
      readonly Properties: Json;
      readonly DeletionPolicy?: string;
      readonly UpdateReplacePolicy?: string;
      readonly DependsOn?: Json;
      readonly Condition?: string;
    }
  >;
  readonly Outputs: Record<string, Json>;
};

/** A template that a script left below the project. */
export const templateAt = (path: string): Template => JSON.parse(readFileSync(ROOT + path, 'utf8'));

/** The resources of a type, by name. */
export const resourcesOf = (template: Template, type: string) =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);

/** Puts in what intrinsic functions stand for, as CloudFormation does: parameters, conditions, and the place of the stack. */
export const render = (
  template: Template,
  place: Record<string, string>,
  given: Record<string, string> = {},
): Template => {
  const defaults = Object.entries(template.Parameters).map(([name, { Default = '' }]) => [name, Default]);
  const values: Record<string, string> = { ...place, ...Object.fromEntries(defaults), ...given };
  const nameOf = (name: string): string => values[name] ?? `{${name}}`;
  const holds = (condition: Json): boolean => {
    if (typeof condition === 'string') return holds(template.Conditions[condition]);
    if ('Condition' in condition) return holds(condition.Condition);
    if ('Fn::Not' in condition) return !holds(condition['Fn::Not'][0]);
    if ('Fn::And' in condition) return condition['Fn::And'].every(holds);
    const [a, b] = condition['Fn::Equals'].map(resolve);
    return a === b;
  };
  const intrinsics: Record<string, (argument: Json) => Json> = {
    Ref: (name) => (name === 'AWS::NoValue' ? undefined : nameOf(name)),
    'Fn::If': ([condition, yes, no]) => resolve(holds(condition) ? yes : no),
    'Fn::Sub': (argument) => {
      const [text, named = {}] = Array.isArray(argument) ? argument : [argument];
      const own = resolve(named);
      return text.replace(/\$\{([^}]+)\}/g, (_: string, name: string) => own[name] ?? nameOf(name));
    },
    'Fn::GetAtt': (path) => `{${path.join('.')}}`,
    'Fn::Join': ([separator, parts]) => resolve(parts).join(separator),
    'Fn::Split': ([separator, text]) => resolve(text).split(separator),
  };
  const resolve = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(resolve).filter((one) => one !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const [[name = '', argument] = []] = Object.entries(value);
    const intrinsic = intrinsics[name];
    if (intrinsic) return intrinsic(argument);
    const entries = Object.entries(value).map(([key, entry]) => [key, resolve(entry)]);
    return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined));
  };
  const made = Object.entries(template.Resources).filter(
    ([, { Condition }]) => Condition === undefined || holds(Condition),
  );
  return { ...template, Resources: resolve(Object.fromEntries(made)) };
};

/** Fills in a template of EventBridge: each line is a JSON string with fields of the event. */
export const emailOf = ({ InputPathsMap, InputTemplate }: Json, event: Json): string => {
  const valueAt = (path: string) =>
    path
      .split('.')
      .slice(1)
      .reduce((value, name) => value[name], event);
  const filled = InputTemplate.replace(/<(\w+)>/g, (_: string, name: string) => valueAt(InputPathsMap[name]));
  return filled
    .trim()
    .split('\n')
    .map((line: string) => JSON.parse(line))
    .join('\n');
};
