import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bySeverity, count, formatNumber, sharedStepOf } from '../../../src/cli/reporters/findings.js';
import type { Finding } from '../../../src/core/evaluate-trail.js';
import { DEFAULT_PARAMETERS } from '../../../src/core/rule-parameters.js';
import { CATALOGUE } from '../../../src/core/verdict.js';
import { facts, findingOf, found } from '../../support/builders.js';
import { EXAMPLES } from '../../support/verdict-examples.js';

describe('the next step of a group', () => {
  const stepOf = (...findings: readonly Finding[]) => bySeverity(findings).map(sharedStepOf);
  const usableUnless = (why: 'denied' | 'not-recorded') =>
    findingOf(
      facts({
        parameters: { ...DEFAULT_PARAMETERS, checkKeyPolicy: 'true' },
        answer: found({ policy: { kind: 'unavailable', why } }),
      }),
    );

  it('is that of the catalogue if the findings are NON_COMPLIANT', () => {
    expect(stepOf(findingOf(EXAMPLES.KEY_DISABLED))).toEqual([CATALOGUE.KEY_DISABLED.nextStep]);
  });

  it('is that of the findings if they are COMPLIANT and have the same one', () => {
    expect(stepOf(findingOf(EXAMPLES.CMK_USABLE))).toEqual(['No action is needed.']);
    expect(stepOf(usableUnless('denied'))).toEqual(['Allow kms:GetKeyPolicy.']);
  });

  it('does not exist if it depends on the reason', () => {
    expect(stepOf(findingOf(EXAMPLES.KEY_UNVERIFIABLE))).toEqual([undefined]);
    expect(stepOf(usableUnless('denied'), usableUnless('not-recorded'))).toEqual([undefined]);
  });
});

it.each([
  [0, '0 trails'],
  [1, '1 trail'],
  [999, '999 trails'],
  [1000, '1,000 trails'],
  [1_234_567, '1,234,567 trails'],
])('counts %s in words', (amount, words) => {
  expect(count(amount, 'trail')).toBe(words);
});

it('groups digits as Node.js does for English', () => {
  fc.assert(fc.property(fc.nat(), (amount) => formatNumber(amount) === amount.toLocaleString('en-US')));
});
