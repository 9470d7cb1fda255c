import { CredentialsError } from '../core/errors.js';
import { codeOf, redact, ServiceFaultError } from './errors.js';

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where credentials come from, according to the environment. */
export type CredentialSource = {
  readonly profile: string | undefined;
  /** Whether the environment contains the credentials themselves. */
  readonly inEnvironment: boolean;
};

/** Returns the source of credentials in an environment. A profile takes precedence over access keys. */
export const credentialSourceOf = (env: Environment): CredentialSource => {
  const profile = env['AWS_PROFILE'] || undefined;
  return { profile, inEnvironment: profile === undefined && Boolean(env['AWS_ACCESS_KEY_ID']) };
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
    ? new CredentialsError(
        `AWS rejected ${describeSource(source)} (${codeOf(error)}). Run: ${renewalCommand(source)}`,
        { cause: redact(error) },
      )
    : credentialProblem(error, source);
};

const sentenceFor = (error: unknown, source: CredentialSource): string | undefined => {
  if (EXPIRED.includes(codeOf(error))) {
    const subject = describeSource(source);
    return `${subject.charAt(0).toUpperCase()}${subject.slice(1)} have expired. Run: ${renewalCommand(source)}`;
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
    : `Profile ${profile} does not exist or has no credentials. Run: aws configure sso --profile ${profile}`;
};

/** The message for a session that was ended in another place does not contain "SSO". */
const SSO = /\bsso\b|session token not found/i;
const NO_SOURCE = /could not (load|resolve) credentials|could not be found|metadata/i;

const describeSource = ({ profile, inEnvironment }: CredentialSource): string => {
  if (inEnvironment) return 'the credentials in AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN';
  return profile === undefined ? 'the credentials' : `the credentials of profile ${profile}`;
};

const renewalCommand = ({ profile, inEnvironment }: CredentialSource): string => {
  if (inEnvironment) return exportCommand('NAME');
  return profile === undefined ? 'aws sso login' : `aws sso login --profile ${profile}`;
};

const exportCommand = (profile: string): string =>
  `eval "$(aws configure export-credentials --profile ${profile} --format env)"`;
