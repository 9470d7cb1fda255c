import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Moto, startMoto } from '../support/moto.js';
import { ROOT } from '../support/project.js';
import { type Template, templateAt } from '../support/stack.js';

const COMPILED = '.serverless/cloudformation-template-update-stack.json';
const STACK_SET = 'release/trailkey-stackset.json';

beforeAll(() => {
  execFileSync('npm', ['run', 'release'], { cwd: ROOT, stdio: 'pipe' });
});

/** What cfn-lint reports about templates, in each Region. */
const lint = (templates: readonly string[], ...regions: readonly string[]): string => {
  const args = ['--regions', ...regions, '--', ...templates];
  const { stdout, error } = spawnSync('cfn-lint', args, { cwd: ROOT, encoding: 'utf8' });
  expect(error, "This needs cfn-lint: pip install 'moto[server]' boto3 cfn-lint awscli").toBeUndefined();
  return stdout;
};

it.each([
  COMPILED,
  STACK_SET,
  'conformance-packs/account.yaml',
  'conformance-packs/organization.yaml',
  'cloudformation/reader-role.yaml',
  'test/fixtures/trails.yaml',
])('cfn-lint finds nothing in %s', (template) => {
  expect(lint([template], 'eu-west-1', 'us-east-1', 'cn-north-1')).toBe('');
});

/** The parameters of the stack that switch something, with a value for on and one for off. */
const SWITCHES: Readonly<Record<string, readonly [on: string, off: string]>> = {
  CreateRule: ['true', 'false'],
  WatchKeys: ['true', 'false'],
  RemediationKey: ['alias/trailkey', ''],
  AutomaticRemediation: ['true', 'false'],
  CreateTrailKey: ['true', 'false'],
  AllowStopLogging: ['true', 'false'],
  ReservedConcurrency: ['4', ''],
  NotificationEmail: ['security@example.com', ''],
  CreateDashboard: ['true', 'false'],
  KmsKeyArns: ['arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab', ''],
  TrailKeyReaders: ['arn:aws:iam::111122223333:role/auditor', ''],
  TrailKeyBucketKey: ['true', 'false'],
  TrailKeyOrganization: ['true', 'false'],
  TrailKeyTrailAccountId: ['111122223333', ''],
};

/** The template with one value for each of these parameters, so that cfn-lint knows each condition. */
const renderingOf = (template: Template, values: Readonly<Record<string, string>>): Template => ({
  ...template,
  Parameters: Object.fromEntries(
    Object.entries(template.Parameters).map(([name, shape]) => {
      const value = values[name];
      return [name, value === undefined ? shape : { ...shape, Default: value, AllowedValues: [value] }];
    }),
  ),
});

it('cfn-lint finds nothing in the rendering of each switch, in three partitions', () => {
  const template = templateAt(STACK_SET);
  const [on, off] = [0, 1].map((index) =>
    Object.fromEntries(Object.entries(SWITCHES).map(([name, pair]) => [name, pair[index] ?? ''])),
  );
  const renderings = [
    { ...on },
    { ...off },
    ...Object.entries(SWITCHES).flatMap(([name, [yes, no]]) => [
      { ...on, [name]: no },
      { ...off, [name]: yes },
    ]),
  ];
  const folder = mkdtempSync(`${tmpdir()}/trailkey-renderings-`);
  const paths = renderings.map((values, index) => {
    writeFileSync(`${folder}/${index}.json`, JSON.stringify(renderingOf(template, values), null, 2));
    return `${folder}/${index}.json`;
  });

  // With fixed parameters, the other branch of each condition is not reachable (W1028).
  // For the same reason, cfn-lint cannot evaluate some conditions, and reports the exception as E3001.
  const errorsIn = (...regions: readonly string[]) =>
    new Set(lint(paths, ...regions).match(/^E\d(?!\d+ Exception "When setting condition ).*$/gm));
  expect(errorsIn('eu-west-1', 'cn-north-1')).toEqual(new Set());
  // docs/deploy-account.md contains this limit.
  expect(errorsIn('us-gov-west-1')).toEqual(
    new Set([
      "E3006 Resource type 'AWS::Config::RemediationConfiguration' does not exist in 'us-gov-west-1'",
    ]),
  );
  rmSync(folder, { recursive: true });
});

describe('on an emulator of CloudFormation', () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto('us-east-1');
    await moto.aws('s3', 'mb', 's3://artifacts-us-east-1');
    await moto.aws(
      's3',
      'cp',
      `${ROOT}release/trailkey-config-rule.zip`,
      `s3://artifacts-us-east-1/${artifactKey()}`,
    );
  });
  afterAll(() => moto.stop());

  const artifactKey = (): string => templateAt(STACK_SET).Parameters['ArtifactKey'].Default;

  const cloudFormation = (command: string, ...args: readonly string[]) =>
    moto.aws('cloudformation', command, '--stack-name', 'trailkey', ...args);

  // moto makes no rules and alarms of AWS Config and CloudWatch from a template. Its update removes nothing, and ignores changed parameters,
  // so that it cannot show an update or a roll back.
  it('the stack of a StackSet is created and deleted', async () => {
    const parameters = { ArtifactBucketPrefix: 'artifacts', CreateRule: 'true', CheckKeyPolicy: 'true' };

    await cloudFormation(
      'create-stack',
      ...['--template-body', `file://${ROOT}${STACK_SET}`, '--capabilities', 'CAPABILITY_NAMED_IAM'],
      '--parameters',
      ...Object.entries(parameters).map(([name, value]) => `ParameterKey=${name},ParameterValue=${value}`),
    );

    expect(await cloudFormation('describe-stacks', '--query', 'Stacks[0].StackStatus')).toBe(
      'CREATE_COMPLETE',
    );
    const types = await cloudFormation(
      'list-stack-resources',
      ...['--query', 'StackResourceSummaries[].ResourceType'],
    );
    expect(types.split(/\s+/).toSorted()).toEqual([
      'AWS::IAM::Role',
      'AWS::IAM::Role',
      'AWS::IAM::Role',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
      'AWS::Logs::LogGroup',
      'AWS::SSM::Document',
      'AWS::SSM::Document',
      'AWS::SSM::Document',
    ]);
    expect(
      await moto.aws(
        'lambda',
        'get-function-configuration',
        ...['--function-name', 'trailkey-config-rule', '--query', '[Runtime,Timeout]'],
      ),
    ).toBe('nodejs24.x\t60');
    await cloudFormation('delete-stack');

    expect(await moto.aws('iam', 'list-roles', '--query', 'Roles[].RoleName')).toBe('');
    expect(await moto.aws('lambda', 'list-functions', '--query', 'Functions[].FunctionName')).toBe('');
    const own = ['--filters', 'Key=Owner,Values=Self', '--query', 'DocumentIdentifiers[].Name'];
    expect(await moto.aws('ssm', 'list-documents', ...own)).toBe('');
  });
});
