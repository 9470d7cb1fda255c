import { loadJsonRpcErrorCode } from '@smithy/core/protocols';
import { isJsonObject, parseJson } from '../core/json-value.js';
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
 * What an answer of AWS's JSON protocol holds. A field that is null counts as absent.
 *
 * @throws SyntaxError where it is not JSON, and an error by the name that AWS gives it
 */
export const answerIn = <Response>({ status, headers, text }: Answer): Response => {
  if (status < 200 || status >= 300) throw errorIn({ status, headers, text });
  const answer = JSON.parse(text === '' ? '{}' : text);
  const isObject: boolean = isJsonObject(answer);
  if (!isObject) throw new SyntaxError('the answer is no object');
  for (const [name, field] of Object.entries(answer)) if (field === null) delete answer[name];
  return answer;
};

/** Where some services say the name of an error. */
const TYPE = 'x-amzn-errortype';

const errorIn = ({ status, headers, text }: Answer): Error => {
  const parsed = parseJson(text);
  const texts = Object.entries(isJsonObject(parsed) ? parsed : {}).filter(isText);
  const told: Readonly<Record<string, string>> = Object.fromEntries(texts);
  const answer = { statusCode: status, headers: { [TYPE]: String(headers[TYPE] ?? '') } };
  return Object.assign(new Error(told['message'] || told['Message'] || `HTTP status ${status}`), {
    name: loadJsonRpcErrorCode(answer, told) || 'UnknownError',
    // Retries go by it.
    $metadata: { httpStatusCode: status },
  });
};

const isText = (field: [string, unknown]): field is [string, string] => typeof field[1] === 'string';
