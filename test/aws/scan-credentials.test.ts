import { expect, it } from 'vitest';
import { credentialProblem, credentialSourceOf, firstCallProblem } from '../../src/aws/credentials.js';
import { account } from '../support/account.js';
import { ACCOUNT, OTHER_ACCOUNT } from '../support/builders.js';
import { folderOf } from '../support/files.js';
import { runScan, worldAnswers, worldOf } from '../support/run-scan.js';
import type { Faults } from '../support/stand-in.js';

const answers = worldAnswers({ [ACCOUNT]: account({ trails: [] }) });
const CONFIG = `
[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = reader
region = eu-west-1
[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
[profile borrowed]
role_arn = arn:aws:iam::111122223333:role/reader
source_profile = sso
region = eu-west-1
[profile legacy]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 111122223333
sso_role_name = reader
region = eu-west-1
[profile login]
login_session = arn:aws:iam::111122223333:user/ann
region = eu-west-1
[profile mfa]
role_arn = arn:aws:iam::111122223333:role/reader
source_profile = keys
mfa_serial = arn:aws:iam::111122223333:mfa/ann
region = eu-west-1
[profile keys]
aws_access_key_id = AKIA${ACCOUNT}
aws_secret_access_key = example
region = eu-central-1
[profile placeless]
aws_access_key_id = AKIA${ACCOUNT}
aws_secret_access_key = example
[profile process]
credential_process = false
region = eu-west-1
`;

/** Runs a scan with a profile, without access keys or a Region in the environment. */
const runWith = async (profile: string) => {
  const folder = await folderOf({ config: CONFIG });
  const env = {
    AWS_CONFIG_FILE: `${folder}/config`,
    AWS_PROFILE: profile,
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_REGION: '',
    AWS_DEFAULT_REGION: '',
    HOME: folder,
  };
  return runScan([], { answers, env });
};

it.each([
  ['sso', 'The SSO session of profile sso has expired or is missing. Run: aws sso login --profile sso'],
  ['borrowed', 'The SSO session of profile sso has expired or is missing. Run: aws sso login --profile sso'],
  [
    'legacy',
    'The SSO session of profile legacy has expired or is missing. Run: aws sso login --profile legacy',
  ],
  ['login', 'The login of profile login has expired or is missing. Run: aws login --profile login'],
  ['mfa', 'Run: eval "$(aws configure export-credentials --profile mfa --format env)"'],
  ['absent', 'Profile absent does not exist or has no credentials. Run: aws configure sso --profile absent'],
  ['placeless', 'No Region is set. Run: export AWS_REGION=REGION, for example eu-west-1.'],
  [
    'process',
    'Profile process does not exist or has no credentials. Run: aws configure sso --profile process',
  ],
  [
    '',
    'No AWS credentials were found. Run: aws configure sso, or select a profile that has credentials: export AWS_PROFILE=NAME',
  ],
])('profile "%s" gives one error message, exit code 2, and no call', async (profile, sentence) => {
  const { exitCode, stdout, stderr, calls } = await runWith(profile);

  expect({ exitCode, stdout, calls }).toEqual({ exitCode: 2, stdout: '', calls: [] });
  expect(stderr).toContain(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

it('reads access keys and the Region from a profile', async () => {
  const { exitCode, calls } = await runWith('keys');

  expect(exitCode).toBe(0);
  expect(new Set(calls.map(({ region }) => region))).toEqual(new Set(['eu-central-1']));
});

it.each([
  ['ExpiredToken', 'The credentials in AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN have expired. Run: eval'],
  ['InvalidClientTokenId', 'AWS rejected the credentials in AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN'],
])(
  'credentials that AWS rejects with %s give one error message, also for many roles',
  async (error, sentence) => {
    const faults = () => ({ error });
    const roles = Object.keys(worldOf(9)).flatMap((id) => ['--role-arn', `arn:aws:iam::${id}:role/reader`]);

    for (const args of [[], roles]) {
      const { exitCode, stdout, stderr } = await runScan(args, { answers, faults });

      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toContain(`trailkey: ${sentence}`);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
  },
);

it.each([
  ['AWS_ENDPOINT_URL', 'localhost:4566'],
  ['AWS_ENDPOINT_URL', 'no URL'],
  ['AWS_ENDPOINT_URL_KMS', 'ftp://localhost'],
])('an invalid endpoint gives one error message and no call: %s=%s', async (name, value) => {
  const { exitCode, stdout, stderr, calls } = await runScan([], { answers, env: { [name]: value } });

  expect({ exitCode, stdout, calls }).toEqual({ exitCode: 2, stdout: '', calls: [] });
  expect(stderr).toBe(
    `trailkey: ${name} must be a URL, such as http://127.0.0.1:4566; received "${value}". Correct it, or unset it.\n`,
  );
});

it('an invalid endpoint in a profile is reported', async () => {
  const config = `
[profile emulator]
aws_access_key_id = AKIA${ACCOUNT}
aws_secret_access_key = example
region = eu-west-1
endpoint_url = no URL
`;
  const folder = await folderOf({ config });
  const env = { AWS_CONFIG_FILE: `${folder}/config`, AWS_PROFILE: 'emulator', AWS_ENDPOINT_URL: '' };

  const { exitCode, stderr } = await runScan([], { answers, env });

  expect(exitCode).toBe(2);
  expect(stderr).toContain(
    'sts:GetCallerIdentity failed in eu-west-1: the endpoint is not a URL. Set AWS_ENDPOINT_URL, or endpoint_url in the profile, ' +
      'to a URL, such as http://127.0.0.1:4566.',
  );
});

it.each(['UnrecognizedClientException', 'InvalidSignatureException', 'ExpiredTokenException'])(
  'credentials that AWS rejects with %s give one error message, whatever is scanned',
  async (error) => {
    const ways = [
      ['--aggregator', 'organization'],
      ['--organization', '--role-name', 'reader'],
    ];
    const faults: Faults = () => ({ error });

    for (const args of ways) {
      const { exitCode, stdout, stderr } = await runScan(args, { answers, faults });

      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toMatch(/^trailkey: (AWS rejected t|T)he credentials in .* Run: eval .*\n$/);
    }
  },
);

it('the accounts of an organization are not listed with rejected credentials', async () => {
  const { calls } = await runScan(['--organization', '--role-name', 'reader'], {
    answers,
    faults: () => ({ error: 'UnrecognizedClientException' }),
  });

  expect(calls.map(({ operation }) => operation)).toEqual(['GetCallerIdentity']);
});

it('credentials that expire during the scan do not remove earlier findings', async () => {
  const roles = [ACCOUNT, OTHER_ACCOUNT].flatMap((id) => ['--role-arn', `arn:aws:iam::${id}:role/reader`]);
  let isFirst = true;
  const { report, exitCode } = await runScan(['--format', 'json', ...roles], {
    answers: worldAnswers(worldOf(1)),
    faults: ({ operation, region, accessKeyId }) => {
      if (operation === 'AssumeRole' && !isFirst) return { error: 'ExpiredToken' };
      isFirst &&= operation !== 'AssumeRole';
      return region === 'us-east-1' && accessKeyId.startsWith('ASIA')
        ? { error: 'ExpiredTokenException' }
        : undefined;
    },
  });

  expect(exitCode).toBe(2);
  expect(report.findings).toHaveLength(1);
  expect(report.errors.map(({ message }) => message)).toEqual(
    expect.arrayContaining([expect.stringContaining('have expired. Run: eval')]),
  );
});

it('distinguishes a profile, access keys in the environment, and neither', () => {
  const rejected = Object.assign(new Error('no'), { name: 'SignatureDoesNotMatch' });
  const expired = Object.assign(new Error('no'), { name: 'ExpiredToken' });
  const messageFor = (env: Record<string, string>, error: Error) =>
    firstCallProblem(error, credentialSourceOf(env))?.message;

  expect(messageFor({ AWS_PROFILE: 'x', AWS_ACCESS_KEY_ID: 'A' }, rejected)).toBe(
    'AWS rejected the credentials of profile x (SignatureDoesNotMatch). Run: aws sso login --profile x',
  );
  expect(messageFor({}, rejected)).toContain(
    'AWS rejected the credentials (SignatureDoesNotMatch). Run: aws sso login',
  );
  expect(messageFor({}, expired)).toBe('The credentials have expired. Run: aws sso login');
  expect(messageFor({}, new Error('something else'))).toBeUndefined();
  expect(credentialProblem('text', credentialSourceOf({}))).toBeUndefined();
});

it('refers to the default profile if none is set', () => {
  const notFound = (message: string) =>
    credentialProblem(
      Object.assign(new Error(message), { name: 'CredentialsProviderError' }),
      credentialSourceOf({}),
    )?.message;

  expect(notFound("To refresh this SSO session run 'aws sso login'")).toBe(
    'The SSO session of the default profile has expired or is missing. Run: aws sso login',
  );
  expect(notFound('UnauthorizedException: Session token not found or invalid')).toContain('aws sso login');
  expect(notFound('requires multi-factor authentication')).toContain('--profile default --format env');
  expect(notFound('Command failed')).toBe(
    'The default profile returned no credentials. For the reason, run: aws sts get-caller-identity',
  );
});
