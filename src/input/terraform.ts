import { isAccountId, parseArn } from '../core/arn.js';
import { flagOf, isJsonObject, type JsonObject, parseJson, textOf } from '../core/json-value.js';
import { type Alias, isKeyArn, type Key, type KeyLookupResult } from '../core/key.js';
import type { RecordedTrail } from './inventory.js';
import {
  AFTER_APPLY,
  createPlannedKey,
  createPlannedTrail,
  type Deployment,
  defaultKeyPolicy,
  KEY_AFTER_APPLY,
  type Planned,
  plannedPolicy,
  UNKNOWN_DEPLOYMENT,
} from './planned.js';
import { readPlan, type TerraformPlan, type TerraformResource } from './terraform-plan.js';

/**
 * Reads the trails, keys and aliases in the output of `terraform show -json`, of a plan or a state. `file` is the file that contains it.
 *
 * @see https://developer.hashicorp.com/terraform/internals/json-format
 */
export const readTerraform = (value: JsonObject, file: string): Planned => {
  const plan = readPlan(value);
  const context: Context = { plan, file, data: dataIn(plan), policies: policiesOfKeys(plan) };
  return {
    trails: plan.resources.flatMap((resource) =>
      resource.type === 'aws_cloudtrail' ? [trailOf(resource, context)] : [],
    ),
    keys: [
      ...plan.resources.flatMap((resource) => {
        const arn = textOf(resource.values, ['arn']);
        return isKey(resource) && arn !== undefined && isKeyArn(arn) ? [keyOf(resource, arn, context)] : [];
      }),
      ...plan.deleted.flatMap(deletedKey),
    ],
    aliases: plan.resources.flatMap(aliasOf),
    problems: [],
    notes: [],
  };
};

type Context = {
  readonly plan: TerraformPlan;
  readonly file: string;
  /** The account, the Region and the partition in the data sources of the plan. */
  readonly data: ReturnType<typeof dataIn>;
  /** The resources that set the policy of a key, by the resource, the ID and the ARN of the key. */
  readonly policies: ReadonlyMap<unknown, TerraformResource>;
};

const KEYS: readonly string[] = [
  'aws_kms_key',
  'aws_kms_external_key',
  'aws_kms_replica_key',
  'aws_kms_replica_external_key',
];

const isKey = ({ type, mode }: TerraformResource): boolean => mode === 'managed' && KEYS.includes(type);

const trailOf = (resource: TerraformResource, context: Context): RecordedTrail => {
  const { address, values } = resource;
  const arn = textOf(values, ['arn']);
  return createPlannedTrail(
    {
      name: textOf(values, ['name']) ?? address,
      arn: parseArn(arn) === undefined ? undefined : arn,
      isOrganizationTrail: flagOf(values, ['is_organization_trail']) ?? false,
      ...configuredKey(resource, context),
      location: undefined,
      definedAs: `${context.file} ${address}`,
    },
    deploymentOf(resource, context),
  );
};

/** Where a resource is deployed: by its ARN, or by its provider and the data sources of the plan. */
const deploymentOf = (resource: TerraformResource, { plan, data }: Context): Deployment => {
  const parts = parseArn(textOf(resource.values, ['arn']));
  if (parts && isAccountId(parts.accountId)) return parts;
  const region = textOf(resource.values, ['region', 'home_region']) ?? plan.providerRegion(resource);
  return {
    partition: data.partition ?? UNKNOWN_DEPLOYMENT.partition,
    accountId: data.accountId ?? UNKNOWN_DEPLOYMENT.accountId,
    region: region ?? data.region ?? UNKNOWN_DEPLOYMENT.region,
  };
};

const dataIn = ({
  resources,
}: TerraformPlan): { readonly [name in keyof Deployment]: string | undefined } => {
  const first = (type: string, name: string): string | undefined =>
    resources.flatMap((one) => (one.type === type ? (textOf(one.values, [name]) ?? []) : []))[0];
  return {
    partition: first('aws_partition', 'partition'),
    accountId: first('aws_caller_identity', 'account_id'),
    region: first('aws_region', 'region') ?? first('aws_region', 'name'),
  };
};

type ConfiguredKey = {
  readonly kmsKeyId: string | undefined;
  readonly plannedKey: KeyLookupResult | undefined;
};

const configuredKey = (trail: TerraformResource, context: Context): ConfiguredKey => {
  if (!trail.unknown.has('kms_key_id')) {
    return { kmsKeyId: textOf(trail.values, ['kms_key_id']), plannedKey: undefined };
  }
  const { resources, expression } = context.plan.references(trail, 'kms_key_id');
  const keys = new Map(
    resources.flatMap((resource) => keysBehind(resource, context)).map((key) => [key.address, key]),
  );
  const [key, ...others] = keys.values();
  return key === undefined || others.length > 0
    ? { kmsKeyId: expression, plannedKey: KEY_AFTER_APPLY }
    : {
        kmsKeyId: key.address,
        plannedKey: hasUnknownState(key)
          ? KEY_AFTER_APPLY
          : { kind: 'found', key: keyOf(key, key.address, context) },
      };
};

/** The key, or the target of the alias. */
const keysBehind = (resource: TerraformResource, { plan }: Context): readonly TerraformResource[] => {
  if (isKey(resource)) return [resource];
  if (resource.type !== 'aws_kms_alias' || resource.mode !== 'managed') return [];
  return plan.references(resource, 'target_key_id').resources.filter(isKey);
};

const hasUnknownState = ({ unknown }: TerraformResource): boolean =>
  unknown.has('is_enabled') || unknown.has('enabled') || unknown.has('key_state');

/** The key of a resource. `name` is its ARN, or its address if the ARN is known only after the deployment. */
const keyOf = (resource: TerraformResource, name: string, context: Context): Key => {
  const { type, values, unknown } = resource;
  const isExternal = type.includes('external');
  const text = (field: string, byDefault: string): string | undefined =>
    unknown.has(field) ? undefined : (textOf(values, [field]) ?? byDefault);
  const rotation = ['enable_key_rotation', 'key_rotation_enabled'];
  const key = createPlannedKey(name, {
    enabled: flagOf(values, ['is_enabled', 'enabled']) ?? true,
    spec: text('customer_master_key_spec', 'SYMMETRIC_DEFAULT'),
    usage: text('key_usage', 'ENCRYPT_DECRYPT'),
    origin: originOf(resource, isExternal),
    rotation: rotation.some((field) => unknown.has(field)) ? undefined : (flagOf(values, rotation) ?? false),
    policy: policyOf(resource, context),
  });
  const state =
    textOf(values, ['key_state']) ?? (isExternal && !hasMaterial(resource) ? 'PendingImport' : key.state);
  return { ...key, state };
};

const originOf = ({ values }: TerraformResource, isExternal: boolean): string => {
  if (isExternal) return 'EXTERNAL';
  return textOf(values, ['custom_key_store_id']) === undefined ? 'AWS_KMS' : 'AWS_CLOUDHSM';
};

const hasMaterial = ({ values, unknown }: TerraformResource): boolean =>
  textOf(values, ['key_material_base64']) !== undefined || unknown.has('key_material_base64');

/** The policy is a property of the key, or a resource that refers to it. A key without either has the default policy of KMS. */
const policyOf = (key: TerraformResource, context: Context): Key['policy'] => {
  const { plan, policies } = context;
  const deployment = deploymentOf(key, context);
  const names = [key, textOf(key.values, ['arn']), textOf(key.values, ['key_id'])];
  const source = names.map((name) => policies.get(name)).find((policy) => policy !== undefined) ?? key;
  const policy = parseJson(textOf(source.values, ['policy']) ?? 'null');
  if (isJsonObject(policy)) return plannedPolicy(policy, deployment);
  const isDefault = plan.isConfigured(source) && !plan.hasExpression(source, 'policy');
  return isDefault ? { kind: 'known', value: defaultKeyPolicy(deployment) } : AFTER_APPLY;
};

const policiesOfKeys = (plan: TerraformPlan): Context['policies'] =>
  new Map(
    plan.resources
      .filter(({ type }) => type === 'aws_kms_key_policy')
      .flatMap((policy) => {
        const keyId = textOf(policy.values, ['key_id']);
        const keys = plan.references(policy, 'key_id').resources;
        return [...(keyId === undefined ? [] : [keyId]), ...keys].map((key) => [key, policy] as const);
      }),
  );

/** A key that the plan deletes is pending deletion afterwards. */
const deletedKey = ({ type, values }: TerraformResource): readonly Key[] => {
  const arn = textOf(values, ['arn']);
  if (!KEYS.includes(type) || arn === undefined || !isKeyArn(arn)) return [];
  const key = createPlannedKey(arn, {
    enabled: true,
    spec: textOf(values, ['customer_master_key_spec']),
    usage: textOf(values, ['key_usage']),
    origin: undefined,
    rotation: undefined,
    policy: AFTER_APPLY,
  });
  return [{ ...key, state: 'PendingDeletion' }];
};

const aliasOf = ({ type, values }: TerraformResource): readonly Alias[] => {
  const [arn, keyArn] = [textOf(values, ['arn']), textOf(values, ['target_key_arn'])];
  const isKnown = type === 'aws_kms_alias' && arn !== undefined && keyArn !== undefined;
  return isKnown && parseArn(arn) !== undefined && isKeyArn(keyArn) ? [{ arn, keyArn }] : [];
};
