import type { AwsCredentialIdentity } from '@smithy/types';
import { CredentialsError } from '../core/errors.js';
import { codeOf, redact, ServiceFaultError } from './errors.js';

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where credentials come from. It decides how a user renews them. */
type CredentialKind = 'environment' | 'access-key' | 'profile' | 'sso' | 'login' | 'process' | 'machine';

/** The source of the credentials of a session. */
export type CredentialSource = {
  readonly kind: CredentialKind;
  /** The selected profile, also if the environment contains credentials. */
  readonly profile: string | undefined;
};

/**
 * Returns the source of credentials before they are resolved, as in the AWS CLI: a profile that the user specified, then access keys in
 * the environment, then the profile of the environment.
 *
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-authentication.html
 */
export const credentialSourceOf = (env: Environment, profile?: string): CredentialSource => {
  const selected = profile ?? (env['AWS_PROFILE'] || undefined);
  if (profile !== undefined || !env['AWS_ACCESS_KEY_ID']) return { kind: 'profile', profile: selected };
  return { kind: env['AWS_SESSION_TOKEN'] ? 'environment' : 'access-key', profile: selected };
};

/**
 * Returns the credentials that Lambda, or a user, has set in the environment.
 *
 * @throws CredentialsError if one of the two variables is missing
 */
export const credentialsIn = (env: Environment): AwsCredentialIdentity => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (!accessKeyId || !secretAccessKey) {
    throw new CredentialsError(
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set together in the environment. Set both, or unset both.',
    );
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
};

/** The kinds by the feature names with which the SDK marks credentials. The first that applies counts. */
const KINDS: readonly (readonly [RegExp, CredentialKind])[] = [
  [/SSO/, 'sso'],
  [/LOGIN/, 'login'],
  [/PROCESS/, 'process'],
  [/^CREDENTIALS_PROFILE$/, 'profile'],
];

/**
 * Returns the source of resolved credentials.
 *
 * @throws CredentialsError if the selected profile has none: the SDK would use those of the machine, which are another identity
 */
export const resolvedSource = (
  { kind, profile }: CredentialSource,
  credentials: AwsCredentialIdentity,
): CredentialSource => {
  if (kind !== 'profile') return { kind, profile };
  const features = '$source' in credentials ? Object.keys(Object(credentials.$source)) : [];
  if (profile !== undefined && !features.some((name) => name.startsWith('CREDENTIALS_PROFILE'))) {
    throw new CredentialsError(withoutCredentials(profile));
  }
  const found = KINDS.find(([pattern]) => features.some((name) => pattern.test(name)));
  return { kind: found?.[1] ?? 'machine', profile };
};

const NOT_FOUND = ['CredentialsProviderError', 'TokenProviderError'];
const EXPIRED = ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired'];
const REJECTED = [
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
];

/** Returns the credentials problem that an error reports, with the command that renews them, or undefined for any other error. */
export const credentialProblem = (error: unknown, source: CredentialSource): CredentialsError | undefined => {
  if (error instanceof CredentialsError) return error;
  const sentence = sentenceFor(error, source);
  return sentence === undefined ? undefined : new CredentialsError(sentence, { cause: redact(error) });
};

/** Like `credentialProblem`, for the first call: if AWS rejects that one, the credentials are not valid. */
export const firstCallProblem = (thrown: unknown, source: CredentialSource): CredentialsError | undefined => {
  const error = thrown instanceof ServiceFaultError ? thrown.cause : thrown;
  return REJECTED.includes(codeOf(error))
    ? new CredentialsError(`AWS rejected ${describeSource(source)} (${codeOf(error)}). ${renewal(source)}`, {
        cause: redact(error),
      })
    : credentialProblem(error, source);
};

const sentenceFor = (error: unknown, source: CredentialSource): string | undefined => {
  if (EXPIRED.includes(codeOf(error))) {
    const subject = describeSource(source);
    return `${subject.charAt(0).toUpperCase()}${subject.slice(1)} have expired. ${renewal(source)}`;
  }
  if (!(error instanceof Error) || !NOT_FOUND.includes(error.name)) return undefined;
  return notFound(error.message, source);
};

/** The SDK distinguishes the kinds of credentials only in the text of its messages. */
const notFound = (message: string, source: CredentialSource): string => {
  // A profile can use the session of another one, which is then in the message.
  const [, profile = source.profile] = /\bprofile=([^\s.,]+)/.exec(message) ?? [];
  const option = profile === undefined ? '' : ` --profile ${profile}`;
  const subject = profile === undefined ? 'the default profile' : `profile ${profile}`;
  if (SSO.test(message)) {
    return `The SSO session of ${subject} has expired or is missing. Run: aws sso login${option}`;
  }
  if (/login|failed to load token/i.test(message)) {
    return `The login of ${subject} has expired or is missing. Run: aws login${option}`;
  }
  if (/multi-factor/i.test(message)) {
    return `Trailkey cannot prompt for the MFA code that ${subject} requires. Run: ${exportCommand(profile ?? 'default')}`;
  }
  if (!NO_SOURCE.test(message)) {
    return `${subject.replace(/^p/, 'P').replace(/^t/, 'T')} returned no credentials. For the reason, run: aws sts get-caller-identity${option}`;
  }
  return profile === undefined
    ? 'No AWS credentials were found. Run: aws configure sso, or select a profile that has credentials: export AWS_PROFILE=NAME'
    : withoutCredentials(profile);
};

const withoutCredentials = (profile: string): string =>
  `Profile ${profile} does not exist or has no credentials. To list your profiles, run: aws configure list-profiles`;

/** The message for a session that was ended in another place does not contain "SSO". */
const SSO = /\bsso\b|session token not found/i;
const NO_SOURCE = /could not (load|resolve) credentials|could not be found|metadata/i;

const describeSource = ({ kind, profile }: CredentialSource): string => {
  switch (kind) {
    case 'environment':
      return 'the credentials in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN';
    case 'access-key':
      return 'the credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
    case 'machine':
      return 'the credentials of the role of this machine';
    case 'profile':
    case 'sso':
    case 'login':
    case 'process':
      return `the credentials of ${profile === undefined ? 'the default profile' : `profile ${profile}`}`;
  }
};

/** What to do if AWS rejects credentials. */
const renewal = ({ kind, profile }: CredentialSource): string => {
  const option = profile === undefined ? '' : ` --profile ${profile}`;
  switch (kind) {
    case 'environment':
      return `Run: ${exportCommand(profile ?? 'NAME')}`;
    case 'access-key':
      return 'Correct both variables, or unset them to use a profile.';
    case 'profile':
      return `Set new ones: aws configure${option}`;
    case 'sso':
      return `Run: aws sso login${option}`;
    case 'login':
      return `Run: aws login${option}`;
    case 'process':
      return `They come from credential_process. To see its error, run: aws sts get-caller-identity${option}`;
    case 'machine':
      return 'AWS renews them. Check the clock of this machine, and run the command again.';
  }
};

const exportCommand = (profile: string): string =>
  `eval "$(aws configure export-credentials --profile ${profile} --format env)"`;
