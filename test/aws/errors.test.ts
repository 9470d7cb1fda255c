import { expect, it } from 'vitest';
import { codeOf, ServiceFaultError, toServiceError } from '../../src/aws/errors.js';

const messageOf = (error: unknown) => toServiceError(error, 'kms:DescribeKey', 'eu-west-1').message;

it('names the operation and Region of whatever was thrown, and leaves alone what is named already', () => {
  const named = new ServiceFaultError('named');

  expect(toServiceError(named, 'kms:DescribeKey', 'eu-west-1')).toBe(named);
  expect(messageOf('text')).toBe('kms:DescribeKey failed in eu-west-1: text');
  expect(messageOf(new SyntaxError('<'))).toBe('kms:DescribeKey failed in eu-west-1: the answer is not JSON');
});

it.each([
  ['@aws-sdk XML parse error: unexpected content.', 'the answer is not XML'],
  ['the date is none', 'TypeError: the date is none'],
])('leaves out what the SDK says of its own objects: %s', (message, shown) => {
  const hint =
    '\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.';

  expect(messageOf(new TypeError(message + hint))).toBe(`kms:DescribeKey failed in eu-west-1: ${shown}`);
});

it.each(['AccessDeniedException', 'ThrottlingException'])('keeps the code of AWS: %s', (name) => {
  const error = toServiceError(
    Object.assign(new Error('no'), { name }),
    'config:PutEvaluations',
    'eu-west-1',
  );

  expect(codeOf(error)).toBe(name);
  expect(codeOf('text')).toBe('');
});
