import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Moto, startMoto } from '../support/moto.js';
import { ROOT } from '../support/project.js';
import { templateAt } from '../support/stack.js';

const COMPILED = '.serverless/cloudformation-template-update-stack.json';
const STACK_SET = 'release/trailkey-stackset.json';

beforeAll(() => {
  execFileSync('npm', ['run', 'release'], { cwd: ROOT, stdio: 'pipe' });
});

it.each([COMPILED, STACK_SET, 'conformance-packs/account.yaml', 'conformance-packs/organization.yaml'])(
  'cfn-lint finds nothing in %s',
  (template) => {
    const { stdout, error } = spawnSync('cfn-lint', ['--', template], { cwd: ROOT, encoding: 'utf8' });

    expect(error, "This needs cfn-lint: pip install 'moto[server]' boto3 cfn-lint awscli").toBeUndefined();
    expect(stdout).toBe('');
  },
);

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

  // moto makes no rules and alarms of AWS Config and CloudWatch from a template.
  it('the stack of a StackSet is made, as far as the emulator goes', async () => {
    const parameters = ['ArtifactBucketPrefix=artifacts', 'CreateRule=true', 'CheckKeyPolicy=true'].map(
      (pair) => {
        const [name, value] = pair.split('=');
        return `ParameterKey=${name},ParameterValue=${value}`;
      },
    );

    await moto.aws(
      'cloudformation',
      'create-stack',
      '--stack-name',
      'trailkey',
      '--template-body',
      `file://${ROOT}${STACK_SET}`,
      '--capabilities',
      'CAPABILITY_NAMED_IAM',
      '--parameters',
      ...parameters,
    );

    expect(
      await moto.aws(
        'cloudformation',
        'describe-stacks',
        '--stack-name',
        'trailkey',
        '--query',
        'Stacks[0].StackStatus',
      ),
    ).toBe('CREATE_COMPLETE');
    const types = await moto.aws(
      'cloudformation',
      'list-stack-resources',
      '--stack-name',
      'trailkey',
      '--query',
      'StackResourceSummaries[].ResourceType',
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
        '--function-name',
        'trailkey-config-rule',
        '--query',
        '[Runtime,Timeout]',
      ),
    ).toBe('nodejs24.x\t60');
    expect(
      await moto.aws(
        'iam',
        'list-role-policies',
        '--role-name',
        'trailkey-config-rule-us-east-1',
        '--query',
        'PolicyNames',
      ),
    ).toBe('evaluate-trails');
  });
});
