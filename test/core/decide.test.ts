import { describe, expect, it } from 'vitest';
import { decide, examine } from '../../src/core/decide.js';
import {
  ALLOW_CLOUDTRAIL,
  ALLOW_EVERYONE_TO_DECRYPT,
  ALLOW_OWNER,
  DAY,
  facts,
  found,
  KEY_ARN,
  KEY_ID,
  NOW,
  OTHER_ACCOUNT,
  parameters,
  policy,
  sighting,
  trail,
} from '../support/builders.js';
import { EXAMPLES } from '../support/verdict-examples.js';

const named = (kmsKeyId: string) => sighting({ trail: trail({ kmsKeyId }) });

it.each(Object.entries(EXAMPLES))('decides %s', (code, example) => {
  expect(decide(example).code).toBe(code);
});

describe('the trail', () => {
  it('is gone, whatever else is wrong with it', () => {
    const gone = sighting({ gone: 'deleted', region: 'us-east-1', accountId: OTHER_ACCOUNT });

    expect(decide(facts({ sighting: gone })).code).toBe('TRAIL_GONE');
  });

  it('is a copy before it is a view of a member', () => {
    const copy = sighting({ region: 'us-east-1', accountId: OTHER_ACCOUNT });

    expect(decide(facts({ sighting: copy })).code).toBe('TRAIL_IS_COPY');
  });

  it('of an organization is judged in a member where organizationTrails asks', () => {
    const view = sighting({ accountId: OTHER_ACCOUNT });

    const verdict = decide(
      facts({ sighting: view, parameters: parameters({ organizationTrails: 'everywhere' }) }),
    );

    expect(verdict.code).toBe('CMK_USABLE');
  });

  it('needs no key to be asked where it settles the matter', () => {
    expect(examine(named('not a key'), parameters()).kind).toBe('settled');
    expect(examine(sighting(), parameters())).toMatchObject({ kind: 'ask', reference: { arn: KEY_ARN } });
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
  ])('%s is known without asking to name no key: %s', (kmsKeyId, why) => {
    expect(decide(facts({ sighting: named(kmsKeyId) }))).toMatchObject({ code: 'KEY_NOT_FOUND', why });
  });

  it('passes unasked with presence, even when it names nothing', () => {
    const verdict = decide(
      facts({ sighting: named('not a key'), parameters: parameters({ keyVerification: 'presence' }) }),
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
    expect(decide(facts({ answer: found({ state }) })).code).toBe(code);
  });

  it.each([
    [NOW + 1, false],
    [NOW, true],
    [undefined, false],
  ])('PendingDeletion with the date %s is overdue: %s', (deletionDate, overdue) => {
    const verdict = decide(facts({ answer: found({ state: 'PendingDeletion', deletionDate }) }));

    expect(verdict).toMatchObject({ code: 'KEY_PENDING_DELETION', overdue });
  });

  it.each([{ state: undefined }, { manager: undefined }])('that is not told never passes: %o', (lacking) => {
    expect(decide(facts({ answer: found(lacking) }))).toMatchObject({
      code: 'KEY_UNVERIFIABLE',
      why: 'incomplete',
    });
  });

  it('matters less than that the key is not customer managed, and more than that it is not allowed', () => {
    const choosy = parameters({ kmsKeyArns: [] });
    const strict = parameters({ kmsKeyArns: [`${KEY_ARN}0`] });

    expect(
      decide(facts({ answer: found({ manager: 'AWS', state: 'Disabled' }), parameters: choosy })).code,
    ).toBe('KEY_NOT_CUSTOMER_MANAGED');
    expect(decide(facts({ answer: found({ state: 'Disabled' }), parameters: strict })).code).toBe(
      'KEY_DISABLED',
    );
  });
});

describe('the type of the key', () => {
  it('is not held against it where it is not told', () => {
    expect(decide(facts({ answer: found({ spec: undefined, usage: undefined }) })).code).toBe('CMK_USABLE');
  });

  it.each([
    [{ spec: 'HMAC_256' }, 'HMAC_256'],
    [{ usage: 'SIGN_VERIFY' }, 'SIGN_VERIFY'],
    [{ spec: 'RSA_2048', usage: 'SIGN_VERIFY' }, 'RSA_2048 SIGN_VERIFY'],
  ])('is wrong for %o', (overrides, type) => {
    expect(decide(facts({ answer: found(overrides) }))).toMatchObject({ code: 'KEY_WRONG_TYPE', type });
  });
});

describe('the parameters', () => {
  it('kmsKeyArns allows the keys that it holds', () => {
    const verdict = decide(facts({ parameters: parameters({ kmsKeyArns: [`${KEY_ARN}0`, KEY_ARN] }) }));

    expect(verdict.code).toBe('CMK_USABLE');
  });

  it('kmsKeyArns is compared with the ARN that was found, not with the alias that was written', () => {
    const verdict = decide(
      facts({ sighting: named('alias/audit'), parameters: parameters({ kmsKeyArns: [KEY_ARN] }) }),
    );

    expect(verdict).toMatchObject({ code: 'CMK_USABLE', key: KEY_ARN });
  });

  it('checkKeyPolicy passes a policy that was not read, and says so', () => {
    const answer = found({ policy: { kind: 'unread', why: 'other-account' } });

    expect(decide(facts({ answer, parameters: parameters({ checkKeyPolicy: true }) }))).toMatchObject({
      code: 'CMK_USABLE',
      unchecked: 'other-account',
    });
    expect(decide(facts({ answer }))).toMatchObject({ code: 'CMK_USABLE', unchecked: undefined });
  });

  it('checkKeyPolicy off looks at no policy', () => {
    const answer = found({ policy: policy(ALLOW_OWNER) });

    expect(decide(facts({ answer })).code).toBe('CMK_USABLE');
  });

  it('checkKeyPolicy finds the block before the open door', () => {
    const answer = found({ policy: policy({ ...ALLOW_EVERYONE_TO_DECRYPT }) });

    expect(decide(facts({ answer, parameters: parameters({ checkKeyPolicy: true }) }))).toMatchObject({
      code: 'KEY_POLICY_BLOCKS_CLOUDTRAIL',
      why: 'not-allowed',
    });
  });

  it('checkKeyPolicy tells a Deny from the want of an Allow', () => {
    const answer = found({ policy: policy(ALLOW_CLOUDTRAIL, { ...ALLOW_CLOUDTRAIL, Effect: 'Deny' }) });

    expect(decide(facts({ answer, parameters: parameters({ checkKeyPolicy: true }) }))).toMatchObject({
      code: 'KEY_POLICY_BLOCKS_CLOUDTRAIL',
      why: 'denied',
    });
  });

  it('checkKeyPolicy passes a policy that lets CloudTrail in', () => {
    const answer = found({ policy: policy(ALLOW_CLOUDTRAIL) });

    expect(decide(facts({ answer, parameters: parameters({ checkKeyPolicy: true }) })).code).toBe(
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

    const verdict = decide(facts({ answer, parameters: parameters({ keyMaterialExpiryDays: 30 }) }));

    expect(verdict).toMatchObject(ended === undefined ? { code } : { code, ended });
  });

  it('keyMaterialExpiryDays 0 looks at no expiry, and material without one passes', () => {
    expect(decide(facts({ answer: found({ validTo: 0 }) })).code).toBe('CMK_USABLE');
    expect(decide(facts({ parameters: parameters({ keyMaterialExpiryDays: 365 }) })).code).toBe('CMK_USABLE');
  });

  it.each(['EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'])(
    'requireKeyRotation does not ask a key of origin %s',
    (origin) => {
      const answer = found({ origin, rotation: { kind: 'read', value: false } });

      expect(decide(facts({ answer, parameters: parameters({ requireKeyRotation: true }) })).code).toBe(
        'CMK_USABLE',
      );
    },
  );

  it('requireKeyRotation asks a key whose origin is not told', () => {
    const answer = found({ origin: undefined, rotation: { kind: 'read', value: false } });

    expect(decide(facts({ answer, parameters: parameters({ requireKeyRotation: true }) })).code).toBe(
      'KEY_ROTATION_OFF',
    );
  });

  it('requireKeyRotation and a rotation that cannot be read is unverifiable', () => {
    const answer = found({ rotation: { kind: 'unread', why: 'denied' } });

    expect(decide(facts({ answer, parameters: parameters({ requireKeyRotation: true }) }))).toMatchObject({
      code: 'KEY_UNVERIFIABLE',
      why: 'rotation-unread',
    });
  });
});
