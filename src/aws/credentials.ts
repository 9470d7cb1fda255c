import { CredentialsError } from '../core/errors.js';
import { codeOf, redact, ServiceFaultError } from './errors.js';

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where credentials come from, as far as the environment tells. */
export type CredentialSource = {
  readonly profile: string | undefined;
  /** True where they stand in the environment itself. */
  readonly inEnvironment: boolean;
};

/** Reads from the environment where credentials come from. A profile counts for more than keys do. */
export const credentialSourceIn = (env: Environment): CredentialSource => {
  const profile = env['AWS_PROFILE'] || undefined;
  return { profile, inEnvironment: profile === undefined && Boolean(env['AWS_ACCESS_KEY_ID']) };
};

const NOT_FOUND = ['CredentialsProviderError', 'TokenProviderError'];
const EXPIRED = ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired'];
const UNKNOWN = [
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
];

/** The problem with credentials that an error tells of, with the command that renews them; undefined for any other error. */
export const credentialProblem = (error: unknown, source: CredentialSource): CredentialsError | undefined => {
  if (error instanceof CredentialsError) return error;
  const sentence = sentenceFor(error, source);
  return sentence === undefined ? undefined : new CredentialsError(sentence, { cause: redact(error) });
};

/** The same for the first call of all, named already or not: whom AWS does not know then has wrong credentials. */
export const credentialProblemAtFirst = (
  thrown: unknown,
  source: CredentialSource,
): CredentialsError | undefined => {
  const error = thrown instanceof ServiceFaultError ? thrown.cause : thrown;
  return UNKNOWN.includes(codeOf(error))
    ? new CredentialsError(
        `AWS does not know ${theCredentials(source)} (${codeOf(error)}). Run: ${renewal(source)}`,
        { cause: redact(error) },
      )
    : credentialProblem(error, source);
};

const sentenceFor = (error: unknown, source: CredentialSource): string | undefined => {
  if (EXPIRED.includes(codeOf(error))) {
    const subject = theCredentials(source);
    return `${subject.charAt(0).toUpperCase()}${subject.slice(1)} have expired. Run: ${renewal(source)}`;
  }
  if (!(error instanceof Error) || !NOT_FOUND.includes(error.name)) return undefined;
  return notFound(error.message, source);
};

/** The SDK tells the kinds of credentials apart by words alone. */
const notFound = (words: string, source: CredentialSource): string => {
  // A profile may borrow the session of another, which the SDK names then.
  const [, profile = source.profile] = /\bprofile=([^\s.,]+)/.exec(words) ?? [];
  const option = profile === undefined ? '' : ` --profile ${profile}`;
  const named = profile === undefined ? 'the default profile' : `profile ${profile}`;
  if (SSO.test(words)) {
    return `The SSO session of ${named} has expired or is missing. Run: aws sso login${option}`;
  }
  if (/login|failed to load token/i.test(words)) {
    return `The login of ${named} has expired or is missing. Run: aws login${option}`;
  }
  if (/multi-factor/i.test(words)) {
    return `Trailkey cannot ask for the code that ${named} demands. Run: ${exported(profile ?? 'default')}`;
  }
  if (!NOWHERE.test(words)) {
    return `${named.replace(/^p/, 'P').replace(/^t/, 'T')} gave no credentials. This tells why: aws sts get-caller-identity${option}`;
  }
  return profile === undefined
    ? 'No AWS credentials were found. Run: aws configure sso, or name a profile that has some: export AWS_PROFILE=NAME'
    : `Profile ${profile} does not exist, or gives no credentials. Run: aws configure sso --profile ${profile}`;
};

/** A session that was ended elsewhere is refused without a word of SSO. */
const SSO = /\bsso\b|session token not found/i;
const NOWHERE = /could not (load|resolve) credentials|could not be found|metadata/i;

const theCredentials = ({ profile, inEnvironment }: CredentialSource): string => {
  if (inEnvironment) return 'the credentials in AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN';
  return profile === undefined ? 'the credentials' : `the credentials of profile ${profile}`;
};

const renewal = ({ profile, inEnvironment }: CredentialSource): string => {
  if (inEnvironment) return exported('NAME');
  return profile === undefined ? 'aws sso login' : `aws sso login --profile ${profile}`;
};

const exported = (profile: string): string =>
  `eval "$(aws configure export-credentials --profile ${profile} --format env)"`;
