import { expect, it } from 'vitest';
import { parseRegions, parseScanTarget } from '../../src/cli/scan-targets.js';
import { run } from '../support/run-check.js';

const ROLE = 'arn:aws:iam::111122223333:role/reader';

it.each([
  [['--organization'], '--organization and --role-name NAME must be used together.'],
  [['--role-name', 'reader'], '--organization and --role-name NAME must be used together.'],
  [['--organization', '--role-name', 'a b'], '--role-name must be the name of an IAM role'],
  [
    ['--role-arn', 'reader'],
    '--role-arn must be the ARN of an IAM role, such as arn:aws:iam::111122223333:role/audit',
  ],
  [['--role-arn', 'arn:aws:iam::111122223333:user/ann'], '--role-arn must be the ARN of an IAM role'],
  [['--organization', '--role-name', 'a b/reader'], '--role-name must be the name of an IAM role'],
  [['--organization', '--role-name', 'reader/'], '--role-name must be the name of an IAM role'],
  [['--organization', '--role-name', 'r'.repeat(65)], '--role-name must be the name of an IAM role'],
  [['--role-arn', 'arn:aws:iam::1:role/reader'], '--role-arn must be the ARN of an IAM role'],
  [['--role-arn', 'arn:aws:sts::111122223333:role/reader'], '--role-arn must be the ARN of an IAM role'],
  [['--role-arn', ROLE, '--role-arn', `${ROLE}2`], '--role-arn contains two roles of account 111122223333.'],
  [
    ['--role-arn', ROLE, '--aggregator', 'all'],
    "option '--role-arn <arn>' cannot be used with option '--aggregator <name>'",
  ],
  [
    ['--organization', '--role-name', 'reader', '--aggregator', 'all'],
    "option '--organization' cannot be used with option '--aggregator <name>'",
  ],
  [
    ['--organization', '--role-name', 'reader', '--role-arn', ROLE],
    "option '--role-arn <arn>' cannot be used with option '--organization'",
  ],
  [
    ['--external-id', 'abc'],
    '--external-id requires --role-arn ARN, or --organization with --role-name NAME.',
  ],
  [
    ['--role-arn', ROLE, '--external-id', 'a'],
    '--external-id must have 2 to 1224 letters, digits or characters',
  ],
  [['--role-arn', ROLE, '--external-id', ' ab'], '--external-id must have 2 to 1224 letters'],
  [['--role-arn', ROLE, '--external-id', 'ab '], '--external-id must have 2 to 1224 letters'],
  [['--aggregator', '!all'], '--aggregator must be the name of an AWS Config aggregator; received "!all".'],
  [['--aggregator', 'all!'], '--aggregator must be the name of an AWS Config aggregator; received "all!".'],
  [
    ['--regions', 'eu-west-1,Ireland'],
    '--regions must contain Region codes, such as eu-west-1; received "Ireland".',
  ],
  [['--regions', ''], 'received "".'],
  [['--fail-on', 'new'], '--fail-on new requires --since-report FILE, an earlier JSON report.'],
  [['--param', 'x=1'], 'Unknown parameter "x"'],
])('refuses %o before it calls AWS', async (args, message) => {
  const { exitCode, stdout, stderr } = await run(['scan', ...args]);

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(message);
});

it('accepts names that AWS accepts', () => {
  const otherRole = 'arn:aws-cn:iam::444455556666:role/path/reader';
  const given = { format: 'text', failOn: 'never' };

  expect([
    parseScanTarget(given),
    parseScanTarget({ ...given, organization: true, roleName: 'team/audit/reader+1', externalId: 'a:b/c=d' }),
    parseScanTarget({ ...given, organization: true, roleName: 'r' }),
    parseScanTarget({ ...given, aggregator: 'all-accounts_1' }),
    parseScanTarget({ ...given, roleArn: [ROLE, otherRole], externalId: 'ab' }),
  ]).toEqual([
    { kind: 'account' },
    { kind: 'organization', roleName: 'team/audit/reader+1', externalId: 'a:b/c=d' },
    { kind: 'organization', roleName: 'r' },
    { kind: 'aggregator', aggregator: 'all-accounts_1' },
    { kind: 'roles', roleArns: [ROLE, otherRole], externalId: 'ab' },
  ]);
  expect(parseRegions(given)).toBeUndefined();
  expect(parseRegions({ ...given, regions: ['eu-west-1, us-gov-west-1', 'cn-north-1'] })).toEqual([
    'eu-west-1',
    'us-gov-west-1',
    'cn-north-1',
  ]);
});

it('has help', async () => {
  const { exitCode, stdout } = await run(['scan', '--help']);

  expect(exitCode).toBe(0);
  for (const option of [
    '--regions',
    '--role-arn',
    '--organization',
    '--role-name',
    '--external-id',
    '--aggregator',
    '--since-report',
  ]) {
    expect(stdout).toContain(option);
  }
});
