import { expect, it } from 'vitest';
import { ALL_KEYS } from '../model/cases.js';
import { compareJudges } from '../model/compare.js';

it('agrees with the judge that was written from the documents over every key under every parameter', () => {
  const { cases, differences } = compareJudges(ALL_KEYS);

  expect(differences).toEqual([]);
  expect(cases).toBeGreaterThan(4_000_000);
});
