import { describe, expect, it } from 'vitest';
import {
  type CredentialSource,
  credentialProblem,
  credentialSourceOf,
  firstCallProblem,
  resolvedSource,
} from '../../src/aws/credentials.js';
import { account } from '../support/account.js';
import { ACCOUNT, OTHER_ACCOUNT } from '../support/builders.js';
import { withEnvironment } from '../support/environment.js';
import { folderOf } from '../support/files.js';
import { run } from '../support/run-check.js';
import { runScan, worldAnswers, worldOf } from '../support/run-scan.js';
import { type Call, type Faults, startStandIn } from '../support/stand-in.js';

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

/** Runs a scan with a profile, without access keys and, by default, without a Region in the environment. */
const runWith = async (profile: string, regions: { readonly [name: string]: string } = {}) => {
  const folder = await folderOf({ config: CONFIG });
  const env = {
    AWS_CONFIG_FILE: `${folder}/config`,
    AWS_PROFILE: profile,
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_REGION: '',
    AWS_DEFAULT_REGION: '',
    HOME: folder,
    ...regions,
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
  [
    'absent',
    'Profile absent does not exist or has no credentials. To list your profiles, run: aws configure list-profiles',
  ],
  ['placeless', 'No Region is set. Add --region REGION, for example --region eu-west-1.'],
  [
    'process',
    'Profile process does not exist or has no credentials. To list your profiles, run: aws configure list-profiles',
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

it.each([
  [{}, 'eu-central-1'],
  [{ AWS_DEFAULT_REGION: 'eu-west-2' }, 'eu-west-2'],
  [{ AWS_DEFAULT_REGION: 'eu-west-2', AWS_REGION: 'eu-west-3' }, 'eu-west-3'],
])('reads access keys from a profile, and with %o the Region %s', async (regions, expected) => {
  const { exitCode, calls } = await runWith('keys', regions);

  expect(exitCode).toBe(0);
  expect(new Set(calls.map(({ region }) => region))).toEqual(new Set([expected]));
});

it.each([
  [
    'ExpiredToken',
    'example',
    'The credentials in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN have expired. Run: eval',
  ],
  [
    'InvalidClientTokenId',
    '',
    'AWS rejected the credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (InvalidClientTokenId). Correct both',
  ],
])(
  'credentials that AWS rejects with %s give one error message, also for many roles',
  async (error, token, sentence) => {
    const faults = () => ({ error });
    const roles = Object.keys(worldOf(9)).flatMap((id) => ['--role-arn', `arn:aws:iam::${id}:role/reader`]);

    for (const args of [[], roles]) {
      const env = { AWS_SESSION_TOKEN: token };
      const { exitCode, stdout, stderr } = await runScan(args, { answers, faults, env });

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
      expect(stderr).toMatch(
        /^trailkey: (AWS rejected t|T)he credentials in .* Correct both variables, .*\n$/,
      );
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
    expect.arrayContaining([expect.stringContaining('have expired. Correct both')]),
  );
});

describe('the message about credentials that have expired', () => {
  const expired = Object.assign(new Error('no'), { name: 'ExpiredToken' });
  const messageFor = (source: CredentialSource) => firstCallProblem(expired, source)?.message;

  it.each([
    [
      'environment',
      undefined,
      'AWS_SESSION_TOKEN have expired. Run: eval "$(aws configure export-credentials --profile NAME --format env)"',
    ],
    ['environment', 'x', 'Run: eval "$(aws configure export-credentials --profile x --format env)"'],
    [
      'access-key',
      'x',
      'in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY have expired. Correct both variables',
    ],
    ['sso', 'x', 'The credentials of profile x have expired. Run: aws sso login --profile x'],
    ['sso', undefined, 'The credentials of the default profile have expired. Run: aws sso login'],
    ['login', 'x', 'Run: aws login --profile x'],
    [
      'process',
      'x',
      'They come from credential_process. To see its error, run: aws sts get-caller-identity --profile x',
    ],
    ['profile', 'x', 'Set new ones: aws configure --profile x'],
    [
      'machine',
      undefined,
      'The credentials of the role of this machine have expired. AWS renews them. Check the clock',
    ],
  ] as const)('depends on their source: %s, profile %s', (kind, profile, sentence) => {
    expect(messageFor({ kind, profile })).toContain(sentence);
  });

  it('is not made for another error', () => {
    const source = { kind: 'profile', profile: undefined } as const;

    expect(firstCallProblem(new Error('something else'), source)).toBeUndefined();
    expect(credentialProblem('text', source)).toBeUndefined();
  });
});

describe('the source of credentials', () => {
  it('is the environment, unless the user specified a profile', () => {
    const env = { AWS_PROFILE: 'x', AWS_ACCESS_KEY_ID: 'A' };

    expect(credentialSourceOf(env)).toEqual({ kind: 'access-key', profile: 'x' });
    expect(credentialSourceOf({ ...env, AWS_SESSION_TOKEN: 'T' }).kind).toBe('environment');
    expect(credentialSourceOf(env, 'y')).toEqual({ kind: 'profile', profile: 'y' });
    expect(credentialSourceOf({})).toEqual({ kind: 'profile', profile: undefined });
  });

  it.each([
    [['CREDENTIALS_PROFILE'], 'profile'],
    [['CREDENTIALS_PROFILE_SSO'], 'sso'],
    [['CREDENTIALS_PROFILE_SSO_LEGACY'], 'sso'],
    [['CREDENTIALS_PROFILE_SOURCE_PROFILE', 'CREDENTIALS_PROFILE_SSO'], 'sso'],
    [['CREDENTIALS_PROFILE_LOGIN'], 'login'],
    [['CREDENTIALS_PROFILE_PROCESS'], 'process'],
    [['CREDENTIALS_HTTP'], 'machine'],
    [[], 'machine'],
  ])('is known by the features of the credentials: %j', (features, kind) => {
    const $source = Object.fromEntries(features.map((name) => [name, 'x']));
    const credentials = { accessKeyId: 'A', secretAccessKey: 'B', $source };

    expect(resolvedSource({ kind: 'profile', profile: undefined }, credentials).kind).toBe(kind);
  });

  it('is never the machine if a profile is selected', () => {
    const credentials = { accessKeyId: 'A', secretAccessKey: 'B' };

    expect(() => resolvedSource({ kind: 'profile', profile: 'prod' }, credentials)).toThrow(
      'Profile prod does not exist or has no credentials.',
    );
  });
});

describe('--profile and --region', () => {
  const config = `
[profile keys]
aws_access_key_id = AKIA${OTHER_ACCOUNT}
aws_secret_access_key = example
region = eu-central-1
`;
  const both = worldAnswers(worldOf(1));
  const runIn = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const folder = await folderOf({ config });
    return runScan(args, { answers: both, env: { AWS_CONFIG_FILE: `${folder}/config`, ...env } });
  };
  const firstOf = (calls: readonly Call[]) =>
    calls.map(({ accessKeyId, region }) => ({ accessKeyId, region }))[0];

  it('override the access keys and the Region of the environment', async () => {
    const { calls, stderr } = await runIn(['--profile', 'keys', '--region', 'us-west-2']);

    expect(firstOf(calls)).toEqual({ accessKeyId: `AKIA${OTHER_ACCOUNT}`, region: 'us-west-2' });
    expect(stderr).not.toContain('WARNING');
  });

  it('leave the Region of the environment before that of the profile', async () => {
    const fromEnvironment = await runIn(['--profile', 'keys']);
    const fromProfile = await runIn(['--profile', 'keys'], { AWS_REGION: '' });

    expect(firstOf(fromEnvironment.calls)?.region).toBe('eu-west-1');
    expect(firstOf(fromProfile.calls)?.region).toBe('eu-central-1');
  });

  it('also select the endpoint of the profile', async () => {
    const standIn = await startStandIn(() => both);
    const folder = await folderOf({ config: `${config}endpoint_url = ${standIn.url}\n` });
    const given = { AWS_CONFIG_FILE: `${folder}/config`, AWS_ENDPOINT_URL: '' };

    const { exitCode } = await withEnvironment(given, (env) => run(['scan', '--profile', 'keys'], { env }));
    await standIn.close();

    expect(exitCode).toBe(0);
    expect(firstOf(standIn.calls)?.accessKeyId).toBe(`AKIA${OTHER_ACCOUNT}`);
  });

  it('are not needed: access keys in the environment are used before AWS_PROFILE', async () => {
    const { calls } = await runIn([], { AWS_PROFILE: 'keys' });

    expect(firstOf(calls)?.accessKeyId).toBe(`AKIA${ACCOUNT}`);
  });

  it.each([
    [['--region', 'europe'], '--region must be a Region code, such as eu-west-1; received "europe".'],
    [['--profile', ''], '--profile must be the name of a profile; received "".'],
    [['--profile', 'absent'], 'Profile absent does not exist or has no credentials.'],
  ])('%j is refused before the first call', async (args, message) => {
    const { exitCode, stderr, calls } = await runIn(args);

    expect({ exitCode, calls }).toEqual({ exitCode: 2, calls: [] });
    expect(stderr).toContain(`trailkey: ${message}`);
  });
});

it('one of the two access key variables is refused', async () => {
  const { exitCode, stderr } = await runScan([], { answers, env: { AWS_SECRET_ACCESS_KEY: '' } });

  expect(exitCode).toBe(2);
  expect(stderr).toBe(
    'trailkey: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set together in the environment. Set both, or unset both.\n',
  );
});

it('refers to the default profile if none is set', () => {
  const notFound = (message: string) =>
    credentialProblem(Object.assign(new Error(message), { name: 'CredentialsProviderError' }), {
      kind: 'profile',
      profile: undefined,
    })?.message;

  expect(notFound("To refresh this SSO session run 'aws sso login'")).toBe(
    'The SSO session of the default profile has expired or is missing. Run: aws sso login',
  );
  expect(notFound('UnauthorizedException: Session token not found or invalid')).toContain('aws sso login');
  expect(notFound('requires multi-factor authentication')).toContain('--profile default --format env');
  expect(notFound('Command failed')).toBe(
    'The default profile returned no credentials. For the reason, run: aws sts get-caller-identity',
  );
});
