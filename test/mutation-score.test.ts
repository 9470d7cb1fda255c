import { expect, it } from 'vitest';
import { textAt } from './support/project.js';

const { mutants, killed, survived, justified, score } = JSON.parse(textAt('test/mutation-score.json'));

it('is that of a core whose every mutant is killed or justified', () => {
  expect({ survived, score }).toEqual({ survived: 0, score: 100 });
  expect(killed).toBe(mutants);
  expect(mutants).toBeGreaterThan(1500);
});

it('is told in the documents as `npm run test:mutation` has counted it', () => {
  expect(textAt('CONTRIBUTING.md').replace(/\s+/g, ' ')).toContain(
    `the tests killed ${killed} of ${mutants} mutants of the core, ${score} %, and ${justified} were justified`,
  );
});
