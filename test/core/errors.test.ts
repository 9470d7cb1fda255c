import { expect, it } from 'vitest';
import {
  CredentialsError,
  FormatError,
  InterruptedError,
  isInterruption,
  RuleEventError,
  RuleParametersError,
} from '../../src/core/errors.js';

it('gives each error its own name, as logs show it', () => {
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

it('says all problems of rule parameters in one sentence after another', () => {
  const { message, problems } = new RuleParametersError(['One is wrong.', 'So is another.']);

  expect(message).toBe('The rule parameters are wrong: One is wrong. So is another.');
  expect(problems).toEqual(['One is wrong.', 'So is another.']);
});

it.each([
  ['an interruption', new InterruptedError('Ctrl-C'), true],
  ['what an interruption caused', new Error('given up', { cause: new InterruptedError('Ctrl-C') }), true],
  [
    'what it caused two steps away',
    new Error('given up', { cause: new Error('ended', { cause: new InterruptedError('Ctrl-C') }) }),
    true,
  ],
  ['another error', new Error('broken'), false],
  ['another error with a cause', new Error('broken', { cause: new Error('worn') }), false],
  ['what is no error, but has the cause of one', { cause: new InterruptedError('Ctrl-C') }, false],
  ['nothing', undefined, false],
])('knows %s', (_name, error, expected) => {
  expect(isInterruption(error)).toBe(expected);
});
