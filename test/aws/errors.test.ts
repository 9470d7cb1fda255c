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
