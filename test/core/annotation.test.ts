import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  annotationOf,
  describeMissingTrail,
  describeVerdict,
  MAX_ANNOTATION_CHARACTERS,
} from '../../src/core/annotation.js';
import type { ObservedTrail } from '../../src/core/trail.js';
import { gradeOf, type UncheckedPolicy, type Verdict } from '../../src/core/verdict.js';
import { KEY_ARN, NOW, observed, parameters, trail, verdictOf } from '../support/builders.js';
import { EXAMPLES } from '../support/verdict-examples.js';

const annotate = (verdict: Verdict, { trail: one }: ObservedTrail): string =>
  annotationOf({ code: verdict.code, ...describeVerdict(verdict, one) });

const uncheckedPolicies = (part: string): readonly UncheckedPolicy[] => [
  ...(['not-recorded', 'denied', 'other-account', 'after-apply'] as const).map(
    (why) => ({ kind: 'unavailable', why }) as const,
  ),
  ...(['delivery', 'access'] as const).map((subject) => ({ kind: 'not-proven', part, subject }) as const),
];

/** Every sentence that there is: each code, and each reason that has words of its own. */
const everyVerdict = (key: string, detail: string): readonly Verdict[] => [
  { code: 'TRAIL_NOT_FOUND' },
  { code: 'SHADOW_TRAIL' },
  { code: 'ORGANIZATION_TRAIL' },
  { code: 'NO_KMS_KEY' },
  { code: 'KEY_PRESENT', key },
  ...(['unknown', 'deleted', 'not-a-key', 'no-such-region', 'other-partition'] as const).map(
    (why): Verdict => ({ code: 'KEY_NOT_FOUND', key, why }),
  ),
  ...(
    [
      'not-in-input',
      'alias-not-in-input',
      'region-unreachable',
      'after-apply',
      'incomplete',
      'rotation-unavailable',
    ] as const
  ).map((why): Verdict => ({ code: 'KEY_UNVERIFIABLE', key, why })),
  ...[undefined, 'arn:aws:iam::111122223333:user/ann'].map(
    (caller): Verdict => ({ code: 'KEY_UNVERIFIABLE', key, why: 'denied', caller }),
  ),
  { code: 'KEY_NOT_CUSTOMER_MANAGED', key },
  { code: 'KEY_WRONG_TYPE', key, type: detail },
  { code: 'KEY_PENDING_DELETION', key, deletionDate: NOW, overdue: false },
  { code: 'KEY_PENDING_DELETION', key, deletionDate: NOW, overdue: true },
  { code: 'KEY_PENDING_DELETION', key, deletionDate: undefined, overdue: false },
  { code: 'KEY_DISABLED', key },
  { code: 'KEY_PENDING_IMPORT', key },
  { code: 'KEY_UNAVAILABLE', key, state: detail },
  { code: 'KEY_NOT_ALLOWED', key },
  { code: 'KEY_POLICY_BLOCKS_CLOUDTRAIL', key, why: 'denied' },
  { code: 'KEY_POLICY_BLOCKS_CLOUDTRAIL', key, why: 'not-allowed' },
  ...[['kms:Decrypt'], ['kms:Decrypt', 'kms:Encrypt'], ['a', 'b', detail], ['a', 'b', detail, detail]].map(
    (actions): Verdict => ({ code: 'KEY_POLICY_OPEN', key, actions }),
  ),
  { code: 'KEY_MATERIAL_EXPIRING', key, validTo: NOW, ended: false },
  { code: 'KEY_MATERIAL_EXPIRING', key, validTo: NOW, ended: true },
  { code: 'KEY_ROTATION_OFF', key },
  { code: 'CMK_USABLE', key, unchecked: undefined },
  ...uncheckedPolicies(detail).flatMap((policy): readonly Verdict[] => [
    { code: 'CMK_USABLE', key, unchecked: policy },
    { code: 'KEY_UNVERIFIABLE', key, why: 'policy', policy },
  ]),
];

const LONGEST_ORDINARY_KEY =
  'arn:aws:kms:ap-southeast-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

it.each(everyVerdict(LONGEST_ORDINARY_KEY, 'PendingReplicaDeletion'))(
  'says $code in full sentences: %#',
  (verdict) => {
    const annotation = annotate(verdict, observed());

    expect(annotation).toMatch(
      new RegExp(`^${verdict.code}: [A-Z].*\\. [A-Z].*\\.$|^KEY_NOT_FOUND: arn:.*\\.$`),
    );
    expect(annotation).not.toMatch(/undefined|NaN|\[object| {2}/);
    expect(annotation).toContain('key' in verdict ? LONGEST_ORDINARY_KEY.slice(-30) : 'audit');
  },
);

/** The rule does not know its caller, so no annotation in AWS Config contains one. */
const isOfTheRule = (verdict: Verdict): boolean => !('caller' in verdict && verdict.caller);

it.each(everyVerdict(LONGEST_ORDINARY_KEY, 'Disabled').filter(isOfTheRule))(
  'keeps an ordinary key ARN whole: $code %#',
  (verdict) => {
    expect(annotate(verdict, observed())).not.toContain('...');
  },
);

it('is pinned for each code, as people match on it', () => {
  const annotations = Object.values(EXAMPLES).map((example) =>
    annotate(verdictOf(example), example.observed),
  );

  expect(annotations).toMatchSnapshot();
});

it('has a sentence of its own for each reason, pinned as well', () => {
  const annotations = everyVerdict(KEY_ARN, 'Detail').map((verdict) => annotate(verdict, observed()));

  expect(annotations).toMatchSnapshot();
  expect(new Set(annotations).size).toBe(annotations.length);
});

it('has the same text for an old result of a missing trail as for a deleted trail', () => {
  expect(describeMissingTrail(trail().arn)).toEqual(describeVerdict({ code: 'TRAIL_NOT_FOUND' }, trail()));
});

it.each(everyVerdict(KEY_ARN, 'Detail'))(
  'says of $code that logs are not delivered only where it is HIGH: %#',
  (verdict) => {
    if (gradeOf(verdict, parameters()).severity === 'HIGH') return;

    expect(annotate(verdict, observed())).not.toMatch(/so CloudTrail cannot deliver|not delivered/);
  },
);

it.each([
  ['StringEquals kms:ViaService', 'StringEquals kms:ViaService in its policy'],
  ['x'.repeat(60), `; ${'x'.repeat(60)} in its policy`],
  [`first${'x'.repeat(60)}last`, '; firstxxxxxxxxxxxxxxxxxxxxxxx...'],
])('names the part of the policy that was not evaluated, and shortens a long one: %#', (part, words) => {
  const policy = { kind: 'not-proven', part, subject: 'delivery' } as const;

  expect(describeVerdict({ code: 'CMK_USABLE', key: KEY_ARN, unchecked: policy }, trail()).message).toContain(
    words,
  );
});

it('shows what is no printable ASCII as a question mark', () => {
  expect(annotateDisabled('caf\u00e9\n\u{1f511}')).toContain('Key caf??? is disabled');
});

it('names the day of deletion and of expiry, and no time of day', () => {
  const pendingDeletion = annotate(
    { code: 'KEY_PENDING_DELETION', key: KEY_ARN, deletionDate: NOW, overdue: false },
    observed(),
  );

  expect(pendingDeletion).toContain('2026-01-05');
  expect(pendingDeletion).not.toMatch(/\d\d:\d\d/);
});

describe('whatever comes from outside', () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 600 }), fc.string({ maxLength: 2000 }));

  it('has 1 to 256 printable characters and starts with its code', () => {
    fc.assert(
      fc.property(text, text, (name, detail) => {
        const place = observed({ trail: trail({ name, arn: name, homeRegion: detail }) });
        for (const verdict of everyVerdict(name, detail)) {
          const annotation = annotate(verdict, place);
          expect(annotation.length).toBeLessThanOrEqual(MAX_ANNOTATION_CHARACTERS);
          expect(annotation).toMatch(/^[\x20-\x7e]+$/);
          expect(annotation.startsWith(`${verdict.code}: `)).toBe(true);
        }
      }),
    );
  });

  it('shortens the name in its middle and nothing else', () => {
    const [short, long] = [annotateDisabled('k'), annotateDisabled(`first${'x'.repeat(2000)}last`)];

    expect(long).toHaveLength(MAX_ANNOTATION_CHARACTERS);
    expect(long).toMatch(/first.*\.\.\..*last/);
    expect(long.slice(-50)).toBe(short.slice(-50));
  });

  it.each([0, 1])('fits at the limit exactly, and one beyond is shortened: %i', (beyond) => {
    const room = MAX_ANNOTATION_CHARACTERS - annotateDisabled('').length;

    const annotation = annotateDisabled('k'.repeat(room + beyond));

    expect(annotation).toHaveLength(MAX_ANNOTATION_CHARACTERS);
    expect(annotation.includes('...')).toBe(beyond === 1);
  });
});

const annotateDisabled = (key: string): string => annotate({ code: 'KEY_DISABLED', key }, observed());

describe('an annotation that would be too long', () => {
  const shortened = (message: string) => annotationOf({ code: 'NO_KMS_KEY', message, nextStep: 'Fix it.' });
  const room = MAX_ANNOTATION_CHARACTERS - 'NO_KMS_KEY:  Fix it.'.length;

  it('is unchanged up to the maximum', () => {
    const message = `A ${'b'.repeat(room - 4)} c`;

    expect(shortened(message)).toBe(`NO_KMS_KEY: ${message} Fix it.`);
  });

  it('is shortened to the maximum in the middle of its longest word, the first of several', () => {
    const longest = `${'a'.repeat(100)}${'b'.repeat(100)}`;

    const other = 'c'.repeat(200);
    const annotation = shortened(`Trail ${longest} and ${other} end.`);

    expect(annotation).toBe(
      `NO_KMS_KEY: Trail ${'a'.repeat(8)}...${'b'.repeat(9)} and ${other} end. Fix it.`,
    );
    expect(annotation).toHaveLength(MAX_ANNOTATION_CHARACTERS);
  });

  it('is shortened as a whole if its longest word is not long enough', () => {
    const annotation = shortened('word '.repeat(100));

    expect(annotation).toHaveLength(MAX_ANNOTATION_CHARACTERS);
    expect(annotation).toMatch(/^NO_KMS_KEY: (\.\.\. )?word .*\.\.\..*word {2}Fix it\.$/);
  });
});
