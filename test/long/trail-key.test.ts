import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REGION, trailItem } from '../support/builders.js';
import { invokeAt } from '../support/invoke.js';
import { type Moto, startMoto } from '../support/moto.js';
import { ROOT, textAt } from '../support/project.js';
import { changeOf } from '../support/rule-event.js';

const TEMPLATE = 'cloudformation/trail-key.yaml';
const STACK = 'trailkey-key';
/** The account that moto plays. */
const ACCOUNT = '123456789012';
const MANAGEMENT_ACCOUNT = '999988887777';
const ALL_SWITCHED_ON = [
  '--parameter-overrides',
  `TrailKeyReaders=arn:aws:iam::${ACCOUNT}:role/reader,arn:aws:iam::${ACCOUNT}:user/alice`,
  'TrailKeyBucketKey=true',
  'TrailKeyOrganization=true',
  `TrailKeyTrailAccountId=${MANAGEMENT_ACCOUNT}`,
];

it('cfn-lint finds nothing in the template', () => {
  const { stdout, error } = spawnSync('cfn-lint', ['--', TEMPLATE], { cwd: ROOT, encoding: 'utf8' });

  expect(error, "This needs cfn-lint: pip install 'moto[server]' boto3 cfn-lint awscli").toBeUndefined();
  expect(stdout).toBe('');
});

const folder = mkdtempSync(`${tmpdir()}/trailkey-template-`);
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * The words of the command in the head of the template, as a reader runs it, but for the folder. moto deletes a resource with the
 * deletion policy RetainExceptOnCreate, unlike CloudFormation, so it gets the template with Retain.
 */
const deployment = (): readonly string[] => {
  const emulated = `${folder}/template.yaml`;
  writeFileSync(emulated, textAt(TEMPLATE).replaceAll('RetainExceptOnCreate', 'Retain'));
  const [, command = ''] = /^# +aws (cloudformation deploy .*)$/m.exec(textAt(TEMPLATE)) ?? [];
  return command.replace(TEMPLATE, emulated).replace('BUCKET_REGION', REGION).split(' ');
};

describe.each([
  ['as it is', [], ACCOUNT],
  ['with all switched on', ALL_SWITCHED_ON, MANAGEMENT_ACCOUNT],
])('the command in the head of the template, %s, on an emulator', (_, overrides, owner) => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto(REGION);
    await moto.aws(...deployment(), ...overrides);
    await keepPolicyAsText();
  });
  afterAll(() => moto.stop());

  const keyId = () => moto.aws('kms', 'list-keys', '--query', 'Keys[0].KeyId');

  /** moto keeps the policy as the template has it, a null for each statement left out; KMS keeps the text of what is left. */
  const keepPolicyAsText = async () => {
    const id = await keyId();
    const policy = ['--key-id', id, '--policy-name', 'default'];
    const kept = JSON.parse(
      await moto.aws('kms', 'get-key-policy', ...policy, '--query', 'to_string(Policy)'),
    );
    const text = JSON.stringify({ ...kept, Statement: kept.Statement.filter(Boolean) });
    await moto.aws('kms', 'put-key-policy', ...policy, '--policy', text);
  };

  it('makes a key that rotates, under its alias', async () => {
    const id = await keyId();
    const facts = 'KeyMetadata.[KeyId,KeyState,KeyManager,KeySpec,KeyUsage]';
    const aliases = `Aliases[?TargetKeyId=='${id}'].AliasName`;

    expect(await moto.aws('kms', 'describe-key', '--key-id', 'alias/trailkey', '--query', facts)).toBe(
      [id, 'Enabled', 'CUSTOMER', 'SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT'].join('\t'),
    );
    expect(await moto.aws('kms', 'get-key-rotation-status', '--key-id', id)).toMatch(/\bTrue\b/);
    expect(await moto.aws('kms', 'list-aliases', '--query', aliases)).toBe('alias/trailkey');
  });

  it.each([
    [owner, 'CMK_USABLE'],
    ['111122223333', 'KEY_POLICY_BLOCKS_CLOUDTRAIL'],
  ])('makes a key with which a trail of account %s is %s to the rule', async (account, code) => {
    const trailARN = `arn:aws:cloudtrail:${REGION}:${account}:trail/audit`;
    const kmsKeyId = await moto.aws('kms', 'list-keys', '--query', 'Keys[0].KeyArn');
    const isOrganizationTrail = account !== ACCOUNT;
    const trail = trailItem({ trailARN, kmsKeyId, isOrganizationTrail }, { awsAccountId: ACCOUNT });
    // The policy can be read in the account of the key alone, whosever the trail is.
    const asked = { checkKeyPolicy: 'true', requireKeyRotation: 'true', organizationTrails: 'everywhere' };
    const event = changeOf(trail, {
      accountId: ACCOUNT,
      resultToken: 'TESTMODE',
      ruleParameters: JSON.stringify(asked),
    });

    const { outcome, error } = await invokeAt(moto.env['AWS_ENDPOINT_URL'] ?? '', event);

    expect(error).toBeUndefined();
    expect(outcome?.findings.map(({ code: judged }) => judged)).toEqual([code]);
  });

  it('makes a key that stays when the stack goes, without its alias', async () => {
    const id = await keyId();

    await moto.aws('cloudformation', 'delete-stack', '--stack-name', STACK);

    expect(await moto.aws('kms', 'list-aliases', '--query', `Aliases[?TargetKeyId=='${id}']`)).toBe('');
    expect(await moto.aws('kms', 'describe-key', '--key-id', id, '--query', 'KeyMetadata.KeyState')).toBe(
      'Enabled',
    );
  });
});

// Of a stack that is made by a change set, as the command makes it, moto keeps no outputs.
describe('the outputs', () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto(REGION);
  });
  afterAll(() => moto.stop());

  it('tell the ARN and the alias of the key', async () => {
    const body = ['--template-body', `file://${ROOT}${TEMPLATE}`];
    const parameter = ['--parameters', 'ParameterKey=TrailKeyAlias,ParameterValue=alias/logs'];
    const query = ['--query', 'Stacks[0].Outputs[].[OutputKey,OutputValue]'];

    await moto.aws('cloudformation', 'create-stack', '--stack-name', STACK, ...body, ...parameter);

    const arn = await moto.aws('kms', 'list-keys', '--query', 'Keys[0].KeyArn');
    const outputs = await moto.aws('cloudformation', 'describe-stacks', '--stack-name', STACK, ...query);
    expect(outputs.split('\n')).toEqual([`TrailKeyArn\t${arn}`, 'TrailKeyAliasName\talias/logs']);
  });
});
