import { nameOf } from './errors.js';

/** Errors whose message quotes the request that AWS would have signed, with the session token in it. */
const QUOTE_THE_REQUEST = ['InvalidSignatureException', 'SignatureDoesNotMatch'];

/** What of a signed request belongs in no report, whatever error quotes it. */
const SECRETS = /x-amz-security-token|credential=/i;

/**
 * An error of AWS as it may be shown: its name alone where its message quotes the request, as it is otherwise.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
 */
export const withoutSecrets = (error: unknown): unknown => {
  const quotes = QUOTE_THE_REQUEST.includes(nameOf(error)) || SECRETS.test(wordsIn(error));
  return quotes ? Object.assign(new Error(), { name: nameOf(error) || 'Error' }) : error;
};

const wordsIn = (error: unknown): string => (error instanceof Error ? error.message : String(error));
