import { expect, it } from 'vitest';
import { codeOf, ServiceFaultError, toServiceError } from '../../src/aws/errors.js';

const messageOf = (error: unknown) => toServiceError(error, 'kms:DescribeKey', 'eu-west-1').message;

it('adds the operation and Region to any thrown value except a service error', () => {
  const serviceError = new ServiceFaultError('named');

  expect(toServiceError(serviceError, 'kms:DescribeKey', 'eu-west-1')).toBe(serviceError);
  expect(messageOf('text')).toBe('kms:DescribeKey failed in eu-west-1: text');
  expect(messageOf(new SyntaxError('<'))).toBe(
    'kms:DescribeKey failed in eu-west-1: the response is not valid JSON',
  );
});

it.each([
  ['@aws-sdk XML parse error: unexpected content.', 'the response is not valid XML'],
  ['the date is not valid', 'TypeError: the date is not valid'],
])("omits the SDK's advice on its own error objects: %s", (message, shown) => {
  const hint =
    '\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.';

  expect(messageOf(new TypeError(message + hint))).toBe(`kms:DescribeKey failed in eu-west-1: ${shown}`);
});

it.each(['AccessDeniedException', 'ThrottlingException'])('keeps the error code of AWS: %s', (name) => {
  const error = toServiceError(
    Object.assign(new Error('no'), { name }),
    'config:PutEvaluations',
    'eu-west-1',
  );

  expect(codeOf(error)).toBe(name);
  expect(codeOf('text')).toBe('');
});

it.each([
  [
    'ENOTFOUND',
    { hostname: 'kms.eu-wset-1.amazonaws.com' },
    'the host name kms.eu-wset-1.amazonaws.com cannot be resolved (ENOTFOUND). Check the spelling of the Region, and the network.',
  ],
  ['EAI_AGAIN', {}, 'the host name cannot be resolved (EAI_AGAIN). Check the spelling of the Region'],
  [
    'ECONNREFUSED',
    {},
    'there is no connection to the endpoint (ECONNREFUSED). Check the network and the firewall.',
  ],
  [
    'SELF_SIGNED_CERT_IN_CHAIN',
    {},
    'the certificate of the endpoint is not trusted (SELF_SIGNED_CERT_IN_CHAIN). If',
  ],
  ['ERR_INVALID_URL', {}, 'the endpoint is not a URL.'],
  ['EOTHER', {}, 'something else'],
])('says what to do if there is no connection: %s', (code, properties, sentence) => {
  const error = Object.assign(new Error('something else'), { code, ...properties });

  expect(messageOf(error)).toContain(`kms:DescribeKey failed in eu-west-1: ${sentence}`);
});

it.each([
  [
    'User: arn:aws:iam::111122223333:user/ann is not authorized to perform: kms:X',
    'arn:aws:iam::111122223333:user/ann',
  ],
  ['Denied', 'the IAM role or user that called it'],
])('names the caller that AWS denies access: %s', (message, caller) => {
  const denied = Object.assign(new Error(message), { name: 'AccessDeniedException' });

  expect(messageOf(denied)).toBe(
    `kms:DescribeKey is denied in eu-west-1. Allow kms:DescribeKey for ${caller}.`,
  );
});
