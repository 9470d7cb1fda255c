import { describe, expect, it } from 'vitest';
import { account, metadata } from './support/account.js';
import { ACCOUNT, OTHER_ACCOUNT } from './support/builders.js';
import { textAt } from './support/project.js';
import { accountOf, keyArnIn, runScan, trailIn, worldAnswers } from './support/run-scan.js';
import type { Call } from './support/stand-in.js';

const PERMISSIONS = textAt('docs/permissions.md');

/** The actions in the table of a section of the page. */
const tableOf = (title: string): readonly string[] => {
  const [, section = ''] = PERMISSIONS.split(`\n### ${title}\n`);
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

describe('the documented policies allow each call that a scan makes, and no other:', () => {
  it('the reader', async () => {
    const policy = policyOf('scan');

    expect(policy).toEqual(actionsIn(await scanWith()));
    expect(tableOf('Each scanned account')).toEqual(policy);
  });

  it('the person who assumes a role, and the reader as that role', async () => {
    const calls = await scanWith('--role-arn', `arn:aws:iam::${OTHER_ACCOUNT}:role/trailkey-reader`);
    const policy = policyOf('scan-other-accounts');

    expect(policy).toEqual(actionsIn(calls.filter((call) => accountOf(call) === ACCOUNT)));
    expect(tableOf('Other accounts')).toEqual(policy);
    expect(policyOf('scan-role-trust')).toEqual(policy);
    expect(policyOf('scan')).toEqual(actionsIn(calls.filter((call) => accountOf(call) === OTHER_ACCOUNT)));
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
});
