import { describe, expect, it } from 'vitest';
import { parseEarlierReport } from '../../src/core/comparison.js';
import {
  exitCodeOf,
  INTERRUPTED,
  isInterrupted,
  nothingEvaluated,
  reviseReport,
} from '../../src/core/report.js';
import type { ObservedTrail } from '../../src/core/trail.js';
import {
  ACCOUNT,
  DAY,
  type Facts,
  facts,
  findingOf,
  found,
  KEY_ARN,
  NOW,
  OTHER_ACCOUNT,
  observed,
  parameters,
  REGION,
  reportOf,
  TRAIL_ARN,
  trail,
} from '../support/builders.js';
import { EXAMPLES } from '../support/verdict-examples.js';

const report = (
  observedTrails: readonly ObservedTrail[],
  errors: readonly { source: string; message: string }[] = [],
  parameters: Readonly<Record<string, string>> = {},
) =>
  reportOf({
    sources: ['snapshots'],
    parameters,
    observedTrails,
    findings: observedTrails.map((trail) => findingOf(facts({ observed: trail }))),
    errors,
  });

const shadow = observed({ region: 'us-east-1' });
const member = observed({ accountId: OTHER_ACCOUNT });
const bare = observed({ trail: trail({ kmsKeyId: undefined }) });

describe('a finding', () => {
  it('contains the account and Region, the trail, and the key', () => {
    expect(findingOf(facts())).toEqual({
      accountId: ACCOUNT,
      region: REGION,
      resourceType: 'AWS::CloudTrail::Trail',
      resourceId: 'audit',
      trailArn: TRAIL_ARN,
      trailName: 'audit',
      homeRegion: REGION,
      kmsKeyId: KEY_ARN,
      key: { arn: KEY_ARN, state: 'Enabled', manager: 'CUSTOMER' },
      code: 'CMK_USABLE',
      severity: 'INFORMATIONAL',
      compliance: 'COMPLIANT',
      standard: 'control',
      message: `Key ${KEY_ARN} is a customer managed key in a state that CloudTrail can use.`,
      nextStep: 'No action is needed.',
    });
  });

  it('has no key if none was looked up, and null for unknown fields', () => {
    expect(findingOf(EXAMPLES.NO_KMS_KEY)).toMatchObject({ kmsKeyId: null, key: null });
    expect(findingOf(EXAMPLES.KEY_NOT_FOUND).key).toEqual({ arn: KEY_ARN, state: null, manager: null });
    expect(findingOf(facts({ answer: found({ state: undefined, manager: undefined }) })).key).toEqual({
      arn: KEY_ARN,
      state: null,
      manager: null,
    });
  });

  it.each([
    [7 * DAY, 7],
    [DAY - 1, 0],
    [0, 0],
    [-1, -1],
  ])('on a key that is deleted in %i ms has %i days left', (milliseconds, daysLeft) => {
    const deletionDate = NOW + milliseconds;

    expect(findingOf(facts({ answer: found({ state: 'PendingDeletion', deletionDate }) }))).toMatchObject({
      deletionDate: new Date(deletionDate).toISOString(),
      daysLeft,
    });
  });

  it('has no days left where the deletion date is unknown', () => {
    const finding = findingOf(facts({ answer: found({ state: 'PendingReplicaDeletion' }) }));

    expect(Object.keys(finding)).not.toContain('daysLeft');
  });

  it('belongs to a rule parameter where only the parameter requires it', () => {
    const strict = facts({
      answer: found({ policy: { kind: 'unavailable', why: 'denied' } }),
      parameters: parameters({ checkKeyPolicy: 'strict' }),
    });
    const rotation = facts({
      answer: found({ rotation: { kind: 'unavailable', why: 'denied' } }),
      parameters: parameters({ requireKeyRotation: true }),
    });
    const standardOf = (given: Facts) => [findingOf(given).code, findingOf(given).standard];

    expect(standardOf(EXAMPLES.KEY_ROTATION_OFF)).toEqual(['KEY_ROTATION_OFF', 'parameter']);
    expect(standardOf(EXAMPLES.KEY_UNVERIFIABLE)).toEqual(['KEY_UNVERIFIABLE', 'control']);
    expect(standardOf(strict)).toEqual(['KEY_UNVERIFIABLE', 'parameter']);
    expect(standardOf(rotation)).toEqual(['KEY_UNVERIFIABLE', 'parameter']);
  });

  it('does not use the ARN of an alias as a key ARN', () => {
    const aliased = observed({ trail: trail({ kmsKeyId: 'alias/audit' }) });

    expect(
      findingOf(facts({ observed: aliased, answer: { kind: 'unreadable', why: 'not-in-input' } })).key?.arn,
    ).toBeNull();
  });
});

describe('a report', () => {
  it('contains the version, the sources, and the time', () => {
    expect(report([observed()], [{ source: 'a.json', message: 'broken' }])).toMatchObject({
      schemaVersion: '1.0',
      tool: { name: 'trailkey', version: '1.2.3' },
      rule: 'cloudtrail-cmk-usable',
      mode: 'offline',
      sources: ['snapshots'],
      evaluatedAt: '2026-01-05T12:00:00.000Z',
      parameters: {},
      errors: [{ source: 'a.json', message: 'broken' }],
    });
  });

  it('contains the caller, the names of accounts, and the commands that fix a finding', () => {
    const caller = 'arn:aws:iam::111122223333:user/ann';
    const findings = [EXAMPLES.CMK_USABLE, EXAMPLES.KEY_DISABLED, EXAMPLES.ORGANIZATION_TRAIL].map(findingOf);
    const accountNames = new Map([[ACCOUNT, 'log-archive']]);

    const live = reportOf({ mode: 'live', caller, accountNames, findings });

    expect(live).toMatchObject({ mode: 'live', caller });
    expect(live.findings.map(({ accountName }) => accountName)).toEqual([
      'log-archive',
      'log-archive',
      undefined,
    ]);
    expect(live.findings.map((finding) => Object.hasOwn(finding, 'commands'))).toEqual([false, true, false]);
    expect(Object.keys(reportOf({}))).not.toContain('caller');
  });

  it('sets a key of kmsKeyArns', () => {
    const kmsKeyArns = `${KEY_ARN.replace('eu-west-1', 'us-east-1')}, ${KEY_ARN}`;

    const { findings } = report([bare], [], { kmsKeyArns });

    expect(findings[0]?.commands?.[0]).toContain(`--kms-key-id ${KEY_ARN} `);
  });

  it.each([
    ['offline', 0, false],
    ['offline', 1, true],
    ['aggregator', 1, false],
  ] as const)('%s with data of 24 hours and %i ms has stale = %s', (mode, more, stale) => {
    const recorded = {
      oldest: new Date(NOW - DAY - more).toISOString(),
      newest: new Date(NOW).toISOString(),
    };

    expect(reportOf({ mode, recorded }).recorded).toEqual({ ...recorded, stale });
  });

  it('contains the recording times and the comparison only if given', () => {
    const recorded = { oldest: '2026-01-01T00:00:00.000Z', newest: '2026-01-02T00:00:00.000Z' };
    const earlier = {
      evaluatedAt: '2026-01-01T00:00:00.000Z',
      findings: [],
      parameters: {},
      notEvaluated: [],
      errors: 0,
    };

    expect(reportOf({ recorded, earlier })).toMatchObject({
      recorded,
      comparison: { since: earlier.evaluatedAt, new: [] },
    });
    expect(Object.keys(reportOf({}))).not.toContain('recorded');
    expect(Object.keys(reportOf({}))).not.toContain('comparison');
  });

  it('contains notes only if there are any', () => {
    expect(reportOf({ notes: ['left out'] }).notes).toEqual(['left out']);
    expect(Object.keys(reportOf({ notes: [] }))).not.toContain('notes');
    expect(Object.keys(reportOf({}))).not.toContain('notes');
  });

  it('contains the problems of waivers only if there are any', () => {
    const waivers = [{ entry: 2, problem: 'wrong' }];

    expect(reportOf({})).not.toHaveProperty('waiverProblems');
    expect(reportOf({ waivers }).waiverProblems).toMatchObject([{ entry: 2 }]);
  });

  it('counts every code, including those without findings', () => {
    const { summary } = report([observed(), shadow, bare]);

    expect(summary).toMatchObject({ COMPLIANT: 1, NON_COMPLIANT: 1, NOT_APPLICABLE: 1 });
    expect(Object.keys(summary.codes)).toHaveLength(19);
    expect(summary.codes).toMatchObject({ CMK_USABLE: 1, SHADOW_TRAIL: 1, NO_KMS_KEY: 1, KEY_DISABLED: 0 });
  });

  it('is sorted by account, Region, trail name, and ARN, independent of the locale', () => {
    const at = (fields: string) => {
      const [accountId = '', region = '', name = '', arn = name] = fields.split(' ');
      return observed({ accountId, region, trail: trail({ name, arn }) });
    };

    const observedTrails = ['2 b b', '2 b B', '2 a z', '2 a same y', '2 a same x', '2 a same x', '1 z z'].map(
      at,
    );

    for (const order of [observedTrails, observedTrails.toReversed()]) {
      const { findings } = report(order);
      expect(findings.map((finding) => `${finding.accountId}${finding.region}${finding.trailArn}`)).toEqual([
        '1zz',
        '2ax',
        '2ax',
        '2ay',
        '2az',
        '2bB',
        '2bb',
      ]);
    }
  });

  it('lists a trail as not evaluated if only a shadow trail or an organization trail was found', () => {
    expect(report([shadow, member]).notEvaluated).toEqual([
      { trailArn: TRAIL_ARN, homeRegion: REGION, ownerAccountId: ACCOUNT, inScope: true },
    ]);
    expect(report([shadow, member, observed()]).notEvaluated).toEqual([]);
  });

  it('puts a trail in scope if its account was evaluated, or organization trails are evaluated everywhere', () => {
    const scopeOf = (...args: Parameters<typeof report>) =>
      report(...args).notEvaluated.map(({ inScope }) => inScope);

    expect(scopeOf([member])).toEqual([false]);
    expect(scopeOf([member, shadow])).toEqual([true]);
    expect(scopeOf([member], [], { organizationTrails: 'everywhere' })).toEqual([true]);
    expect(scopeOf([member], [], { organizationTrails: 'owner' })).toEqual([false]);
  });

  it('does not list a trail that was deleted in its home Region, but one whose shadow trail was deleted', () => {
    expect(report([shadow, observed({ absent: 'deleted' })]).notEvaluated).toEqual([]);
    expect(report([shadow, observed({ absent: 'deleted', region: 'us-west-2' })]).notEvaluated).toHaveLength(
      1,
    );
  });

  it('sorts trails that were not evaluated by ARN', () => {
    const other = observed({ region: 'us-east-1', trail: trail({ arn: `${TRAIL_ARN}-0` }) });

    expect(report([other, shadow]).notEvaluated.map(({ trailArn }) => trailArn)).toEqual([
      TRAIL_ARN,
      `${TRAIL_ARN}-0`,
    ]);
  });
});

const WAIVER = {
  ...{ trailArn: TRAIL_ARN, codes: ['NO_KMS_KEY'] as const },
  ...{ reason: 'Closing', owner: 'ann', expires: '2026-03-31' },
};

describe('a revised report', () => {
  const findings = [findingOf(EXAMPLES.NO_KMS_KEY)];
  const waivers = [
    { entry: 1, waiver: WAIVER },
    { entry: 2, problem: 'wrong' },
  ];
  const [plain, waived] = [
    reportOf({ findings }),
    reportOf({ findings, waivers, earlier: parseEarlierReport(reportOf({})) }),
  ];

  it('is the same without waivers and an earlier report', () => {
    expect(reviseReport(plain, { now: NOW })).toEqual(plain);
    expect(reviseReport(waived, { now: NOW })).toEqual(waived);
  });

  it('has the waivers and the comparison that are given', () => {
    const earlier = parseEarlierReport(reportOf({}));

    expect(reviseReport(plain, { waivers, earlier, now: NOW })).toEqual(waived);
    expect(reviseReport(waived, { waivers: [], now: NOW })).toEqual({
      ...plain,
      comparison: waived.comparison,
    });
  });

  it('has its own commands', () => {
    const [finding] = plain.findings;
    const changed = {
      ...plain,
      findings: plain.findings.map((one) => ({ ...one, commands: ['aws reboot'] })),
    };

    expect(reviseReport(changed, { now: NOW }).findings).toEqual([finding]);
  });
});

describe('the exit code', () => {
  const broken = [{ source: 'a.json', message: 'broken' }];

  it.each([
    ['nothing at all', () => report([]), 0],
    ['a usable key', () => report([observed()]), 0],
    ['a trail and its shadow trail', () => report([observed(), shadow]), 0],
    ['a trail without a key', () => report([bare]), 1],
    ['an unreadable input', () => report([observed()], broken), 2],
    ['an unreadable input and a bad trail', () => report([bare], broken), 2],
    ['a shadow trail of an evaluated account', () => report([shadow, member]), 2],
    [
      'a shadow trail and another evaluated trail',
      () => report([shadow, observed({ trail: trail({ arn: `${TRAIL_ARN}0` }) })]),
      2,
    ],
    ['an organization trail of another account', () => report([member]), 0],
    ['a deleted trail', () => report([observed({ absent: 'deleted' })]), 0],
  ])('for %s is right', (_name, made, code) => {
    expect(exitCodeOf(made(), 'NON_COMPLIANT')).toBe(code);
  });

  it.each([
    ['HIGH', 'KEY_DISABLED', 1],
    ['HIGH', 'NO_KMS_KEY', 0],
    ['MEDIUM', 'NO_KMS_KEY', 1],
    ['MEDIUM', 'KEY_ROTATION_OFF', 0],
    ['LOW', 'KEY_ROTATION_OFF', 1],
    ['LOW', 'CMK_USABLE', 0],
  ] as const)('with %s for %s is %i', (failOn, code, exitCode) => {
    expect(exitCodeOf(reportOf({ findings: [findingOf(EXAMPLES[code])] }), failOn)).toBe(exitCode);
  });

  it('does not count waived findings', () => {
    const findings = [findingOf(EXAMPLES.NO_KMS_KEY)];

    const waived = reportOf({ findings, waivers: [{ entry: 1, waiver: WAIVER }] });

    expect(waived.summary).toMatchObject({ NON_COMPLIANT: 1, waived: 1 });
    expect(exitCodeOf(waived, 'NON_COMPLIANT')).toBe(0);
    expect(exitCodeOf(waived, 'LOW')).toBe(0);
    expect(exitCodeOf(waived, 'new')).toBe(0);
  });

  it('never turns 1 into 0 and leaves 2', () => {
    expect(exitCodeOf(report([bare]), 'never')).toBe(0);
    expect(exitCodeOf(report([bare], broken), 'never')).toBe(2);
    expect(exitCodeOf(report([shadow]), 'never')).toBe(2);
  });

  it('accepts a trail of an evaluated account that was not evaluated with allowIncomplete, but no error', () => {
    const allowIncomplete = true;

    expect(exitCodeOf(report([shadow]), 'NON_COMPLIANT', { allowIncomplete })).toBe(0);
    expect(exitCodeOf(report([shadow, bare]), 'NON_COMPLIANT', { allowIncomplete })).toBe(1);
    expect(exitCodeOf(report([shadow], broken), 'never', { allowIncomplete })).toBe(2);
  });

  it('detects that no trail was evaluated', () => {
    const other = observed({ region: 'us-east-1', trail: trail({ arn: `${TRAIL_ARN}2` }) });
    const cases = [[], [shadow], [shadow, observed()], [other, observed()]].map((trails) => report(trails));

    expect(cases.map(nothingEvaluated)).toEqual([false, true, false, false]);
  });

  it('detects an interruption', () => {
    const errors = [
      ...broken,
      { source: 'trailkey', message: 'Interrupted: the rest was not evaluated. Run the command again.' },
    ];

    expect(INTERRUPTED).toEqual(errors.at(-1));
    expect([report([]), report([], broken), report([], errors)].map(isInterrupted)).toEqual([
      false,
      false,
      true,
    ]);
  });
});
