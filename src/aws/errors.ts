/** Thrown where AWS refuses a call: the message contains the permission that the caller lacks. */
export class AccessDeniedError extends Error {
  override readonly name = 'AccessDeniedError';
}

/** Thrown where a call fails or its response cannot be read, after all retries. */
export class ServiceFaultError extends Error {
  override readonly name = 'ServiceFaultError';
}

/** Thrown where the time of the invocation is nearly used up. */
export class TimeBudgetError extends Error {
  override readonly name = 'TimeBudgetError';
}

/** Thrown where AWS Config does not accept the result token: no result can be reported with it. */
export class ResultTokenError extends Error {
  override readonly name = 'ResultTokenError';
}

/** Thrown where AWS Config accepted some results and not others, also when they were reported again. */
export class EvaluationsNotPutError extends Error {
  override readonly name = 'EvaluationsNotPutError';
}

/** Thrown where an SSM document does not exist in the account and Region. */
export class DocumentMissingError extends Error {
  override readonly name = 'DocumentMissingError';
}

/** The code of an AWS error, also of one that `toServiceError` has wrapped; empty where there is none. */
export const codeOf = (error: unknown): string => {
  if (error instanceof ServiceFaultError || error instanceof AccessDeniedError) return codeOf(error.cause);
  return error instanceof Error ? error.name : '';
};

const DENIED = ['AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation'];

/**
 * The error for a failed call: its operation (as IAM spells it), its Region, what AWS reported and what to do. An error that is one of
 * ours already is returned as it is.
 */
export const toServiceError = (error: unknown, operation: string, region: string): Error => {
  if (error instanceof AccessDeniedError || error instanceof ServiceFaultError) return error;
  const cause = redact(error);
  return DENIED.includes(codeOf(error))
    ? new AccessDeniedError(
        `${operation} is denied in ${region}. Allow ${operation} to the role of this function.`,
        { cause },
      )
    : new ServiceFaultError(`${operation} failed in ${region}: ${reasonIn(cause)}`, { cause });
};

/** The SDK's advice on reading its own error objects is left out. */
const reasonIn = (error: unknown): string => {
  if (error instanceof SyntaxError) return 'the answer is not JSON';
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ERR_INVALID_URL') return NO_ENDPOINT;
  const [message = ''] = error.message.split(/\s+Deserialization error:/);
  if (message.includes('XML parse error')) return 'the answer is not XML';
  return message === '' ? error.name : `${error.name}: ${message}`;
};

/** An endpoint other than AWS's own, such as an emulator's. */
export const EXAMPLE_ENDPOINT = 'http://127.0.0.1:4566';

const NO_ENDPOINT =
  'the endpoint is no URL. Set AWS_ENDPOINT_URL, or endpoint_url of the profile, to a URL, such as ' +
  `${EXAMPLE_ENDPOINT}.`;

const UNREACHABLE = ['UnrecognizedClientException', 'InvalidClientTokenId', 'OptInRequired'];

/** Whether a call failed because its Region is not enabled (it does not know the credentials) or does not exist (nor does DNS). */
export const isUnreachable = (error: unknown): boolean => {
  if (error instanceof ServiceFaultError) return isUnreachable(error.cause);
  return (
    UNREACHABLE.includes(codeOf(error)) ||
    (error instanceof Error && 'code' in error && error.code === 'ENOTFOUND')
  );
};

/** Errors whose message quotes the request that AWS would have signed, with the session token in it. */
const QUOTE_THE_REQUEST = ['InvalidSignatureException', 'SignatureDoesNotMatch'];

/** Parts of a signed request that must not reach a report or a log, whichever error quotes them. */
const SECRETS = /x-amz-security-token|credential=/i;

/**
 * An error of AWS that may be shown: only its name where its message quotes the signed request, the error itself otherwise.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
 */
export const redact = (error: unknown): unknown => {
  const message = error instanceof Error ? error.message : String(error);
  const isQuoting = QUOTE_THE_REQUEST.includes(codeOf(error)) || SECRETS.test(message);
  return isQuoting ? Object.assign(new Error(), { name: codeOf(error) || 'Error' }) : error;
};
