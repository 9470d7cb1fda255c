import { expect, it } from 'vitest';
import {
  CATALOGUE,
  gradeOf,
  isVerdictCode,
  SEVERITIES,
  standardOf,
  VERDICT_CODES,
} from '../../src/core/verdict.js';
import { parameters, verdictOf } from '../support/builders.js';
import { EXAMPLES } from '../support/verdict-examples.js';

it('holds every code in the order of precedence, so that none vanishes', () => {
  expect(VERDICT_CODES).toEqual([
    'TRAIL_NOT_FOUND',
    'SHADOW_TRAIL',
    'ORGANIZATION_TRAIL',
    'NO_KMS_KEY',
    'KEY_PRESENT',
    'KEY_NOT_FOUND',
    'KEY_UNVERIFIABLE',
    'KEY_NOT_CUSTOMER_MANAGED',
    'KEY_WRONG_TYPE',
    'KEY_PENDING_DELETION',
    'KEY_DISABLED',
    'KEY_PENDING_IMPORT',
    'KEY_UNAVAILABLE',
    'KEY_NOT_ALLOWED',
    'KEY_POLICY_BLOCKS_CLOUDTRAIL',
    'KEY_POLICY_OPEN',
    'KEY_MATERIAL_EXPIRING',
    'KEY_ROTATION_OFF',
    'CMK_USABLE',
  ]);
});

it('grades each code as documented', () => {
  const grades = VERDICT_CODES.map((code) => {
    const { compliance, severity } = gradeOf(verdictOf(EXAMPLES[code]), parameters());
    return `${code} ${compliance} ${severity}`;
  });

  expect(grades).toMatchSnapshot();
});

it.each(Object.entries(CATALOGUE))('words %s as the house does', (_code, info) => {
  expect(info.title).not.toMatch(/^(Check|Verify|Ensure)|\.$/);
  expect(info.why).toMatch(/^[A-Z].*\.$|^key/);
  expect(info.nextStep).toMatch(/^[A-Z].*\.$/);
  expect(info.severity === 'INFORMATIONAL').toBe(info.compliance !== 'NON_COMPLIANT');
});

it('lists severities, highest first', () => {
  expect(SEVERITIES).toEqual(['HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL']);
});

it('tells verdicts that only a rule parameter requires', () => {
  const ofParameters = VERDICT_CODES.filter((code) => standardOf(verdictOf(EXAMPLES[code])) === 'parameter');

  expect(ofParameters).toEqual([
    'KEY_NOT_ALLOWED',
    'KEY_POLICY_BLOCKS_CLOUDTRAIL',
    'KEY_POLICY_OPEN',
    'KEY_MATERIAL_EXPIRING',
    'KEY_ROTATION_OFF',
  ]);
});

it('grades key material that has expired as HIGH, as CloudTrail cannot deliver logs', () => {
  const severityFor = (ended: boolean) =>
    gradeOf({ code: 'KEY_MATERIAL_EXPIRING', key: 'key', validTo: 0, ended }, parameters()).severity;

  expect([false, true].map(severityFor)).toEqual(['MEDIUM', 'HIGH']);
});

it('lets unverifiableKey decide on a key that cannot be asked, and on no other', () => {
  const lenient = parameters({ unverifiableKey: 'NOT_APPLICABLE' });

  expect(gradeOf(verdictOf(EXAMPLES.KEY_UNVERIFIABLE), lenient)).toEqual({
    compliance: 'NOT_APPLICABLE',
    severity: 'INFORMATIONAL',
  });
  expect(gradeOf(verdictOf(EXAMPLES.KEY_DISABLED), lenient)).toEqual({
    compliance: 'NON_COMPLIANT',
    severity: 'HIGH',
  });
});

it('knows its codes from other texts', () => {
  expect(isVerdictCode('KEY_DISABLED')).toBe(true);
  expect(isVerdictCode('toString')).toBe(false);
});
