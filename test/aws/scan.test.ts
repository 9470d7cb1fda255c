import { describe, expect, it } from 'vitest';
import { countBy } from '../../src/core/collections.js';
import { account, metadata } from '../support/account.js';
import { ACCOUNT, OTHER_ACCOUNT, REGION } from '../support/builders.js';
import {
  accountOf,
  keyArnIn,
  placesOf,
  runScan,
  trailArnIn,
  trailIn,
  verdictsOf,
  worldAnswers,
  worldOf,
} from '../support/run-scan.js';
import type { Call } from '../support/stand-in.js';

const JSON_REPORT = ['--format', 'json'];

describe('one account', () => {
  it("calls only the home Regions and the caller's Region, and looks up each key once in its own Region", async () => {
    const shared = keyArnIn({ region: 'us-west-2', accountId: OTHER_ACCOUNT });
    const home = { region: 'eu-central-1', name: 'home' };
    const answers = worldAnswers({
      [ACCOUNT]: account({
        trails: [
          trailIn(home, { KmsKeyId: shared }),
          trailIn({ region: 'us-east-1', name: 'one' }, { KmsKeyId: shared }),
          trailIn({ region: 'us-east-1', name: 'two' }),
        ],
        keys: { [shared]: metadata({ Arn: shared, KeyState: 'Disabled' }) },
      }),
    });

    const result = await runScan(JSON_REPORT, { answers });

    expect(placesOf(result.calls)).toEqual([
      'eu-central-1 DescribeTrails',
      'eu-west-1 DescribeTrails',
      'eu-west-1 GetCallerIdentity',
      'eu-west-1 ListTrails',
      'us-east-1 DescribeTrails',
      'us-west-2 DescribeKey',
    ]);
    expect(result.calls.find(({ operation }) => operation === 'DescribeKey')?.body).toEqual({
      KeyId: shared,
    });
    expect(verdictsOf(result)).toEqual([
      `${ACCOUNT} eu-central-1 home KEY_DISABLED`,
      `${ACCOUNT} us-east-1 one KEY_DISABLED`,
      `${ACCOUNT} us-east-1 two NO_KMS_KEY`,
    ]);
    expect(result).toMatchObject({ exitCode: 1, stderr: '', report: { sources: [ACCOUNT], errors: [] } });
  });

  it('makes three calls if there are no trails, reports the account, and exits with 0, or with 2 if --require-trail', async () => {
    const answers = worldAnswers({ [ACCOUNT]: account({ trails: [] }) });

    const { calls, exitCode, stderr, stdout } = await runScan([], { answers });

    expect(calls).toHaveLength(3);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('No CloudTrail trail was found.');
    expect(stderr).toBe(
      `trailkey: Account ${ACCOUNT} has no trail.\ntrailkey: No CloudTrail trails were found.\n`,
    );

    const required = await runScan([...JSON_REPORT, '--require-trail'], { answers });
    expect(required.exitCode).toBe(2);
    expect(required.report.errors).toEqual([
      { source: ACCOUNT, message: 'The account has no trail. Create a trail, or omit --require-trail.' },
    ]);
  });

  it('reports a trail that its home Region does not show as not evaluated, and exits with 2', async () => {
    const place = { region: 'us-east-1', name: 'listed' };
    const answers = {
      ...worldAnswers({ [ACCOUNT]: account({ trails: [trailIn(place), trailIn()] }) }),
      DescribeTrails: ({ region }: Call) => ({ trailList: region === 'us-east-1' ? [] : [trailIn()] }),
    };
    const run = (...args: readonly string[]) =>
      runScan([...JSON_REPORT, '--fail-on', 'never', ...args], { answers });

    const { report, exitCode, stderr } = await run();

    expect(report.notEvaluated).toEqual([
      { trailArn: trailArnIn(place), homeRegion: 'us-east-1', ownerAccountId: ACCOUNT, inScope: true },
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      `Trail ${trailArnIn(place)} was not evaluated. It was not found in its home Region. Add the data of account ${ACCOUNT} in us-east-1`,
    );
    expect((await run('--allow-incomplete')).exitCode).toBe(0);
  });

  it('reports a Region in --regions that cannot be reached, with a suggestion', async () => {
    const { report, exitCode } = await runScan([...JSON_REPORT, '--regions', 'eu-wst-1,eu-west-9'], {
      answers: worldAnswers({ [ACCOUNT]: account({ trails: [] }) }),
      faults: ({ region, operation }) =>
        operation === 'DescribeTrails' && region !== REGION
          ? { error: 'UnrecognizedClientException' }
          : undefined,
    });

    expect(exitCode).toBe(2);
    expect(report.errors.map(({ source }) => source)).toEqual([
      `${ACCOUNT} eu-wst-1`,
      `${ACCOUNT} eu-west-9`,
    ]);
    expect(report.errors[0]?.message).toMatch(
      /the Region does not exist, is not enabled in account \d+, or cannot be reached\. .* Did you mean eu-west-1\?$/,
    );
    expect(report.notes).not.toContain(`Account ${ACCOUNT} has no trail that logs the selected Regions.`);
  });

  it('follows the pages of ListTrails', async () => {
    const trails = ['a', 'b', 'c'].map((name) => trailIn({ name, region: 'us-east-1' }));
    const answers = worldAnswers({ [ACCOUNT]: account({ trails, page: 1 }) });

    const result = await runScan(JSON_REPORT, { answers });

    expect(placesOf(result.calls).filter((place) => place.endsWith('ListTrails'))).toHaveLength(3);
    expect(verdictsOf(result)).toHaveLength(3);
  });

  it('reads the policy and the rotation status if the parameters require them', async () => {
    const key = keyArnIn();
    const answers = worldAnswers({
      [ACCOUNT]: account({
        trails: [trailIn({}, { KmsKeyId: key })],
        keys: { [key]: metadata({ Arn: key }) },
        policies: { [key]: '{"Statement":[]}' },
        rotation: { [key]: true },
      }),
    });

    const result = await runScan(
      [...JSON_REPORT, '--param', 'checkKeyPolicy=true', '--param', 'requireKeyRotation=true'],
      { answers },
    );

    expect(verdictsOf(result)).toEqual([`${ACCOUNT} eu-west-1 audit KEY_POLICY_BLOCKS_CLOUDTRAIL`]);
  });

  it('contacts each Region in --regions, and evaluates the trails that log it, in their home Regions', async () => {
    const trails = [
      ...['eu-central-1', 'us-east-1', 'us-west-2'].map((region) => trailIn({ region })),
      trailIn({ region: 'ap-south-1', name: 'everywhere' }, { IsMultiRegionTrail: true }),
      trailIn({ region: 'ap-south-1', name: 'local' }),
    ];
    const answers = worldAnswers({ [ACCOUNT]: account({ trails }) });

    const result = await runScan(
      [...JSON_REPORT, '--regions', 'us-east-1, us-west-2', '--regions', 'eu-north-1'],
      {
        answers,
      },
    );

    expect(placesOf(result.calls)).toEqual([
      'ap-south-1 DescribeTrails',
      'eu-north-1 DescribeTrails',
      'eu-west-1 GetCallerIdentity',
      'eu-west-1 ListTrails',
      'us-east-1 DescribeTrails',
      'us-west-2 DescribeTrails',
    ]);
    expect(verdictsOf(result)).toEqual([
      `${ACCOUNT} ap-south-1 everywhere NO_KMS_KEY`,
      `${ACCOUNT} eu-north-1 everywhere SHADOW_TRAIL`,
      `${ACCOUNT} us-east-1 audit NO_KMS_KEY`,
      `${ACCOUNT} us-east-1 everywhere SHADOW_TRAIL`,
      `${ACCOUNT} us-west-2 audit NO_KMS_KEY`,
      `${ACCOUNT} us-west-2 everywhere SHADOW_TRAIL`,
    ]);
    expect(result.report.notEvaluated).toEqual([]);
    expect(result.report.sources).toEqual([`${ACCOUNT}, only us-east-1, us-west-2, eu-north-1`]);
  });

  it.each(['text', 'markdown', 'html', 'json'])(
    'reports as %s that only trails of --regions were evaluated',
    async (format) => {
      const answers = worldAnswers({ [ACCOUNT]: account({ trails: [trailIn({ region: 'eu-central-1' })] }) });

      const { exitCode, stdout, stderr } = await runScan(['--format', format, '--regions', 'us-west-2'], {
        answers,
      });

      expect(exitCode).toBe(0);
      expect(stdout).toContain('Only trails that log these Regions were evaluated: us-west-2.');
      expect(stdout).toContain(`Account ${ACCOUNT} has no trail that logs the selected Regions.`);
      expect(stderr).toBe(
        'trailkey: Only trails that log these Regions were evaluated: us-west-2.\n' +
          `trailkey: Account ${ACCOUNT} has no trail that logs the selected Regions.\n` +
          'trailkey: No CloudTrail trails were found.\n',
      );
    },
  );

  it('reports an organization trail in a member account as not evaluated', async () => {
    const place = { accountId: OTHER_ACCOUNT, region: 'us-east-1', name: 'organization' };
    const organizations = trailIn(place, { IsOrganizationTrail: true, IsMultiRegionTrail: true });
    const answers = worldAnswers({ [ACCOUNT]: account({ trails: [organizations] }) });

    const { calls, report, exitCode, stderr } = await runScan(JSON_REPORT, { answers });

    expect(report.findings.map(({ region, code }) => `${region} ${code}`)).toEqual([
      'eu-west-1 SHADOW_TRAIL',
      'us-east-1 ORGANIZATION_TRAIL',
    ]);
    expect(report.notEvaluated.map(({ trailArn }) => trailArn)).toEqual([trailArnIn(place)]);
    expect(calls).toHaveLength(4);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      `Trail ${trailArnIn(place)} was not evaluated. It is an organization trail of account ${OTHER_ACCOUNT}, which was not evaluated. ` +
        'Evaluate that account, or, in a CloudTrail delegated administrator account, set organizationTrails to everywhere.',
    );
    expect(stderr).toContain('Scan their home Regions and owning accounts.');
  });

  it('evaluates it in its home Region with organizationTrails=everywhere', async () => {
    const place = { accountId: OTHER_ACCOUNT, region: 'us-east-1', name: 'organization' };
    const organizations = trailIn(place, { IsOrganizationTrail: true, IsMultiRegionTrail: true });
    const answers = worldAnswers({ [ACCOUNT]: account({ trails: [organizations] }) });

    const result = await runScan([...JSON_REPORT, '--param', 'organizationTrails=everywhere'], { answers });

    expect(verdictsOf(result)).toContain(`${ACCOUNT} us-east-1 organization NO_KMS_KEY`);
    expect(result.exitCode).toBe(1);
  });
});

describe('many accounts', () => {
  it('need one call each, and those for home Regions and keys', async () => {
    const world = worldOf(100);
    const roles = Object.keys(world).flatMap((id) => ['--role-arn', `arn:aws:iam::${id}:role/reader`]);

    const result = await runScan([...JSON_REPORT, ...roles], { answers: worldAnswers(world) });

    expect(new Set(verdictsOf(result)).size).toBe(200);
    expect(result.exitCode).toBe(0);
    // On a busy machine, a call can time out and be repeated.
    const calls = new Map(
      result.calls.map((call) => [
        JSON.stringify([call.accessKeyId, call.region, call.operation, call.body]),
        call,
      ]),
    );
    expect(Object.fromEntries(countBy([...calls.values()], ({ operation }) => operation))).toEqual({
      GetCallerIdentity: 1,
      AssumeRole: 100,
      ListTrails: 100,
      DescribeTrails: 300,
      DescribeKey: 200,
    });
  });

  it("of an organization are listed page by page, and the caller's own needs no role", async () => {
    const world = worldOf(25);

    const result = await runScan([...JSON_REPORT, '--organization', '--role-name', 'audit/reader'], {
      answers: worldAnswers(world),
    });

    const roles = result.calls.filter(({ operation }) => operation === 'AssumeRole');
    expect(roles.map(({ body }) => body['RoleArn'])).not.toContain(expect.stringContaining(ACCOUNT));
    expect(roles[0]?.body).toEqual({
      RoleArn: expect.stringMatching(/^arn:aws:iam::\d{12}:role\/audit\/reader$/),
      RoleSessionName: 'trailkey-scan',
    });
    expect(result.calls.filter(({ operation }) => operation === 'ListAccounts')).toHaveLength(2);
    expect(new Set(result.report.findings.map(({ accountId }) => accountId)).size).toBe(25);
    expect(result.report.sources).toEqual(Object.keys(world));
    expect(result.report).toMatchObject({ mode: 'live', caller: expect.stringContaining(`:${ACCOUNT}:`) });
    expect(result.report.findings[0]).toMatchObject({
      accountId: ACCOUNT,
      accountName: `name-of-${ACCOUNT}`,
    });
    expect(roles).toHaveLength(24);
  });

  it('of another partition are opened by roles of that partition', async () => {
    const answers = {
      ...worldAnswers(worldOf(2)),
      GetCallerIdentity: () => ({
        Account: ACCOUNT,
        Arn: `arn:aws-us-gov:sts::${ACCOUNT}:assumed-role/ann/session`,
        UserId: 'AROAEXAMPLE:session',
      }),
    };

    const { calls } = await runScan(['--organization', '--role-name', 'reader'], { answers });

    const [assumed] = calls.filter(({ operation }) => operation === 'AssumeRole');
    expect(assumed?.body['RoleArn']).toBe('arn:aws-us-gov:iam::500000000001:role/reader');
  });

  it.each([
    ['--organization', '--role-name', 'reader'],
    ['--role-arn', 'arn:aws:iam::500000000001:role/reader'],
  ])('are opened with the external ID: %s', async (...options) => {
    const answers = worldAnswers(worldOf(2));

    const { calls } = await runScan([...options, '--external-id', 'example'], { answers });

    const assumed = calls.filter(({ operation }) => operation === 'AssumeRole');
    expect(assumed.map(({ body }) => body['ExternalId'])).toEqual(['example']);
  });

  it('that are suspended or closed are excluded, with a note', async () => {
    const answers = {
      ...worldAnswers(worldOf(1)),
      ListAccounts: () => ({
        Accounts: [
          { Id: ACCOUNT, Status: 'ACTIVE' },
          { Id: '500000000001', Status: 'SUSPENDED' },
          { Id: '500000000002', Status: 'ACTIVE', State: 'CLOSED' },
        ],
      }),
    };

    const { calls, stderr, report } = await runScan(
      [...JSON_REPORT, '--organization', '--role-name', 'reader'],
      { answers },
    );

    expect(calls.map(({ operation }) => operation)).not.toContain('AssumeRole');
    expect(report.sources).toEqual([ACCOUNT]);
    expect(report.notes).toEqual([
      'Accounts that are suspended or closed were not scanned: 500000000001, 500000000002.',
    ]);
    expect(stderr).toBe(
      'trailkey: Accounts that are suspended or closed were not scanned: 500000000001, 500000000002.\n',
    );
  });

  it('that fail do not affect the others', async () => {
    const [own, denied, broken] = [ACCOUNT, '500000000001', '500000000002'];

    const result = await runScan([...JSON_REPORT, '--organization', '--role-name', 'reader'], {
      answers: worldAnswers(worldOf(3)),
      faults: (call) => {
        if (call.operation === 'AssumeRole' && call.body['RoleArn'].includes(denied)) return 'denied';
        return accountOf(call) === broken && call.operation !== 'AssumeRole' ? 'denied' : undefined;
      },
    });

    expect(result.exitCode).toBe(2);
    expect(verdictsOf(result)).toEqual([
      `${own} eu-central-1 t-eu-central-1 CMK_USABLE`,
      `${own} us-east-1 t-us-east-1 CMK_USABLE`,
    ]);
    const errors = result.report.errors.map(({ source, message }) => `${source}: ${message}`);
    expect(errors).toEqual([
      expect.stringContaining(`${denied}: sts:AssumeRole is denied for arn:aws:iam::${denied}:role/reader.`),
      expect.stringContaining(
        `${broken}: cloudtrail:ListTrails is denied in eu-west-1. Allow it for arn:aws:iam::${broken}:role/reader`,
      ),
      expect.stringContaining(`${broken} eu-west-1: cloudtrail:DescribeTrails is denied in eu-west-1.`),
    ]);
  });
});
