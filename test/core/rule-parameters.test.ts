import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RuleParametersError } from '../../src/core/errors.js';
import {
  DEFAULT_PARAMETERS,
  MAX_PARAMETER_CHARACTERS,
  PARAMETER_NAMES,
  parseRuleParameters,
} from '../../src/core/rule-parameters.js';
import { KEY_ARN } from '../support/builders.js';

const problemsOf = (input: unknown): readonly string[] => {
  try {
    parseRuleParameters(input);
    return [];
  } catch (error) {
    if (error instanceof RuleParametersError) return error.problems;
    throw error;
  }
};

describe('parses', () => {
  it('an empty object as the defaults', () => {
    expect(parseRuleParameters({})).toEqual(DEFAULT_PARAMETERS);
  });

  it('an empty string as not set', () => {
    expect(parseRuleParameters(Object.fromEntries(PARAMETER_NAMES.map((name) => [name, ''])))).toEqual(
      DEFAULT_PARAMETERS,
    );
  });

  it('every parameter', () => {
    const gov = 'arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/mrk-12';

    const parameters = parseRuleParameters({
      kmsKeyArns: ` ${KEY_ARN} , ${gov}`,
      keyVerification: 'live',
      unverifiableKey: 'NOT_APPLICABLE',
      organizationTrails: 'everywhere',
      checkKeyPolicy: 'true',
      requireKeyRotation: 'true',
      keyMaterialExpiryDays: '365',
    });

    expect(parameters).toEqual({
      kmsKeyArns: [KEY_ARN, gov],
      keyVerification: 'live',
      unverifiableKey: 'NOT_APPLICABLE',
      organizationTrails: 'everywhere',
      checkKeyPolicy: 'true',
      requireKeyRotation: true,
      keyMaterialExpiryDays: 365,
    });
  });

  it('JSON booleans and numbers as their text', () => {
    expect(parseRuleParameters({ checkKeyPolicy: true, keyMaterialExpiryDays: 7 })).toMatchObject({
      checkKeyPolicy: 'true',
      keyMaterialExpiryDays: 7,
    });
  });

  it('presence with checks that are off', () => {
    const off = {
      kmsKeyArns: ' ',
      checkKeyPolicy: 'false',
      requireKeyRotation: 'false',
      keyMaterialExpiryDays: '0',
    };

    expect(parseRuleParameters({ keyVerification: 'presence', ...off }).keyVerification).toBe('presence');
  });
});

describe('rejects', () => {
  it.each([
    [{ keyVerification: 'Live' }, 'keyVerification must be live or presence; received "Live".'],
    [
      { unverifiableKey: 'COMPLIANT' },
      'unverifiableKey must be NON_COMPLIANT or NOT_APPLICABLE; received "COMPLIANT".',
    ],
    [
      { organizationTrails: 'nowhere' },
      'organizationTrails must be everywhere or owner; received "nowhere".',
    ],
    [{ checkKeyPolicy: 'yes' }, 'checkKeyPolicy must be false or strict or true; received "yes".'],
    [{ requireKeyRotation: 'TRUE' }, 'requireKeyRotation must be false or true; received "TRUE".'],
    [{ requireKeyRotation: null }, 'requireKeyRotation must be a string; received null.'],
    [{ kmsKeyArns: [KEY_ARN] }, 'kmsKeyArns must be a string; received an array.'],
    [{ kmsKeyArns: 'alias/x' }, 'kmsKeyArns must be a comma-separated list of key ARNs; received "alias/x".'],
    [{ kmsKeyArns: `${KEY_ARN},` }, 'kmsKeyArns must be a comma-separated list of key ARNs; received "".'],
    [
      { keyMaterialExpiryDays: '366' },
      'keyMaterialExpiryDays must be a whole number from 0 to 365; received "366".',
    ],
    [
      { keyMaterialExpiryDays: -1 },
      'keyMaterialExpiryDays must be a whole number from 0 to 365; received "-1".',
    ],
    [
      { keyMaterialExpiryDays: '1.5' },
      'keyMaterialExpiryDays must be a whole number from 0 to 365; received "1.5".',
    ],
  ])('%o', (input, problem) => {
    expect(problemsOf(input)).toEqual([problem]);
  });

  it('an unknown name, and lists the parameters', () => {
    expect(problemsOf({ kmsKeyArn: KEY_ARN })).toEqual([
      `Unknown parameter "kmsKeyArn". The parameters are ${PARAMETER_NAMES.join(', ')}.`,
    ]);
  });

  it('several unknown names, and lists the parameters once', () => {
    expect(problemsOf({ trails: '', keys: '' })).toEqual([
      `Unknown parameters "trails" and "keys". The parameters are ${PARAMETER_NAMES.join(', ')}.`,
    ]);
  });

  it.each([[null], [[]], ['text'], [7], [undefined]])('%o instead of an object', (input) => {
    expect(problemsOf(input)[0]).toMatch(/^Expected a JSON object of names and values; received .+\.$/);
  });

  it.each([
    [{ kmsKeyArns: KEY_ARN }, 'kmsKeyArns'],
    [{ checkKeyPolicy: 'true' }, 'checkKeyPolicy'],
    [{ requireKeyRotation: 'true' }, 'requireKeyRotation'],
    [{ keyMaterialExpiryDays: '1' }, 'keyMaterialExpiryDays'],
  ])('presence together with %o', (other, name) => {
    expect(problemsOf({ keyVerification: 'presence', ...other })).toEqual([
      `keyVerification presence does not look up keys, so it cannot be combined with ${name}.`,
    ]);
  });

  it('all problems in one message', () => {
    const input = { checkKeyPolicy: 'maybe', keyMaterialExpiryDays: 'soon', color: 'red' };

    expect(problemsOf(input)).toHaveLength(3);
    expect(() => parseRuleParameters(input)).toThrow(/color.*checkKeyPolicy.*keyMaterialExpiryDays/s);
  });

  it('an unknown name once, whatever its value', () => {
    expect(problemsOf({ trails: [] })).toEqual([
      `Unknown parameter "trails". The parameters are ${PARAMETER_NAMES.join(', ')}.`,
    ]);
  });

  it('and quotes at most 100 characters of the value', () => {
    expect(problemsOf({ keyVerification: 'x'.repeat(500) })[0]?.length).toBeLessThan(200);
  });

  it.each([
    [MAX_PARAMETER_CHARACTERS, []],
    [
      MAX_PARAMETER_CHARACTERS + 1,
      ['The parameters must have at most 1024 characters of JSON; received 1025.'],
    ],
  ])('%i characters together: %j', (length, problems) => {
    const frame = JSON.stringify({ kmsKeyArns: KEY_ARN }).length;

    expect(problemsOf({ kmsKeyArns: `${' '.repeat(length - frame)}${KEY_ARN}` })).toEqual(problems);
  });

  it.each([1, 100_000])('an array in an array, %i deep', (depth) => {
    const nested = JSON.parse('['.repeat(depth) + ']'.repeat(depth));

    expect(problemsOf({ keyVerification: 'live', checkKeyPolicy: nested })).toEqual([
      'checkKeyPolicy must be a string; received an array.',
    ]);
  });

  it('any other value with a RuleParametersError', () => {
    const name = fc.oneof(fc.constantFrom(...PARAMETER_NAMES, '__proto__', 'constructor'), fc.string());
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(name, fc.jsonValue()), fc.jsonValue()), (input) => {
        for (const problem of problemsOf(input)) expect(problem).toMatch(/\.$/);
      }),
    );
  });
});

it('lists all parameters that presence cannot be combined with', () => {
  const others = { kmsKeyArns: KEY_ARN, checkKeyPolicy: 'true' };

  expect(problemsOf({ keyVerification: 'presence', ...others })).toEqual([
    'keyVerification presence does not look up keys, so it cannot be combined with kmsKeyArns, checkKeyPolicy.',
  ]);
});

it('quotes 100 characters and shortens longer values', () => {
  const problemWith = (text: string) => problemsOf({ checkKeyPolicy: text })[0];

  expect(problemWith('x'.repeat(100))).toBe(
    `checkKeyPolicy must be false or strict or true; received "${'x'.repeat(100)}".`,
  );
  expect(problemWith('x'.repeat(101))).toBe(
    `checkKeyPolicy must be false or strict or true; received "${'x'.repeat(100)}...".`,
  );
});
