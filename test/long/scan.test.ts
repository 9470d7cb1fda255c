import { execFile } from 'node:child_process';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/report.js';
import { folderOf } from '../support/files.js';
import { awsWith, type Moto, startMoto } from '../support/moto.js';
import { ROOT } from '../support/project.js';

const HOME = 'us-east-1';
const MANAGEMENT = '123456789012';
let moto: Moto;
/** Members of the organization, by what becomes of them. */
const members: Record<'busy' | 'empty' | 'closed', string> = { busy: '', empty: '', closed: '' };
/** Keys by name. */
const keys: Record<string, string> = {};

const roleIn = (account: string): string => `arn:aws:iam::${account}:role/reader`;

const credentialsFor = async (account: string): Promise<Record<string, string>> => {
  const query = 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]';
  const asked = ['sts', 'assume-role', '--role-arn', roleIn(account), '--role-session-name', 'test'];
  const [id = '', secret = '', token = ''] = (await moto.aws(...asked, '--query', query)).split('\t');
  return { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token };
};

/** moto tells the type of a key only where it was told. */
const createKey = (aws: Moto['aws'], region: string): Promise<string> =>
  aws(
    ...['kms', 'create-key', '--region', region, '--query', 'KeyMetadata.Arn'],
    ...['--key-spec', 'SYMMETRIC_DEFAULT', '--key-usage', 'ENCRYPT_DECRYPT'],
  );

type NewTrail = { readonly region: string; readonly name: string; readonly key?: string | undefined };

/** moto lists trails of other Regions only where they are multi-Region trails. */
const createTrail = (aws: Moto['aws'], { region, name, key }: NewTrail): Promise<string> =>
  aws(
    ...['cloudtrail', 'create-trail', '--region', region, '--name', name, '--s3-bucket-name', `logs-${name}`],
    ...['--is-multi-region-trail', ...(key ? ['--kms-key-id', key] : [])],
  );

/** moto takes a bare id where AWS takes an ARN as well. */
const idOf = (arn = ''): string => arn.split('/').at(-1) ?? '';

/** Runs the built command and gives what it printed. */
const scan = (args: readonly string[], env: Record<string, string | undefined> = {}) =>
  new Promise<{ readonly exitCode: unknown; readonly stdout: string; readonly stderr: string }>((resolve) => {
    const surroundings = { cwd: ROOT, env: { ...process.env, ...moto.env, ...env } };
    execFile(process.execPath, ['dist/trailkey.js', 'scan', ...args], surroundings, (error, stdout, stderr) =>
      resolve({ exitCode: error?.code ?? 0, stdout, stderr }),
    );
  });

const verdictsIn = ({ stdout }: { readonly stdout: string }): readonly string[] => {
  const report: Report = JSON.parse(stdout);
  return report.findings
    .filter(({ code }) => code !== 'SHADOW_TRAIL')
    .map(({ accountId, region, trailName, code }) => `${accountId} ${region} ${trailName} ${code}`);
};

beforeAll(async () => {
  moto = await startMoto(HOME);
  await moto.aws('organizations', 'create-organization', '--feature-set', 'ALL');
  for (const name of ['busy', 'empty', 'closed'] as const) {
    const asked = [
      'organizations',
      'create-account',
      '--email',
      `${name}@example.com`,
      '--account-name',
      name,
    ];
    members[name] = await moto.aws(...asked, '--query', 'CreateAccountStatus.AccountId');
  }
  await moto.aws('organizations', 'close-account', '--account-id', members.closed);

  keys['good'] = await createKey(moto.aws, HOME);
  keys['disabled'] = await createKey(moto.aws, 'eu-central-1');
  await moto.aws('kms', 'disable-key', '--region', 'eu-central-1', '--key-id', idOf(keys['disabled']));
  await moto.aws('s3', 'mb', 's3://logs-good');
  await moto.aws('s3', 'mb', 's3://logs-dark');
  await createTrail(moto.aws, { region: HOME, name: 'good', key: keys['good'] });
  await createTrail(moto.aws, { region: 'eu-west-1', name: 'dark', key: keys['disabled'] });

  const aws = awsWith({ ...moto.env, ...(await credentialsFor(members.busy)) });
  keys['pending'] = await createKey(aws, 'us-west-2');
  await aws('kms', 'schedule-key-deletion', '--region', 'us-west-2', '--key-id', idOf(keys['pending']));
  await aws('s3', 'mb', 's3://logs-pending');
  await aws('s3', 'mb', 's3://logs-bare');
  await createTrail(aws, { region: 'us-west-2', name: 'pending', key: keys['pending'] });
  await createTrail(aws, { region: HOME, name: 'bare' });
});

afterAll(() => moto.stop());

describe('trailkey scan against moto', () => {
  it('judges one account, over its Regions', async () => {
    const result = await scan(['--format', 'json']);

    expect(verdictsIn(result)).toEqual([
      `${MANAGEMENT} eu-west-1 dark KEY_DISABLED`,
      `${MANAGEMENT} ${HOME} good CMK_USABLE`,
    ]);
    expect(result).toMatchObject({ exitCode: 1, stderr: '' });
  });

  it('judges an organization: its members by their role, the own account without one, closed accounts not', async () => {
    const result = await scan(['--format', 'json', '--organization', '--role-name', 'reader']);

    expect([...verdictsIn(result)].toSorted()).toEqual(
      [
        `${MANAGEMENT} eu-west-1 dark KEY_DISABLED`,
        `${MANAGEMENT} ${HOME} good CMK_USABLE`,
        `${members.busy} ${HOME} bare NO_KMS_KEY`,
        `${members.busy} us-west-2 pending KEY_PENDING_DELETION`,
      ].toSorted(),
    );
    expect(result.stderr).toBe(
      `trailkey: Accounts that are suspended or closed were not scanned: ${members.closed}.\n` +
        `trailkey: Account ${members.empty} has no trail.\n`,
    );
    const { sources }: Report = JSON.parse(result.stdout);
    expect([...sources].toSorted()).toEqual([MANAGEMENT, members.busy, members.empty].toSorted());
  });

  it('evaluates only the accounts of the roles, and the trails that log the given Regions', async () => {
    const roles = [members.busy, members.empty].flatMap((account) => ['--role-arn', roleIn(account)]);

    const result = await scan(['--format', 'json', '--regions', 'us-west-2', ...roles]);

    expect(verdictsIn(result)).toEqual([
      `${members.busy} ${HOME} bare NO_KMS_KEY`,
      `${members.busy} us-west-2 pending KEY_PENDING_DELETION`,
    ]);
  });

  it('asks nothing in Regions without trails', async () => {
    const { stderr } = await scan(['--debug', '--quiet']);

    const asked = stderr.matchAll(/cloudtrail:DescribeTrails in (\S+) /g);
    expect([...asked].map(([, region]) => region).toSorted()).toEqual(['eu-west-1', HOME]);
  });

  it('tells what was fixed since', async () => {
    const folder = await folderOf();
    const before = `${folder}/before.json`;
    await scan(['--quiet', '--output', `json=${before}`]);
    await moto.aws('kms', 'enable-key', '--region', 'eu-central-1', '--key-id', idOf(keys['disabled']));

    const result = await scan(['--format', 'json', '--since-report', before, '--fail-on', 'new']);

    const { comparison }: Report = JSON.parse(result.stdout);
    expect(comparison?.fixed.map(({ trailName, codeBefore }) => [trailName, codeBefore])).toEqual([
      ['dark', 'KEY_DISABLED'],
    ]);
    expect(result.exitCode).toBe(0);
  });

  it('takes credentials and Region from a profile', async () => {
    const folder = await folderOf({
      config: `[profile busy]\nrole_arn = ${roleIn(members.busy)}\nsource_profile = base\nregion = us-west-2\n`,
      credentials: '[base]\naws_access_key_id = test\naws_secret_access_key = test\n',
    });

    const result = await scan(['--format', 'json'], {
      AWS_CONFIG_FILE: `${folder}/config`,
      AWS_SHARED_CREDENTIALS_FILE: `${folder}/credentials`,
      AWS_PROFILE: 'busy',
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_REGION: undefined,
      AWS_DEFAULT_REGION: undefined,
    });

    expect(verdictsIn(result)).toContain(`${members.busy} us-west-2 pending KEY_PENDING_DELETION`);
  });
});
