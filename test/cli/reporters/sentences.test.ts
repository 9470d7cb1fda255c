import { describe, expect, it } from 'vitest';
import { conclusionOf } from '../../../src/cli/reporters/sentences.js';
import type { Finding } from '../../../src/core/evaluate-trail.js';
import { createReport, type Report } from '../../../src/core/report.js';
import type { ObservedTrail } from '../../../src/core/trail.js';
import { facts, findingOf, found, NOW, observed, trail } from '../../support/builders.js';
import { exampleReport } from '../../support/example-report.js';
import { ROOT } from '../../support/project.js';
import { render } from '../../support/render.js';
import { runCheck } from '../../support/run-check.js';
import { EXAMPLES } from '../../support/verdict-examples.js';

const GOOD = findingOf(facts({ answer: found() }));
const BAD = findingOf(EXAMPLES.KEY_DISABLED);
const COPY = findingOf(EXAMPLES.SHADOW_TRAIL);
const GONE = findingOf(EXAMPLES.TRAIL_NOT_FOUND);
const UNSEEN = observed({ trail: trail({ arn: 'arn:aws:cloudtrail:eu-west-1:555566667777:trail/far' }) });
const FAILED = { source: 'AWS', message: 'KMS did not answer.' };

type Seen = {
  readonly findings?: readonly Finding[];
  readonly observedTrails?: readonly ObservedTrail[];
  readonly errors?: Report['errors'];
};

const reportWith = ({ findings = [], observedTrails = [], errors = [] }: Seen): Report =>
  createReport({
    version: '1.2.3',
    sources: [],
    evaluatedAt: NOW,
    parameters: {},
    observedTrails,
    findings,
    errors,
  });

describe.each([
  ['no trail', {}, 'No CloudTrail trail was found.'],
  ['a good trail', { findings: [GOOD] }, 'None of 1 judged trail needs work.'],
  ['a bad trail of two', { findings: [GOOD, BAD] }, '1 of 2 judged trails needs work.'],
  ['two bad trails', { findings: [BAD, BAD] }, '2 of 2 judged trails need work.'],
  ['a copy beside a bad trail', { findings: [BAD, COPY] }, '1 of 1 judged trail needs work.'],
  [
    'a good trail and one that was not judged',
    { findings: [GOOD], observedTrails: [UNSEEN] },
    'None of 1 judged trail needs work; 1 trail was not judged.',
  ],
  [
    'a copy of a trail that was not judged',
    { findings: [COPY], observedTrails: [UNSEEN] },
    'Nothing was judged: every trail was seen from elsewhere, or is gone.',
  ],
  ['trails that are gone', { findings: [GONE] }, 'Nothing was judged: every finding is NOT_APPLICABLE.'],
  ['a fault before any trail', { errors: [FAILED] }, 'Nothing was judged: see what went wrong.'],
  [
    'a fault that left a trail without a verdict',
    { observedTrails: [UNSEEN], errors: [FAILED] },
    'Nothing was judged: see what went wrong.',
  ],
  [
    'a fault amid copies',
    { findings: [COPY], observedTrails: [UNSEEN], errors: [FAILED] },
    'Nothing was judged: see what went wrong.',
  ],
] satisfies readonly [string, Seen, string][])('%s', (_, seen, sentence) => {
  it(`comes to: ${sentence}`, () => {
    expect(conclusionOf(reportWith(seen))).toBe(sentence);
  });

  it.each(['text', 'markdown', 'html'] as const)('comes to the same as %s', async (format) => {
    expect(await render(format, reportWith(seen))).toContain(sentence.slice(0, -1));
  });
});

describe.each(['text', 'markdown', 'html'] as const)('the format %s', (format) => {
  it('counts as judged what is COMPLIANT or NON_COMPLIANT', async () => {
    expect(await render(format, await exampleReport())).toContain('14 of 19 judged trails need work');
  });

  it('counts no trail as judged whose key was set aside', async () => {
    const path = [`${ROOT}examples/organization`, '--param-file', `${ROOT}examples/parameters.json`];
    const { report } = await runCheck(...path, '--param', 'unverifiableKey=NOT_APPLICABLE');

    const { COMPLIANT, NON_COMPLIANT } = report.summary;
    expect(COMPLIANT + NON_COMPLIANT).toBeLessThan(19);
    expect(await render(format, report)).toContain(
      `${NON_COMPLIANT} of ${COMPLIANT + NON_COMPLIANT} judged trails need work`,
    );
  });

  it('does not say that nothing was found where something went wrong', async () => {
    const text = await render(format, reportWith({ observedTrails: [UNSEEN], errors: [FAILED] }));

    expect(text).not.toMatch(/No CloudTrail trail|nothing to judge|No judged trail/i);
  });
});

describe.each(['text', 'markdown', 'junit'] as const)(
  'a trail that was not judged, as %s has it,',
  (format) => {
    it('was seen only from elsewhere where nothing went wrong', async () => {
      const text = await render(format, reportWith({ findings: [GOOD], observedTrails: [UNSEEN] }), 200);

      expect(text.toLowerCase()).toContain('seen only from elsewhere');
      expect(text).not.toContain('something went wrong');
      expect(text).toMatch(/add the snapshot of the account and home Region .*, or scan that account/);
    });

    it('may also be one where something went wrong', async () => {
      const text = await render(format, reportWith({ observedTrails: [UNSEEN], errors: [FAILED] }), 200);

      expect(text.toLowerCase()).toContain('seen only from elsewhere, or where something went wrong');
    });
  },
);
