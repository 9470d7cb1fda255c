import { expect, it } from 'vitest';
import { findingOf } from '../../src/core/finding.js';
import type { Key } from '../../src/core/key.js';
import type { RuleParameters } from '../../src/core/rule-parameters.js';
import { ALLOW_CLOUDTRAIL, facts, found, NOW, parameters, policy, sighting } from '../support/builders.js';

const uncheckedOf = (given: Partial<RuleParameters>, key: Partial<Key> = {}) =>
  findingOf(facts({ answer: found(key), parameters: parameters(given) })).unchecked;

it('a key of which all was looked at leaves nothing unchecked', () => {
  const READ = policy(ALLOW_CLOUDTRAIL);

  expect(findingOf(facts())).not.toHaveProperty('unchecked');
  expect(uncheckedOf({ checkKeyPolicy: true }, { policy: READ })).toBeUndefined();
  expect(uncheckedOf({ keyMaterialExpiryDays: 30 })).toBeUndefined();
  expect(uncheckedOf({ keyMaterialExpiryDays: 30 }, { origin: 'EXTERNAL' })).toBeUndefined();
  expect(uncheckedOf({ keyMaterialExpiryDays: 30 }, { origin: undefined, validTo: NOW * 2 })).toBeUndefined();
});

it.each([
  ['policy', { checkKeyPolicy: true }, { policy: { kind: 'unread', why: 'denied' } }],
  ['type', {}, { spec: undefined }],
  ['type', {}, { usage: undefined }],
  ['expiry', { keyMaterialExpiryDays: 30 }, { origin: undefined }],
] as const)('a usable key leaves its %s unchecked where the source does not tell it', (what, given, key) => {
  expect(uncheckedOf(given, key)).toEqual([what]);
});

it('what no parameter asks for is not called unchecked', () => {
  expect(uncheckedOf({}, { policy: { kind: 'unread', why: 'denied' }, origin: undefined })).toBeUndefined();
});

it('a verdict against a key needs no more than it says', () => {
  expect(uncheckedOf({ checkKeyPolicy: true }, { state: 'Disabled', spec: undefined })).toBeUndefined();
});

it('a trail that is no longer recorded was not looked at, and one that was deleted is gone', () => {
  const goneAs = (gone: 'deleted' | 'not-recorded') => findingOf(facts({ sighting: sighting({ gone }) }));

  expect(goneAs('not-recorded')).toMatchObject({ code: 'TRAIL_GONE', unchecked: ['trail'] });
  expect(goneAs('deleted')).not.toHaveProperty('unchecked');
});
