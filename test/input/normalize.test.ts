import { expect, it } from 'vitest';
import { normalize } from '../../src/input/normalize.js';

it.each(['trailARN', 'TrailARN', 'trailArn', 'trail_arn', 'trail-arn'])(
  'a field has one name: %s',
  (name) => {
    expect(normalize({ [name]: 'a', other_field: 'b' })).toEqual({ trailARN: 'a', other_field: 'b' });
  },
);

it('columns with dots are nested', () => {
  const row = {
    resourceId: 'a',
    'configuration.keyState': 'Enabled',
    'configuration.arn': 'b',
    'supplementaryConfiguration.Policy': 'c',
    'configuration.a.b': 'd',
    'x.configuration.a': 'e',
  };

  expect(normalize(row)).toEqual({
    resourceId: 'a',
    configuration: { keyState: 'Enabled', arn: 'b' },
    supplementaryConfiguration: { Policy: 'c' },
    'configuration.a.b': 'd',
    'x.configuration.a': 'e',
  });
});

it.each([
  ['/Date(1767225600000)/', '2026-01-01T00:00:00.000Z'],
  ['/Date(-62135596800000)/', null],
  ['/Date(0)/', null],
  ['0001-01-01T00:00:00', null],
  [{ Value: 'Enabled' }, 'Enabled'],
  [{ Value: null }, null],
  [{ value: '/Date(1767225600000)/', DisplayHint: 2, DateTime: 'Thursday' }, '2026-01-01T00:00:00.000Z'],
])('the value %j of PowerShell is %j', (value, plain) => {
  expect(normalize({ keyState: value })).toEqual({ keyState: plain });
});

it.each([
  '2026-01-01T00:00:00',
  'a 0001-01-01T',
  'a/Date(1)/',
  '/Date(1)/a',
  '/Date(a)/',
  7,
  ['a'],
  { DisplayHint: 2 },
  { Value: 'a', Other: 'b' },
])('the value %j stays as it is', (value) => {
  expect(normalize({ keyState: value })).toEqual({ keyState: value });
});
