import { expect, it } from 'vitest';
import { ALL_KEYS } from '../model/cases.js';
import { compareEvaluators } from '../model/compare.js';

it('agrees with the evaluator that was written from the documents over every key under every parameter', () => {
  const { cases, differences } = compareEvaluators(ALL_KEYS);

  expect(differences).toEqual([]);
  expect(cases).toBeGreaterThan(4_000_000);
});
