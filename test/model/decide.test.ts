import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/core/verdict.js';
import { KEYS, TRAILS, USABLE_KEYS } from './cases.js';
import { compareEvaluators } from './compare.js';

describe('an independent evaluator, written from the documents', () => {
  it.each([
    ['trails and answers', TRAILS, 50_000],
    ['keys', KEYS, 70_000],
    ['usable keys', USABLE_KEYS, 20_000],
  ])('agrees with decide over all cases of %s', (_, table, atLeast) => {
    const { cases, differences } = compareEvaluators(table);

    expect(differences).toEqual([]);
    expect(cases).toBeGreaterThan(atLeast);
  });

  it('meets every verdict on the way', () => {
    const codes = [TRAILS, KEYS, USABLE_KEYS].flatMap((table) => [...compareEvaluators(table).codes]);

    expect(new Set(codes)).toEqual(new Set(Object.keys(CATALOGUE)));
  });
});
