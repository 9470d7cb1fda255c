import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/evaluate-trail.js';
import { DEFAULT_KEY, type RemediationOptions, remediationFor } from '../../src/core/remediation.js';
import { CATALOGUE, isVerdictCode, VERDICT_CODES, type VerdictCode } from '../../src/core/verdict.js';
import { KEY_ARN, TRAIL_ARN } from '../support/builders.js';

const finding = (code: VerdictCode, overrides: Partial<Finding> = {}): Finding => ({
  accountId: '111122223333',
  region: 'eu-west-1',
  resourceType: 'AWS::CloudTrail::Trail',
  resourceId: 'audit',
  trailArn: TRAIL_ARN,
  trailName: 'audit',
  homeRegion: 'eu-west-1',
  kmsKeyId: KEY_ARN,
  key: { arn: KEY_ARN, state: null, manager: null },
  code,
  severity: CATALOGUE[code].severity,
  compliance: CATALOGUE[code].compliance,
  message: 'A message.',
  nextStep: 'A step.',
  ...overrides,
});

const chosen = (wish: Partial<RemediationOptions>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    VERDICT_CODES.filter(isVerdictCode).map((code) => [
      code,
      remediationFor(finding(code), { replaceExisting: 'if-unusable', restoreKey: false, ...wish }).kind,
    ]),
  );
const codesWith = (kind: string, wish: Partial<RemediationOptions> = {}): readonly string[] =>
  Object.entries(chosen(wish))
    .filter(([, one]) => one === kind)
    .map(([code]) => code);

const ALWAYS_REPLACED = [
  'NO_KMS_KEY',
  'KEY_NOT_FOUND',
  'KEY_NOT_CUSTOMER_MANAGED',
  'KEY_WRONG_TYPE',
  'KEY_PENDING_DELETION',
  'KEY_DISABLED',
  'KEY_PENDING_IMPORT',
  'KEY_UNAVAILABLE',
  'KEY_POLICY_BLOCKS_CLOUDTRAIL',
];

describe('the remedy', () => {
  it('is another key for a key that does not work', () => {
    expect(codesWith('encrypt').toSorted()).toEqual(ALWAYS_REPLACED.toSorted());
    expect(codesWith('encrypt', { replaceExisting: 'never' }).toSorted()).toEqual(ALWAYS_REPLACED.toSorted());
  });

  it('is another key for one that works only where every key may be replaced', () => {
    expect(codesWith('encrypt', { replaceExisting: 'always' }).toSorted()).toEqual(
      [
        ...ALWAYS_REPLACED,
        'KEY_NOT_ALLOWED',
        'KEY_POLICY_OPEN',
        'KEY_MATERIAL_EXPIRING',
        'KEY_ROTATION_OFF',
      ].toSorted(),
    );
  });

  it('is the key itself for one that is disabled or doomed, where that is wished', () => {
    expect(codesWith('restore', { restoreKey: true })).toEqual(['KEY_PENDING_DELETION', 'KEY_DISABLED']);
    expect(remediationFor(finding('KEY_DISABLED'), { replaceExisting: 'never', restoreKey: true })).toEqual({
      kind: 'restore',
      keyArn: KEY_ARN,
    });
  });

  it('is no key whose ARN is not known', () => {
    const { kind } = remediationFor(finding('KEY_DISABLED', { key: null }), {
      replaceExisting: 'never',
      restoreKey: true,
    });

    expect(kind).toBe('nothing');
  });

  it('is nothing for a trail that is well, whatever is wished', () => {
    expect(remediationFor(finding('CMK_USABLE'), { replaceExisting: 'always', restoreKey: true })).toEqual({
      kind: 'nothing',
      sentence: 'A step.',
    });
  });

  it('contains the next step of the finding where no document can help', () => {
    for (const code of codesWith('nothing').filter(isVerdictCode)) {
      const remedy = remediationFor(finding(code), { replaceExisting: 'if-unusable', restoreKey: false });
      expect(remedy).toMatchObject({ sentence: expect.stringContaining('A step.') });
    }
  });
});

it('gives a trail the key of the template where none is named', () => {
  expect(DEFAULT_KEY).toBe('alias/trailkey');
});

it('says why a key is not brought back, and what to do instead', () => {
  expect(remediationFor(finding('NO_KMS_KEY'), { replaceExisting: 'never', restoreKey: true })).toEqual({
    kind: 'nothing',
    sentence: `--restore-key brings back a key that is disabled or waits for deletion, and the verdict is NO_KMS_KEY. ${CATALOGUE.NO_KMS_KEY.nextStep}`,
  });
});
