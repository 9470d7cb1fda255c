import { describe, expect, it } from 'vitest';
import { AGGREGATE_QUERIES } from '../src/aws/config.js';
import { account, metadata } from './support/account.js';
import { ACCOUNT, OTHER_ACCOUNT } from './support/builders.js';
import { textAt } from './support/project.js';
import { accountOf, keyArnIn, runScan, trailIn, worldAnswers } from './support/run-scan.js';
import type { Call } from './support/stand-in.js';

const PERMISSIONS = textAt('docs/permissions.md');

/** The actions of a section of the page: those of its table, and those of each policy in it. */
const sectionOf = (title: string) => {
  const [, section = ''] = PERMISSIONS.split(`\n### ${title}\n`);
  const [text = ''] = section.split(/\n##+ /);
  const policies = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) => JSON.parse(json));
  const actionsIn = (policy: { Statement: { Action: string | string[] }[] }): readonly string[] =>
    policy.Statement.flatMap(({ Action }) => Action).toSorted();
  const [identityPolicy, ...trustPolicies] = policies;
  return {
    table: [...text.matchAll(/^\| `([a-z]+:[A-Za-z]+)`/gm)].map(([, action]) => action).toSorted(),
    policy: actionsIn(identityPolicy),
    trust: trustPolicies.flatMap(actionsIn),
  };
};

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
    const { table, policy } = sectionOf('In each account that is scanned');

    expect(policy).toEqual(actionsIn(await scanWith()));
    expect(table).toEqual(policy);
  });

  it('whoever assumes a role, and the reader as that role', async () => {
    const calls = await scanWith('--role-arn', `arn:aws:iam::${OTHER_ACCOUNT}:role/trailkey-reader`);
    const { table, policy, trust } = sectionOf('In your own account, for other accounts');

    expect(policy).toEqual(actionsIn(calls.filter((call) => accountOf(call) === ACCOUNT)));
    expect(table).toEqual(policy);
    expect(trust).toEqual(policy);
    expect(sectionOf('In each account that is scanned').policy).toEqual(
      actionsIn(calls.filter((call) => accountOf(call) === OTHER_ACCOUNT)),
    );
  });

  it('whoever scans an organization', async () => {
    const calls = await scanWith('--organization', '--role-name', 'trailkey-reader');
    const { table, policy } = sectionOf('For an organization');
    const all = ['In each account that is scanned', 'In your own account, for other accounts'].flatMap(
      (title) => sectionOf(title).policy,
    );

    expect([...policy, ...all].toSorted()).toEqual(
      actionsIn(calls.filter((call) => accountOf(call) === ACCOUNT)),
    );
    expect(table).toEqual(policy);
  });

  it('whoever asks an aggregator', async () => {
    const { calls } = await runScan(['--quiet', '--aggregator', 'all'], {
      answers: { SelectAggregateResourceConfig: () => ({ Results: [] }) },
    });
    const { table, policy } = sectionOf('For an aggregator');

    expect(policy).toEqual(actionsIn(calls));
    expect(table).toEqual(policy);
  });
});

it('the page on scanning has the queries that are asked of an aggregator', () => {
  const queries = [...textAt('docs/scanning.md').matchAll(/```sql\n(SELECT [\s\S]*?)```/g)];

  expect(queries.map(([, query = '']) => query.replace(/\s+/g, ' ').trim())).toEqual(
    Object.values(AGGREGATE_QUERIES),
  );
});
