import { describe, expect, it } from 'vitest';
import { compareWith } from '../../src/core/comparison.js';
import { parseEarlierReport } from '../../src/core/earlier-report.js';
import { exitCodeOf, FAIL_ON } from '../../src/core/exit-code.js';
import { type Finding, findingOf } from '../../src/core/finding.js';
import { reportOf } from '../../src/core/report.js';
import type { Verdict } from '../../src/core/verdict.js';
import { ACCOUNT, facts, NOW, TRAIL_ARN } from '../support/builders.js';
import { EXAMPLES } from '../support/verdict-examples.js';

const findingAs = (code: Verdict['code'], overrides: Partial<Finding> = {}): Finding => ({
  ...findingOf(EXAMPLES[code]),
  accountId: ACCOUNT,
  region: 'eu-west-1',
  trailArn: TRAIL_ARN,
  trailName: 'audit',
  ...overrides,
});

const reportWith = (findings: readonly Finding[], earlier?: ReturnType<typeof parseEarlierReport>) =>
  reportOf({
    version: '1.2.3',
    sources: [],
    evaluatedAt: NOW,
    parameters: {},
    sightings: [],
    findings,
    errors: [],
    earlier,
  });

/** As it would be read back from a file. */
const earlierOf = (...findings: readonly Finding[]) =>
  parseEarlierReport(JSON.parse(JSON.stringify(reportWith(findings))));

const fatesOf = (before: readonly Finding[], now: readonly Finding[]): Record<string, unknown> => {
  const { since: _, ...fates } = compareWith(earlierOf(...before), now);
  return Object.fromEntries(
    Object.entries(fates)
      .filter(([, trails]) => trails.length > 0)
      .map(([fate, trails]) => [fate, trails.map(({ codeBefore, codeNow }) => [codeBefore, codeNow])]),
  );
};

describe('a trail', () => {
  it.each([
    { fate: 'new', before: [], now: 'NO_KMS_KEY', expected: { new: [[null, 'NO_KMS_KEY']] } },
    {
      fate: 'new, once it was well',
      before: ['CMK_USABLE'],
      now: 'KEY_DISABLED',
      expected: { new: [[null, 'KEY_DISABLED']] },
    },
    {
      fate: 'still open',
      before: ['NO_KMS_KEY'],
      now: 'NO_KMS_KEY',
      expected: { stillOpen: [['NO_KMS_KEY', 'NO_KMS_KEY']] },
    },
    {
      fate: 'changed',
      before: ['KEY_DISABLED'],
      now: 'KEY_PENDING_DELETION',
      expected: { changed: [['KEY_DISABLED', 'KEY_PENDING_DELETION']] },
    },
    {
      fate: 'fixed',
      before: ['KEY_DISABLED'],
      now: 'CMK_USABLE',
      expected: { fixed: [['KEY_DISABLED', 'CMK_USABLE']] },
    },
    {
      fate: 'fixed, once it is gone',
      before: ['KEY_DISABLED'],
      now: 'TRAIL_GONE',
      expected: { fixed: [['KEY_DISABLED', 'TRAIL_GONE']] },
    },
    { fate: 'nothing, well in both', before: ['CMK_USABLE'], now: 'CMK_USABLE', expected: {} },
    { fate: 'nothing, well and new', before: [], now: 'CMK_USABLE', expected: {} },
  ] as const)('is $fate', ({ before, now, expected }) => {
    const earlier = before.map((code) => findingAs(code));

    expect(fatesOf(earlier, [findingAs(now)])).toEqual(expected);
  });

  it('that is not in the findings is not called fixed', () => {
    expect(fatesOf([findingAs('NO_KMS_KEY')], [])).toEqual({ notSeen: [['NO_KMS_KEY', null]] });
  });

  it('whose key cannot be asked is not called fixed, whatever the parameters count that as', () => {
    const unknown = findingAs('KEY_UNVERIFIABLE', { compliance: 'NOT_APPLICABLE' });

    expect(fatesOf([findingAs('NO_KMS_KEY')], [unknown])).toEqual({
      notSeen: [['NO_KMS_KEY', 'KEY_UNVERIFIABLE']],
    });
    expect(fatesOf([findingAs('NO_KMS_KEY')], [findingAs('KEY_UNVERIFIABLE')])).toHaveProperty('changed');
  });

  it('is named by its place, with what it was and what it is', () => {
    const { changed } = compareWith(earlierOf(findingAs('NO_KMS_KEY')), [findingAs('KEY_DISABLED')]);

    expect(changed).toEqual([
      {
        accountId: ACCOUNT,
        region: 'eu-west-1',
        trailArn: TRAIL_ARN,
        trailName: 'audit',
        codeBefore: 'NO_KMS_KEY',
        codeNow: 'KEY_DISABLED',
        worse: true,
      },
    ]);
  });

  it.each([
    ['LOW', 'MEDIUM', true],
    ['LOW', 'HIGH', true],
    ['MEDIUM', 'HIGH', true],
    ['HIGH', 'HIGH', false],
    ['HIGH', 'MEDIUM', false],
    ['MEDIUM', 'LOW', false],
    ['UNHEARD', 'LOW', true],
  ])('of severity %s that is now of severity %s: worse %s', (severityBefore, severity, worse) => {
    const earlier = earlierOf(findingAs('NO_KMS_KEY', { severity: severityBefore as Finding['severity'] }));

    const { changed } = compareWith(earlier, [
      findingAs('KEY_DISABLED', { severity: severity as Finding['severity'] }),
    ]);

    expect(changed.map((one) => one.worse)).toEqual([worse]);
  });

  it('is told apart by account, Region and ARN', () => {
    const elsewhere = findingAs('NO_KMS_KEY', { region: 'us-east-1' });

    expect(fatesOf([findingAs('NO_KMS_KEY')], [elsewhere])).toEqual({
      new: [[null, 'NO_KMS_KEY']],
      notSeen: [['NO_KMS_KEY', null]],
    });
  });
});

describe('--fail-on new', () => {
  const codeFor = (before: readonly Finding[], now: Finding) =>
    exitCodeOf(reportWith([now], earlierOf(...before)), 'new');

  it('fails on what is new, or worse than before', () => {
    expect(codeFor([], findingAs('NO_KMS_KEY'))).toBe(1);
    expect(codeFor([findingAs('NO_KMS_KEY')], findingAs('KEY_DISABLED'))).toBe(1);
  });

  it('passes what is as it was, or less severe', () => {
    expect(codeFor([findingAs('NO_KMS_KEY')], findingAs('NO_KMS_KEY'))).toBe(0);
    expect(codeFor([findingAs('KEY_DISABLED')], findingAs('NO_KMS_KEY'))).toBe(0);
    expect(codeFor([findingAs('KEY_DISABLED')], findingAs('CMK_USABLE'))).toBe(0);
  });

  it('passes another fault of the same severity', () => {
    expect(codeFor([findingAs('KEY_DISABLED')], findingAs('KEY_PENDING_DELETION'))).toBe(0);
  });

  it('does not hold where every non-compliant finding fails the run', () => {
    const report = reportWith([findingAs('NO_KMS_KEY')], earlierOf(findingAs('NO_KMS_KEY')));

    expect(exitCodeOf(report, 'NON_COMPLIANT')).toBe(1);
  });

  it('is one of three choices', () => {
    expect(FAIL_ON).toEqual(['NON_COMPLIANT', 'new', 'never']);
  });

  it('fails on all without an earlier report, for then all is new', () => {
    expect(exitCodeOf(reportWith([findingAs('NO_KMS_KEY')]), 'new')).toBe(1);
    expect(exitCodeOf(reportWith([findingAs('CMK_USABLE')]), 'new')).toBe(0);
  });
});

describe('an earlier report', () => {
  const whole = () => JSON.parse(JSON.stringify(reportWith([findingOf(facts())])));

  it('may have fields and codes that came later', () => {
    const finding = { ...whole().findings[0], code: 'KEY_OF_TOMORROW', more: 1 };

    expect(
      parseEarlierReport({ ...whole(), schemaVersion: '1.7', findings: [finding] }).findings[0]?.code,
    ).toBe('KEY_OF_TOMORROW');
  });

  it.each([
    [() => [], 'expected a report and found an array'],
    [() => undefined, 'expected a report and found undefined'],
    [() => ({}), 'field "schemaVersion" is absent'],
    [() => ({ ...whole(), schemaVersion: '2.0' }), 'should be 1.0 or another 1.x and is "2.0"'],
    [() => ({ ...whole(), findings: {} }), 'field "findings" should be an array and is an object'],
    [() => ({ ...whole(), findings: [7] }), 'a finding should be an object and is a number'],
    [() => ({ ...whole(), findings: [{}] }), 'field "accountId" is absent'],
    [() => ({ ...whole(), evaluatedAt: 7 }), 'field "evaluatedAt" should be text and is a number'],
  ])('that is none is refused: %#', (report, message) => {
    expect(() => parseEarlierReport(report())).toThrow(message);
  });
});
