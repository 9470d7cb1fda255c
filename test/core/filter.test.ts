import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/core/comparison.js';
import type { Finding } from '../../src/core/evaluate-trail.js';
import { filterReport } from '../../src/core/filter.js';
import type { Filter } from '../../src/core/report.js';
import { ACCOUNT, findingOf, OTHER_ACCOUNT, observed, reportOf, trail } from '../support/builders.js';
import { EXAMPLES } from '../support/verdict-examples.js';

const named = (code: keyof typeof EXAMPLES, accountId = ACCOUNT): Finding => ({
  ...findingOf(EXAMPLES[code]),
  accountId,
  trailArn: `${code} ${accountId}`,
});

const HIGH = named('KEY_DISABLED');
const MEDIUM = named('NO_KMS_KEY', OTHER_ACCOUNT);
const LOW = named('KEY_ROTATION_OFF');
const USABLE = named('CMK_USABLE', OTHER_ACCOUNT);

const REPORT = reportOf({
  observedTrails: [
    observed({ region: 'us-east-1', trail: trail({ arn: 'unseen', ownerAccountId: OTHER_ACCOUNT }) }),
  ],
  findings: [HIGH, MEDIUM, LOW, USABLE],
  errors: [{ source: 'a', message: 'b' }],
});

const shownBy = (filter: Filter) =>
  filterReport(REPORT, filter)
    .findings.map(({ code }) => code)
    .toSorted();

describe('a filter', () => {
  it.each<[Filter, readonly string[]]>([
    [{ severity: 'HIGH' }, ['KEY_DISABLED']],
    [{ severity: 'MEDIUM' }, ['KEY_DISABLED', 'NO_KMS_KEY']],
    [{ severity: 'LOW' }, ['KEY_DISABLED', 'KEY_ROTATION_OFF', 'NO_KMS_KEY']],
    [{ accounts: [OTHER_ACCOUNT] }, ['CMK_USABLE', 'NO_KMS_KEY']],
    [{ accounts: [ACCOUNT, OTHER_ACCOUNT], severity: 'HIGH' }, ['KEY_DISABLED']],
    [{ accounts: ['999988887777'] }, []],
  ])('%j shows %j', (filter, codes) => {
    expect(shownBy(filter)).toEqual(codes);
  });

  it('without a condition changes nothing', () => {
    expect(filterReport(REPORT, {})).toBe(REPORT);
  });

  it('does not show a COMPLIANT finding by its severity', () => {
    const { findings } = filterReport(
      { ...REPORT, findings: [{ ...USABLE, severity: 'HIGH' }] },
      { severity: 'HIGH' },
    );

    expect(findings).toEqual([]);
  });

  it('is in the report, with the number of findings that are not shown', () => {
    const filter: Filter = { severity: 'MEDIUM', accounts: [OTHER_ACCOUNT, ACCOUNT] };

    expect(filterReport({ ...REPORT, notes: ['first'] }, filter)).toMatchObject({
      filter,
      summary: { NON_COMPLIANT: 2, COMPLIANT: 0 },
      notes: [
        'first',
        'This report is filtered: it shows only findings that are NON_COMPLIANT with the severity MEDIUM or higher and in account 444455556666, 111122223333. ' +
          'Not shown: 2 of 4 findings, 1 of them NON_COMPLIANT.',
      ],
      errors: REPORT.errors,
    });
    expect(filterReport(REPORT, { severity: 'HIGH' }).notes).toEqual([
      'This report is filtered: it shows only findings that are NON_COMPLIANT with the severity HIGH. ' +
        'Not shown: 3 of 4 findings, 2 of them NON_COMPLIANT.',
    ]);
    expect(filterReport(REPORT, { accounts: [OTHER_ACCOUNT] }).notes?.at(-1)).toContain(
      'Not shown: 2 of 4 findings, 2 of them NON_COMPLIANT.',
    );
  });

  it('shows the trails of its accounts that were not evaluated', () => {
    expect(filterReport(REPORT, { severity: 'HIGH' }).notEvaluated).toHaveLength(1);
    expect(filterReport(REPORT, { accounts: [OTHER_ACCOUNT] }).notEvaluated).toHaveLength(1);
    expect(filterReport(REPORT, { accounts: [ACCOUNT] }).notEvaluated).toEqual([]);
  });

  it('limits a comparison: by findings what is NON_COMPLIANT now, by accounts the rest', () => {
    const compared = ({ accountId, region, trailArn, trailName }: Finding) => ({
      ...{ accountId, region, trailArn, trailName },
      ...{ codeBefore: null, codeNow: null, worse: false },
    });
    const trails = [HIGH, MEDIUM].map(compared);
    const comparison: Comparison = {
      since: '2025-12-01T00:00:00.000Z',
      changedParameters: [],
      earlierErrors: 0,
      earlierNotEvaluated: 0,
      new: trails,
      notEvaluatedBefore: trails,
      changed: trails,
      stillOpen: trails,
      fixed: trails,
      notEvaluatedNow: trails,
    };
    const accountsIn = (filter: Filter) => {
      const filtered = filterReport({ ...REPORT, comparison }, filter).comparison;
      return [filtered?.new, filtered?.notEvaluatedBefore, filtered?.changed, filtered?.stillOpen]
        .concat([filtered?.fixed, filtered?.notEvaluatedNow])
        .map((list) => list?.map(({ accountId }) => accountId).join(' '));
    };

    const both = `${ACCOUNT} ${OTHER_ACCOUNT}`;
    expect(accountsIn({ severity: 'HIGH' })).toEqual([ACCOUNT, ACCOUNT, ACCOUNT, ACCOUNT, both, both]);
    expect(accountsIn({ accounts: [OTHER_ACCOUNT] })).toEqual(Array.from({ length: 6 }, () => OTHER_ACCOUNT));
  });
});
