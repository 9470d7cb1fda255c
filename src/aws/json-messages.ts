import { loadJsonRpcErrorCode } from '@smithy/core/protocols';
import { isJsonObject, parseJson, textOf } from '../core/json-value.js';
import type { Answer } from './post.js';

/** A request as AWS's JSON protocol has it: times are seconds since 1970. */
export const bodyOf = (input: object): string => JSON.stringify(wireOf(input));

const wireOf = (value: unknown): unknown => {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(wireOf);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, wireOf(field)]));
};

/**
 * What an answer of AWS's JSON protocol holds.
 *
 * @throws SyntaxError where it is not JSON, and an error by the name that AWS gives it
 */
export const answerIn = <Response>({ status, headers, text }: Answer): Response => {
  if (status === 200) return expected(JSON.parse(text === '' ? '{}' : text));
  const parsed = parseJson(text);
  const told = isJsonObject(parsed) ? parsed : {};
  const message = textOf(told, ['message', 'Message']) ?? `HTTP status ${status}`;
  throw Object.assign(new Error(message), {
    name:
      loadJsonRpcErrorCode({ statusCode: status, headers: { [TYPE]: String(headers[TYPE] ?? '') } }, told) ||
      'UnknownError',
    // Retries go by it.
    $metadata: { httpStatusCode: status },
  });
};

/** Where some services say the name of an error. */
const TYPE = 'x-amzn-errortype';

const expected = <Response>(answer: Response): Response => {
  if (isJsonObject(answer)) return answer;
  throw new SyntaxError('the answer is no object');
};
