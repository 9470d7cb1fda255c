import { describe, expect, it } from 'vitest';
import { exitCodeOf, nothingWasJudged } from '../../src/core/exit-code.js';
import { findingOf } from '../../src/core/finding.js';
import { reportOf } from '../../src/core/report.js';
import type { TrailSighting } from '../../src/core/trail.js';
import {
  ACCOUNT,
  facts,
  found,
  KEY_ARN,
  NOW,
  OTHER_ACCOUNT,
  REGION,
  sighting,
  TRAIL_ARN,
  trail,
} from '../support/builders.js';
import { EXAMPLES } from '../support/verdict-examples.js';

const report = (
  sightings: readonly TrailSighting[],
  errors: readonly { source: string; message: string }[] = [],
) =>
  reportOf({
    version: '1.2.3',
    sources: ['snapshots'],
    evaluatedAt: NOW,
    parameters: {},
    sightings,
    findings: sightings.map((seen) => findingOf(facts({ sighting: seen }))),
    errors,
  });

const copy = sighting({ region: 'us-east-1' });
const view = sighting({ accountId: OTHER_ACCOUNT });
const bare = sighting({ trail: trail({ kmsKeyId: undefined }) });

/** The outcome of a run that met nothing. */
const EMPTY = {
  version: '1',
  sources: [],
  evaluatedAt: NOW,
  parameters: {},
  sightings: [],
  findings: [],
  errors: [],
};

describe('a finding', () => {
  it('says where the trail was seen, what it names and what the key answered', () => {
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
      annotation: expect.stringMatching(/^CMK_USABLE: /),
    });
  });

  it('has no key where none was asked, and null for what was not told', () => {
    expect(findingOf(EXAMPLES.NO_KMS_KEY)).toMatchObject({ kmsKeyId: null, key: null });
    expect(findingOf(EXAMPLES.KEY_NOT_FOUND).key).toEqual({ arn: KEY_ARN, state: null, manager: null });
    expect(findingOf(facts({ answer: found({ state: undefined, manager: undefined }) })).key).toEqual({
      arn: KEY_ARN,
      state: null,
      manager: null,
    });
  });

  it('does not take the ARN of an alias for that of a key', () => {
    const aliased = sighting({ trail: trail({ kmsKeyId: 'alias/audit' }) });

    expect(
      findingOf(facts({ sighting: aliased, answer: { kind: 'unreadable', why: 'not-in-input' } })).key?.arn,
    ).toBeNull();
  });
});

describe('a report', () => {
  it('says what made it, of what and when', () => {
    expect(report([sighting()], [{ source: 'a.json', message: 'broken' }])).toMatchObject({
      schemaVersion: '1.0',
      tool: { name: 'trailkey', version: '1.2.3' },
      rule: 'cloudtrail-cmk-usable',
      sources: ['snapshots'],
      evaluatedAt: '2026-01-05T12:00:00.000Z',
      parameters: {},
      errors: [{ source: 'a.json', message: 'broken' }],
    });
  });

  it('tells when its facts were recorded, and compares, only where that is given', () => {
    const recorded = { oldest: '2026-01-01T00:00:00.000Z', newest: '2026-01-02T00:00:00.000Z' };
    const earlier = {
      evaluatedAt: '2026-01-01T00:00:00.000Z',
      findings: [],
      parameters: {},
      unjudged: [],
      errors: 0,
    };

    expect(reportOf({ ...EMPTY, recorded, earlier })).toMatchObject({
      recorded,
      comparison: { since: earlier.evaluatedAt, new: [] },
    });
    expect(Object.keys(reportOf(EMPTY))).not.toContain('recorded');
    expect(Object.keys(reportOf(EMPTY))).not.toContain('comparison');
  });

  it('tells what was left out, only where something was', () => {
    expect(reportOf({ ...EMPTY, notes: ['left out'] }).notes).toEqual(['left out']);
    expect(Object.keys(reportOf({ ...EMPTY, notes: [] }))).not.toContain('notes');
    expect(Object.keys(reportOf(EMPTY))).not.toContain('notes');
  });

  it('counts every code, also those that did not occur', () => {
    const { summary } = report([sighting(), copy, bare]);

    expect(summary).toMatchObject({ COMPLIANT: 1, NON_COMPLIANT: 1, NOT_APPLICABLE: 1 });
    expect(Object.keys(summary.codes)).toHaveLength(19);
    expect(summary.codes).toMatchObject({ CMK_USABLE: 1, TRAIL_IS_COPY: 1, NO_KMS_KEY: 1, KEY_DISABLED: 0 });
  });

  it('is sorted by account, Region, trail name and ARN, the same on every machine', () => {
    const at = (place: string) => {
      const [accountId = '', region = '', name = '', arn = name] = place.split(' ');
      return sighting({ accountId, region, trail: trail({ name, arn }) });
    };

    const sightings = ['2 b b', '2 b B', '2 a z', '2 a same y', '2 a same x', '2 a same x', '1 z z'].map(at);

    for (const order of [sightings, sightings.toReversed()]) {
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

  it('lists as unjudged what was seen only as a copy or a view', () => {
    expect(report([copy, view]).unjudged).toEqual([
      { trailArn: TRAIL_ARN, homeRegion: REGION, ownerAccountId: ACCOUNT },
    ]);
    expect(report([copy, view, sighting()]).unjudged).toEqual([]);
  });

  it('counts a trail that is gone at home as settled, and a copy that is gone as nothing', () => {
    expect(report([copy, sighting({ gone: 'deleted' })]).unjudged).toEqual([]);
    expect(report([copy, sighting({ gone: 'deleted', region: 'us-west-2' })]).unjudged).toHaveLength(1);
  });

  it('sorts the unjudged by ARN', () => {
    const other = sighting({ region: 'us-east-1', trail: trail({ arn: `${TRAIL_ARN}-0` }) });

    expect(report([other, copy]).unjudged.map(({ trailArn }) => trailArn)).toEqual([
      TRAIL_ARN,
      `${TRAIL_ARN}-0`,
    ]);
  });
});

describe('the exit code', () => {
  const broken = [{ source: 'a.json', message: 'broken' }];

  it.each([
    ['nothing at all', () => report([]), 0],
    ['a usable key', () => report([sighting()]), 0],
    ['a copy beside its trail', () => report([sighting(), copy]), 0],
    ['a trail without a key', () => report([bare]), 1],
    ['an unreadable input', () => report([sighting()], broken), 2],
    ['an unreadable input beside a bad trail', () => report([bare], broken), 2],
    ['copies alone', () => report([copy, view]), 2],
    [
      'copies and a judged trail of another name',
      () => report([copy, sighting({ trail: trail({ arn: `${TRAIL_ARN}0` }) })]),
      0,
    ],
    ['a trail that is gone', () => report([sighting({ gone: 'deleted' })]), 0],
  ])('for %s is right', (_name, made, code) => {
    expect(exitCodeOf(made(), 'NON_COMPLIANT')).toBe(code);
  });

  it('never turns 1 into 0 and leaves 2', () => {
    expect(exitCodeOf(report([bare]), 'never')).toBe(0);
    expect(exitCodeOf(report([bare], broken), 'never')).toBe(2);
    expect(exitCodeOf(report([copy]), 'never')).toBe(2);
  });

  it('knows that nothing was judged', () => {
    expect([report([]), report([copy]), report([copy, sighting()])].map(nothingWasJudged)).toEqual([
      false,
      true,
      false,
    ]);
  });
});
