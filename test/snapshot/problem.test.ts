import { expect, it } from 'vitest';
import { FormatError } from '../../src/core/errors.js';
import { problemsOf, reasonOf } from '../../src/snapshot/problem.js';

const withCode = (code: string) => Object.assign(new Error('it went wrong'), { code });

it('says why reading failed', () => {
  expect(reasonOf(withCode('EACCES'))).toBe('The file may not be read. Check its permissions.');
  expect(reasonOf(withCode('EIO'))).toBe('Reading failed: it went wrong.');
  expect(reasonOf(new FormatError('this is no trail'))).toBe('this is no trail.');
});

it.each([new TypeError('a fault'), withCode('ERR_INVALID_ARG_TYPE'), 'a text', null, { code: 'EIO' }])(
  'takes a fault of its own for no bad input: %s',
  (fault) => {
    expect(() => reasonOf(fault)).toThrow();
  },
);

it('names the first twenty problems of a source and counts the rest', () => {
  const problems = problemsOf('a.json');

  for (let index = 0; index < 23; index += 1) problems.add(`Problem ${index}.`);

  expect(problems.list()).toHaveLength(21);
  expect(problems.list().at(-1)).toEqual({ source: 'a.json', message: 'There are 3 more problems.' });
});
