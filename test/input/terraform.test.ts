import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json-value.js';
import { readTerraform } from '../../src/input/terraform.js';
import { KEY_ARN } from '../support/builders.js';

type Module = {
  readonly address?: string;
  readonly resources: readonly JsonObject[];
  readonly child_modules?: readonly Module[];
};

const resource = (address: string, values: JsonObject, index?: unknown): JsonObject => {
  const [, data, type = '', name = ''] = /(data\.)?(\w+)\.([\w-]+)(?:\[[^\]]*\])?$/.exec(address) ?? [];
  return { address, mode: data ? 'data' : 'managed', type, name, index, values };
};
const unknown = (address: string, ...fields: readonly string[]): JsonObject => ({
  address,
  change: { actions: ['create'], after_unknown: Object.fromEntries(fields.map((field) => [field, true])) },
});
const refs = (...references: readonly string[]) => ({ references });

const read = (
  planned: Module,
  {
    changes = [],
    configuration = {},
    prior = [],
    providers = {},
    variables = {},
  }: {
    readonly changes?: readonly JsonObject[];
    readonly configuration?: JsonObject;
    readonly prior?: readonly JsonObject[];
    readonly providers?: JsonObject;
    readonly variables?: JsonObject;
  } = {},
) =>
  readTerraform(
    {
      terraform_version: '1.9.5',
      variables,
      planned_values: { root_module: planned },
      resource_changes: changes,
      prior_state: { values: { root_module: { resources: prior } } },
      configuration: { provider_config: providers, root_module: configuration },
    },
    'plan.json',
  );

const TRAIL = resource('aws_cloudtrail.audit', { name: 'audit' });
const trailConfig = (...references: readonly string[]) => ({
  mode: 'managed',
  type: 'aws_cloudtrail',
  name: 'audit',
  expressions: { kms_key_id: refs(...references) },
});
const TRAIL_UNKNOWN = unknown('aws_cloudtrail.audit', 'kms_key_id', 'arn');

describe('the key of a trail', () => {
  const keyOf = (
    resources: readonly JsonObject[],
    references: readonly string[],
    more: Parameters<typeof read>[1] = {},
  ) => {
    const { trails } = read(
      { resources: [TRAIL, ...resources] },
      {
        configuration: { resources: [trailConfig(...references)] },
        ...more,
        changes: [TRAIL_UNKNOWN, ...(more.changes ?? [])],
      },
    );
    const lookup = trails[0]?.plannedKey;
    return lookup?.kind === 'found' ? lookup.key : { name: trails[0]?.observed.trail.kmsKeyId, lookup };
  };
  const AFTER_APPLY = { kind: 'unreadable', why: 'after-apply' };

  it.each([
    [
      resource('aws_kms_replica_key.k', { enabled: false }),
      { arn: 'aws_kms_replica_key.k', state: 'Disabled' },
    ],
    [resource('aws_kms_key.k', { custom_key_store_id: 'cks-1' }), { origin: 'AWS_CLOUDHSM' }],
    [
      resource('aws_kms_external_key.k', { key_material_base64: 'x' }),
      { origin: 'EXTERNAL', state: 'Enabled' },
    ],
    [resource('aws_kms_external_key.k', { key_state: 'Disabled' }), { state: 'Disabled' }],
    [
      resource('aws_kms_key.k', { key_usage: 'SIGN_VERIFY' }),
      { usage: 'SIGN_VERIFY', spec: 'SYMMETRIC_DEFAULT' },
    ],
  ])('has the properties of its resource: %o', (key, properties) => {
    expect(keyOf([key], [`${key['type']}.k.arn`])).toMatchObject(properties);
  });

  it('is not known if whether it is enabled is not', () => {
    const key = resource('aws_kms_key.k', {});

    for (const field of ['is_enabled', 'enabled', 'key_state']) {
      expect(keyOf([key], ['aws_kms_key.k.arn'], { changes: [unknown('aws_kms_key.k', field)] })).toEqual({
        name: 'aws_kms_key.k',
        lookup: AFTER_APPLY,
      });
    }
    expect(
      keyOf([key], ['aws_kms_key.k.arn'], {
        changes: [unknown('aws_kms_key.k', 'key_usage', 'enable_key_rotation')],
      }),
    ).toMatchObject({ usage: undefined, rotation: { kind: 'unavailable', why: 'after-apply' } });
  });

  it.each([
    ['var.key'],
    ['local.key'],
    ['data.aws_kms_key.k.arn'],
    ['data.aws_kms_alias.k.arn'],
    ['module.none.arn'],
    [''],
  ])('is not known if the expression %s leads to no key of the plan', (reference) => {
    const data = [resource('data.aws_kms_key.k', {}), resource('data.aws_kms_alias.k', {})];

    expect(keyOf(data, [reference])).toEqual({ name: reference, lookup: AFTER_APPLY });
  });

  it('is not known if the expression leads to more than one key', () => {
    const keys = [resource('aws_kms_key.a', {}), resource('aws_kms_key.b', {})];

    expect(keyOf(keys, ['aws_kms_key.a.arn', 'aws_kms_key.b.arn'])).toEqual({
      name: 'aws_kms_key.a.arn',
      lookup: AFTER_APPLY,
    });
    expect(keyOf(keys, ['aws_kms_key.a.arn', 'aws_kms_key.a'])).toMatchObject({ arn: 'aws_kms_key.a' });
  });

  it('is named by its field if the plan has no configuration', () => {
    expect(keyOf([], [], { configuration: {} })).toEqual({
      name: 'aws_cloudtrail.audit.kms_key_id',
      lookup: AFTER_APPLY,
    });
  });

  it('has the policy of a separate resource that contains its ARN', () => {
    const policy = { Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }] };
    const resources = [
      resource('aws_kms_key.k', { arn: KEY_ARN }),
      resource('aws_kms_key_policy.k', { key_id: KEY_ARN, policy: JSON.stringify(policy) }),
    ];

    expect(keyOf(resources, ['aws_kms_key.k.arn'])).toMatchObject({
      policy: { kind: 'known', value: policy },
    });
  });
});

describe('the key of a trail through an alias', () => {
  const aliasConfig = {
    mode: 'managed',
    type: 'aws_kms_alias',
    name: 'a',
    expressions: { target_key_id: refs('aws_kms_key.k.key_id', 'aws_kms_key.k') },
  };
  const config = { resources: [trailConfig('aws_kms_alias.a.target_key_arn'), aliasConfig] };
  const keyThrough = (alias: JsonObject, key: JsonObject) =>
    read({ resources: [TRAIL, alias, key] }, { configuration: config, changes: [TRAIL_UNKNOWN] }).trails[0]
      ?.plannedKey;

  it('is its target', () => {
    const key = resource('aws_kms_key.k', {});

    expect(keyThrough(resource('aws_kms_alias.a', {}), key)).toMatchObject({
      kind: 'found',
      key: { arn: 'aws_kms_key.k', spec: 'SYMMETRIC_DEFAULT', rotation: { kind: 'known', value: false } },
    });
  });

  it('is not known if the plan contains no managed key behind it', () => {
    const other = resource('aws_s3_bucket.k', {});

    expect(keyThrough(resource('aws_kms_alias.a', {}), other)).toMatchObject({ kind: 'unreadable' });
  });
});

it('reads the keys and aliases whose ARNs are known, and nothing else with an ARN', () => {
  const aliasArn = 'arn:aws:kms:eu-west-1:111122223333:alias/a';
  const { keys, aliases } = read({
    resources: [
      resource('aws_kms_key.k', {
        arn: KEY_ARN,
        customer_master_key_spec: 'RSA_2048',
        enable_key_rotation: true,
      }),
      resource('aws_kms_replica_external_key.k', { arn: `${KEY_ARN}1` }),
      resource('aws_kms_key.none', {}),
      resource('aws_kms_key.bad', { arn: 'arn' }),
      resource('data.aws_kms_key.k', { arn: KEY_ARN }),
      resource('aws_s3_bucket.b', { arn: KEY_ARN, target_key_arn: KEY_ARN }),
      resource('aws_kms_alias.a', { arn: aliasArn, target_key_arn: KEY_ARN }),
      resource('aws_kms_alias.b', { arn: aliasArn }),
      resource('aws_kms_alias.c', { target_key_arn: KEY_ARN }),
      resource('aws_kms_alias.d', { arn: 'arn', target_key_arn: KEY_ARN }),
      resource('aws_kms_alias.e', { arn: aliasArn, target_key_arn: 'arn' }),
    ],
  });

  expect(keys).toMatchObject([
    { arn: KEY_ARN, state: 'Enabled', spec: 'RSA_2048', rotation: { kind: 'known', value: true } },
    { arn: `${KEY_ARN}1`, state: 'PendingImport', origin: 'EXTERNAL' },
  ]);
  expect(aliases).toEqual([{ arn: aliasArn, keyArn: KEY_ARN }]);
});

it('reads whether a trail is an organization trail, and its ARN', () => {
  const arn = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit';
  const { trails } = read({
    resources: [
      resource('aws_cloudtrail.a', { name: 'a', is_organization_trail: true, arn }),
      resource('aws_cloudtrail.b', { name: 'b', arn: 'text' }),
    ],
  });

  expect(trails).toMatchObject([
    { observed: { trail: { isOrganizationTrail: true, arn } }, definedAs: undefined },
    {
      observed: {
        trail: { isOrganizationTrail: false, arn: 'arn:aws:cloudtrail:unknown:000000000000:trail/b' },
      },
      definedAs: 'plan.json aws_cloudtrail.b',
    },
  ]);
});

it.each([
  ['its ARN', { arn: KEY_ARN }, { key_id: KEY_ARN }, {}],
  ['its ID', { key_id: 'id' }, { key_id: 'id' }, {}],
  ['a reference', {}, {}, { key_id: refs('aws_kms_key.k.id') }],
])('the policy of a key is that of a resource with %s', (...[, keyValues, policyValues, expressions]) => {
  const policy = { Statement: [] };
  const { trails } = read(
    {
      resources: [
        TRAIL,
        resource('aws_kms_key.k', { ...keyValues, policy: '{"Statement":[{"Resource":"other"}]}' }),
        resource('aws_kms_key_policy.p', { ...policyValues, policy: JSON.stringify(policy) }),
      ],
    },
    {
      changes: [TRAIL_UNKNOWN],
      configuration: {
        resources: [trailConfig('aws_kms_key.k.arn'), { type: 'aws_kms_key_policy', name: 'p', expressions }],
      },
    },
  );

  expect(trails[0]?.plannedKey).toMatchObject({ key: { policy: { kind: 'known', value: policy } } });
});

it('follows variables and outputs through instances of nested modules', () => {
  const inner = 'module.outer["a"].module.inner[0]';
  const planned: Module = {
    resources: [],
    child_modules: [
      ...['a', 'b'].map((key) => ({
        address: `module.outer["${key}"]`,
        resources: [],
        child_modules: [
          {
            address: `module.outer["${key}"].module.inner[0]`,
            resources: [
              resource(`module.outer["${key}"].module.inner[0].aws_cloudtrail.audit`, { name: key }),
            ],
          },
        ],
      })),
      ...['a', 'b'].map((key) => ({
        address: `module.keys["${key}"]`,
        resources: [resource(`module.keys["${key}"].aws_kms_key.k`, { is_enabled: key === 'a' })],
      })),
    ],
  };
  const configuration = {
    module_calls: {
      outer: {
        expressions: { key: refs('module.keys["a"].arn', 'module.keys["a"]', 'module.keys') },
        module: {
          module_calls: {
            inner: { expressions: { key: refs('var.key') }, module: { resources: [trailConfig('var.key')] } },
          },
        },
      },
      keys: {
        module: {
          outputs: { arn: { expression: refs('aws_kms_key.k.arn', 'aws_kms_key.k') } },
          resources: [],
        },
      },
    },
  };
  const changes = ['a', 'b'].map((key) =>
    unknown(inner.replace('"a"', `"${key}"`).concat('.aws_cloudtrail.audit'), 'kms_key_id'),
  );

  const { trails } = read(planned, { configuration, changes });

  expect(trails.map(({ plannedKey }) => plannedKey)).toMatchObject([
    { kind: 'found', key: { arn: 'module.keys["a"].aws_kms_key.k', state: 'Enabled' } },
    { kind: 'found', key: { arn: 'module.keys["a"].aws_kms_key.k', state: 'Enabled' } },
  ]);
});

it('ends where variables refer to each other', () => {
  const configuration = {
    module_calls: {
      m: {
        expressions: { key: refs('module.m.key') },
        module: { outputs: { key: { expression: refs('var.key') } }, resources: [trailConfig('var.key')] },
      },
    },
  };
  const planned = {
    resources: [],
    child_modules: [
      { address: 'module.m', resources: [resource('module.m.aws_cloudtrail.audit', { name: 'audit' })] },
    ],
  };

  const { trails } = read(planned, {
    configuration,
    changes: [unknown('module.m.aws_cloudtrail.audit', 'kms_key_id')],
  });

  expect(trails[0]?.plannedKey).toMatchObject({ kind: 'unreadable' });
});

describe('the account and the Region of a trail', () => {
  const placeOf = (values: JsonObject, more: Parameters<typeof read>[1] = {}) => {
    const { trails } = read({ resources: [resource('aws_cloudtrail.audit', values)] }, more);
    const { accountId, region, trail } = trails[0]?.observed ?? {};
    return `${trail?.partition} ${accountId} ${region}`;
  };
  const region = (expression: JsonObject) => ({
    providers: { aws: { expressions: { region: expression } } },
  });
  const named = { name: 'audit' };

  it.each([
    [
      'its ARN',
      { ...named, arn: 'arn:aws-cn:cloudtrail:cn-north-1:111122223333:trail/audit' },
      {},
      'aws-cn 111122223333 cn-north-1',
    ],
    ['its region', { ...named, region: 'eu-west-1' }, {}, 'aws 000000000000 eu-west-1'],
    ['its home region', { ...named, home_region: 'eu-west-2' }, {}, 'aws 000000000000 eu-west-2'],
    ['its provider', named, region({ constant_value: 'eu-west-3' }), 'aws 000000000000 eu-west-3'],
    [
      'a variable',
      named,
      { ...region(refs('var.r')), variables: { r: { value: 'eu-north-1' } } },
      'aws 000000000000 eu-north-1',
    ],
    ['a variable without a value', named, region(refs('var.r')), 'aws 000000000000 unknown'],
    [
      'another provider',
      named,
      {
        configuration: { resources: [{ ...trailConfig(), provider_config_key: 'aws.us' }] },
        providers: { 'aws.us': { expressions: { region: { constant_value: 'us-east-1' } } } },
      },
      'aws 000000000000 us-east-1',
    ],
    [
      'data sources',
      {},
      {
        prior: [
          resource('data.aws_region.r', { name: 'us-gov-west-1' }),
          resource('data.aws_partition.p', { partition: 'aws-us-gov' }),
          resource('data.aws_caller_identity.c', { account_id: '444455556666' }),
        ],
      },
      'aws-us-gov 444455556666 us-gov-west-1',
    ],
    ['nothing', named, {}, 'aws 000000000000 unknown'],
  ])('are those of %s', (...[, values, more, place]) => {
    expect(placeOf(values, more)).toBe(place);
  });
});

it('a key that is deleted is pending deletion, and other resources are ignored', () => {
  const deleted = (type: string, before: JsonObject, actions: readonly string[] = ['delete']) => ({
    type,
    change: { actions, before },
  });
  const changes = [
    deleted('aws_kms_key', { arn: KEY_ARN }),
    deleted('aws_kms_key', {}),
    deleted('aws_kms_key', { arn: `${KEY_ARN}0` }, ['delete', 'create']),
    deleted('aws_s3_bucket', { arn: `${KEY_ARN}1` }),
    deleted('aws_kms_key', { arn: 'arn' }),
  ];

  expect(read({ resources: [] }, { changes }).keys).toMatchObject([
    { arn: KEY_ARN, state: 'PendingDeletion' },
  ]);
});
