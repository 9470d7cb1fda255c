import { groupBy } from '../core/collections.js';
import { isJsonObject, type JsonObject, textOf } from '../core/json-value.js';
import { countStep, type Steps } from './planned.js';

/** A resource or a data source, with its values after the plan is applied. */
export type TerraformResource = {
  /** The address of the instance, such as `module.trail["a"].aws_cloudtrail.this[0]`. */
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  /** The address of the instance of its module, or an empty string for the root module. */
  readonly module: string;
  readonly index: string | undefined;
  readonly values: JsonObject;
  /** The fields whose values are known only after the plan is applied. */
  readonly unknown: ReadonlySet<string>;
};

/** The resources that an expression refers to, and the expression as text. */
type References = { readonly resources: readonly TerraformResource[]; readonly expression: string };

/** A plan or a state of Terraform. */
export type TerraformPlan = {
  readonly resources: readonly TerraformResource[];
  /** The resources that the plan deletes, with their values before. */
  readonly deleted: readonly TerraformResource[];
  /** Resolves the references of a field, through variables and outputs of modules. */
  readonly references: (resource: TerraformResource, field: string) => References;
  /** Whether the configuration contains the resource. A state has no configuration. */
  readonly isConfigured: (resource: TerraformResource) => boolean;
  readonly hasExpression: (resource: TerraformResource, field: string) => boolean;
  /** The Region in the configuration of the resource's provider. */
  readonly providerRegion: (resource: TerraformResource) => string | undefined;
};

/** Reads the output of `terraform show -json`. `references` throws a FormatError if they take too many steps. */
export const readPlan = (value: JsonObject): TerraformPlan => {
  const changes = listOf(value, 'resource_changes');
  const prior = resourcesOf(objectAt(value, 'prior_state', 'values', 'root_module'), changes);
  const planned = resourcesOf(
    objectAt(value, 'planned_values', 'root_module') ?? objectAt(value, 'values', 'root_module'),
    changes,
  );
  const addresses = new Set(planned.map(({ address }) => address));
  // Data sources that were read for the plan are part of the prior state.
  const data = prior.filter(({ mode, address }) => mode === 'data' && !addresses.has(address));
  const resources = [...planned, ...data];
  const root = objectAt(value, 'configuration', 'root_module') ?? {};
  const source: Source = {
    value,
    root,
    byName: groupBy(resources, nameOf),
    instances: instancesOfModules(resources),
    configurations: configurationsIn(root, ''),
    steps: { count: 0 },
  };
  return {
    resources,
    deleted: changes.flatMap(deletedResource),
    references: (resource, field) => {
      const expression = expressionsOf(resource, source)?.[field];
      const names = referencesIn(expression);
      return {
        resources: names.flatMap((name) => resolve(name, { ...resource, depth: 0 }, source)),
        expression: longestFirst(names)[0] ?? `${resource.address}.${field}`,
      };
    },
    isConfigured: (resource) => expressionsOf(resource, source) !== undefined,
    hasExpression: (resource, field) => expressionsOf(resource, source)?.[field] !== undefined,
    providerRegion: (resource) => providerRegion(resource, source),
  };
};

type Source = {
  readonly value: JsonObject;
  /** The configuration of the root module. */
  readonly root: JsonObject;
  /** The instances of each resource. */
  readonly byName: ReadonlyMap<string, readonly TerraformResource[]>;
  /** The addresses of the instances of each module, by the address without the last index. */
  readonly instances: ReadonlyMap<string, readonly string[]>;
  /** The configurations of the resources. */
  readonly configurations: ReadonlyMap<string, JsonObject>;
  readonly steps: Steps;
};

type Name = Pick<TerraformResource, 'module' | 'mode' | 'type' | 'name'>;

/** The instances of a resource have the same name. */
const nameOf = ({ module, mode, type, name }: Name): string => JSON.stringify([module, mode, type, name]);

const objectAt = (value: JsonObject, ...names: readonly string[]): JsonObject | undefined => {
  let at: unknown = value;
  for (const name of names) at = isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  return isJsonObject(at) ? at : undefined;
};

const listOf = (value: JsonObject | undefined, name: string): readonly JsonObject[] => {
  const list = value?.[name];
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
};

/** The resources of a module and its modules. */
const resourcesOf = (
  module: JsonObject | undefined,
  changes: readonly JsonObject[],
): readonly TerraformResource[] => {
  const unknownByAddress = new Map(
    changes.map((change) => [change['address'], objectAt(change, 'change', 'after_unknown') ?? {}]),
  );
  const collect = (one: JsonObject | undefined): readonly TerraformResource[] => [
    ...listOf(one, 'resources').map((resource) =>
      resourceOf(resource, {
        module: one?.['address'],
        values: objectAt(resource, 'values') ?? {},
        unknown: unknownByAddress.get(resource['address']) ?? {},
      }),
    ),
    ...listOf(one, 'child_modules').flatMap(collect),
  ];
  return collect(module);
};

const resourceOf = (
  resource: JsonObject,
  {
    module,
    values,
    unknown,
  }: { readonly module: unknown; readonly values: JsonObject; readonly unknown: JsonObject },
): TerraformResource => {
  const index = resource['index'];
  return {
    address: textOf(resource, ['address']) ?? '',
    mode: textOf(resource, ['mode']) ?? 'managed',
    type: textOf(resource, ['type']) ?? '',
    name: textOf(resource, ['name']) ?? '',
    module: typeof module === 'string' ? module : '',
    index: index === undefined || index === null ? undefined : JSON.stringify(index),
    values,
    unknown: new Set(Object.keys(unknown).filter((name) => unknown[name] === true)),
  };
};

const deletedResource = (change: JsonObject): readonly TerraformResource[] => {
  const actions = objectAt(change, 'change')?.['actions'];
  const isDeleted = Array.isArray(actions) && actions.length === 1 && actions[0] === 'delete';
  const values = objectAt(change, 'change', 'before') ?? {};
  return isDeleted ? [resourceOf(change, { module: change['module_address'], values, unknown: {} })] : [];
};

/** The calls of modules in an address, such as `[{name: 'trail', index: '"a"'}]` of `module.trail["a"]`. */
const callsIn = (module: string): readonly { readonly name: string; readonly address: string }[] =>
  [...module.matchAll(/module\.([\w-]+)(?:\[(?:"[^"]*"|\d+)\])?/g)].map((match) => ({
    name: match[1] ?? '',
    address: module.slice(0, match.index + match[0].length),
  }));

/** The addresses of the instances of each module that contains resources. */
const instancesOfModules = (resources: readonly TerraformResource[]): Source['instances'] => {
  const modules = new Set(resources.map(({ module }) => module));
  const addresses = new Set([...modules].flatMap((module) => callsIn(module).map(({ address }) => address)));
  return groupBy([...addresses], (address) => address.replace(/\[(?:"[^"]*"|\d+)\]$/, ''));
};

/** The configuration of a module. */
const moduleConfiguration = (module: string, { root }: Source): JsonObject | undefined =>
  callsIn(module).reduce<JsonObject | undefined>(
    (configuration, { name }) => configuration && objectAt(configuration, 'module_calls', name, 'module'),
    root,
  );

/** The configurations of the resources of a module and its modules. `module` is its address without indexes. */
const configurationsIn = (configuration: JsonObject, module: string): ReadonlyMap<string, JsonObject> =>
  new Map([
    ...listOf(configuration, 'resources').map(
      (one) => [nameOf(resourceOf(one, { module, values: {}, unknown: {} })), one] as const,
    ),
    ...Object.keys(objectAt(configuration, 'module_calls') ?? {}).flatMap((name) => [
      ...configurationsIn(
        objectAt(configuration, 'module_calls', name, 'module') ?? {},
        `${module === '' ? '' : `${module}.`}module.${name}`,
      ),
    ]),
  ]);

const resourceConfiguration = (
  resource: TerraformResource,
  { configurations }: Source,
): JsonObject | undefined => {
  const module = callsIn(resource.module).map(({ name }) => `module.${name}`);
  return configurations.get(nameOf({ ...resource, module: module.join('.') }));
};

const expressionsOf = (resource: TerraformResource, source: Source): JsonObject | undefined => {
  const configuration = resourceConfiguration(resource, source);
  return configuration && (objectAt(configuration, 'expressions') ?? {});
};

const referencesIn = (expression: unknown): readonly string[] => {
  const references = isJsonObject(expression) ? expression['references'] : undefined;
  return Array.isArray(references) ? references.filter((one) => typeof one === 'string') : [];
};

/** Terraform lists an attribute together with its resource. The longest is the expression. */
const longestFirst = (names: readonly string[]): readonly string[] =>
  names.toSorted((a, b) => b.length - a.length);

/** Where a reference is resolved: in an instance of a module, for an instance of a resource. */
type Scope = { readonly module: string; readonly index: string | undefined; readonly depth: number };

const MAX_DEPTH = 20;

const resolve = (name: string, scope: Scope, source: Source): readonly TerraformResource[] => {
  if (scope.depth > MAX_DEPTH) return [];
  countStep(source.steps);
  const inner = { ...scope, depth: scope.depth + 1 };
  const [, variable] = /^var\.([\w-]+)/.exec(name) ?? [];
  if (variable !== undefined) return resolveVariable(variable, inner, source);
  const [, call, index, output] = /^module\.([\w-]+)(?:\[([^\]]*)\])?\.([\w-]+)/.exec(name) ?? [];
  if (call !== undefined && output !== undefined)
    return resolveOutput({ call, index, output }, inner, source);
  const [, data, type, resource, ofIndex] =
    /^(data\.)?([a-z]\w*)\.([\w-]+)(?:\[([^\]]*)\])?/.exec(name) ?? [];
  const mode = data === undefined ? 'managed' : 'data';
  if (type === undefined || resource === undefined) return [];
  const found = source.byName.get(nameOf({ module: scope.module, mode, type, name: resource })) ?? [];
  return instancesOf(found, ofIndex ?? scope.index);
};

/** The instance with an index, or all of them if the index is not known. */
const instancesOf = (
  resources: readonly TerraformResource[],
  index: string | undefined,
): readonly TerraformResource[] => {
  const instance = resources.filter((one) => one.index === index);
  return instance.length > 0 ? instance : resources;
};

const resolveVariable = (name: string, scope: Scope, source: Source): readonly TerraformResource[] => {
  const call = callsIn(scope.module).at(-1);
  if (call === undefined) return [];
  const parent = callsIn(scope.module).at(-2)?.address ?? '';
  const configuration = moduleConfiguration(parent, source);
  const expression = configuration && objectAt(configuration, 'module_calls', call.name, 'expressions', name);
  const index = /\[([^\]]*)\]$/.exec(call.address)?.[1];
  const outer = { module: parent, index, depth: scope.depth };
  return referencesIn(expression).flatMap((reference) => resolve(reference, outer, source));
};

const resolveOutput = (
  {
    call,
    index,
    output,
  }: { readonly call: string; readonly index: string | undefined; readonly output: string },
  scope: Scope,
  source: Source,
): readonly TerraformResource[] => {
  const address = `${scope.module === '' ? '' : `${scope.module}.`}module.${call}`;
  const configuration = moduleConfiguration(address, source);
  const expression = configuration && objectAt(configuration, 'outputs', output, 'expression');
  const modules = source.instances.get(address) ?? [];
  const instance = `${address}[${index ?? scope.index}]`;
  const chosen = modules.includes(instance) ? [instance] : modules;
  return chosen.flatMap((module) =>
    referencesIn(expression).flatMap((reference) =>
      resolve(reference, { module, index: undefined, depth: scope.depth }, source),
    ),
  );
};

const providerRegion = (resource: TerraformResource, source: Source): string | undefined => {
  const key = resourceConfiguration(resource, source)?.['provider_config_key'];
  const name = typeof key === 'string' ? key : 'aws';
  const region = objectAt(source.value, 'configuration', 'provider_config', name, 'expressions', 'region');
  if (region === undefined) return undefined;
  const constant = textOf(region, ['constant_value']);
  const [variable] = referencesIn(region).flatMap((one) => /^var\.([\w-]+)$/.exec(one)?.[1] ?? []);
  const given = variable === undefined ? undefined : objectAt(source.value, 'variables', variable);
  return constant ?? (given && textOf(given, ['value']));
};
