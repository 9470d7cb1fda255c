import { fieldOf, isJsonObject, type JsonObject } from '../core/json-value.js';
import { countStep, type Steps, UNKNOWN_DEPLOYMENT } from './planned.js';

/** The value of an expression in a CloudFormation template. */
export type Resolved =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'absent' }
  /** An attribute of a resource; `Ref` for its reference. */
  | {
      readonly kind: 'reference';
      readonly resource: string;
      readonly attribute: string;
      readonly expression: string;
    }
  | { readonly kind: 'unresolved'; readonly expression: string };

/** A resource of a template. */
type TemplateResource = {
  readonly type: unknown;
  readonly properties: JsonObject;
  /** False if its condition is false. True if the condition cannot be resolved. */
  readonly isCreated: boolean;
};

/** Resolves the expressions of a template. Throws a FormatError if that takes too many steps. */
export type Resolver = {
  readonly resources: ReadonlyMap<string, TemplateResource>;
  /** The loops of the transform `AWS::LanguageExtensions`, which are not resolved. */
  readonly loops: JsonObject;
  readonly resolve: (value: unknown) => Resolved;
  /** Resolves all expressions in a policy. Undefined if one cannot be resolved, other than a principal that is not a service. */
  readonly resolveAll: (value: unknown) => unknown;
};

/** Returns the resolver of a template: parameters have their default values. */
export const createResolver = (template: JsonObject): Resolver => {
  const section = (name: string): JsonObject => {
    const value = template[name];
    return isJsonObject(value) ? value : {};
  };
  const context: Context = {
    parameters: section('Parameters'),
    mappings: section('Mappings'),
    conditions: section('Conditions'),
    resources: section('Resources'),
    depth: 0,
    steps: { count: 0 },
  };
  const entries = Object.entries(context.resources);
  return {
    resources: new Map(
      entries.flatMap(([id, resource]) =>
        isJsonObject(resource) ? [[id, resourceOf(resource, context)]] : [],
      ),
    ),
    loops: Object.fromEntries(entries.filter(([id]) => id.startsWith('Fn::ForEach'))),
    resolve: (value) => resolve(value, context),
    resolveAll: (value) => resolveAll(value, context, false),
  };
};

type Context = {
  readonly parameters: JsonObject;
  readonly mappings: JsonObject;
  readonly conditions: JsonObject;
  readonly resources: JsonObject;
  /** Expressions around this one. Conditions and names can refer to themselves. */
  readonly depth: number;
  readonly steps: Steps;
};

const MAX_DEPTH = 50;

/** Returns the context of an expression inside another one, and counts the expression. */
const inside = (context: Context): Context => {
  countStep(context.steps);
  return { ...context, depth: context.depth + 1 };
};

const resourceOf = (resource: JsonObject, context: Context): TemplateResource => {
  const { Type: type, Properties: properties, Condition: condition } = resource;
  return {
    type,
    properties: isJsonObject(properties) ? properties : {},
    isCreated: condition === undefined || conditionOf({ Condition: condition }, context) !== false,
  };
};

const ABSENT: Resolved = { kind: 'absent' };
const known = (value: unknown): Resolved => ({ kind: 'value', value });

const MAX_EXPRESSION_CHARACTERS = 100;

const unresolved = (expression: unknown): Resolved => ({
  kind: 'unresolved',
  expression: textOfExpression(expression),
});

const textOfExpression = (expression: unknown): string => {
  const text = typeof expression === 'string' ? expression : JSON.stringify(expression);
  return text.length > MAX_EXPRESSION_CHARACTERS ? `${text.slice(0, MAX_EXPRESSION_CHARACTERS)}...` : text;
};

const resolve = (value: unknown, outer: Context): Resolved => {
  if (value === undefined || value === null) return ABSENT;
  if (outer.depth > MAX_DEPTH) return unresolved(value);
  const context = inside(outer);
  if (typeof value === 'string') return value.includes('{{resolve:') ? unresolved(value) : known(value);
  const [name, argument] = intrinsicIn(value) ?? [];
  if (name === undefined) return known(value);
  return INTRINSICS.get(name)?.(argument, context) ?? unresolved(value);
};

/** The function of an object such as `{"Fn::GetAtt": ["Key", "Arn"]}`, and its argument. */
const intrinsicIn = (value: unknown): readonly [string, unknown] | undefined => {
  if (!isJsonObject(value)) return undefined;
  const [first, ...others] = Object.entries(value);
  return first && others.length === 0 && (first[0] === 'Ref' || first[0].startsWith('Fn::'))
    ? first
    : undefined;
};

/** Resolves the argument of a function. Undefined if it cannot be resolved. */
type Intrinsic = (argument: unknown, context: Context) => Resolved | undefined;

const ref: Intrinsic = (argument, { parameters, resources }) => {
  if (typeof argument !== 'string') return undefined;
  if (argument === 'AWS::NoValue') return ABSENT;
  const pseudo = PSEUDO_PARAMETERS.get(argument);
  if (pseudo !== undefined) return known(pseudo);
  if (Object.hasOwn(resources, argument)) return reference(argument, 'Ref');
  const parameter = fieldOf(parameters, [argument]);
  if (!isJsonObject(parameter) || parameter['Default'] === undefined) return undefined;
  const { Type: type, Default: value } = parameter;
  if (String(type).startsWith('AWS::SSM::')) return undefined;
  return known(isListType(type) && typeof value === 'string' ? value.split(',') : value);
};

const isListType = (type: unknown): boolean =>
  type === 'CommaDelimitedList' || String(type).startsWith('List<');

const PSEUDO_PARAMETERS: ReadonlyMap<string, string> = new Map([
  ['AWS::AccountId', UNKNOWN_DEPLOYMENT.accountId],
  ['AWS::Region', UNKNOWN_DEPLOYMENT.region],
  ['AWS::Partition', UNKNOWN_DEPLOYMENT.partition],
  ['AWS::URLSuffix', 'amazonaws.com'],
]);

const reference = (resource: string, attribute: string): Resolved => ({
  kind: 'reference',
  resource,
  attribute,
  expression: attribute === 'Ref' ? resource : `${resource}.${attribute}`,
});

const getAtt: Intrinsic = (argument) => {
  const [resource, ...attribute] = typeof argument === 'string' ? argument.split('.') : [argument].flat();
  return typeof resource === 'string' ? reference(resource, attribute.join('.')) : undefined;
};

const VARIABLE = /\$\{([^}!][^}]*)\}/g;

const sub: Intrinsic = (argument, context) => {
  const [text, variables] = [argument].flat();
  if (typeof text !== 'string') return undefined;
  const given = isJsonObject(variables) ? variables : {};
  const variable = (name: string): Resolved => {
    if (Object.hasOwn(given, name)) return resolve(given[name], context);
    return resolve(name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name }, context);
  };
  const [, only] = /^\$\{([^}!][^}]*)\}$/.exec(text) ?? [];
  if (only !== undefined) return variable(only);
  const parts = [...text.matchAll(VARIABLE)].map(([, name = '']) => textIn(variable(name), context));
  if (parts.includes(undefined)) return undefined;
  const queue = parts.values();
  return known(text.replaceAll(VARIABLE, () => queue.next().value ?? '').replaceAll('${!', '${'));
};

/** The text of a resolved value. The name and the ARN of a trail in the template are known. */
const textIn = (resolved: Resolved, outer: Context): string | undefined => {
  if (resolved.kind === 'value') return isScalar(resolved.value) ? String(resolved.value) : undefined;
  if (resolved.kind !== 'reference' || outer.depth > MAX_DEPTH) return undefined;
  const context = inside(outer);
  const resource = fieldOf(context.resources, [resolved.resource]);
  if (!isJsonObject(resource) || resource['Type'] !== 'AWS::CloudTrail::Trail') return undefined;
  const properties = isJsonObject(resource['Properties']) ? resource['Properties'] : {};
  const name = textIn(resolve(properties['TrailName'] ?? resolved.resource, context), context);
  const { partition, accountId, region } = UNKNOWN_DEPLOYMENT;
  if (name === undefined || resolved.attribute === 'Ref') return name;
  return resolved.attribute === 'Arn'
    ? `arn:${partition}:cloudtrail:${region}:${accountId}:trail/${name}`
    : undefined;
};

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

const join: Intrinsic = (argument, context) => {
  const [separator, list] = listIn(argument, context) ?? [];
  const texts = listIn(list, context)?.map((part) => textIn(resolve(part, context), context));
  return typeof separator === 'string' && texts !== undefined && !texts.includes(undefined)
    ? known(texts.join(separator))
    : undefined;
};

/** The elements of a list. They are not resolved. */
const listIn = (value: unknown, context: Context): readonly unknown[] | undefined => {
  const resolved = resolve(value, context);
  return resolved.kind === 'value' && Array.isArray(resolved.value) ? resolved.value : undefined;
};

const select: Intrinsic = (argument, context) => {
  const [index, list] = listIn(argument, context) ?? [];
  const element = listIn(list, context)?.[Number(index)];
  return element === undefined ? undefined : resolve(element, context);
};

const split: Intrinsic = (argument, context) => {
  const [separator, source] = listIn(argument, context) ?? [];
  const text = textIn(resolve(source, context), context);
  return typeof separator === 'string' && text !== undefined ? known(text.split(separator)) : undefined;
};

const findInMap: Intrinsic = (argument, context) => {
  const names = (listIn(argument, context) ?? []).slice(0, 3);
  if (names.length < 3) return undefined;
  let value: unknown = context.mappings;
  for (const name of names) {
    const text = textIn(resolve(name, context), context);
    value = isJsonObject(value) && text !== undefined && Object.hasOwn(value, text) ? value[text] : undefined;
  }
  return value === undefined ? undefined : known(value);
};

const ifCondition: Intrinsic = (argument, context) => {
  const [condition, whenTrue, whenFalse] = [argument].flat();
  const result = conditionOf({ Condition: condition }, context);
  return result === undefined ? undefined : resolve(result ? whenTrue : whenFalse, context);
};

const INTRINSICS: ReadonlyMap<string, Intrinsic> = new Map([
  ['Ref', ref],
  ['Fn::GetAtt', getAtt],
  ['Fn::Sub', sub],
  ['Fn::Join', join],
  ['Fn::Select', select],
  ['Fn::Split', split],
  ['Fn::FindInMap', findInMap],
  ['Fn::If', ifCondition],
]);

/** The value of a condition. Undefined if it cannot be resolved. */
const conditionOf = (condition: unknown, outer: Context): boolean | undefined => {
  if (!isJsonObject(condition) || outer.depth > MAX_DEPTH) return undefined;
  const context = inside(outer);
  const [[name = '', argument] = []] = Object.entries(condition);
  const parts = [argument].flat();
  switch (name) {
    case 'Condition':
      return typeof argument === 'string' && Object.hasOwn(context.conditions, argument)
        ? conditionOf(context.conditions[argument], context)
        : undefined;
    case 'Fn::Equals': {
      const [one, other] = parts.map((part) => textIn(resolve(part, context), context));
      return one === undefined || other === undefined ? undefined : one === other;
    }
    case 'Fn::Not':
      return negated(conditionOf(parts[0], context));
    case 'Fn::And':
      return negated(anyOf(parts.map((part) => negated(conditionOf(part, context)))));
    case 'Fn::Or':
      return anyOf(parts.map((part) => conditionOf(part, context)));
    default:
      return undefined;
  }
};

const negated = (value: boolean | undefined): boolean | undefined =>
  value === undefined ? undefined : !value;

const anyOf = (values: readonly (boolean | undefined)[]): boolean | undefined => {
  if (values.includes(true)) return true;
  return values.includes(undefined) ? undefined : false;
};

/** A principal of the template. It is neither a service nor a wildcard. */
const PLANNED_PRINCIPAL = `arn:aws:iam::${UNKNOWN_DEPLOYMENT.accountId}:role/known-after-deployment`;

const resolveAll = (value: unknown, outer: Context, isPrincipal: boolean): unknown => {
  if (outer.depth > MAX_DEPTH) return undefined;
  const context = inside(outer);
  if (Array.isArray(value)) {
    const list = value.map((element) => resolveAll(element, context, isPrincipal));
    return list.includes(undefined) ? undefined : list.filter((element) => element !== NO_VALUE);
  }
  const resolved = resolve(value, context);
  if (resolved.kind === 'absent') return NO_VALUE;
  if (resolved.kind !== 'value')
    return textIn(resolved, context) ?? (isPrincipal ? PLANNED_PRINCIPAL : undefined);
  if (resolved.value !== value) return resolveAll(resolved.value, context, isPrincipal);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(
    ([name, member]) => [name, resolveAll(member, context, name === 'AWS')] as const,
  );
  return members.some(([, member]) => member === undefined)
    ? undefined
    : Object.fromEntries(members.filter(([, member]) => member !== NO_VALUE));
};

const NO_VALUE = Symbol('AWS::NoValue');
