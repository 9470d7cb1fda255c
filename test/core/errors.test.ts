import { expect, it } from 'vitest';
import {
  CredentialsError,
  FormatError,
  InterruptedError,
  isInterruption,
  messageOf,
  RuleEventError,
  RuleParametersError,
} from '../../src/core/errors.js';

it('gives each error its own name', () => {
  const errors = [
    new FormatError('x'),
    new RuleParametersError([]),
    new RuleEventError('x'),
    new InterruptedError('x'),
    new CredentialsError('x'),
  ];

  expect(errors.map(({ name }) => name)).toEqual([
    'FormatError',
    'RuleParametersError',
    'RuleEventError',
    'InterruptedError',
    'CredentialsError',
  ]);
});

it('lists all problems of the rule parameters', () => {
  const { message, problems } = new RuleParametersError(['One is wrong.', 'So is another.']);

  expect(message).toBe('The rule parameters are not valid: One is wrong. So is another.');
  expect(problems).toEqual(['One is wrong.', 'So is another.']);
});

it.each([
  ['an interruption', new InterruptedError('Ctrl-C'), true],
  [
    'an error caused by an interruption',
    new Error('given up', { cause: new InterruptedError('Ctrl-C') }),
    true,
  ],
  [
    'an error caused indirectly by an interruption',
    new Error('given up', { cause: new Error('ended', { cause: new InterruptedError('Ctrl-C') }) }),
    true,
  ],
  ['another error', new Error('broken'), false],
  ['another error with a cause', new Error('broken', { cause: new Error('worn') }), false],
  ['an object that is not an error but has a cause', { cause: new InterruptedError('Ctrl-C') }, false],
  ['undefined', undefined, false],
])('classifies %s', (_name, error, expected) => {
  expect(isInterruption(error)).toBe(expected);
});

it('returns the message of an error, and any other value as text', () => {
  expect(messageOf(new Error('No such key.'))).toBe('No such key.');
  expect(messageOf('stopped')).toBe('stopped');
});
