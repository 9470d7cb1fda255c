import { isJsonObject, type JsonObject } from '../core/json-value.js';

/** Thrown if AWS denies a call. The message contains the missing permission, and so does `permission` where only one is missing. */
export class AccessDeniedError extends Error {
  override readonly name = 'AccessDeniedError';
  readonly permission: string | undefined;

  constructor(
    message: string,
    { permission, ...options }: ErrorOptions & { readonly permission?: string } = {},
  ) {
    super(message, options);
    this.permission = permission;
  }
}

/** Thrown if a call fails after all retries, or its response cannot be read. */
export class ServiceFaultError extends Error {
  override readonly name = 'ServiceFaultError';
}

/** Thrown if the time of the invocation is almost used up. */
export class TimeBudgetError extends Error {
  override readonly name = 'TimeBudgetError';
}

/** Thrown if AWS Config rejects the result token, so that no result can be reported. */
export class ResultTokenError extends Error {
  override readonly name = 'ResultTokenError';
}

/** Thrown if AWS Config rejects some results, also when they are reported a second time. */
export class EvaluationsRejectedError extends Error {
  override readonly name = 'EvaluationsRejectedError';
}

/** Thrown if an SSM document does not exist in the account and Region. */
export class DocumentMissingError extends Error {
  override readonly name = 'DocumentMissingError';
}

/** Returns the code of an AWS error, also of one that `toServiceError` wrapped, or an empty string. */
export const codeOf = (error: unknown): string => {
  if (error instanceof ServiceFaultError || error instanceof AccessDeniedError) return codeOf(error.cause);
  return error instanceof Error ? error.name : '';
};

const DENIED = [
  'AccessDeniedException',
  'AccessDenied',
  'UnauthorizedOperation',
  // Amazon SNS
  'AuthorizationErrorException',
];

/**
 * Returns the error for a failed call: its message contains the operation (as in IAM), the Region, the error of AWS and what to do. An
 * AccessDeniedError or ServiceFaultError is returned unchanged.
 */
export const toServiceError = (error: unknown, operation: string, region: string): Error => {
  if (error instanceof AccessDeniedError || error instanceof ServiceFaultError) return error;
  const cause = redact(error);
  return DENIED.includes(codeOf(error))
    ? new AccessDeniedError(
        `${operation} is denied in ${region}. Allow ${operation} for ${callerIn(cause)}.`,
        { cause, permission: operation },
      )
    : new ServiceFaultError(`${operation} failed in ${region}: ${reasonOf(cause)}`, { cause });
};

/** The caller, as the message of AWS contains it. */
const callerIn = (error: unknown): string => {
  const message = error instanceof Error ? error.message : '';
  const [, arn = 'the IAM role or user that called it'] =
    /^User: (arn:[\w:/+=,.@-]+) is not authorized/.exec(message) ?? [];
  return arn;
};

/** Without the SDK's advice on its own error objects. */
const reasonOf = (error: unknown): string => {
  if (error instanceof SyntaxError) return 'the response is not valid JSON';
  if (!(error instanceof Error)) return String(error);
  const networkReason = 'code' in error ? networkReasonOf(error, String(error.code)) : undefined;
  if (networkReason !== undefined) return networkReason;
  const [message = ''] = error.message.split(/\s+Deserialization error:/);
  if (message.includes('XML parse error')) return 'the response is not valid XML';
  const { httpStatusCode: status } = responseOf(error);
  if (status !== undefined && /^Unknown(Error)?$/.test(error.name)) {
    return `the service returned HTTP status code ${status}`;
  }
  if (message === '') return error.name;
  return error.name === 'Error' ? message : `${error.name}: ${message}`;
};

/** Why there was no connection, by the error code of Node.js. */
const networkReasonOf = (error: Error, code: string): string | undefined => {
  if (code === 'ERR_INVALID_URL') return INVALID_ENDPOINT;
  if (NO_SUCH_HOST.includes(code)) {
    const host = 'hostname' in error ? ` ${String(error.hostname)}` : '';
    return `the host name${host} cannot be resolved (${code}). Check the spelling of the Region, and the network. ${NO_PROXY}`;
  }
  if (NO_CONNECTION.includes(code)) {
    return `there is no connection to the endpoint (${code}). Check the network and the firewall. ${NO_PROXY}`;
  }
  return UNTRUSTED.test(code)
    ? `the certificate of the endpoint is not trusted (${code}). If a firewall of your organization replaces certificates, set ` +
        'NODE_EXTRA_CA_CERTS to the file of its certificate.'
    : undefined;
};

const NO_SUCH_HOST = ['ENOTFOUND', 'EAI_AGAIN'];
const NO_CONNECTION = ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EPIPE'];
const UNTRUSTED = /CERT/;
const NO_PROXY = 'Trailkey connects directly, without the proxy in HTTPS_PROXY.';

/** What the SDK knows of the response that led to an error: its request ID (`requestId`) and its status (`httpStatusCode`). */
export const responseOf = (error: unknown): JsonObject => {
  const metadata = isJsonObject(error) ? error['$metadata'] : undefined;
  return isJsonObject(metadata) ? metadata : {};
};

/** An endpoint other than AWS's own, such as an emulator's. */
export const EXAMPLE_ENDPOINT = 'http://127.0.0.1:4566';

const INVALID_ENDPOINT =
  'the endpoint is not a URL. Set AWS_ENDPOINT_URL, or endpoint_url in the profile, to a URL, such as ' +
  `${EXAMPLE_ENDPOINT}.`;

const UNREACHABLE = ['UnrecognizedClientException', 'InvalidClientTokenId', 'OptInRequired'];

/** Whether a call failed because its Region is not enabled (it rejects the credentials) or does not exist (its host name is unknown). */
export const isUnreachable = (error: unknown): boolean => {
  if (error instanceof ServiceFaultError) return isUnreachable(error.cause);
  return (
    UNREACHABLE.includes(codeOf(error)) ||
    (error instanceof Error && 'code' in error && error.code === 'ENOTFOUND')
  );
};

/** Errors whose message contains the canonical request, with the session token in it. */
const QUOTE_REQUEST = ['InvalidSignatureException', 'SignatureDoesNotMatch'];

/** Parts of a signed request that must not appear in a report or a log. */
const SECRETS = /x-amz-security-token|credential=/i;

/**
 * Returns an error without secrets: only its name if its message contains a signed request, otherwise the error itself.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
 */
export const redact = (error: unknown): unknown => {
  const message = error instanceof Error ? error.message : String(error);
  const quotesRequest = QUOTE_REQUEST.includes(codeOf(error)) || SECRETS.test(message);
  return quotesRequest ? Object.assign(new Error(), { name: codeOf(error) || 'Error' }) : error;
};
