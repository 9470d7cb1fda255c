import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isKeyArn, parseKeyReference } from '../../src/core/key-reference.js';
import { KEY_ARN, KEY_ID, trail } from '../support/builders.js';

const HOME = 'arn:aws:kms:eu-west-1:111122223333';

it.each([
  [KEY_ARN, 'key', KEY_ARN],
  [` ${KEY_ARN} `, 'key', KEY_ARN],
  [KEY_ID, 'key', `${HOME}:key/${KEY_ID}`],
  ['mrk-1234abcd12ab34cd56ef1234567890ab', 'key', `${HOME}:key/mrk-1234abcd12ab34cd56ef1234567890ab`],
  ['alias/logs/audit_1', 'alias', `${HOME}:alias/logs/audit_1`],
  [
    'arn:aws:kms:us-east-1:444455556666:alias/audit',
    'alias',
    'arn:aws:kms:us-east-1:444455556666:alias/audit',
  ],
  ['arn:aws:kms:us-east-1:444455556666:key/mrk-12', 'key', 'arn:aws:kms:us-east-1:444455556666:key/mrk-12'],
  ['arn:aws:kms:us-west-2:123456789012:key/1111-22-33-44-5555', 'key', undefined],
])('reads %s as a %s', (written, kind, arn) => {
  expect(parseKeyReference(written, trail())).toMatchObject({
    kind,
    arn: arn ?? written,
    written: written.trim(),
  });
});

it('completes a bare id by the Region, account and partition of the trail', () => {
  const gov = trail({ partition: 'aws-us-gov', homeRegion: 'us-gov-east-1', ownerAccountId: '222233334444' });

  expect(parseKeyReference(KEY_ID, gov)).toMatchObject({
    arn: `arn:aws-us-gov:kms:us-gov-east-1:222233334444:key/${KEY_ID}`,
    region: 'us-gov-east-1',
    accountId: '222233334444',
  });
});

it('knows key ARNs from all else', () => {
  expect(isKeyArn(KEY_ARN)).toBe(true);
  expect(isKeyArn(`${HOME}:alias/audit`)).toBe(false);
  expect(isKeyArn(KEY_ID)).toBe(false);
  expect(isKeyArn(`arn:aws:s3:eu-west-1:111122223333:key/${KEY_ID}`)).toBe(false);
  expect(isKeyArn(`arn:aws:kms:eu:111122223333:key/${KEY_ID}`)).toBe(false);
  expect(isKeyArn(`arn:aws:kms:eu-west-1:1111:key/${KEY_ID}`)).toBe(false);
});

it('reads any text without throwing, and completes only what names a key', () => {
  const pieces = fc.constantFrom(
    'arn:',
    'aws',
    ':',
    'kms',
    'eu-west-1',
    '111122223333',
    'key/',
    'alias/',
    'ab-12',
    ' ',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((parts) => parts.join('')),
      ),
      (text) => {
        const reference = parseKeyReference(text, trail());
        if (reference.kind === 'invalid') expect(reference.written).toBe(text.trim());
        else expect(reference.arn).toMatch(/^arn:aws:kms:[a-z0-9-]+:\d{12}:(key|alias)\/./);
      },
    ),
  );
});

it.each([
  ['arn:', 'not-a-key'],
  ['1234 abcd', 'not-a-key'],
  ['1234abcd!', 'not-a-key'],
  ['zz-1234abcd', 'not-a-key'],
  ['alias/', 'not-a-key'],
  ['alias/audit!', 'not-a-key'],
  ['my-alias/audit', 'not-a-key'],
  [`${HOME}:key/1234/5678`, 'not-a-key'],
  [`${HOME}:other-key/1234`, 'not-a-key'],
  [`${HOME}:alias/audit!`, 'not-a-key'],
  [`${HOME}:other-alias/audit`, 'not-a-key'],
  [`arn:aws:s3:eu-west-1:111122223333:key/${KEY_ID}`, 'not-a-key'],
  [`arn:aws:kms:eu-west-1:1111:key/${KEY_ID}`, 'not-a-key'],
  [`arn:aws:kms:eu:111122223333:key/${KEY_ID}`, 'no-such-region'],
  [`arn:aws-cn:kms:cn-north-1:111122223333:key/${KEY_ID}`, 'other-partition'],
])('finds no key in %s: %s', (written, fault) => {
  expect(parseKeyReference(written, trail())).toEqual({ kind: 'invalid', written, fault });
});
