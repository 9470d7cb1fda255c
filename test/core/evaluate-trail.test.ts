import { describe, expect, it, vi } from 'vitest';
import { evaluateTrails, precheckTrail } from '../../src/core/evaluate-trail.js';
import type { Key } from '../../src/core/key.js';
import type { RuleParameters } from '../../src/core/rule-parameters.js';
import {
  ALLOW_CLOUDTRAIL,
  ALLOW_EVERYONE_TO_DECRYPT,
  ALLOW_OWNER,
  DAY,
  facts,
  findingOf,
  found,
  KEY_ARN,
  KEY_ID,
  NOW,
  OTHER_ACCOUNT,
  observed,
  parameters,
  policy,
  trail,
  verdictOf,
} from '../support/builders.js';
import { EXAMPLES } from '../support/verdict-examples.js';

it('looks up the key of each trail, and evaluates in the order given', async () => {
  const getKey = vi.fn(async () => found({ state: 'Disabled' }));

  const findings = await evaluateTrails([observed(), observed({ trail: trail({ kmsKeyId: undefined }) })], {
    keys: { getKey },
    parameters: parameters(),
    now: NOW,
  });

  expect(findings.map(({ code }) => code)).toEqual(['KEY_DISABLED', 'NO_KMS_KEY']);
  expect(getKey).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ arn: KEY_ARN }));
});

it('throws what the key source throws: a passing fault is never a verdict', async () => {
  const keys = { getKey: () => Promise.reject(new Error('throttled')) };

  await expect(evaluateTrails([observed()], { keys, parameters: parameters(), now: NOW })).rejects.toThrow(
    'throttled',
  );
});

const named = (kmsKeyId: string) => observed({ trail: trail({ kmsKeyId }) });

it.each(Object.entries(EXAMPLES))('decides %s', (code, example) => {
  expect(verdictOf(example).code).toBe(code);
});

describe('the trail', () => {
  it('is absent, whatever else is wrong with it', () => {
    const gone = observed({ absent: 'deleted', region: 'us-east-1', accountId: OTHER_ACCOUNT });

    expect(verdictOf(facts({ observed: gone })).code).toBe('TRAIL_NOT_FOUND');
  });

  it('is a copy before it is a view of a member', () => {
    const copy = observed({ region: 'us-east-1', accountId: OTHER_ACCOUNT });

    expect(verdictOf(facts({ observed: copy })).code).toBe('SHADOW_TRAIL');
  });

  it('of an organization is evaluated in a member account if organizationTrails is everywhere', () => {
    const view = observed({ accountId: OTHER_ACCOUNT });

    const verdict = verdictOf(
      facts({ observed: view, parameters: parameters({ organizationTrails: 'everywhere' }) }),
    );

    expect(verdict.code).toBe('CMK_USABLE');
  });

  it('needs no key to be asked where it settles the matter', () => {
    expect(precheckTrail(named('not a key'), parameters()).kind).toBe('verdict');
    expect(precheckTrail(observed(), parameters())).toMatchObject({
      kind: 'lookup',
      reference: { arn: KEY_ARN },
    });
  });
});

it('names who was denied access to the key', () => {
  const answer = { kind: 'unreadable', why: 'denied', caller: 'ann' } as const;

  expect(verdictOf(facts({ answer }))).toEqual({
    code: 'KEY_UNVERIFIABLE',
    key: KEY_ARN,
    why: 'denied',
    caller: 'ann',
  });
});

describe('the key id', () => {
  it.each([
    ['not a key', 'not-a-key'],
    ['my-key', 'not-a-key'],
    ['arn:aws:s3:::logs', 'not-a-key'],
    ['arn:aws:kms:eu-west-1:1234:key/abcd', 'not-a-key'],
    ['arn:aws:kms:eu-west-1:111122223333:grant/abcd', 'not-a-key'],
    [`arn:aws:kms:mars:111122223333:key/${KEY_ID}`, 'no-such-region'],
    [`arn:aws-cn:kms:cn-north-1:111122223333:key/${KEY_ID}`, 'other-partition'],
  ])('%s is known without a lookup to be no key: %s', (kmsKeyId, why) => {
    expect(verdictOf(facts({ observed: named(kmsKeyId) }))).toMatchObject({ code: 'KEY_NOT_FOUND', why });
  });

  it('passes unasked with presence, even when it names nothing', () => {
    const verdict = verdictOf(
      facts({ observed: named('not a key'), parameters: parameters({ keyVerification: 'presence' }) }),
    );

    expect(verdict.code).toBe('KEY_PRESENT');
  });
});

describe('the state of the key', () => {
  it.each([
    ['Enabled', 'CMK_USABLE'],
    ['Updating', 'CMK_USABLE'],
    ['PendingReplicaDeletion', 'KEY_PENDING_DELETION'],
    ['Creating', 'KEY_UNAVAILABLE'],
    ['InventedTomorrow', 'KEY_UNAVAILABLE'],
    ['enabled', 'KEY_UNAVAILABLE'],
  ])('%s gives %s', (state, code) => {
    expect(verdictOf(facts({ answer: found({ state }) })).code).toBe(code);
  });

  it.each([
    [NOW + 1, false],
    [NOW, true],
    [undefined, false],
  ])('PendingDeletion with the date %s is overdue: %s', (deletionDate, overdue) => {
    const verdict = verdictOf(facts({ answer: found({ state: 'PendingDeletion', deletionDate }) }));

    expect(verdict).toMatchObject({ code: 'KEY_PENDING_DELETION', overdue });
  });

  it.each([{ state: undefined }, { manager: undefined }])('that is not told never passes: %o', (lacking) => {
    expect(verdictOf(facts({ answer: found(lacking) }))).toMatchObject({
      code: 'KEY_UNVERIFIABLE',
      why: 'incomplete',
    });
  });

  it('matters less than that the key is not customer managed, and more than that it is not allowed', () => {
    const choosy = parameters({ kmsKeyArns: [] });
    const strict = parameters({ kmsKeyArns: [`${KEY_ARN}0`] });

    expect(
      verdictOf(facts({ answer: found({ manager: 'AWS', state: 'Disabled' }), parameters: choosy })).code,
    ).toBe('KEY_NOT_CUSTOMER_MANAGED');
    expect(verdictOf(facts({ answer: found({ state: 'Disabled' }), parameters: strict })).code).toBe(
      'KEY_DISABLED',
    );
  });
});

describe('the type of the key', () => {
  it('is not held against it where it is not told', () => {
    expect(verdictOf(facts({ answer: found({ spec: undefined, usage: undefined }) })).code).toBe(
      'CMK_USABLE',
    );
  });

  it.each([
    [{ spec: 'HMAC_256' }, 'HMAC_256'],
    [{ usage: 'SIGN_VERIFY' }, 'SIGN_VERIFY'],
    [{ spec: 'RSA_2048', usage: 'SIGN_VERIFY' }, 'RSA_2048 SIGN_VERIFY'],
  ])('is wrong for %o', (overrides, type) => {
    expect(verdictOf(facts({ answer: found(overrides) }))).toMatchObject({ code: 'KEY_WRONG_TYPE', type });
  });
});

describe('the parameters', () => {
  it('kmsKeyArns allows the keys that it holds', () => {
    const verdict = verdictOf(facts({ parameters: parameters({ kmsKeyArns: [`${KEY_ARN}0`, KEY_ARN] }) }));

    expect(verdict.code).toBe('CMK_USABLE');
  });

  it('kmsKeyArns is compared with the ARN that was found, not with the alias that was written', () => {
    const verdict = verdictOf(
      facts({ observed: named('alias/audit'), parameters: parameters({ kmsKeyArns: [KEY_ARN] }) }),
    );

    expect(verdict).toMatchObject({ code: 'CMK_USABLE', key: KEY_ARN });
  });

  it('checkKeyPolicy passes a policy that was not read, and says so', () => {
    const answer = found({ policy: { kind: 'unavailable', why: 'other-account' } });

    expect(verdictOf(facts({ answer, parameters: parameters({ checkKeyPolicy: 'true' }) }))).toMatchObject({
      code: 'CMK_USABLE',
      unchecked: { kind: 'unavailable', why: 'other-account' },
    });
    expect(verdictOf(facts({ answer }))).toMatchObject({ code: 'CMK_USABLE', unchecked: undefined });
  });

  it('checkKeyPolicy off reads no policy', () => {
    const answer = found({ policy: policy(ALLOW_OWNER) });

    expect(verdictOf(facts({ answer })).code).toBe('CMK_USABLE');
  });

  it('checkKeyPolicy finds the block before the open door', () => {
    const answer = found({ policy: policy({ ...ALLOW_EVERYONE_TO_DECRYPT }) });

    expect(verdictOf(facts({ answer, parameters: parameters({ checkKeyPolicy: 'true' }) }))).toMatchObject({
      code: 'KEY_POLICY_BLOCKS_CLOUDTRAIL',
      why: 'not-allowed',
    });
  });

  it('checkKeyPolicy tells a Deny from the want of an Allow', () => {
    const answer = found({ policy: policy(ALLOW_CLOUDTRAIL, { ...ALLOW_CLOUDTRAIL, Effect: 'Deny' }) });

    expect(verdictOf(facts({ answer, parameters: parameters({ checkKeyPolicy: 'true' }) }))).toMatchObject({
      code: 'KEY_POLICY_BLOCKS_CLOUDTRAIL',
      why: 'denied',
    });
  });

  const NOT_PROVEN = policy({
    ...ALLOW_CLOUDTRAIL,
    Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
  });
  const unproven = { kind: 'not-proven', part: 'StringEquals kms:ViaService', subject: 'delivery' };
  const unreadable = { kind: 'unavailable', why: 'denied' } as const;

  it.each([
    [NOT_PROVEN, unproven],
    [unreadable, unreadable],
  ])(
    'checkKeyPolicy strict passes no policy that is not proven, and true passes it with its reason: %#',
    (given, reason) => {
      const answer = found({ policy: given });
      const verdictFor = (checkKeyPolicy: 'true' | 'strict' | 'false') =>
        verdictOf(facts({ answer, parameters: parameters({ checkKeyPolicy }) }));

      expect(verdictFor('strict')).toEqual({
        code: 'KEY_UNVERIFIABLE',
        key: KEY_ARN,
        why: 'policy',
        policy: reason,
      });
      expect(verdictFor('true')).toEqual({ code: 'CMK_USABLE', key: KEY_ARN, unchecked: reason });
      expect(verdictFor('false')).toEqual({ code: 'CMK_USABLE', key: KEY_ARN, unchecked: undefined });
    },
  );

  it('checkKeyPolicy strict passes a policy that is proven, and reports a block as true does', () => {
    const strict = parameters({ checkKeyPolicy: 'strict' });
    const codeFor = (given: Key['policy']) =>
      verdictOf(facts({ answer: found({ policy: given }), parameters: strict })).code;

    expect(codeFor(policy(ALLOW_CLOUDTRAIL))).toBe('CMK_USABLE');
    expect(codeFor(policy(ALLOW_OWNER))).toBe('KEY_POLICY_BLOCKS_CLOUDTRAIL');
    expect(codeFor(policy(ALLOW_CLOUDTRAIL, ALLOW_EVERYONE_TO_DECRYPT))).toBe('KEY_POLICY_OPEN');
  });

  it('checkKeyPolicy strict reports a policy that is not proven after expiring material and before rotation', () => {
    const given = parameters({
      checkKeyPolicy: 'strict',
      keyMaterialExpiryDays: 30,
      requireKeyRotation: true,
    });
    const rotation = { kind: 'known', value: false } as const;
    const codeFor = (key: Partial<Key>) =>
      verdictOf(facts({ answer: found({ policy: NOT_PROVEN, rotation, ...key }), parameters: given })).code;

    expect(codeFor({ validTo: NOW })).toBe('KEY_MATERIAL_EXPIRING');
    expect(codeFor({})).toBe('KEY_UNVERIFIABLE');
    expect(codeFor({ policy: policy(ALLOW_CLOUDTRAIL) })).toBe('KEY_ROTATION_OFF');
    expect(codeFor({ policy: policy(ALLOW_CLOUDTRAIL), rotation: { kind: 'known', value: true } })).toBe(
      'CMK_USABLE',
    );
  });

  it('checkKeyPolicy names the actions of an open policy', () => {
    const answer = found({ policy: policy(ALLOW_CLOUDTRAIL, ALLOW_EVERYONE_TO_DECRYPT) });

    expect(verdictOf(facts({ answer, parameters: parameters({ checkKeyPolicy: 'true' }) }))).toEqual({
      code: 'KEY_POLICY_OPEN',
      key: KEY_ARN,
      actions: ['kms:Decrypt'],
    });
  });

  it('checkKeyPolicy passes a policy that lets CloudTrail in', () => {
    const answer = found({ policy: policy(ALLOW_CLOUDTRAIL) });

    expect(verdictOf(facts({ answer, parameters: parameters({ checkKeyPolicy: 'true' }) })).code).toBe(
      'CMK_USABLE',
    );
  });

  it.each([
    [30 * DAY, 'KEY_MATERIAL_EXPIRING', false],
    [30 * DAY + 1, 'CMK_USABLE', undefined],
    [1, 'KEY_MATERIAL_EXPIRING', false],
    [0, 'KEY_MATERIAL_EXPIRING', true],
    [-DAY, 'KEY_MATERIAL_EXPIRING', true],
  ])('keyMaterialExpiryDays 30 and material that ends in %i ms gives %s', (left, code, ended) => {
    const answer = found({ origin: 'EXTERNAL', validTo: NOW + left });

    const verdict = verdictOf(facts({ answer, parameters: parameters({ keyMaterialExpiryDays: 30 }) }));

    expect(verdict).toMatchObject(ended === undefined ? { code } : { code, ended });
  });

  it('keyMaterialExpiryDays 0 ignores the expiry, and material without one passes', () => {
    expect(verdictOf(facts({ answer: found({ validTo: 0 }) })).code).toBe('CMK_USABLE');
    expect(verdictOf(facts({ parameters: parameters({ keyMaterialExpiryDays: 365 }) })).code).toBe(
      'CMK_USABLE',
    );
  });

  it.each(['EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'])(
    'requireKeyRotation ignores a key of origin %s',
    (origin) => {
      const answer = found({ origin, rotation: { kind: 'known', value: false } });

      expect(verdictOf(facts({ answer, parameters: parameters({ requireKeyRotation: true }) })).code).toBe(
        'CMK_USABLE',
      );
    },
  );

  it('requireKeyRotation checks a key of unknown origin', () => {
    const answer = found({ origin: undefined, rotation: { kind: 'known', value: false } });

    expect(verdictOf(facts({ answer, parameters: parameters({ requireKeyRotation: true }) })).code).toBe(
      'KEY_ROTATION_OFF',
    );
  });

  it('requireKeyRotation and a rotation that cannot be read is unverifiable', () => {
    const answer = found({ rotation: { kind: 'unavailable', why: 'denied' } });

    expect(verdictOf(facts({ answer, parameters: parameters({ requireKeyRotation: true }) }))).toMatchObject({
      code: 'KEY_UNVERIFIABLE',
      why: 'rotation-unavailable',
    });
  });
});

const uncheckedOf = (given: Partial<RuleParameters>, key: Partial<Key> = {}) =>
  findingOf(facts({ answer: found(key), parameters: parameters(given) })).unchecked;

it('a key that was completely checked leaves nothing unchecked', () => {
  const READ = policy(ALLOW_CLOUDTRAIL);

  expect(findingOf(facts())).not.toHaveProperty('unchecked');
  expect(uncheckedOf({ checkKeyPolicy: 'true' }, { policy: READ })).toBeUndefined();
  expect(uncheckedOf({ keyMaterialExpiryDays: 30 })).toBeUndefined();
  expect(uncheckedOf({ keyMaterialExpiryDays: 30 }, { origin: 'EXTERNAL' })).toBeUndefined();
  expect(uncheckedOf({ keyMaterialExpiryDays: 30 }, { origin: undefined, validTo: NOW * 2 })).toBeUndefined();
});

it.each([
  ['policy', { checkKeyPolicy: 'true' }, { policy: { kind: 'unavailable', why: 'denied' } }],
  ['policy', { checkKeyPolicy: 'true' }, { policy: { kind: 'known', value: { Statement: 'text' } } }],
  ['type', {}, { spec: undefined }],
  ['type', {}, { usage: undefined }],
  ['expiry', { keyMaterialExpiryDays: 30 }, { origin: undefined }],
] as const)('a usable key leaves its %s unchecked where the source does not tell it', (what, given, key) => {
  expect(uncheckedOf(given, key)).toEqual([what]);
});

it('what no parameter asks for is not called unchecked', () => {
  expect(
    uncheckedOf({}, { policy: { kind: 'unavailable', why: 'denied' }, origin: undefined }),
  ).toBeUndefined();
});

it('a verdict against a key needs no more than it says', () => {
  expect(uncheckedOf({ checkKeyPolicy: 'true' }, { state: 'Disabled', spec: undefined })).toBeUndefined();
});

it('a trail that is no longer recorded is unchecked, and a deleted trail does not exist', () => {
  const goneAs = (absent: 'deleted' | 'not-recorded') => findingOf(facts({ observed: observed({ absent }) }));

  expect(goneAs('not-recorded')).toMatchObject({ code: 'TRAIL_NOT_FOUND', unchecked: ['trail'] });
  expect(goneAs('deleted')).not.toHaveProperty('unchecked');
});
