import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { account, metadata } from './support/account.js';
import { ACCOUNT, OTHER_ACCOUNT } from './support/builders.js';
import { deployed, rule, runDoctor } from './support/deployment.js';
import { textAt } from './support/project.js';
import { accountOf, keyArnIn, runScan, trailIn, worldAnswers } from './support/run-scan.js';
import { render, type Template } from './support/stack.js';
import type { Call } from './support/stand-in.js';

const PERMISSIONS = textAt('docs/permissions.md');

/** The actions in the table of a section of the page. */
const tableOf = (title: string): readonly string[] => {
  const [, section = ''] = PERMISSIONS.split(new RegExp(`\n##+ ${title}\n`));
  const [text = ''] = section.split(/\n##+ /);
  return [...text.matchAll(/^\| `([a-z]+:[A-Za-z]+)`/gm)].map(([, action = '']) => action).toSorted();
};

/** The actions of a policy. */
const policyOf = (name: string): readonly string[] =>
  JSON.parse(textAt(`docs/policies/${name}.json`))
    .Statement.flatMap(({ Action }: { Action: string | string[] }) => Action)
    .toSorted();

const SERVICES: Readonly<Record<string, string>> = {
  StarlingDoveService: 'config',
  TrentService: 'kms',
  CloudTrail_20131101: 'cloudtrail',
  AWSOrganizationsV20161128: 'organizations',
  sts: 'sts',
  AmazonSSM: 'ssm',
  GraniteServiceVersion20100801: 'cloudwatch',
  Logs_20140328: 'logs',
  sns: 'sns',
};

/** What anybody may ask. */
const FREE = 'sts:GetCallerIdentity';

const actionsIn = (calls: readonly Call[]): readonly string[] => {
  const actions = calls.map(({ service, operation }) => `${SERVICES[service]}:${operation}`);
  return [...new Set(actions)].filter((action) => action !== FREE).toSorted();
};

/** An account in which all that can be asked is asked. */
const busy = (accountId: string) => {
  const key = keyArnIn({ accountId });
  return account({
    trails: [trailIn({ accountId }, { KmsKeyId: key })],
    keys: { [key]: metadata({ Arn: key }) },
    policies: { [key]: '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*"}]}' },
    rotation: { [key]: true },
  });
};

const answers = worldAnswers({ [ACCOUNT]: busy(ACCOUNT), [OTHER_ACCOUNT]: busy(OTHER_ACCOUNT) });
const ALL_PARAMETERS = ['--quiet', '--param', 'checkKeyPolicy=true', '--param', 'requireKeyRotation=true'];
const scanWith = async (...args: readonly string[]) =>
  (await runScan([...ALL_PARAMETERS, ...args], { answers })).calls;

const ROLE_TEMPLATE: Template = parse(textAt('cloudformation/reader-role.yaml'));
const PLACE = { 'AWS::Partition': 'aws-us-gov', 'AWS::AccountId': OTHER_ACCOUNT };
const readerRole = (given: Record<string, string>) =>
  render(ROLE_TEMPLATE, PLACE, { ExternalId: 'example', ...given }).Resources['ReaderRole']?.Properties;

const readerActions = (): readonly string[] =>
  readerRole({})
    .Policies[0].PolicyDocument.Statement.flatMap(({ Action }: { Action: string[] }) => Action)
    .toSorted();

describe('the role of cloudformation/reader-role.yaml', () => {
  const trustOf = (given: Record<string, string>) => readerRole(given).AssumeRolePolicyDocument.Statement;

  it.each([
    [{ TrustedAccountId: ACCOUNT }, `arn:aws-us-gov:iam::${ACCOUNT}:root`, { 'sts:ExternalId': 'example' }],
    [
      { TrustedOrganizationId: 'o-abcdefghij' },
      '*',
      { 'sts:ExternalId': 'example', 'aws:PrincipalOrgID': 'o-abcdefghij' },
    ],
    [
      { TrustedAccountId: ACCOUNT, TrustedOrganizationId: 'o-abcdefghij' },
      `arn:aws-us-gov:iam::${ACCOUNT}:root`,
      { 'sts:ExternalId': 'example', 'aws:PrincipalOrgID': 'o-abcdefghij' },
    ],
  ])('with %o trusts only %s', (given, principal, condition) => {
    expect(trustOf(given)).toEqual([
      {
        Effect: 'Allow',
        Principal: { AWS: principal },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: condition },
      },
    ]);
  });

  it('requires an external ID, and an account or an organization', () => {
    const { ExternalId, TrustedAccountId, TrustedOrganizationId } = ROLE_TEMPLATE.Parameters;

    expect(ExternalId).not.toHaveProperty('Default');
    expect([TrustedAccountId.Default, TrustedOrganizationId.Default]).toEqual(['', '']);
    expect(textAt('cloudformation/reader-role.yaml')).toContain(
      'AssertDescription: Specify TrustedAccountId, TrustedOrganizationId or both.',
    );
  });

  it('can read keys of the partition only', () => {
    const { Statement } = readerRole({}).Policies[0].PolicyDocument;

    expect(Statement.map(({ Resource }: { Resource: string }) => Resource)).toEqual([
      '*',
      'arn:aws-us-gov:kms:*:*:key/*',
    ]);
  });
});

describe('the documented policies allow each call that a scan makes, and no other:', () => {
  it('the reader', async () => {
    const policy = policyOf('scan');

    expect(policy).toEqual(actionsIn(await scanWith()));
    expect(tableOf('Each scanned account')).toEqual(policy);
  });

  it('the person who assumes a role, and the role of the template', async () => {
    const role = `arn:aws:iam::${OTHER_ACCOUNT}:role/trailkey-reader`;
    const calls = await scanWith('--role-arn', role, '--external-id', 'example');
    const policy = policyOf('scan-other-accounts');

    expect(policy).toEqual(actionsIn(calls.filter((call) => accountOf(call) === ACCOUNT)));
    expect(tableOf('Other accounts')).toEqual(policy);
    expect(readerActions()).toEqual(actionsIn(calls.filter((call) => accountOf(call) === OTHER_ACCOUNT)));
    expect(policyOf('scan')).toEqual(readerActions());
  });

  it('the person who scans an organization', async () => {
    const calls = await scanWith('--organization', '--role-name', 'trailkey-reader');
    const policy = policyOf('scan-organization');
    const tables = ['Each scanned account', 'Other accounts', 'Organization'].flatMap(tableOf);

    expect(policy).toEqual(actionsIn(calls.filter((call) => accountOf(call) === ACCOUNT)));
    expect(tables.toSorted()).toEqual(policy);
  });

  it('the person who scans an aggregator', async () => {
    const { calls } = await runScan(['--quiet', '--aggregator', 'all'], {
      answers: { SelectAggregateResourceConfig: () => ({ Results: [] }) },
    });
    const policy = policyOf('scan-aggregator');

    expect(policy).toEqual(actionsIn(calls));
    expect(tableOf('Aggregator')).toEqual(policy);
  });

  it('the person who checks a deployment', async () => {
    const state = deployed({
      account: busy(ACCOUNT),
      rules: [rule({ InputParameters: '{"checkKeyPolicy":"true","requireKeyRotation":"true"}' })],
    });
    const { calls } = await runDoctor([], state);
    const withoutQueries = await runDoctor([], state, {
      faults: ({ operation }) =>
        operation === 'SelectResourceConfig' ? { error: 'InvalidExpressionException' } : undefined,
    });
    const policy = policyOf('doctor');

    expect(policy).toEqual(actionsIn([...calls, ...withoutQueries.calls]));
    expect(tableOf('People who check a deployment')).toEqual(policy);
  });
});
