import { describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { evaluateCondition, UNKNOWN } from '../src/core/policy-condition.js';
import {
  facts,
  found,
  KEY_ID,
  OTHER_ACCOUNT,
  observed,
  parameters,
  trail,
  verdictOf,
} from './support/builders.js';
import { textAt } from './support/project.js';
import { render, type Template } from './support/stack.js';

const TEXT = textAt('cloudformation/trail-key.yaml');
const TEMPLATE: Template = parse(TEXT);

const MANAGEMENT_ACCOUNT = '999988887777';
const PLACES = [
  { partition: 'aws', region: 'eu-west-1', account: '111122223333' },
  { partition: 'aws-us-gov', region: 'us-gov-west-1', account: '222233334444' },
  { partition: 'aws-cn', region: 'cn-north-1', account: '333344445555' },
] as const;
type Place = { readonly partition: string; readonly region: string; readonly account: string };
const [HERE] = PLACES;
const ELSEWHERE = 'ap-southeast-2';

type Given = Record<string, string>;
const rendered = ({ partition, region, account }: Place, given: Given = {}) =>
  render(TEMPLATE, { 'AWS::Partition': partition, 'AWS::Region': region, 'AWS::AccountId': account }, given)
    .Resources;
const keyAt = (place: Place, given: Given = {}) => rendered(place, given)['TrailKey']?.Properties;
const statementAt = (sid: string, place: Place, given: Given = {}) =>
  keyAt(place, given).KeyPolicy.Statement.find(({ Sid }: { Sid: string }) => Sid === sid);

type AskedTrail = { readonly account: string; readonly region: string; readonly name?: string };

/** What Trailkey says of a trail that names the key, all that it can look at being looked at. */
const verdict = (place: Place, given: Given, { account, region, name = 'audit' }: AskedTrail): string => {
  const { KeyPolicy, EnableKeyRotation } = keyAt(place, given);
  const { partition } = place;
  const owner = { partition, homeRegion: region, ownerAccountId: account };
  const arn = `arn:${partition}:kms:${place.region}:${place.account}:key/${KEY_ID}`;
  const trailArn = `arn:${partition}:cloudtrail:${region}:${account}:trail/${name}`;
  return verdictOf(
    facts({
      observed: observed({
        accountId: account,
        region,
        trail: trail({ ...owner, arn: trailArn, name, kmsKeyId: arn }),
      }),
      answer: found({
        arn,
        policy: { kind: 'known', value: KeyPolicy },
        rotation: { kind: 'known', value: EnableKeyRotation },
      }),
      parameters: parameters({ checkKeyPolicy: 'true', requireKeyRotation: true }),
    }),
  ).code;
};

/** Each combination of the values that the parameters may have. */
const combinations = (values: Record<string, readonly string[]>): readonly Given[] =>
  Object.entries(values).reduce<readonly Given[]>(
    (some, [name, choices]) =>
      some.flatMap((given) => choices.map((choice) => ({ ...given, [name]: choice }))),
    [{}],
  );

const rolesOf = ({ partition, account }: Place) => [
  `arn:${partition}:iam::${account}:role/auditors/log-reader`,
  `arn:${partition}:iam::${OTHER_ACCOUNT}:user/alice@example.com`,
];

describe.each(PLACES)('the key in $partition', (place) => {
  const switched = combinations({
    TrailKeyTrailName: ['*', 'audit'],
    TrailKeyHomeRegion: ['*', place.region],
    TrailKeyTrailAccountId: ['', place.account, MANAGEMENT_ACCOUNT],
    TrailKeyReaders: ['', rolesOf(place).join(',')],
    TrailKeyBucketKey: ['true', 'false'],
    TrailKeyOrganization: ['true', 'false'],
  });
  const ownerOf = (given: Given) => given['TrailKeyTrailAccountId'] || place.account;

  it('is good for the trail that it is made for, whatever is switched on', () => {
    const verdicts = switched.map((given) =>
      verdict(place, given, { account: ownerOf(given), region: place.region }),
    );

    expect(verdicts).toEqual(switched.map(() => 'CMK_USABLE'));
  });

  it('shuts out the trails of any other account, whatever is switched on', () => {
    const verdicts = switched.map((given) =>
      verdict(place, given, { account: OTHER_ACCOUNT, region: place.region }),
    );

    expect(verdicts).toEqual(switched.map(() => 'KEY_POLICY_BLOCKS_CLOUDTRAIL'));
  });

  it('names no other partition, account or Region than its own', () => {
    const words = JSON.stringify(rendered(place));

    expect(new Set(words.match(/arn:[a-z-]+/g))).toEqual(new Set([`arn:${place.partition}`]));
    expect(new Set(words.match(/\b\d{12}\b/g))).toEqual(new Set([place.account]));
  });
});

describe('the policy of the key', () => {
  it('holds what CloudTrail needs for any trail of the account, and no more, unless asked', () => {
    const anyTrail = 'arn:aws:cloudtrail:*:111122223333:trail/*';
    const CloudTrail = {
      Effect: 'Allow',
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      Resource: '*',
    };

    expect(keyAt(HERE).KeyPolicy).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'AccountAdministers',
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::111122223333:root' },
          Action: 'kms:*',
          Resource: '*',
        },
        {
          Sid: 'CloudTrailEncrypts',
          ...CloudTrail,
          Action: 'kms:GenerateDataKey*',
          Condition: {
            ArnLike: { 'aws:SourceArn': anyTrail },
            StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': anyTrail },
          },
        },
        {
          Sid: 'CloudTrailReadsKey',
          ...CloudTrail,
          Action: ['kms:DescribeKey'],
          Condition: { ArnLike: { 'aws:SourceArn': anyTrail } },
        },
      ],
    });
  });

  it('serves trails of every home Region, as the key follows the bucket and not the trail', () => {
    expect(verdict(HERE, {}, { account: HERE.account, region: ELSEWHERE })).toBe('CMK_USABLE');
  });

  it.each([
    [{ TrailKeyHomeRegion: ELSEWHERE }, ELSEWHERE, HERE.region],
    [{ TrailKeyHomeRegion: HERE.region }, HERE.region, ELSEWHERE],
  ])('with %o serves the trails of that home Region alone', (given, served, other) => {
    expect(verdict(HERE, given, { account: HERE.account, region: served })).toBe('CMK_USABLE');
    expect(verdict(HERE, given, { account: HERE.account, region: other })).toBe(
      'KEY_POLICY_BLOCKS_CLOUDTRAIL',
    );
  });

  it('with the name of a trail serves that trail alone', () => {
    const given = { TrailKeyTrailName: 'audit' };
    const named = (name: string) =>
      verdict(HERE, given, { account: HERE.account, region: HERE.region, name });

    expect(named('audit')).toBe('CMK_USABLE');
    expect(named('audit-2')).toBe('KEY_POLICY_BLOCKS_CLOUDTRAIL');
  });

  it('with the account of the trails serves those, no longer its own, and lets that account ask for the key', () => {
    const given = { TrailKeyTrailAccountId: MANAGEMENT_ACCOUNT };

    expect(verdict(HERE, given, { account: HERE.account, region: HERE.region })).toBe(
      'KEY_POLICY_BLOCKS_CLOUDTRAIL',
    );
    expect(statementAt('TrailAccountReadsKey', HERE, given)).toEqual({
      Sid: 'TrailAccountReadsKey',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${MANAGEMENT_ACCOUNT}:root` },
      Action: ['kms:DescribeKey', 'kms:GetKeyRotationStatus'],
      Resource: '*',
    });
  });

  it('with an S3 Bucket Key lets CloudTrail decrypt as well, for the same trails and no others', () => {
    const { Action, Condition } = statementAt('CloudTrailReadsKey', HERE, { TrailKeyBucketKey: 'true' });
    const holdsFor = (account: string) => {
      const arn = `arn:aws:cloudtrail:${HERE.region}:${account}:trail/audit`;
      return evaluateCondition(Condition, (key) => (key === 'aws:sourcearn' ? [[arn]] : UNKNOWN));
    };

    expect(Action).toEqual(['kms:DescribeKey', 'kms:Decrypt']);
    expect([HERE.account, OTHER_ACCOUNT].map(holdsFor)).toMatchObject([
      [{ answer: 'yes' }],
      [{ answer: 'no' }],
    ]);
  });

  it.each([[rolesOf(HERE).slice(0, 1)], [rolesOf(HERE)]])(
    'lets %o decrypt logs of trails, and nothing else',
    (readers) => {
      expect(statementAt('ReadersDecryptLogs', HERE, { TrailKeyReaders: readers.join(',') })).toEqual({
        Sid: 'ReadersDecryptLogs',
        Effect: 'Allow',
        Principal: { AWS: readers },
        Action: 'kms:Decrypt',
        Resource: '*',
        Condition: { Null: { 'kms:EncryptionContext:aws:cloudtrail:arn': 'false' } },
      });
    },
  );

  it('for organization trails lets the accounts of the same organization ask for the key, and never use it', () => {
    expect(statementAt('OrganizationReadsKey', HERE, { TrailKeyOrganization: 'true' })).toEqual({
      Sid: 'OrganizationReadsKey',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: ['kms:DescribeKey', 'kms:GetKeyRotationStatus'],
      Resource: '*',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a variable of IAM.
      Condition: { StringEquals: { 'aws:PrincipalOrgID': '${aws:ResourceOrgID}' } },
    });
  });

  it('serves an organization trail from another account than the management account', () => {
    const given = { TrailKeyOrganization: 'true', TrailKeyTrailAccountId: MANAGEMENT_ACCOUNT };

    expect(verdict(HERE, given, { account: MANAGEMENT_ACCOUNT, region: ELSEWHERE })).toBe('CMK_USABLE');
  });
});

describe('the parameters', () => {
  const accepts = (name: string, value: string): boolean => {
    const { AllowedValues, AllowedPattern } = TEMPLATE.Parameters[name];
    return AllowedValues ? AllowedValues.includes(value) : new RegExp(AllowedPattern).test(value);
  };
  const [role, user] = rolesOf(HERE);
  const EXAMPLES: Record<
    string,
    { readonly accepted: readonly string[]; readonly rejected: readonly string[] }
  > = {
    TrailKeyAlias: {
      accepted: ['alias/trailkey', 'alias/logs/trail_1', `alias/${'a'.repeat(250)}`, 'alias/aws-logs'],
      rejected: ['', 'trailkey', 'alias/', 'alias/aws/cloudtrail', 'alias/a b', `alias/${'a'.repeat(251)}`],
    },
    TrailKeyTrailName: {
      accepted: ['*', 'audit', 'a.b', 'Audit-trail_1.log', 'a'.repeat(128)],
      rejected: [
        '',
        'au',
        'a'.repeat(129),
        'audit-',
        '-audit',
        'a--b',
        'a._b',
        'audit*',
        'trail/audit',
        'a b',
      ],
    },
    TrailKeyHomeRegion: {
      accepted: ['*', 'eu-west-1', 'us-gov-west-1', 'cn-north-1', 'us-isob-east-1', 'eusc-de-east-1'],
      rejected: ['', 'eu-west', 'eu-*', 'EU-WEST-1', 'eu-west-1a', 'eu-west-1,eu-west-2'],
    },
    TrailKeyTrailAccountId: {
      accepted: ['', '111122223333'],
      rejected: ['11112222333', '1111222233334', '1111-2222-3333', '*'],
    },
    TrailKeyReaders: {
      accepted: [
        '',
        role ?? '',
        `${role},${user}`,
        'arn:aws-us-gov:iam::222233334444:role/aws-reserved/sso.amazonaws.com/x',
      ],
      rejected: [
        '*',
        `${role}, ${user}`,
        `${role},`,
        `,${role}`,
        'arn:aws:iam::111122223333:root',
        'arn:aws:iam::111122223333:role/*',
        'arn:aws:iam::aws:role/reader',
        'arn:aws:sts::111122223333:assumed-role/reader/session',
      ],
    },
    TrailKeyBucketKey: { accepted: ['true', 'false'], rejected: ['', 'TRUE', 'yes'] },
    TrailKeyOrganization: { accepted: ['true', 'false'], rejected: ['', 'o-exampleorgid'] },
  };

  it('have an example each', () => {
    expect(Object.keys(EXAMPLES)).toEqual(Object.keys(TEMPLATE.Parameters));
  });

  it.each(Object.entries(EXAMPLES))(
    '%s takes what is right and refuses what is not',
    (name, { accepted, rejected }) => {
      expect(accepted.filter((value) => !accepts(name, value))).toEqual([]);
      expect(rejected.filter((value) => accepts(name, value))).toEqual([]);
    },
  );

  it.each(Object.entries(TEMPLATE.Parameters))(
    '%s says what it is for and what it must be, and has a default',
    (name, given) => {
      expect(given.Type).toBe('String');
      expect(given.Description).toMatch(/\.$/);
      expect(given.ConstraintDescription).toMatch(/^must be .*\.$/);
      expect(accepts(name, given.Default)).toBe(true);
    },
  );

  it('are all used', () => {
    const used = JSON.stringify([TEMPLATE.Resources, TEMPLATE.Conditions]);
    const unused = Object.keys(TEMPLATE.Parameters).filter(
      (name) => !used.includes(`{"Ref":"${name}"}`) && !used.includes(`\${${name}}`),
    );

    expect(unused).toEqual([]);
  });
});

describe('the template', () => {
  it('rotates the key and retains it, unless its creation is rolled back', () => {
    expect(TEMPLATE.Resources['TrailKey']).toMatchObject({
      Type: 'AWS::KMS::Key',
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { EnableKeyRotation: true, PendingWindowInDays: 30 },
    });
  });

  it('gives the key the alias that the remediation looks for, which goes with the stack', () => {
    const { DeletionPolicy, ...alias } = rendered(HERE)['TrailKeyAliasName'] ?? {};

    expect(alias).toEqual({
      Type: 'AWS::KMS::Alias',
      Properties: { AliasName: 'alias/trailkey', TargetKeyId: '{TrailKey}' },
    });
    expect(DeletionPolicy).toBeUndefined();
  });

  it('hard-codes no partition, account or Region', () => {
    expect(JSON.stringify(TEMPLATE)).not.toMatch(
      /arn:aws[a-z-]*:|\b\d{12}\b|\b(us|eu|ap|cn|sa|ca|me|af)-(gov-)?[a-z]+-\d\b/,
    );
  });

  it('is plain YAML that a script can read into another template', () => {
    const names = [TEMPLATE.Parameters, TEMPLATE.Conditions, TEMPLATE.Resources].flatMap(Object.keys);
    const { errors, warnings } = parseDocument(TEXT);

    expect([...errors, ...warnings]).toEqual([]);
    expect(names.filter((name) => !name.startsWith('TrailKey'))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    // Written so, a variable would be one of the Serverless Framework.
    expect(TEXT).not.toMatch(/\$\{[a-z]+:[^:]/);
  });
});
