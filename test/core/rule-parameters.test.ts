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

describe('reads', () => {
  it('nothing as the defaults', () => {
    expect(parseRuleParameters({})).toEqual(DEFAULT_PARAMETERS);
  });

  it('empty text as not given', () => {
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

  it('presence beside checks that are off', () => {
    const off = {
      kmsKeyArns: ' ',
      checkKeyPolicy: 'false',
      requireKeyRotation: 'false',
      keyMaterialExpiryDays: '0',
    };

    expect(parseRuleParameters({ keyVerification: 'presence', ...off }).keyVerification).toBe('presence');
  });
});

describe('refuses', () => {
  it.each([
    [{ keyVerification: 'Live' }, 'keyVerification should be live or presence and is "Live".'],
    [
      { unverifiableKey: 'COMPLIANT' },
      'unverifiableKey should be NON_COMPLIANT or NOT_APPLICABLE and is "COMPLIANT".',
    ],
    [{ organizationTrails: 'nowhere' }, 'organizationTrails should be everywhere or owner and is "nowhere".'],
    [{ checkKeyPolicy: 'yes' }, 'checkKeyPolicy should be false or strict or true and is "yes".'],
    [{ requireKeyRotation: 'TRUE' }, 'requireKeyRotation should be false or true and is "TRUE".'],
    [{ requireKeyRotation: null }, 'requireKeyRotation should be text and is null.'],
    [{ kmsKeyArns: [KEY_ARN] }, 'kmsKeyArns should be text and is an array.'],
    [{ kmsKeyArns: 'alias/x' }, 'kmsKeyArns should hold key ARNs, separated by commas, and holds "alias/x".'],
    [{ kmsKeyArns: `${KEY_ARN},` }, 'kmsKeyArns should hold key ARNs, separated by commas, and holds "".'],
    [
      { keyMaterialExpiryDays: '366' },
      'keyMaterialExpiryDays should be a whole number from 0 to 365 and is "366".',
    ],
    [
      { keyMaterialExpiryDays: -1 },
      'keyMaterialExpiryDays should be a whole number from 0 to 365 and is "-1".',
    ],
    [
      { keyMaterialExpiryDays: '1.5' },
      'keyMaterialExpiryDays should be a whole number from 0 to 365 and is "1.5".',
    ],
  ])('%o', (input, problem) => {
    expect(problemsOf(input)).toEqual([problem]);
  });

  it('an unknown name, and says which there are', () => {
    expect(problemsOf({ kmsKeyArn: KEY_ARN })).toEqual([
      `"kmsKeyArn" is no parameter; the parameters are ${PARAMETER_NAMES.join(', ')}.`,
    ]);
  });

  it('several unknown names, and says once which there are', () => {
    expect(problemsOf({ trails: '', keys: '' })).toEqual([
      `"trails" and "keys" are no parameters; the parameters are ${PARAMETER_NAMES.join(', ')}.`,
    ]);
  });

  it.each([[null], [[]], ['text'], [7], [undefined]])('%o in place of an object', (input) => {
    expect(problemsOf(input)[0]).toMatch(/^Expected a JSON object of names and values, and .+ came\.$/);
  });

  it.each([
    [{ kmsKeyArns: KEY_ARN }, 'kmsKeyArns'],
    [{ checkKeyPolicy: 'true' }, 'checkKeyPolicy'],
    [{ requireKeyRotation: 'true' }, 'requireKeyRotation'],
    [{ keyMaterialExpiryDays: '1' }, 'keyMaterialExpiryDays'],
  ])('presence together with %o', (other, name) => {
    expect(problemsOf({ keyVerification: 'presence', ...other })).toEqual([
      `keyVerification presence asks no key, so it cannot stand together with ${name}.`,
    ]);
  });

  it('with all problems at once, in one message', () => {
    const input = { checkKeyPolicy: 'maybe', keyMaterialExpiryDays: 'soon', colour: 'red' };

    expect(problemsOf(input)).toHaveLength(3);
    expect(() => parseRuleParameters(input)).toThrow(/colour.*checkKeyPolicy.*keyMaterialExpiryDays/s);
  });

  it('a name that is none, once, whatever its value', () => {
    expect(problemsOf({ trails: [] })).toEqual([
      `"trails" is no parameter; the parameters are ${PARAMETER_NAMES.join(', ')}.`,
    ]);
  });

  it('quotes no more than a hundred characters of what came', () => {
    expect(problemsOf({ keyVerification: 'x'.repeat(500) })[0]?.length).toBeLessThan(200);
  });

  it.each([
    [MAX_PARAMETER_CHARACTERS, []],
    [MAX_PARAMETER_CHARACTERS + 1, ['The parameters take 1025 characters of JSON; AWS Config allows 1024.']],
  ])('%i characters together: %j', (length, problems) => {
    const frame = JSON.stringify({ kmsKeyArns: KEY_ARN }).length;

    expect(problemsOf({ kmsKeyArns: `${' '.repeat(length - frame)}${KEY_ARN}` })).toEqual(problems);
  });

  it.each([1, 100_000])('an array in an array, %i deep', (depth) => {
    const nested = JSON.parse('['.repeat(depth) + ']'.repeat(depth));

    expect(problemsOf({ keyVerification: 'live', checkKeyPolicy: nested })).toEqual([
      'checkKeyPolicy should be text and is an array.',
    ]);
  });

  it('anything else with a RuleParametersError and nothing but that', () => {
    const name = fc.oneof(fc.constantFrom(...PARAMETER_NAMES, '__proto__', 'constructor'), fc.string());
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(name, fc.jsonValue()), fc.jsonValue()), (input) => {
        for (const problem of problemsOf(input)) expect(problem).toMatch(/\.$/);
      }),
    );
  });
});

it('names all parameters with which presence cannot stand together', () => {
  const asked = { kmsKeyArns: KEY_ARN, checkKeyPolicy: 'true' };

  expect(problemsOf({ keyVerification: 'presence', ...asked })).toEqual([
    'keyVerification presence asks no key, so it cannot stand together with kmsKeyArns, checkKeyPolicy.',
  ]);
});

it('quotes a hundred characters whole, and shortens more', () => {
  const said = (text: string) => problemsOf({ checkKeyPolicy: text })[0];

  expect(said('x'.repeat(100))).toBe(
    `checkKeyPolicy should be false or strict or true and is "${'x'.repeat(100)}".`,
  );
  expect(said('x'.repeat(101))).toBe(
    `checkKeyPolicy should be false or strict or true and is "${'x'.repeat(100)}...".`,
  );
});
