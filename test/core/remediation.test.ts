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
  standard: 'control',
  trailName: 'audit',
  homeRegion: 'eu-west-1',
  kmsKeyId: KEY_ARN,
  key: { arn: KEY_ARN, state: null, manager: null },
  code,
  severity: CATALOGUE[code].severity,
  compliance: CATALOGUE[code].compliance,
  message: 'A message.',
  nextStep: CATALOGUE[code].nextStep,
  ...overrides,
});

const kindsWith = (options: Partial<RemediationOptions>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    VERDICT_CODES.filter(isVerdictCode).map((code) => [
      code,
      remediationFor(finding(code), { replaceExisting: 'if-unusable', restoreKey: false, ...options }).kind,
    ]),
  );
const codesWith = (kind: string, options: Partial<RemediationOptions> = {}): readonly string[] =>
  Object.entries(kindsWith(options))
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

describe('the remediation', () => {
  it('sets another key if the current one does not work', () => {
    expect(codesWith('encrypt').toSorted()).toEqual(ALWAYS_REPLACED.toSorted());
    expect(codesWith('encrypt', { replaceExisting: 'never' }).toSorted()).toEqual(ALWAYS_REPLACED.toSorted());
  });

  it('replaces a working key only with --replace-existing always', () => {
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

  it('restores a key that is disabled or pending deletion with --restore-key', () => {
    expect(codesWith('restore', { restoreKey: true })).toEqual(['KEY_PENDING_DELETION', 'KEY_DISABLED']);
    expect(remediationFor(finding('KEY_DISABLED'), { replaceExisting: 'never', restoreKey: true })).toEqual({
      kind: 'restore',
      keyArn: KEY_ARN,
    });
  });

  it('does not restore a key without a known ARN', () => {
    const { kind } = remediationFor(finding('KEY_DISABLED', { key: null }), {
      replaceExisting: 'never',
      restoreKey: true,
    });

    expect(kind).toBe('nothing');
  });

  it('does nothing for a compliant trail, whatever the options', () => {
    const compliant = finding('CMK_USABLE', { nextStep: 'A step.' });

    expect(remediationFor(compliant, { replaceExisting: 'always', restoreKey: true })).toEqual({
      kind: 'nothing',
      nextStep: 'A step.',
    });
  });

  it('returns the next step if there is no remediation', () => {
    for (const code of codesWith('nothing').filter(isVerdictCode)) {
      const remediation = remediationFor(finding(code), {
        replaceExisting: 'if-unusable',
        restoreKey: false,
      });
      expect(remediation).toMatchObject({ nextStep: expect.stringContaining(finding(code).nextStep) });
    }
  });
});

it('defaults to the alias of the key template', () => {
  expect(DEFAULT_KEY).toBe('alias/trailkey');
});

it('explains why a key is not restored and returns the next step', () => {
  expect(remediationFor(finding('NO_KMS_KEY'), { replaceExisting: 'never', restoreKey: true })).toEqual({
    kind: 'nothing',
    nextStep: `--restore-key requires a key that is disabled or pending deletion; the verdict is NO_KMS_KEY. ${CATALOGUE.NO_KMS_KEY.nextStep}`,
  });
});
