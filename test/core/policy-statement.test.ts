import { expect, it } from 'vitest';
import { statementsOf } from '../../src/core/policy-statement.js';

const partsOf = (statement: Record<string, unknown>) => statementsOf({ Statement: statement })?.[0];

it('sorts what a statement lists from what it leaves out', () => {
  expect(
    partsOf({
      Effect: 'Allow',
      Principal: { AWS: ['a', 'b'], Service: 'c' },
      Action: 'kms:*',
      Resource: ['*'],
    }),
  ).toEqual({
    effect: 'Allow',
    principals: {
      kind: 'these',
      entries: [
        { type: 'AWS', value: 'a' },
        { type: 'AWS', value: 'b' },
        { type: 'Service', value: 'c' },
      ],
    },
    actions: { kind: 'these', values: ['kms:*'] },
    resources: { kind: 'these', values: ['*'] },
    condition: undefined,
  });
  expect(
    partsOf({
      Effect: 'Deny',
      NotPrincipal: { AWS: 'a' },
      NotAction: ['b'],
      NotResource: 'c',
      Condition: {},
    }),
  ).toEqual({
    effect: 'Deny',
    principals: { kind: 'all-but', entries: [{ type: 'AWS', value: 'a' }] },
    actions: { kind: 'all-but', values: ['b'] },
    resources: { kind: 'all-but', values: ['c'] },
    condition: {},
  });
});

it.each([
  ['nothing', {}],
  ['numbers', { Principal: 7, Action: 7, Resource: 7 }],
  [
    'one value that is no text',
    { Principal: { AWS: 'a', Service: [7] }, Action: ['a', 7], Resource: [null] },
  ],
])('does not read a part that holds %s', (_name, statement) => {
  expect(partsOf(statement)).toMatchObject({
    principals: { kind: 'unreadable' },
    actions: { kind: 'unreadable' },
    resources: { kind: 'unreadable' },
  });
});

it('reads a list of statements, and one alone', () => {
  expect(statementsOf({ Statement: [{}, {}] })).toHaveLength(2);
  expect(statementsOf({ Statement: {} })).toHaveLength(1);
  expect(statementsOf({ Statement: [{}, 'text'] })).toBeUndefined();
  expect(statementsOf({})).toBeUndefined();
});
