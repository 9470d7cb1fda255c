import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KEY_ARN, KEY_ID, keyItem, TRAIL_ARN } from '../support/builders.js';
import { folderOf, snapshotOf } from '../support/files.js';
import { run, runCheck } from '../support/run-check.js';

const PARAMETERS = ['--param', 'checkKeyPolicy=true', '--param', 'requireKeyRotation=true'];

/** The code of each trail in a template, by its name. */
const codesOf = async (name: string, text: string, ...others: readonly string[]) => {
  const folder = await folderOf({
    [name]: text,
    ...Object.fromEntries(others.map((one, at) => [`${at}.json`, one])),
  });
  const { report } = await runCheck(folder, ...PARAMETERS);
  expect(report.errors).toEqual([]);
  return Object.fromEntries(report.findings.map(({ trailName, code }) => [trailName, code]));
};

const BUCKET = { Bucket: { Type: 'AWS::S3::Bucket' } };

/** A template that cfn-lint accepts. */
const TEMPLATE = readFileSync(new URL('../fixtures/trails.yaml', import.meta.url), 'utf8');

describe('a CloudFormation template', () => {
  it('in YAML is evaluated with the keys that it defines', async () => {
    expect(await codesOf('template.yaml', TEMPLATE, snapshotOf(keyItem()))).toEqual({
      'prod-audit': 'CMK_USABLE',
      // The policy allows only the other trail.
      'prod-audit-2': 'KEY_POLICY_BLOCKS_CLOUDTRAIL',
      ByName: 'CMK_USABLE',
      None: 'NO_KMS_KEY',
      Parameter: 'KEY_UNVERIFIABLE',
      Store: 'KEY_UNVERIFIABLE',
      Import: 'KEY_UNVERIFIABLE',
      Secret: 'KEY_UNVERIFIABLE',
      Unclear: 'KEY_UNVERIFIABLE',
      Default: 'KEY_POLICY_BLOCKS_CLOUDTRAIL',
      Disabled: 'KEY_DISABLED',
      Signing: 'KEY_WRONG_TYPE',
      Imported: 'KEY_PENDING_IMPORT',
      Conditional: 'KEY_UNVERIFIABLE',
      NotAKey: 'KEY_UNVERIFIABLE',
      Literal: 'CMK_USABLE',
      Present: 'NO_KMS_KEY',
    });
  });

  it('reports the expression that is known only after the deployment, and the file and line', async () => {
    const folder = await folderOf({ 'template.yml': TEMPLATE });

    const { report } = await runCheck(`${folder}/template.yml`, ...PARAMETERS);
    const { stdout } = await run(['check', `${folder}/template.yml`, '--format', 'sarif']);

    const finding = report.findings.find(({ trailName }) => trailName === 'Import');
    const line = TEMPLATE.split('\n').findIndex((text) => text.includes('Import:')) + 1;
    expect(finding).toMatchObject({
      message:
        'Key {"Fn::ImportValue":"trail-key"} is known only after the deployment, so its state is unknown.',
      location: { file: `${folder}/template.yml`, line },
    });
    const locations = JSON.parse(stdout).runs[0].results.map(
      ({ locations: [one] }: any) => one.physicalLocation,
    );
    expect(locations).toContainEqual({
      artifactLocation: { uri: `${folder}/template.yml` },
      region: { startLine: line },
    });
  });

  it('with a key is present if the key is not verified', async () => {
    const folder = await folderOf({ 'template.yaml': TEMPLATE });

    const { report } = await runCheck(folder, '--param', 'keyVerification=presence');

    expect(new Set(report.findings.map(({ code }) => code))).toEqual(new Set(['KEY_PRESENT', 'NO_KMS_KEY']));
  });

  it('whose policy depends on a generated name is not proven', async () => {
    const folder = await folderOf({ 'template.yaml': TEMPLATE });

    const { report } = await runCheck(folder, ...PARAMETERS);

    expect(report.findings.find(({ trailName }) => trailName === 'ByName')).toMatchObject({
      unchecked: ['policy'],
      message: expect.stringContaining(
        'its policy is known only after the deployment, so it was not checked',
      ),
    });
  });

  it.each([
    ['a condition on an account', { StringEquals: { 'aws:SourceAccount': '444455556666' } }, {}],
    [
      'a Region',
      { StringEquals: { 'aws:SourceArn': 'arn:aws:cloudtrail:eu-west-1:000000000000:trail/audit' } },
      {},
    ],
    ['a resource', {}, { Resource: KEY_ARN }],
    ['a value that is not resolved', { StringEquals: { 'aws:SourceAccount': { Ref: 'Account' } } }, {}],
  ])('whose key policy depends on %s is not proven', async (_, Condition, more) => {
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      Action: 'kms:*',
      Resource: '*',
      Condition,
      ...more,
    };
    const template = {
      Resources: {
        Key: {
          Type: 'AWS::KMS::Key',
          Properties: { EnableKeyRotation: true, KeyPolicy: { Statement: [statement] } },
        },
        Trail: {
          Type: 'AWS::CloudTrail::Trail',
          Properties: { TrailName: 'audit', KMSKeyId: { Ref: 'Key' } },
        },
      },
    };
    const text = JSON.stringify(template, null, 2);
    const folder = await folderOf({ 'template.json': text });
    const line = text.split('\n').findIndex((one) => one.includes('"Trail": {')) + 1;

    const { report } = await runCheck(folder, ...PARAMETERS);

    expect(report.findings).toMatchObject([
      { code: 'CMK_USABLE', unchecked: ['policy'], location: { line } },
    ]);
  });

  it('in two files does not join trails with the same name', async () => {
    const trail = (properties: string) =>
      `Resources:\n  Trail:\n    Type: AWS::CloudTrail::Trail\n    Properties: ${properties}\n`;
    const folder = await folderOf({ 'a.yaml': trail('{}'), 'b.yaml': trail('{ KMSKeyId: !Ref Key }') });

    const { report } = await runCheck(folder);

    expect(report.findings.map(({ code }) => code)).toEqual(['NO_KMS_KEY', 'KEY_UNVERIFIABLE']);
  });

  it('from standard input, in several documents, is evaluated', async () => {
    const template = 'Resources:\n  A: { Type: AWS::CloudTrail::Trail }\n';

    const { report } = await runCheck({ stdin: `${template}---\n${template.replace('A:', 'B:')}` }, '-');

    expect(report.findings.map(({ trailName }) => trailName)).toEqual(['A', 'B']);
  });

  it.each([
    ['Resources:\n  - a: [', /^At byte \d+: the template is not valid YAML: /],
    ['Resources: {}\n---\n- a', 'At byte 14: a template must be an object.'],
    [
      `Resources:\n  A: &a [${'x,'.repeat(1000)}]\n  B: &b [${'*a,'.repeat(1000)}]\n  C: [${'*b,'.repeat(1000)}]\n`,
      /the template has more than 500000 values/,
    ],
  ])('that is not valid is reported: %s', async (text, message) => {
    const folder = await folderOf({ 'bad.yaml': text });

    const { report, exitCode } = await runCheck(`${folder}/bad.yaml`);

    expect(report.errors).toEqual([
      {
        source: `${folder}/bad.yaml`,
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      },
    ]);
    expect(exitCode).toBe(2);
  });

  it('with a loop around a trail is an error that contains the loop', async () => {
    const loop = {
      'Fn::ForEach::Trails': ['Name', ['a'], { 'Trail${Name}': { Type: 'AWS::CloudTrail::Trail' } }],
    };
    const folder = await folderOf({
      'a.json': JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: loop }),
    });

    const { report } = await runCheck(folder);

    expect(report.errors.map(({ message }) => message)).toEqual([
      'At byte 0: the loop Fn::ForEach::Trails cannot be resolved.',
    ]);
  });

  it('with a part that is not evaluated is a note', async () => {
    const folder = await folderOf({
      'a.json': JSON.stringify({
        Transform: ['AWS::Serverless-2016-10-31', 'Macro'],
        Conditions: { No: { 'Fn::Equals': ['a', 'b'] } },
        Resources: {
          Logging: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://example' } },
          Absent: { Type: 'AWS::CloudFormation::Stack', Condition: 'No' },
          Audit: { Type: 'My::Logging::Trail::MODULE' },
        },
      }),
      'b.json': JSON.stringify({ Resources: { 'Fn::Transform': { Name: 'AWS::Include' }, ...BUCKET } }),
      'c.json': JSON.stringify({ Transform: 'AWS::LanguageExtensions', Resources: BUCKET }),
    });

    const { report } = await runCheck(folder);

    expect(report.errors).toEqual([]);
    expect(report.notes).toEqual([
      `${folder}/a.json: the template of Logging (AWS::CloudFormation::Stack) is not evaluated: check it, too.`,
      `${folder}/a.json: the template of Audit (My::Logging::Trail::MODULE) is not evaluated: check it, too.`,
      expect.stringMatching(/a\.json: transforms are not applied to the template: .*Processed\)\.$/),
      expect.stringMatching(/b\.json: transforms are not applied/),
    ]);
  });

  it('without a trail, and other YAML files, are not errors in a folder', async () => {
    const folder = await folderOf({
      'bucket.yaml': 'Resources:\n  Bucket: { Type: AWS::S3::Bucket }\n',
      'workflow.yml': 'on: push\njobs: {}\n',
    });

    const { report } = await runCheck(folder);

    expect(report.errors).toEqual([]);
    expect(report.notes).toEqual([expect.stringContaining('workflow.yml')]);
  });
});

type Resource = {
  readonly address: string;
  readonly values: object;
  readonly unknown?: object;
  readonly index?: unknown;
};

const typeAndName = (address: string) => {
  const [, data, type, name] = /(?:module\.[^.]+\.)*(data\.)?(\w+)\.(\w+)(?:\[.*\])?$/.exec(address) ?? [];
  return { mode: data ? 'data' : 'managed', type, name };
};

const resource = ({ address, values, index }: Resource) => ({
  address,
  ...typeAndName(address),
  index,
  values,
});
const change = ({ address, values, unknown = {}, index }: Resource) => ({
  address,
  ...typeAndName(address),
  index,
  change: { actions: ['create'], before: null, after: values, after_unknown: unknown },
});
const refs = (...references: readonly string[]) => ({ references });
const configured = (address: string, expressions: object, provider = 'aws') => ({
  address,
  ...typeAndName(address),
  provider_config_key: provider,
  expressions,
});

const ALLOW = JSON.stringify({
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 'kms:*', Resource: '*' },
  ],
});
const NEW_KEY = { is_enabled: true, enable_key_rotation: true, policy: ALLOW };
const UNKNOWN_KEY = { arn: true, key_id: true };
const UNKNOWN_TRAIL = { arn: true, home_region: true, kms_key_id: true };
const trail = (name: string, index?: unknown): Resource => ({
  address: `aws_cloudtrail.${name}${index === undefined ? '' : `[${JSON.stringify(index)}]`}`,
  values: { name: index === undefined ? name : `${name}-${index}` },
  unknown: UNKNOWN_TRAIL,
  index,
});

const ROOT: readonly Resource[] = [
  ...[
    'direct',
    'alias',
    'policy',
    'disabled',
    'module',
    'local',
    'either',
    'default',
    'off',
    'later',
    'external',
  ].map((name) => trail(name)),
  trail('each', 'a'),
  trail('each', 'b'),
  { address: 'aws_cloudtrail.none', values: { name: 'none', kms_key_id: null }, unknown: { arn: true } },
  {
    address: 'aws_cloudtrail.literal',
    values: { name: 'literal', kms_key_id: KEY_ARN },
    unknown: { arn: true },
  },
  { address: 'aws_kms_key.key', values: NEW_KEY, unknown: UNKNOWN_KEY },
  { address: 'aws_kms_key.disabled', values: { ...NEW_KEY, is_enabled: false }, unknown: UNKNOWN_KEY },
  {
    address: 'aws_kms_key.default',
    values: { enable_key_rotation: true },
    unknown: { ...UNKNOWN_KEY, policy: true },
  },
  { address: 'aws_kms_key.off', values: { policy: ALLOW, enable_key_rotation: false }, unknown: UNKNOWN_KEY },
  {
    address: 'aws_kms_key.later',
    values: { enable_key_rotation: true },
    unknown: { ...UNKNOWN_KEY, policy: true },
  },
  {
    address: 'aws_kms_key.separate',
    values: { enable_key_rotation: true },
    unknown: { ...UNKNOWN_KEY, policy: true },
  },
  { address: 'aws_kms_key_policy.separate', values: { policy: ALLOW }, unknown: { key_id: true } },
  { address: 'aws_kms_external_key.key', values: { enabled: true, policy: ALLOW }, unknown: { arn: true } },
  {
    address: 'aws_kms_alias.key',
    values: { name: 'alias/trail' },
    unknown: { arn: true, target_key_arn: true },
  },
  { address: 'aws_kms_key.each["a"]', values: NEW_KEY, unknown: UNKNOWN_KEY, index: 'a' },
  {
    address: 'aws_kms_key.each["b"]',
    values: { ...NEW_KEY, is_enabled: false },
    unknown: UNKNOWN_KEY,
    index: 'b',
  },
];

const IN_MODULES: readonly Resource[] = [
  { address: 'module.trail[0].aws_cloudtrail.this', values: { name: 'inside' }, unknown: UNKNOWN_TRAIL },
];
const IN_KMS: readonly Resource[] = [
  { address: 'module.kms.aws_kms_key.this[0]', values: NEW_KEY, unknown: UNKNOWN_KEY, index: 0 },
];

const keyConfig = (
  name: string,
  policy: object | undefined = refs('data.aws_iam_policy_document.key.json'),
) => configured(`aws_kms_key.${name}`, policy ? { policy } : {});
const trailConfig = (name: string, ...references: readonly string[]) =>
  configured(`aws_cloudtrail.${name}`, { kms_key_id: refs(...references) });

const PLAN = {
  format_version: '1.2',
  terraform_version: '1.9.5',
  variables: { region: { value: 'eu-central-1' } },
  planned_values: {
    root_module: {
      resources: ROOT.map(resource),
      child_modules: [
        { address: 'module.trail[0]', resources: IN_MODULES.map(resource) },
        { address: 'module.kms', resources: IN_KMS.map(resource) },
      ],
    },
  },
  resource_changes: [...ROOT, ...IN_MODULES, ...IN_KMS].map(change),
  prior_state: {
    values: {
      root_module: {
        resources: [
          resource({ address: 'data.aws_caller_identity.current', values: { account_id: '444455556666' } }),
        ],
      },
    },
  },
  configuration: {
    provider_config: { aws: { name: 'aws', expressions: { region: refs('var.region') } } },
    root_module: {
      resources: [
        trailConfig('direct', 'aws_kms_key.key.arn', 'aws_kms_key.key'),
        trailConfig('alias', 'aws_kms_alias.key.target_key_arn', 'aws_kms_alias.key'),
        trailConfig('policy', 'aws_kms_key.separate.arn', 'aws_kms_key.separate'),
        trailConfig('disabled', 'aws_kms_key.disabled.arn', 'aws_kms_key.disabled'),
        trailConfig('module', 'module.kms.key_arn', 'module.kms'),
        trailConfig('local', 'local.key_arn'),
        trailConfig(
          'either',
          'var.new',
          'aws_kms_key.key.arn',
          'aws_kms_key.key',
          'aws_kms_key.off.arn',
          'aws_kms_key.off',
        ),
        trailConfig('default', 'aws_kms_key.default.arn', 'aws_kms_key.default'),
        trailConfig('off', 'aws_kms_key.off.arn', 'aws_kms_key.off'),
        trailConfig('later', 'aws_kms_key.later.arn', 'aws_kms_key.later'),
        trailConfig('external', 'aws_kms_external_key.key.arn', 'aws_kms_external_key.key'),
        trailConfig('each', 'aws_kms_key.each', 'each.key'),
        configured('aws_cloudtrail.none', {}),
        configured('aws_cloudtrail.literal', { kms_key_id: { constant_value: KEY_ARN } }),
        ...['key', 'disabled', 'off', 'later', 'each'].map((name) => keyConfig(name)),
        configured('aws_kms_key.default', {}),
        configured('aws_kms_key.separate', {}),
        configured('aws_kms_key_policy.separate', {
          key_id: refs('aws_kms_key.separate.id', 'aws_kms_key.separate'),
          policy: refs('data.aws_iam_policy_document.key.json'),
        }),
        configured('aws_kms_external_key.key', {}),
        configured('aws_kms_alias.key', { target_key_id: refs('aws_kms_key.key.key_id', 'aws_kms_key.key') }),
      ],
      module_calls: {
        trail: {
          source: './trail',
          expressions: { kms_key_arn: refs('module.kms.key_arn', 'module.kms') },
          module: { resources: [trailConfig('this', 'var.kms_key_arn')] },
        },
        kms: {
          source: 'terraform-aws-modules/kms/aws',
          module: {
            outputs: {
              key_arn: {
                expression: refs('aws_kms_key.this[0].arn', 'aws_kms_key.this[0]', 'aws_kms_key.this'),
              },
            },
            resources: [keyConfig('this')],
          },
        },
      },
    },
  },
};

describe('a Terraform plan', () => {
  it('is evaluated with the keys that it defines, through aliases, modules and instances', async () => {
    expect(await codesOf('plan.json', JSON.stringify(PLAN))).toEqual({
      direct: 'CMK_USABLE',
      alias: 'CMK_USABLE',
      policy: 'CMK_USABLE',
      disabled: 'KEY_DISABLED',
      module: 'CMK_USABLE',
      inside: 'CMK_USABLE',
      local: 'KEY_UNVERIFIABLE',
      either: 'KEY_UNVERIFIABLE',
      default: 'KEY_POLICY_BLOCKS_CLOUDTRAIL',
      off: 'KEY_ROTATION_OFF',
      later: 'CMK_USABLE',
      external: 'KEY_PENDING_IMPORT',
      'each-a': 'CMK_USABLE',
      'each-b': 'KEY_DISABLED',
      none: 'NO_KMS_KEY',
      literal: 'KEY_UNVERIFIABLE',
    });
  });

  it('shows the address of the key, and the account and the Region of the plan', async () => {
    const folder = await folderOf({ 'plan.json': JSON.stringify(PLAN) });

    const { report } = await runCheck(folder, ...PARAMETERS);

    const byName = new Map(report.findings.map((finding) => [finding.trailName, finding]));
    expect(byName.get('disabled')).toMatchObject({
      accountId: '444455556666',
      region: 'eu-central-1',
      kmsKeyId: 'aws_kms_key.disabled',
      message: expect.stringContaining('Key aws_kms_key.disabled is disabled'),
    });
    expect(byName.get('local')?.message).toBe(
      'Key local.key_arn is known only after the deployment, so its state is unknown.',
    );
    expect(byName.get('later')).toMatchObject({ unchecked: ['policy'] });
    expect(byName.get('direct')).not.toHaveProperty('unchecked');
  });

  it('that deletes a key makes it pending deletion', async () => {
    const plan = {
      ...PLAN,
      planned_values: {
        root_module: {
          resources: [
            resource({
              address: 'aws_cloudtrail.audit',
              values: { name: 'audit', arn: TRAIL_ARN, kms_key_id: KEY_ARN },
            }),
          ],
        },
      },
      resource_changes: [
        {
          address: 'aws_kms_key.old',
          type: 'aws_kms_key',
          change: { actions: ['delete'], before: { arn: KEY_ARN } },
        },
      ],
    };

    expect(await codesOf('plan.json', JSON.stringify(plan))).toEqual({ audit: 'KEY_PENDING_DELETION' });
  });
});

it('a Terraform state is evaluated, together with other data about its trails', async () => {
  const state = {
    format_version: '1.0',
    terraform_version: '1.9.5',
    values: {
      root_module: {
        resources: [
          resource({
            address: 'aws_cloudtrail.audit',
            values: { name: 'audit', arn: TRAIL_ARN, kms_key_id: 'alias/audit' },
          }),
          resource({ address: 'aws_kms_key.key', values: { ...NEW_KEY, arn: KEY_ARN, key_id: KEY_ID } }),
          resource({
            address: 'aws_kms_alias.key',
            values: { arn: 'arn:aws:kms:eu-west-1:111122223333:alias/audit', target_key_arn: KEY_ARN },
          }),
        ],
      },
    },
  };
  const disabled = snapshotOf(keyItem({ keyState: 'Disabled' }));

  expect(await codesOf('state.json', JSON.stringify(state))).toEqual({ audit: 'CMK_USABLE' });
  expect(await codesOf('state.json', JSON.stringify(state), disabled)).toEqual({ audit: 'KEY_DISABLED' });
});
