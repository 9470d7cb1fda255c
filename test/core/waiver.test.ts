import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../src/core/errors.js';
import type { Finding } from '../../src/core/evaluate-trail.js';
import { VERDICT_CODES } from '../../src/core/verdict.js';
import { applyWaivers, parseWaivers } from '../../src/core/waiver.js';
import schema from '../../src/core/waivers.schema.json' with { type: 'json' };
import { DAY, findingOf, NOW, TRAIL_ARN } from '../support/builders.js';
import { EXAMPLES } from '../support/verdict-examples.js';

const WAIVER = {
  trailArn: TRAIL_ARN,
  codes: ['NO_KMS_KEY'],
  reason: 'The account is closed in March.',
  owner: 'platform@example.com',
  expires: '2026-03-31',
};
const NO_KEY = findingOf(EXAMPLES.NO_KMS_KEY);
const DISABLED = findingOf(EXAMPLES.KEY_DISABLED);

const apply = (findings: readonly Finding[], ...waivers: readonly object[]) => {
  const result = applyWaivers(findings, parseWaivers({ waivers }), NOW);
  return {
    reasons: result.findings.map(({ waiver }) => waiver?.reason),
    problems: result.problems.map(({ entry, kind }) => [entry, kind]),
    messages: result.problems.map(({ message }) => message),
  };
};

const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);
const isValid = ajv.compile(schema);

describe('a waiver', () => {
  it('waives findings of its trail and codes', () => {
    const { findings } = applyWaivers([NO_KEY, DISABLED], parseWaivers({ waivers: [WAIVER] }), NOW);

    expect(findings).toEqual([
      {
        ...NO_KEY,
        waiver: { reason: WAIVER.reason, owner: 'platform@example.com', expires: '2026-03-31' },
      },
      DISABLED,
    ]);
  });

  it.each([
    ['arn:aws:cloudtrail:*:111122223333:trail/*', true],
    ['arn:aws:cloudtrail:eu-west-?:111122223333:trail/audit', true],
    ['arn:aws:cloudtrail:*:444455556666:trail/*', false],
    ['arn:aws:cloudtrail:*:111122223333:trail/audi', false],
  ])('with the pattern %s applies to the trail: %s', (trailArn, applies) => {
    const { reasons, problems } = apply([NO_KEY], { ...WAIVER, trailArn });

    expect(reasons).toEqual([applies ? WAIVER.reason : undefined]);
    expect(problems).toEqual(applies ? [] : [[1, 'unmatched']]);
  });

  it.each([
    ['2026-01-05', []],
    ['2026-01-04', [[1, 'expired']]],
  ])('that expires on %s has on 2026-01-05 the problems %j', (expires, problems) => {
    expect(apply([NO_KEY], { ...WAIVER, expires }).problems).toEqual(problems);
  });

  it('that expired waives nothing', () => {
    const { reasons, messages } = apply([NO_KEY], { ...WAIVER, expires: '2026-01-04' });

    expect(reasons).toEqual([undefined]);
    expect(messages).toEqual([
      `Waiver 1 (${TRAIL_ARN}, NO_KMS_KEY, owner platform@example.com) expired on 2026-01-04 and waives nothing. Extend it or remove it.`,
    ]);
  });

  it('does not apply to a finding that is not NON_COMPLIANT', () => {
    const usable = findingOf(EXAMPLES.CMK_USABLE);

    const { reasons, messages } = apply([usable], { ...WAIVER, codes: ['CMK_USABLE', 'NO_KMS_KEY'] });

    expect(reasons).toEqual([undefined]);
    expect(messages).toEqual([
      `Waiver 1 (${TRAIL_ARN}, CMK_USABLE, NO_KMS_KEY, owner platform@example.com) matches no NON_COMPLIANT finding. Correct it, or remove it if the trails are fixed.`,
    ]);
  });

  it('is the first that applies, and another that applies is not reported', () => {
    const { reasons, problems } = apply(
      [NO_KEY],
      { ...WAIVER, reason: 'expired', expires: new Date(NOW - DAY).toISOString().slice(0, 10) },
      { ...WAIVER, reason: 'first' },
      { ...WAIVER, reason: 'second' },
    );

    expect(reasons).toEqual(['first']);
    expect(problems).toEqual([[1, 'expired']]);
  });
});

describe('an entry that is not valid', () => {
  const { owner: _, ...ownerless } = WAIVER;
  const LONG = 'x'.repeat(300);
  const ARN =
    'field "trailArn" must be the ARN of a trail, such as arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit, with * and ? as wildcards; received ';
  const CODES = 'field "codes" must contain verdict codes, such as NO_KMS_KEY; received ';

  it.each<[string, unknown, string]>([
    ['is not an object', 'NO_KMS_KEY', 'expected an object; received a string'],
    ['lacks a field', ownerless, 'field "owner" is required; it is absent'],
    ['has an empty field', { ...WAIVER, reason: ' ' }, 'field "reason" is required; it is absent'],
    [
      'has an unknown field',
      { ...WAIVER, expiry: '2026-03-31' },
      'unknown field "expiry"; the fields are trailArn, codes, reason, owner, expires',
    ],
    ['has no ARN', { ...WAIVER, trailArn: 'audit' }, `${ARN}"audit"`],
    [
      'has a code that is not in a list',
      { ...WAIVER, codes: 'NO_KMS_KEY' },
      'field "codes" must be an array of verdict codes, such as NO_KMS_KEY; received a string',
    ],
    [
      'has no code',
      { ...WAIVER, codes: [] },
      'field "codes" must be an array of verdict codes, such as NO_KMS_KEY; received an array',
    ],
    ['has an unknown code', { ...WAIVER, codes: ['NO_KEY'] }, `${CODES}"NO_KEY"`],
    ['has a code of another type', { ...WAIVER, codes: [1] }, `${CODES}a number`],
    ['has a list of codes as a code', { ...WAIVER, codes: [['NO_KMS_KEY']] }, `${CODES}an array`],
    ['has a long code', { ...WAIVER, codes: [LONG] }, `${CODES}"${LONG.slice(0, 200)}"`],
    ['has a long ARN', { ...WAIVER, trailArn: LONG }, `${ARN}"${LONG.slice(0, 200)}"`],
    ['has text before the ARN', { ...WAIVER, trailArn: ` x${TRAIL_ARN}` }, `${ARN}" x${TRAIL_ARN}"`],
    [
      'has a long date',
      { ...WAIVER, expires: LONG },
      `field "expires" must be a date, such as 2026-01-31; received "${LONG.slice(0, 200)}"`,
    ],
    [
      'has a date that does not exist',
      { ...WAIVER, expires: '2026-02-30' },
      'field "expires" must be a date, such as 2026-01-31; received "2026-02-30"',
    ],
    [
      'has a month that does not exist',
      { ...WAIVER, expires: '2026-13-01' },
      'field "expires" must be a date, such as 2026-01-31; received "2026-13-01"',
    ],
    [
      'has a time',
      { ...WAIVER, expires: '2026-03-31T00:00:00Z' },
      'field "expires" must be a date, such as 2026-01-31; received "2026-03-31T00:00:00Z"',
    ],
  ])('because it %s is reported, and the others apply', (_name, entry, problem) => {
    const waivers = parseWaivers({ waivers: [entry, WAIVER] });

    const { findings, problems } = applyWaivers([NO_KEY], waivers, NOW);

    expect(problems).toEqual([
      { entry: 1, kind: 'invalid', message: `Waiver 1 is not valid and waives nothing: ${problem}.` },
    ]);
    expect(findings[0]?.waiver?.reason).toBe(WAIVER.reason);
    expect(isValid({ waivers: [entry] })).toBe(false);
    expect(isValid({ waivers: [WAIVER] })).toBe(true);
  });
});

it.each<[unknown, string]>([
  [null, 'expected an object; received null'],
  [[WAIVER], 'expected an object; received an array'],
  [{}, 'field "waivers" must be an array; received undefined'],
  [{ waivers: WAIVER }, 'field "waivers" must be an array; received an object'],
])('a file with %j is not a waiver file', (file, message) => {
  expect(() => parseWaivers(file)).toThrow(new FormatError(message));
  expect(isValid(file)).toBe(false);
});

it('the schema knows every code', () => {
  expect(schema.properties.waivers.items.properties.codes.items.enum).toEqual(VERDICT_CODES);
});
