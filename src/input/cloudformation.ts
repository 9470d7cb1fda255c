import { fieldOf, flagOf, isJsonObject, type JsonObject, textOf } from '../core/json-value.js';
import type { Key, KeyLookupResult } from '../core/key.js';
import type { RecordedTrail } from './inventory.js';
import {
  AFTER_APPLY,
  createPlannedKey,
  createPlannedTrail,
  defaultKeyPolicy,
  dependsOnTrailName,
  KEY_AFTER_APPLY,
  type Planned,
  plannedPolicy,
  UNKNOWN_DEPLOYMENT,
} from './planned.js';
import { createResolver, type Resolved, type Resolver } from './template-expression.js';

/** A template, the file that contains it, and the line of each of its resources. */
export type Template = {
  readonly value: JsonObject;
  readonly file: string;
  readonly lineOf: (logicalId: string) => number;
};

/**
 * Reads the trails of a CloudFormation template and their keys. Parameters have their default values. The account and the Region are
 * unknown.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudtrail-trail.html
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
 */
export const readTemplate = (template: Template): Planned => {
  const resolver = createResolver(template.value);
  const resources = [...resolver.resources];
  const context = { template, resolver, aliases: aliasTargets(resolver) };
  const loops = Object.entries(resolver.loops).flatMap(([name, loop]) =>
    JSON.stringify(loop).includes('AWS::CloudTrail::Trail') ? [`the loop ${name} cannot be resolved`] : [],
  );
  return {
    trails: resources.flatMap(([id, { type, properties, isCreated }]) =>
      type === TRAIL && isCreated ? [trailOf(id, properties, context)] : [],
    ),
    keys: [],
    aliases: [],
    problems: loops,
    notes: [
      ...resources.flatMap(([id, { type, isCreated }]) =>
        isCreated && typeof type === 'string' && NESTED.test(type)
          ? [`the template of ${id} (${type}) is not evaluated: check it, too`]
          : [],
      ),
      ...(hasTransform(template.value) ? [TRANSFORM] : []),
    ],
  };
};

/** Types of resources that contain resources. */
const NESTED = /^AWS::CloudFormation::Stack(Set)?$|^AWS::Serverless::Application$|::MODULE$/;

/** Transforms that add no trails, and `AWS::LanguageExtensions`, whose loops are problems. */
const TRANSFORMS_WITHOUT_TRAILS = /^AWS::(Serverless-|LanguageExtensions$|SecretsManager-|CodeDeploy)/;

const hasTransform = (template: JsonObject): boolean =>
  [template['Transform']]
    .flat()
    .some(
      (name) => isJsonObject(name) || (typeof name === 'string' && !TRANSFORMS_WITHOUT_TRAILS.test(name)),
    ) || JSON.stringify(template).includes('"Fn::Transform"');

const TRANSFORM =
  'transforms are not applied to the template: to evaluate what they add, check the processed template of a stack or a change set (aws cloudformation get-template --template-stage Processed)';

const TRAIL = 'AWS::CloudTrail::Trail';
const KEYS: readonly unknown[] = ['AWS::KMS::Key', 'AWS::KMS::ReplicaKey'];
const ALIAS = 'AWS::KMS::Alias';

type Context = {
  readonly template: Template;
  readonly resolver: Resolver;
  /** The targets of the aliases, by alias name. Undefined for the target of an alias. */
  readonly aliases: ReadonlyMap<unknown, Resolved> | undefined;
};

const trailOf = (id: string, properties: JsonObject, context: Context): RecordedTrail => {
  const { template, resolver } = context;
  const name = resolver.resolve(properties['TrailName']);
  const organization = resolver.resolve(properties['IsOrganizationTrail']);
  const { file } = template;
  const isNamed = name.kind === 'value' && typeof name.value === 'string';
  const key = keyOf(resolver.resolve(properties['KMSKeyId']), context);
  return createPlannedTrail(
    {
      name: isNamed ? String(name.value) : id,
      arn: undefined,
      isOrganizationTrail: organization.kind === 'value' && isTrue(organization.value),
      ...(isNamed ? key : { ...key, plannedKey: withoutTrailName(key.plannedKey) }),
      location: { file, line: template.lineOf(id) },
      definedAs: `${file} ${id}`,
    },
    UNKNOWN_DEPLOYMENT,
  );
};

/** CloudFormation generates the name of a trail without one, so a policy that depends on it is not known. */
const withoutTrailName = (lookup: KeyLookupResult | undefined): KeyLookupResult | undefined =>
  lookup?.kind === 'found' && dependsOnTrailName(lookup.key.policy)
    ? { kind: 'found', key: { ...lookup.key, policy: AFTER_APPLY } }
    : lookup;

const isTrue = (value: unknown): boolean => flagOf({ value }, ['value']) ?? false;

type ConfiguredKey = {
  readonly kmsKeyId: string | undefined;
  readonly plannedKey: KeyLookupResult | undefined;
};

const keyOf = (value: Resolved, context: Context): ConfiguredKey => {
  switch (value.kind) {
    case 'absent':
      return { kmsKeyId: undefined, plannedKey: undefined };
    case 'unresolved':
      return { kmsKeyId: value.expression, plannedKey: KEY_AFTER_APPLY };
    case 'value': {
      const kmsKeyId = textOf({ KMSKeyId: value.value }, ['KMSKeyId']);
      const alias = kmsKeyId === undefined ? undefined : context.aliases?.get(aliasNameIn(kmsKeyId));
      return alias === undefined ? { kmsKeyId, plannedKey: undefined } : keyOfAlias(alias, context);
    }
    case 'reference':
      return keyOfResource(value, context);
  }
};

const aliasTargets = (resolver: Resolver): ReadonlyMap<unknown, Resolved> =>
  new Map(
    [...resolver.resources.values()].flatMap(({ type, properties, isCreated }) => {
      const name = type === ALIAS && isCreated ? resolver.resolve(properties['AliasName']) : undefined;
      return name?.kind === 'value' ? [[name.value, resolver.resolve(properties['TargetKeyId'])]] : [];
    }),
  );

/** The key that is the target of an alias. It cannot be another alias. */
const keyOfAlias = (target: Resolved, context: Context): ConfiguredKey =>
  keyOf(target, { ...context, aliases: undefined });

/** The name in the ARN of an alias, or the name itself. */
const aliasNameIn = (kmsKeyId: string): string =>
  kmsKeyId.startsWith('arn:') ? kmsKeyId.slice(kmsKeyId.lastIndexOf(':') + 1) : kmsKeyId;

const keyOfResource = (
  { resource: id, attribute, expression }: Extract<Resolved, { kind: 'reference' }>,
  context: Context,
): ConfiguredKey => {
  const { resolver } = context;
  const resource = resolver.resources.get(id);
  if (context.aliases && resource?.type === ALIAS && attribute === 'Ref') {
    return keyOfAlias(resolver.resolve(resource.properties['TargetKeyId']), context);
  }
  if (!KEYS.includes(resource?.type) || resource === undefined || !KEY_ATTRIBUTES.includes(attribute)) {
    return { kmsKeyId: expression, plannedKey: KEY_AFTER_APPLY };
  }
  return { kmsKeyId: id, plannedKey: lookupOf(id, resource.properties, resolver) };
};

const KEY_ATTRIBUTES = ['Ref', 'Arn', 'KeyId'];

const lookupOf = (id: string, properties: JsonObject, resolver: Resolver): KeyLookupResult => {
  const enabled = resolver.resolve(properties['Enabled']);
  if (enabled.kind === 'unresolved' || enabled.kind === 'reference') return KEY_AFTER_APPLY;
  const text = (name: string, byDefault: string): string | undefined => {
    const value = resolver.resolve(properties[name]);
    if (value.kind === 'absent') return byDefault;
    return value.kind === 'value' ? String(value.value) : undefined;
  };
  const rotation = resolver.resolve(properties['EnableKeyRotation']);
  const key = createPlannedKey(id, {
    enabled: enabled.kind === 'absent' || isTrue(enabled.value),
    spec: text('KeySpec', 'SYMMETRIC_DEFAULT'),
    usage: text('KeyUsage', 'ENCRYPT_DECRYPT'),
    origin: text('Origin', 'AWS_KMS'),
    rotation:
      rotation.kind === 'absent' ? false : rotation.kind === 'value' ? isTrue(rotation.value) : undefined,
    policy: policyOf(properties, resolver),
  });
  return { kind: 'found', key: key.origin === 'EXTERNAL' ? { ...key, state: 'PendingImport' } : key };
};

const policyOf = (properties: JsonObject, resolver: Resolver): Key['policy'] => {
  if (fieldOf(properties, ['KeyPolicy']) === undefined) {
    return { kind: 'known', value: defaultKeyPolicy(UNKNOWN_DEPLOYMENT) };
  }
  const policy = resolver.resolveAll(properties['KeyPolicy']);
  return isJsonObject(policy) ? plannedPolicy(policy, UNKNOWN_DEPLOYMENT) : AFTER_APPLY;
};
