import { describe, expect, it } from 'vitest';
import { commandsFor } from '../../src/core/commands.js';
import { VERDICT_CODES, type VerdictCode } from '../../src/core/verdict.js';
import { facts, findingOf, found, KEY_ARN, observed, TRAIL_ARN, trail } from '../support/builders.js';
import { EXAMPLES } from '../support/verdict-examples.js';

const STATUS = `aws cloudtrail get-trail-status --name ${TRAIL_ARN} --region eu-west-1 --query '[IsLogging,LatestDeliveryTime,LatestDeliveryError]'`;
const setKey = (key = 'alias/trailkey') => [
  `aws cloudtrail update-trail --name ${TRAIL_ARN} --kms-key-id ${key} --region eu-west-1`,
  STATUS,
];
const kms = (operation: string) => `aws kms ${operation} --key-id ${KEY_ARN} --region eu-west-1`;

const OTHER_KEY = 'arn:aws:kms:us-east-1:111122223333:key/0234abcd-12ab-34cd-56ef-1234567890ab';
const SAME_REGION = OTHER_KEY.replace('us-east-1', 'eu-west-1');

it.each<[VerdictCode, readonly string[]]>([
  ['NO_KMS_KEY', setKey()],
  ['KEY_NOT_FOUND', setKey()],
  ['KEY_UNVERIFIABLE', [kms('describe-key')]],
  ['KEY_PENDING_DELETION', [kms('cancel-key-deletion'), kms('enable-key'), STATUS]],
  ['KEY_DISABLED', [kms('enable-key'), STATUS]],
  ['KEY_UNAVAILABLE', [kms('describe-key'), ...setKey()]],
  ['KEY_POLICY_OPEN', [`${kms('get-key-policy')} --policy-name default --output text --query Policy`]],
  [
    'KEY_MATERIAL_EXPIRING',
    [
      `${kms('get-parameters-for-import')} --wrapping-algorithm RSAES_OAEP_SHA_256 --wrapping-key-spec RSA_4096`,
    ],
  ],
  ['KEY_ROTATION_OFF', [kms('enable-key-rotation')]],
])('%s is fixed with the ARNs and Region of the finding', (code, commands) => {
  expect(commandsFor(findingOf(EXAMPLES[code]), [])).toEqual(commands);
});

it('every NON_COMPLIANT verdict has commands, and no other verdict', () => {
  for (const code of VERDICT_CODES) {
    const finding = findingOf(EXAMPLES[code]);
    expect(commandsFor(finding, []).length > 0, code).toBe(finding.compliance === 'NON_COMPLIANT');
  }
});

it.each([
  ['a required key of the home Region', [OTHER_KEY, SAME_REGION], SAME_REGION],
  ['a required key of another Region, which can be that of the bucket', [OTHER_KEY], OTHER_KEY],
  ['alias/trailkey if no key is required', [''], 'alias/trailkey'],
])('sets %s', (_, kmsKeyArns, key) => {
  expect(commandsFor(findingOf(EXAMPLES.NO_KMS_KEY), kmsKeyArns)).toEqual(setKey(key));
});

describe('a key', () => {
  const unverifiable = (kmsKeyId: string) =>
    commandsFor(
      findingOf(
        facts({
          observed: observed({ trail: trail({ kmsKeyId }) }),
          answer: { kind: 'unreadable', why: 'denied' },
        }),
      ),
      [],
    );

  it('of another Region is looked up there', () => {
    expect(unverifiable(OTHER_KEY)).toEqual([
      `aws kms describe-key --key-id ${OTHER_KEY} --region us-east-1`,
    ]);
  });

  it('that is only known by its alias is looked up by the alias', () => {
    expect(unverifiable('alias/audit')).toEqual([
      'aws kms describe-key --key-id alias/audit --region eu-west-1',
    ]);
    expect(unverifiable('arn:aws:kms:us-east-1:111122223333:alias/audit')).toEqual([
      'aws kms describe-key --key-id arn:aws:kms:us-east-1:111122223333:alias/audit --region us-east-1',
    ]);
  });

  it.each([['x alias/audit'], ['alias/audit --endpoint-url x'], ['arn:a b:alias/audit']])(
    'with more than an alias, %j, has no command',
    (kmsKeyId) => {
      expect(commandsFor({ ...findingOf(EXAMPLES.KEY_UNVERIFIABLE), key: null, kmsKeyId }, [])).toEqual([]);
    },
  );

  it('that is known only by its name in a template has no command', () => {
    expect(
      commandsFor(findingOf(facts({ answer: found({ arn: 'aws_kms_key.audit', state: 'Disabled' }) })), []),
    ).toEqual([]);
  });
});

describe('no command', () => {
  const commandsOf = (arn: string, homeRegion = 'eu-west-1') =>
    commandsFor(
      findingOf(
        facts({
          observed: observed({ region: homeRegion, trail: trail({ arn, homeRegion, kmsKeyId: undefined }) }),
        }),
      ),
      [],
    );

  it.each([['$(reboot)'], ['a;reboot'], ["a'b"], ['a`b`'], ['a|b'], ['a>b'], ['a\u200bb']])(
    'contains the name %s, which a shell interprets',
    (name) => {
      expect(commandsOf(`arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name}`)).toEqual([]);
    },
  );

  it.each([
    ['account', 'arn:aws:cloudtrail:eu-west-1:000000000000:trail/audit', 'eu-west-1'],
    ['Region', 'arn:aws:cloudtrail:unknown:111122223333:trail/audit', 'unknown'],
    ['ARN', 'audit', 'eu-west-1'],
  ])('is for a trail whose %s is unknown', (_, arn, region) => {
    expect(commandsOf(arn, region)).toEqual([]);
  });

  it('is for a trail in a template, where the template is fixed', () => {
    const finding = findingOf(EXAMPLES.NO_KMS_KEY);

    expect(commandsFor({ ...finding, location: { file: 'stack.yaml', line: 1 } }, [])).toEqual([]);
  });

  it('is for a finding without its key', () => {
    expect(commandsFor({ ...findingOf(EXAMPLES.KEY_DISABLED), key: null, kmsKeyId: null }, [])).toEqual([]);
  });
});
