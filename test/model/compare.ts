import { gradeOf, type UncheckedPolicy, type Verdict } from '../../src/core/verdict.js';
import { type Facts, verdictOf } from '../support/builders.js';
import { casesOf, type Table } from './cases.js';
import { factsOf } from './facts-of.js';
import { type Case, evaluateNaively } from './naive-evaluator.js';

const MAX_SHOWN = 5;

/** A case with different results. */
type Difference = { readonly naive: string; readonly decided: string; readonly case: Case };

/** Evaluates every case of a table twice. Returns the number of cases, the codes, and the first cases with different results. */
export const compareEvaluators = (table: Table) => {
  const differences: Difference[] = [];
  const codes = new Set<string>();
  let cases = 0;
  for (const one of casesOf(table)) {
    cases += 1;
    const [naive, decided] = [evaluateNaively(one), describeVerdictOn(factsOf(one))];
    codes.add(decided.split(' ', 1).join());
    if (naive !== decided && differences.length < MAX_SHOWN) differences.push({ naive, decided, case: one });
  }
  return { cases, codes, differences };
};

const describeVerdictOn = (facts: Facts): string => {
  const verdict = verdictOf(facts);
  const { compliance, severity } = gradeOf(verdict, facts.parameters);
  return [verdict.code, compliance, severity, ...detailsOf(verdict)].join(' ');
};

/** What a verdict says beyond its code and its key, as far as the pages tell of it. */
const detailsOf = (verdict: Verdict): readonly string[] => {
  switch (verdict.code) {
    case 'KEY_UNVERIFIABLE':
      return [verdict.why === 'policy' ? gapIn(verdict.policy) : verdict.why];
    case 'KEY_NOT_FOUND':
    case 'KEY_POLICY_BLOCKS_CLOUDTRAIL':
      return [verdict.why];
    case 'KEY_PENDING_DELETION':
      return [
        ...(verdict.deletionDate === undefined ? [] : ['dated']),
        ...(verdict.overdue ? ['overdue'] : []),
      ];
    case 'KEY_UNAVAILABLE':
      return [verdict.state];
    case 'KEY_MATERIAL_EXPIRING':
      return verdict.ended ? ['ended'] : [];
    case 'CMK_USABLE':
      return verdict.unchecked === undefined ? [] : [gapIn(verdict.unchecked)];
    default:
      return [];
  }
};

const gapIn = (policy: UncheckedPolicy): string =>
  policy.kind === 'unavailable' ? `policy-${policy.why}` : policy.subject;
