import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import handlers from './fixtures/handler-permissions.json' with { type: 'json' };
import { SHOWN_COMMANDS } from './support/code-blocks.js';
import { ROOT, textAt } from './support/project.js';
import { type Template, templateAt } from './support/stack.js';

/** The handlers of a resource type, with the actions that each calls, separated by spaces. */
type Handlers = Readonly<Record<string, string>>;

const TYPES: ReadonlyMap<string, Handlers> = new Map(Object.entries<Handlers>(handlers.types));

/** The actions that a handler calls only for a property of the resource. */
const ONLY_WITH: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'AWS::Events::Rule': { 'Targets.RoleArn': /^iam:PassRole$/ },
  'AWS::IAM::Role': {
    Description: /^iam:UpdateRoleDescription$/,
    ManagedPolicyArns: /^iam:(Attach|Detach)RolePolicy$/,
    PermissionsBoundary: /PermissionsBoundary$/,
  },
  // The template always enables the key and its rotation.
  'AWS::KMS::Key': { Enabled: /^kms:(DisableKey|EnableKey|DisableKeyRotation)$/ },
  'AWS::Lambda::Function': {
    CapacityProviderConfig: /PassCapacityProvider$/,
    CodeSigningConfigArn: /(GetCodeSigningConfig|(Put|Delete)FunctionCodeSigningConfig)$/,
    'Code.S3ObjectVersion': /^s3:GetObjectVersion$/,
    FileSystemConfigs: /^(elasticfilesystem|s3files):/,
    FunctionScalingConfig: /PutFunctionScalingConfig$/,
    KmsKeyArn: /^kms:/,
    Layers: /GetLayerVersion$/,
    PublishToLatestPublished: /PublishVersion$/,
    RecursiveLoop: /PutFunctionRecursionConfig$/,
    ReservedConcurrentExecutions: /FunctionConcurrency$/,
    RuntimeManagementConfig: /PutRuntimeManagementConfig$/,
    VpcConfig: /^ec2:/,
  },
  'AWS::Logs::LogGroup': {
    BearerTokenAuthenticationEnabled: /BearerToken/,
    DataProtectionPolicy: /^(logs:PutDataProtectionPolicy|logs:CreateLogDelivery|s3:.*|firehose:.*)$/,
    DeletionProtectionEnabled: /PutLogGroupDeletionProtection$/,
    FieldIndexPolicies: /(Put|Delete)IndexPolicy$/,
    KmsKeyId: /KmsKey$/,
    ResourcePolicyDocument: /(Put|Delete)ResourcePolicy$/,
    // The template always has a retention.
    'RetentionInDays=undefined': /DeleteRetentionPolicy$/,
  },
  'AWS::S3::Bucket': {
    AbacStatus: /PutBucketAbac$/,
    AccelerateConfiguration: /PutAccelerateConfiguration$/,
    AccessControl: /(PutBucketAcl|PutObjectAcl|GetBucketAcl)$/,
    AnalyticsConfigurations: /(Put|DeleteBucket)AnalyticsConfiguration$/,
    BucketEncryption: /PutEncryptionConfiguration$/,
    CorsConfiguration: /(PutBucketCORS|DeleteBucketCors)$/,
    IntelligentTieringConfigurations: /PutIntelligentTieringConfiguration$/,
    InventoryConfigurations: /PutInventoryConfiguration$/,
    LifecycleConfiguration: /(PutLifecycleConfiguration|DeleteBucketLifecycle)$/,
    LoggingConfiguration: /PutBucketLogging$/,
    MetadataTableConfiguration: /^(s3tables:.*|s3:(Create|Delete|Update)BucketMetadata\w+)$/,
    MetricsConfigurations: /(Put|DeleteBucket)MetricsConfiguration$/,
    NotificationConfiguration: /PutBucketNotification$/,
    ObjectLockConfiguration: /Put(Bucket)?ObjectLockConfiguration$/,
    OwnershipControls: /PutBucketOwnershipControls$/,
    PublicAccessBlockConfiguration: /PutBucketPublicAccessBlock$/,
    ReplicationConfiguration:
      /(PutBucketReplication|PutReplicationConfiguration|DeleteBucketReplication|PassRole)$/,
    VersioningConfiguration: /PutBucketVersioning$/,
    WebsiteConfiguration: /(Put|Delete)BucketWebsite$/,
    // The template always encrypts the bucket; the tool deletes its objects itself.
    'BucketEncryption=undefined': /(DeleteBucketEncryption|DeleteObject)$/,
  },
  'AWS::SNS::Subscription': { SubscriptionRoleArn: /^iam:/ },
  'AWS::SNS::Topic': {
    DataProtectionPolicy: /PutDataProtectionPolicy$/,
    DeliveryStatusLogging: /^iam:/,
  },
  'AWS::SSM::Document': { Attachments: /^(s3:GetObject|iam:PassRole)$/ },
};

const hasProperty = (value: any, path: readonly string[]): boolean => {
  const [name = '', ...rest] = path;
  if (Array.isArray(value)) return value.some((entry) => hasProperty(entry, path));
  if (value?.[name] === undefined) return false;
  return rest.length === 0 || hasProperty(value[name], rest);
};

/** The actions that CloudFormation calls for the resources of a template: create, read, update, delete and tag. */
const actionsFor = (template: Pick<Template, 'Resources'>): readonly string[] =>
  Object.values(template.Resources).flatMap(({ Type, Properties }) => {
    const unused = Object.entries(ONLY_WITH[Type] ?? {}).flatMap(([path, actions]) =>
      hasProperty(Properties, path.split('.')) ? [] : [actions],
    );
    return actionsOf(Type).filter((action) => !unused.some((actions) => actions.test(action)));
  });

const actionsOf = (type: string): readonly string[] => {
  const recorded = TYPES.get(type);
  if (recorded === undefined) throw new Error(`test/fixtures/handler-permissions.json lacks ${type}`);
  return Object.values(recorded).flatMap((actions) => actions.split(' '));
};

/** The actions of the requests in the code of osls, or why it does not send them. */
const TOOL_REQUESTS: Readonly<Record<string, readonly string[] | string>> = {
  CreateStackCommand: ['cloudformation:CreateStack', 'cloudformation:TagResource'],
  UpdateStackCommand: ['cloudformation:UpdateStack', 'cloudformation:TagResource'],
  DeleteStackCommand: ['cloudformation:DeleteStack'],
  DescribeStacksCommand: ['cloudformation:DescribeStacks'],
  DescribeStackEventsCommand: ['cloudformation:DescribeStackEvents'],
  DescribeStackResourceCommand: ['cloudformation:DescribeStackResource'],
  ListStackResourcesCommand: ['cloudformation:ListStackResources'],
  GetTemplateCommand: ['cloudformation:GetTemplate'],
  ValidateTemplateCommand: ['cloudformation:ValidateTemplate'],
  GetFunctionCommand: ['lambda:GetFunction'],
  HeadBucketCommand: ['s3:ListBucket'],
  ListObjectsV2Command: ['s3:ListBucket'],
  paginateListObjectsV2: ['s3:ListBucket'],
  HeadObjectCommand: ['s3:GetObject'],
  GetObjectCommand: ['s3:GetObject'],
  DeleteObjectsCommand: ['s3:DeleteObject'],
  Upload: ['s3:PutObject'],
  GetCallerIdentityCommand: [],
  CreateChangeSetCommand: 'deploymentMethod is direct',
  ExecuteChangeSetCommand: 'deploymentMethod is direct',
  DescribeChangeSetCommand: 'deploymentMethod is direct',
  DeleteChangeSetCommand: 'deploymentMethod is direct',
  SetStackPolicyCommand: 'there is no stack policy',
  ListObjectVersionsCommand: 'the bucket has no versions',
  ListVersionsByFunctionCommand: 'for "deploy list functions" only',
  DescribeSubscriptionFiltersCommand: 'there is no subscription filter',
  DeleteSubscriptionFilterCommand: 'there is no subscription filter',
  DescribeRepositoriesCommand: 'there are no images; a denied call is ignored',
  DeleteRepositoryCommand: 'there are no images',
  CreateRepositoryCommand: 'there are no images',
  DescribeImagesCommand: 'there are no images',
  GetAuthorizationTokenCommand: 'there are no images',
  PutLifecyclePolicyCommand: 'there are no images',
  ListExportsCommand: 'there is no HTTP API',
  GetApiCommand: 'there is no HTTP API',
};
/** The code of osls behind `deploy`, `deploy list`, `rollback` and `remove`. */
const TOOL = 'node_modules/serverless/lib/plugins/aws/';
const TOOL_FOLDERS = ['lib', 'deploy', 'deploy/lib', 'remove', 'remove/lib'];
const TOOL_FILES = [
  'provider.js',
  'rollback.js',
  'deploy-list.js',
  'info/get-stack-info.js',
  'info/get-resource-count.js',
];

const toolRequests = (): readonly string[] => {
  const files = TOOL_FOLDERS.flatMap((folder) =>
    readdirSync(`${ROOT}${TOOL}${folder}`).flatMap((file) =>
      file.endsWith('.js') ? [`${folder}/${file}`] : [],
    ),
  );
  const code = [...files, ...TOOL_FILES]
    .map((file) => readFileSync(`${ROOT}${TOOL}${file}`, 'utf8'))
    .join('\n');
  return [...new Set(code.match(/\b(?:[A-Z]\w+Command|paginate[A-Z]\w+|Upload)\b(?=\()/g) ?? [])];
};

const toolActions = (): readonly string[] =>
  toolRequests().flatMap((request) => {
    const actions = TOOL_REQUESTS[request];
    return Array.isArray(actions) ? actions : [];
  });

/** Commands whose actions have other names, and commands of the command line for several calls. */
const COMMAND_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'cloudformation deploy': [
    'cloudformation:CreateChangeSet',
    'cloudformation:DescribeChangeSet',
    'cloudformation:ExecuteChangeSet',
    'cloudformation:DescribeStacks',
  ],
  's3 mb': ['s3:CreateBucket'],
  's3 rb': ['s3:DeleteBucket', 's3:DeleteObject', 's3:ListBucket'],
  's3 cp': ['s3:PutObject', 's3:GetObject', 's3:ListBucket'],
  's3 ls': ['s3:ListBucket'],
  's3api get-bucket-encryption': ['s3:GetEncryptionConfiguration'],
};
const PREFIXES: Readonly<Record<string, string>> = { configservice: 'config', s3api: 's3' };
const ABBREVIATIONS: Readonly<Record<string, string>> = { aws: 'AWS' };

const actionsOfCommand = ([service = '', operation = '']: readonly string[]): readonly string[] => {
  const known = COMMAND_ACTIONS[`${service} ${operation}`];
  if (known) return known;
  const words = operation
    .split('-')
    .map((word) => ABBREVIATIONS[word] ?? word[0]?.toUpperCase() + word.slice(1));
  return [`${PREFIXES[service] ?? service}:${words.join('')}`];
};

/** The actions of the AWS CLI commands that a page shows. */
const actionsOn = (page: string): readonly string[] =>
  SHOWN_COMMANDS.filter((command) => command.page === page && command.words[0] === 'aws').flatMap(
    ({ words }) => actionsOfCommand(words.slice(1)),
  );

const policyOf = (name: string): readonly string[] =>
  JSON.parse(textAt(`docs/policies/${name}.json`)).Statement.flatMap(
    ({ Action }: { Action: string | string[] }) => Action,
  );

/** Whether an action of a policy, which can contain wildcards, allows an action. */
const allows = (pattern: string, action: string): boolean =>
  new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i').test(action);

/** What is needed and not allowed, and what is allowed and not needed. */
const compare = (policy: readonly string[], needed: readonly string[]) => ({
  missing: [...new Set(needed)].filter((action) => !policy.some((one) => allows(one, action))).toSorted(),
  unneeded: policy.filter((one) => !needed.some((action) => allows(one, action))),
});
const EXACT = { missing: [], unneeded: [] };

let stack: Template;
beforeAll(() => {
  stack = templateAt('.serverless/cloudformation-template-update-stack.json');
});

it('the handlers are recorded for each resource type of the templates', () => {
  const templates = [stack, parse(textAt('cloudformation/trail-key.yaml'))];
  const used = new Set(
    templates.flatMap(({ Resources }) => Object.values<any>(Resources).map(({ Type }) => Type)),
  );

  expect([...TYPES.keys()].filter((type) => !type.endsWith('ConformancePack'))).toEqual([...used].toSorted());
});

it('each request in the code of the deployment tool is assessed', () => {
  expect(toolRequests().toSorted()).toEqual(Object.keys(TOOL_REQUESTS).toSorted());
});

/** Actions on the StackSet, its buckets and the organization, for the other policy. */
const OF_ORGANIZATION = /StackSet|StackInstances|Organization|^organizations:|^s3:/;
/** Commands for the owner of a key, or for a test account. */
const OF_OTHERS = /^kms:(EnableKey|DisableKey)$/;
const OF_ACCOUNT = (action: string) => !OF_ORGANIZATION.test(action) && !OF_OTHERS.test(action);

/** What AWS calls for the caller, from the handlers and the service authorization reference. */
const organizationPackActions = (): readonly string[] =>
  actionsOf('AWS::Config::OrganizationConformancePack').filter((action) =>
    /^organizations:|^iam:Create/.test(action),
  );
/** Not needed by a documented call. docs/permissions.md calls them a precaution. */
const PRECAUTIONS = ['config:PutConformancePack', 'organizations:ListAWSServiceAccessForOrganization'];

describe('a policy allows what its tasks need, and nothing else:', () => {
  it('deploy-account.json', () => {
    const pages = ['deploy-account', 'operations', 'remediation-setup'];
    const commands = pages.flatMap((page) => actionsOn(`docs/${page}.md`)).filter(OF_ACCOUNT);

    expect(
      compare(policyOf('deploy-account'), [...actionsFor(stack), ...toolActions(), ...commands]),
    ).toEqual(EXACT);
  });

  it('deploy-key.json', () => {
    const template: Template = parse(textAt('cloudformation/trail-key.yaml'));
    const commands = [
      ...actionsOn('docs/trail-key.md'),
      'cloudformation:DeleteStack',
      'cloudformation:DescribeStackEvents',
    ];

    expect(compare(policyOf('deploy-key'), [...actionsFor(template), ...commands])).toEqual(EXACT);
  });

  it('deploy-organization.json', () => {
    const pages = ['deploy-organization', 'operations', 'remediation-setup', 'scanning'];
    const commands = pages
      .flatMap((page) => actionsOn(`docs/${page}.md`))
      .filter((one) => OF_ORGANIZATION.test(one));
    const needed = [...commands, ...organizationPackActions(), ...PRECAUTIONS];

    expect(compare(policyOf('deploy-organization'), needed)).toEqual(EXACT);
  });

  it.each(['deploy-account', 'deploy-key', 'deploy-organization'])(
    '%s.json fits into a managed policy',
    (name) => {
      expect(JSON.stringify(JSON.parse(textAt(`docs/policies/${name}.json`))).length).toBeLessThanOrEqual(
        6144,
      );
    },
  );
});

describe('the comparison', () => {
  it('finds an action that is missing, and one that is not needed', () => {
    expect(compare(['s3:GetBucket*', 'kms:Decrypt'], ['s3:GetBucketPolicy', 'kms:CreateKey'])).toEqual({
      missing: ['kms:CreateKey'],
      unneeded: ['kms:Decrypt'],
    });
  });

  it('leaves out actions for properties that the template does not have', () => {
    const role = (properties: object) =>
      actionsFor({ Resources: { A: { Type: 'AWS::IAM::Role', Properties: properties } } });

    expect(role({})).not.toContain('iam:AttachRolePolicy');
    expect(role({ ManagedPolicyArns: [] })).toContain('iam:AttachRolePolicy');
  });
});
