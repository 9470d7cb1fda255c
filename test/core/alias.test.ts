import { expect, it } from 'vitest';
import { aliasArnOf, parseAlias, parseAliasItem } from '../../src/core/alias.js';
import { parseConfigurationItem } from '../../src/core/configuration-item.js';
import { aliasItem, KEY_ARN } from '../support/builders.js';

const ARN = 'arn:aws:kms:eu-west-1:111122223333:alias/audit';
const item = (configuration = {}, rest = {}) => parseConfigurationItem(aliasItem(configuration, rest));

it('completes the target by the place of the alias', () => {
  expect(parseAliasItem(item())).toEqual({ arn: ARN, keyArn: KEY_ARN });
});

it('takes a target that is an ARN as it is', () => {
  const keyArn = 'arn:aws:kms:eu-west-1:444455556666:key/abcd';

  expect(parseAliasItem(item({ TargetKeyId: keyArn }))).toEqual({ arn: ARN, keyArn });
});

it.each([
  [{}, {}],
  [{}, { ARN: undefined, resourceId: ARN }],
  [{ AliasArn: ARN }, { ARN: undefined }],
  [{ aliasArn: ARN }, { ARN: undefined }],
  [{ AliasArn: ARN }, { ARN: KEY_ARN }],
])('finds its ARN wherever it stands: %o %o', (configuration, rest) => {
  expect(aliasArnOf(item(configuration, rest))).toBe(ARN);
});

it('takes a target in the casing of AWS Config', () => {
  const target = { TargetKeyId: undefined, targetKeyId: 'abcd' };

  expect(parseAliasItem(item(target)).keyArn).toBe('arn:aws:kms:eu-west-1:111122223333:key/abcd');
});

it.each([
  [{ TargetKeyId: undefined }, {}],
  [{}, { ARN: undefined }],
  [{}, { ARN: undefined, configuration: {} }],
])('refuses an alias without an ARN or a target: %o %o', (configuration, rest) => {
  expect(() => parseAliasItem(item(configuration, rest))).toThrow('should have an ARN and a TargetKeyId');
});

it.each([undefined, '', 'audit'])('refuses an alias whose ARN is %o', (arn) => {
  expect(() => parseAlias({ TargetKeyId: 'abcd' }, arn)).toThrow('should have an ARN and a TargetKeyId');
});

it('knows no ARN of an item that tells none', () => {
  expect(aliasArnOf(item({}, { ARN: undefined, configuration: null }))).toBe('');
});
