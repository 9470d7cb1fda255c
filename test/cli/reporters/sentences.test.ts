import { describe, expect, it } from 'vitest';
import { conclusionOf } from '../../../src/cli/reporters/sentences.js';
import type { Finding } from '../../../src/core/evaluate-trail.js';
import type { Report } from '../../../src/core/report.js';
import type { ObservedTrail } from '../../../src/core/trail.js';
import { facts, findingOf, found, observed, reportOf, trail } from '../../support/builders.js';
import { exampleReport } from '../../support/example-report.js';
import { ROOT } from '../../support/project.js';
import { render } from '../../support/render.js';
import { runCheck } from '../../support/run-check.js';
import { EXAMPLES } from '../../support/verdict-examples.js';

const GOOD = findingOf(facts({ answer: found() }));
const BAD = findingOf(EXAMPLES.KEY_DISABLED);
const SHADOW = findingOf(EXAMPLES.SHADOW_TRAIL);
const MISSING = findingOf(EXAMPLES.TRAIL_NOT_FOUND);
const UNEVALUATED = observed({
  trail: trail({ arn: 'arn:aws:cloudtrail:eu-west-1:555566667777:trail/far' }),
});
const FAILED = { source: 'AWS', message: 'KMS did not answer.' };

type Input = {
  readonly findings?: readonly Finding[];
  readonly observedTrails?: readonly ObservedTrail[];
  readonly errors?: Report['errors'];
};

describe.each([
  ['no trail', {}, 'No CloudTrail trail was found.'],
  ['a good trail', { findings: [GOOD] }, '1 of 1 trail is COMPLIANT.'],
  ['a bad trail of two', { findings: [GOOD, BAD] }, '1 of 2 trails is NON_COMPLIANT.'],
  ['two bad trails', { findings: [BAD, BAD] }, '2 of 2 trails are NON_COMPLIANT.'],
  ['a shadow trail and a bad trail', { findings: [BAD, SHADOW] }, '1 of 1 trail is NON_COMPLIANT.'],
  [
    'a good trail and one that was not evaluated',
    { findings: [GOOD], observedTrails: [UNEVALUATED] },
    '1 of 1 evaluated trail is COMPLIANT; 1 trail was not evaluated.',
  ],
  [
    'a shadow trail and a trail that was not evaluated',
    { findings: [SHADOW], observedTrails: [UNEVALUATED] },
    'No trail was evaluated: only shadow trails, organization trails in member accounts, or deleted trails were found.',
  ],
  ['a deleted trail', { findings: [MISSING] }, 'No trail was evaluated: every finding is NOT_APPLICABLE.'],
  ['an error before any trail', { errors: [FAILED] }, 'No trail was evaluated because of errors.'],
  [
    'an error and a trail without a verdict',
    { observedTrails: [UNEVALUATED], errors: [FAILED] },
    'No trail was evaluated because of errors.',
  ],
  [
    'an error and a shadow trail',
    { findings: [SHADOW], observedTrails: [UNEVALUATED], errors: [FAILED] },
    'No trail was evaluated because of errors.',
  ],
] satisfies readonly [string, Input, string][])('%s', (_, input, sentence) => {
  it(`has the conclusion: ${sentence}`, () => {
    expect(conclusionOf(reportOf(input))).toBe(sentence);
  });

  it.each(['text', 'markdown', 'html'] as const)('has the same conclusion in %s', async (format) => {
    expect((await render(format, reportOf(input))).replace(/\s+/g, ' ')).toContain(sentence.slice(0, -1));
  });
});

describe.each(['text', 'markdown', 'html'] as const)('the format %s', (format) => {
  it('counts COMPLIANT and NON_COMPLIANT trails', async () => {
    expect(await render(format, await exampleReport())).toContain('14 of 19 trails are NON_COMPLIANT');
  });

  it('does not count a trail whose key is NOT_APPLICABLE', async () => {
    const path = [`${ROOT}examples/organization`, '--param-file', `${ROOT}examples/parameters.json`];
    const { report } = await runCheck(...path, '--param', 'unverifiableKey=NOT_APPLICABLE');

    const { COMPLIANT, NON_COMPLIANT } = report.summary;
    expect(COMPLIANT + NON_COMPLIANT).toBeLessThan(19);
    expect(await render(format, report)).toContain(
      `${NON_COMPLIANT} of ${COMPLIANT + NON_COMPLIANT} trails are NON_COMPLIANT`,
    );
  });

  it('does not say that no trail was found if an error occurred', async () => {
    const text = await render(format, reportOf({ observedTrails: [UNEVALUATED], errors: [FAILED] }));

    expect(text).not.toMatch(/No CloudTrail trail|nothing to evaluate/i);
  });
});

describe.each(['text', 'markdown', 'junit'] as const)('a trail that was not evaluated, in %s,', (format) => {
  it('lacks the data of its home Region if no error occurred', async () => {
    const text = await render(format, reportOf({ findings: [GOOD], observedTrails: [UNEVALUATED] }), 200);

    expect(text).toContain(
      'It was not found in its home Region. Add the data of account 111122223333 in eu-west-1, or scan the account.',
    );
  });

  it('may also be affected by an error', async () => {
    const text = await render(format, reportOf({ observedTrails: [UNEVALUATED], errors: [FAILED] }), 200);

    expect(text).toContain('It was not found in its home Region, or an error occurred. Add the data of');
  });
});
