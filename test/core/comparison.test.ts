import { describe, expect, it } from 'vitest';
import {
  type Comparison,
  changedParameters,
  compareWith,
  parseEarlierReport,
} from '../../src/core/comparison.js';
import type { Finding } from '../../src/core/evaluate-trail.js';
import { createReport, exitCodeOf, FAIL_ON } from '../../src/core/report.js';
import type { Verdict } from '../../src/core/verdict.js';
import { ACCOUNT, facts, findingOf, KEY_ARN, NOW, TRAIL_ARN } from '../support/builders.js';
import { EXAMPLES } from '../support/verdict-examples.js';

const findingAs = (code: Verdict['code'], overrides: Partial<Finding> = {}): Finding => ({
  ...findingOf(EXAMPLES[code]),
  accountId: ACCOUNT,
  region: 'eu-west-1',
  trailArn: TRAIL_ARN,
  trailName: 'audit',
  ...overrides,
});

const reportWith = (
  findings: readonly Finding[],
  earlier?: ReturnType<typeof parseEarlierReport>,
  parameters = {},
) =>
  createReport({
    version: '1.2.3',
    mode: 'offline',
    sources: [],
    evaluatedAt: NOW,
    parameters,
    observedTrails: [],
    findings,
    errors: [],
    earlier,
  });

/** As it would be read back from a file. */
const earlierOf = (...findings: readonly Finding[]) => earlierUnder({}, ...findings);

const earlierUnder = (parameters: object, ...findings: readonly Finding[]) =>
  parseEarlierReport(JSON.parse(JSON.stringify(reportWith(findings, undefined, parameters))));

const STATUSES = ['new', 'notEvaluatedBefore', 'changed', 'stillOpen', 'fixed', 'notEvaluatedNow'] as const;

const statusesOf = (before: readonly Finding[], now: readonly Finding[]) =>
  statusesIn(compareWith(earlierOf(...before), { parameters: {}, findings: now }));

const statusesIn = (comparison: Comparison): Record<string, unknown> =>
  Object.fromEntries(
    STATUSES.map((status) => [status, comparison[status]] as const)
      .filter(([, trails]) => trails.length > 0)
      .map(([status, trails]) => [status, trails.map(({ codeBefore, codeNow }) => [codeBefore, codeNow])]),
  );

describe('a trail', () => {
  it.each([
    { status: 'new', before: [], now: 'NO_KMS_KEY', expected: { new: [[null, 'NO_KMS_KEY']] } },
    {
      status: 'new if it was compliant',
      before: ['CMK_USABLE'],
      now: 'KEY_DISABLED',
      expected: { new: [[null, 'KEY_DISABLED']] },
    },
    {
      status: 'still open',
      before: ['NO_KMS_KEY'],
      now: 'NO_KMS_KEY',
      expected: { stillOpen: [['NO_KMS_KEY', 'NO_KMS_KEY']] },
    },
    {
      status: 'changed',
      before: ['KEY_DISABLED'],
      now: 'KEY_PENDING_DELETION',
      expected: { changed: [['KEY_DISABLED', 'KEY_PENDING_DELETION']] },
    },
    {
      status: 'fixed',
      before: ['KEY_DISABLED'],
      now: 'CMK_USABLE',
      expected: { fixed: [['KEY_DISABLED', 'CMK_USABLE']] },
    },
    {
      status: 'fixed if it was deleted',
      before: ['KEY_DISABLED'],
      now: 'TRAIL_NOT_FOUND',
      expected: { fixed: [['KEY_DISABLED', 'TRAIL_NOT_FOUND']] },
    },
    { status: 'not listed if compliant in both', before: ['CMK_USABLE'], now: 'CMK_USABLE', expected: {} },
    { status: 'not listed if compliant and new', before: [], now: 'CMK_USABLE', expected: {} },
  ] as const)('is $status', ({ before, now, expected }) => {
    const earlier = before.map((code) => findingAs(code));

    expect(statusesOf(earlier, [findingAs(now)])).toEqual(expected);
  });

  it('without a finding is not listed as fixed', () => {
    expect(statusesOf([findingAs('NO_KMS_KEY')], [])).toEqual({ notEvaluatedNow: [['NO_KMS_KEY', null]] });
  });

  it('whose key cannot be verified is not listed as fixed, whatever unverifiableKey is', () => {
    const unknown = findingAs('KEY_UNVERIFIABLE', { compliance: 'NOT_APPLICABLE' });

    expect(statusesOf([findingAs('NO_KMS_KEY')], [unknown])).toEqual({
      notEvaluatedNow: [['NO_KMS_KEY', 'KEY_UNVERIFIABLE']],
    });
    expect(statusesOf([findingAs('NO_KMS_KEY')], [findingAs('KEY_UNVERIFIABLE')])).toHaveProperty('changed');
  });

  it.each([
    ['the key was not checked', findingAs('KEY_PRESENT')],
    ['only a shadow trail was found', findingAs('SHADOW_TRAIL')],
    ['only an organization trail was found', findingAs('ORGANIZATION_TRAIL')],
    ['the recording ended', findingAs('TRAIL_NOT_FOUND', { unchecked: ['trail'] })],
    ['the key policy cannot be read', findingAs('CMK_USABLE', { unchecked: ['policy'] })],
  ])('is not listed as fixed if %s', (_why, now) => {
    expect(statusesOf([findingAs('KEY_DISABLED')], [now])).toEqual({
      notEvaluatedNow: [['KEY_DISABLED', now.code]],
    });
  });

  it('that the earlier report did not evaluate is not listed as new', () => {
    const { homeRegion } = findingAs('NO_KMS_KEY');
    const notEvaluated = [{ trailArn: TRAIL_ARN, homeRegion, ownerAccountId: ACCOUNT }];
    const earlier = parseEarlierReport({ ...reportWith([]), notEvaluated });

    const report = reportWith([findingAs('NO_KMS_KEY')], earlier);

    expect(report.comparison).toMatchObject({ earlierErrors: 0, earlierNotEvaluated: 1 });
    expect(statusesIn(compareWith(earlier, report))).toEqual({ notEvaluatedBefore: [[null, 'NO_KMS_KEY']] });
    expect(exitCodeOf(report, 'new')).toBe(0);
  });

  it('is listed with its account, Region, and both codes', () => {
    const { changed } = compareWith(earlierOf(findingAs('NO_KMS_KEY')), {
      parameters: {},
      findings: [findingAs('KEY_DISABLED')],
    });

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

    const { changed } = compareWith(earlier, {
      parameters: {},
      findings: [findingAs('KEY_DISABLED', { severity: severity as Finding['severity'] })],
    });

    expect(changed.map((one) => one.worse)).toEqual([worse]);
  });

  it('is identified by account, Region, and ARN', () => {
    const otherRegion = findingAs('NO_KMS_KEY', { region: 'us-east-1' });

    expect(statusesOf([findingAs('NO_KMS_KEY')], [otherRegion])).toEqual({
      new: [[null, 'NO_KMS_KEY']],
      notEvaluatedNow: [['NO_KMS_KEY', null]],
    });
  });
});

describe('a verdict that depends on a parameter', () => {
  const DEPENDENT = [
    ['KEY_NOT_ALLOWED', 'kmsKeyArns', KEY_ARN],
    ['KEY_POLICY_BLOCKS_CLOUDTRAIL', 'checkKeyPolicy', 'true'],
    ['KEY_POLICY_OPEN', 'checkKeyPolicy', 'true'],
    ['KEY_MATERIAL_EXPIRING', 'keyMaterialExpiryDays', '30'],
    ['KEY_ROTATION_OFF', 'requireKeyRotation', 'true'],
    ['KEY_UNVERIFIABLE', 'requireKeyRotation', 'true'],
    ['KEY_UNVERIFIABLE', 'checkKeyPolicy', 'strict'],
  ] as const;
  const statusesUnder = (
    before: readonly [Verdict['code'], object],
    now: Readonly<Record<string, string>>,
    code: Verdict['code'],
  ) =>
    statusesIn(
      compareWith(earlierUnder(before[1], findingAs(before[0])), {
        parameters: now,
        findings: [findingAs(code)],
      }),
    );

  it.each(DEPENDENT)('%s is not listed as fixed if %s is no longer set', (code, name, value) => {
    const given = { [name]: value };

    expect(statusesUnder([code, given], {}, 'CMK_USABLE')).toEqual({
      notEvaluatedNow: [[code, 'CMK_USABLE']],
    });
    expect(statusesUnder([code, given], given, 'CMK_USABLE')).toEqual({ fixed: [[code, 'CMK_USABLE']] });
    expect(statusesUnder([code, given], {}, 'TRAIL_NOT_FOUND')).toEqual({
      fixed: [[code, 'TRAIL_NOT_FOUND']],
    });
    expect(statusesUnder(['KEY_DISABLED', given], {}, 'CMK_USABLE')).toHaveProperty('fixed');
  });
});

describe('parameters', () => {
  const changed = (before: object, now: Readonly<Record<string, string>>) =>
    compareWith(earlierUnder(before), { parameters: now, findings: [] }).changedParameters;

  it('that differ are listed in the order of the documentation, unknown ones last', () => {
    expect(
      changed(
        { tomorrow: 'yes', organizationTrails: 'everywhere' },
        { requireKeyRotation: 'true', kmsKeyArns: KEY_ARN },
      ),
    ).toEqual([
      { name: 'kmsKeyArns', before: null, now: KEY_ARN },
      { name: 'organizationTrails', before: 'everywhere', now: null },
      { name: 'requireKeyRotation', before: null, now: 'true' },
      { name: 'tomorrow', before: 'yes', now: null },
    ]);
  });

  it('that mean the same do not differ', () => {
    const other = `${KEY_ARN}0`;

    expect(changed({}, { checkKeyPolicy: 'false', keyMaterialExpiryDays: '0', kmsKeyArns: '' })).toEqual([]);
    expect(changed({ kmsKeyArns: `${KEY_ARN},${other}` }, { kmsKeyArns: ` ${other} , ${KEY_ARN}` })).toEqual(
      [],
    );
    expect(changed({ kmsKeyArns: KEY_ARN }, { kmsKeyArns: other })).toHaveLength(1);
  });
});

describe('--fail-on new', () => {
  const codeFor = (before: readonly Finding[], now: Finding) =>
    exitCodeOf(reportWith([now], earlierOf(...before)), 'new');

  it('fails on a new finding or a higher severity', () => {
    expect(codeFor([], findingAs('NO_KMS_KEY'))).toBe(1);
    expect(codeFor([findingAs('NO_KMS_KEY')], findingAs('KEY_DISABLED'))).toBe(1);
  });

  it('passes the same or a lower severity', () => {
    expect(codeFor([findingAs('NO_KMS_KEY')], findingAs('NO_KMS_KEY'))).toBe(0);
    expect(codeFor([findingAs('KEY_DISABLED')], findingAs('NO_KMS_KEY'))).toBe(0);
    expect(codeFor([findingAs('KEY_DISABLED')], findingAs('CMK_USABLE'))).toBe(0);
  });

  const waiver = { reason: 'Closing', owner: 'ann', expires: '2026-03-31' };

  it('fails once a waiver of the earlier report has ended', () => {
    const waived = findingAs('NO_KMS_KEY', { waiver });
    const comparisonOf = (now: Finding) => reportWith([now], earlierOf(waived)).comparison;

    expect(codeFor([waived], findingAs('NO_KMS_KEY'))).toBe(1);
    expect(codeFor([waived], waived)).toBe(0);
    expect(codeFor([waived], findingAs('CMK_USABLE'))).toBe(0);
    expect(comparisonOf(findingAs('NO_KMS_KEY'))?.stillOpen).toMatchObject([{ waiverEnded: true }]);
    expect(comparisonOf(waived)?.stillOpen[0]).not.toHaveProperty('waiverEnded');
    expect(comparisonOf(findingAs('CMK_USABLE'))?.fixed[0]).not.toHaveProperty('waiverEnded');
    expect(reportWith([], earlierOf(waived)).comparison?.notEvaluatedNow[0]).not.toHaveProperty(
      'waiverEnded',
    );
  });

  it('passes a new finding that is waived', () => {
    expect(codeFor([], findingAs('NO_KMS_KEY', { waiver }))).toBe(0);
  });

  it('passes another code of the same severity', () => {
    expect(codeFor([findingAs('KEY_DISABLED')], findingAs('KEY_PENDING_DELETION'))).toBe(0);
  });

  it('is not used with --fail-on NON_COMPLIANT', () => {
    const report = reportWith([findingAs('NO_KMS_KEY')], earlierOf(findingAs('NO_KMS_KEY')));

    expect(exitCodeOf(report, 'NON_COMPLIANT')).toBe(1);
  });

  it('is one of the choices', () => {
    expect(FAIL_ON).toEqual(['NON_COMPLIANT', 'HIGH', 'MEDIUM', 'LOW', 'new', 'never']);
  });

  it('fails on every finding without an earlier report', () => {
    expect(exitCodeOf(reportWith([findingAs('NO_KMS_KEY')]), 'new')).toBe(1);
    expect(exitCodeOf(reportWith([findingAs('CMK_USABLE')]), 'new')).toBe(0);
  });
});

describe('an earlier report', () => {
  const whole = () => JSON.parse(JSON.stringify(reportWith([findingOf(facts())])));

  it('can have fields and codes of later versions', () => {
    const finding = { ...whole().findings[0], code: 'KEY_OF_TOMORROW', more: 1 };

    expect(
      parseEarlierReport({ ...whole(), schemaVersion: '1.7', findings: [finding] }).findings[0]?.code,
    ).toBe('KEY_OF_TOMORROW');
  });

  it('is parsed with its errors, parameters, and trails that were not evaluated', () => {
    const more = {
      errors: [{}, {}],
      notEvaluated: [{ trailArn: TRAIL_ARN }],
      parameters: { checkKeyPolicy: 'true' },
    };

    expect(parseEarlierReport({ ...whole(), ...more })).toMatchObject({
      errors: 2,
      notEvaluated: [TRAIL_ARN],
      parameters: { checkKeyPolicy: 'true' },
    });
  });

  it('without errors and parameters counts as complete', () => {
    const { errors: _, notEvaluated: __, parameters: ___, ...cut } = whole();

    expect(parseEarlierReport(cut)).toMatchObject({ errors: 0, notEvaluated: [], parameters: {} });
  });

  it.each([
    [() => [], 'expected a JSON object; received an array'],
    [() => undefined, 'expected a JSON object; received undefined'],
    [() => ({}), 'field "schemaVersion" is required in a JSON report of trailkey; it is absent'],
    [
      () => ({ ...whole(), filter: { severity: 'HIGH' } }),
      'field "filter" must be absent: a report with --severity or --account does not contain all findings',
    ],
    [() => ({ ...whole(), schemaVersion: '2.0' }), 'must be 1.0 or another 1.x; received "2.0"'],
    [() => ({ ...whole(), errors: {} }), 'field "errors" must be an array; received an object'],
    [
      () => ({ ...whole(), notEvaluated: [7] }),
      'a trail that was not evaluated must be an object; received a number',
    ],
    [
      () => ({ ...whole(), notEvaluated: [{}] }),
      'field "trailArn" is required in a JSON report of trailkey; it is absent',
    ],
    [() => ({ ...whole(), parameters: [] }), 'field "parameters" must be an object; received an array'],
    [
      () => ({ ...whole(), parameters: { checkKeyPolicy: true } }),
      'field "checkKeyPolicy" must be a string; received a boolean',
    ],
    [() => ({ ...whole(), findings: {} }), 'field "findings" must be an array; received an object'],
    [() => ({ ...whole(), findings: [7] }), 'a finding must be an object; received a number'],
    [
      () => ({ ...whole(), findings: [{}] }),
      'field "accountId" is required in a JSON report of trailkey; it is absent',
    ],
    [() => ({ ...whole(), evaluatedAt: 7 }), 'field "evaluatedAt" must be a string; received a number'],
  ])('that is invalid is rejected: %#', (report, message) => {
    expect(() => parseEarlierReport(report())).toThrow(message);
  });
});

it('compares parameters with the names of properties that every object has', () => {
  const names = ['constructor', '__proto__', 'toString'];
  const given = Object.fromEntries(names.map((name) => [name, 'x']));

  expect(changedParameters({}, given)).toEqual(names.map((name) => ({ name, before: null, now: 'x' })));
  expect(changedParameters(given, given)).toEqual([]);
});

it.each([
  ['a default that is given and one that is not', { keyVerification: 'live' }, {}],
  ['an empty text and none', { checkKeyPolicy: '' }, {}],
  ['a list in another order, with blanks', { kmsKeyArns: 'a, b' }, { kmsKeyArns: 'b,a' }],
  ['a name that no rule has, empty and absent', { more: '' }, {}],
])('%s mean the same', (_what, before, now) => {
  expect(changedParameters(before, now)).toEqual([]);
});

type Given = Readonly<Record<string, string>>;

it.each<readonly [name: string, before: Given, now: Given]>([
  ['checkKeyPolicy', { checkKeyPolicy: 'true' }, {}],
  ['kmsKeyArns', { kmsKeyArns: 'a,b' }, { kmsKeyArns: 'ab' }],
  ['keyMaterialExpiryDays', {}, { keyMaterialExpiryDays: '30' }],
  ['more', { more: 'x' }, {}],
])('%s differs from %o to %o', (name, before, now) => {
  expect(changedParameters(before, now)).toEqual([
    { name, before: before[name] ?? null, now: now[name] ?? null },
  ]);
});
