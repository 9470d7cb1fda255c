import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { builtDocuments } from './automation/documents.js';
import type { Recorded } from './automation/recording.js';
import type { SCENARIOS } from './automation/scenarios/all.js';
import { KEY_ARN } from './support/builders.js';
import { filledIn } from './support/placeholders.js';
import { textAt } from './support/project.js';
import { render, resourcesOf, type Template, templateAt } from './support/stack.js';

let stack: Template;
let stackSet: Template;
const PACKS: Record<string, Template> = Object.fromEntries(
  ['account', 'organization'].map((name) => [name, parse(textAt(`conformance-packs/${name}.yaml`))]),
);
const PLACE = { 'AWS::Partition': 'aws', 'AWS::Region': 'eu-west-1', 'AWS::AccountId': '111122223333' };
const ROLE_ARN = 'arn:aws:iam::111122223333:role/trailkey-remediation-eu-west-1';

beforeAll(() => {
  stack = templateAt('.serverless/cloudformation-template-update-stack.json');
  stackSet = templateAt('release/trailkey-stackset.json');
});

const remediationIn = (template: Template, given: Record<string, string> = {}) =>
  render(template, PLACE, { CreateRule: 'true', RemediationRoleArn: ROLE_ARN, ...given }).Resources[
    'Remediation'
  ];
const values = (template: Template, given: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries<any>(remediationIn(template, given)?.Properties.Parameters).map(([name, value]) => [
      name,
      value.ResourceValue?.Value ?? value.StaticValue.Values[0],
    ]),
  );

/** The document that a remediation starts: the stack makes it. */
const documentOf = (template: Template) => {
  const target: string = remediationIn(template)?.Properties.TargetId;
  const made = resourcesOf(stack, 'AWS::SSM::Document').find(
    ([id, { Properties }]) => target === `{${id}}` || target === Properties.Name,
  );
  return made?.[1].Properties.Content;
};

describe('the remediation of the rule', () => {
  const all = () => [stack, stackSet, ...Object.values(PACKS)];

  it('is manual and a dry run with the alias of the key template, as it is shipped', () => {
    for (const template of all()) {
      expect(remediationIn(template)?.Properties.Automatic).toBe(false);
      expect(values(template)).toMatchObject({ KmsKeyId: 'alias/trailkey', Mode: 'DryRun' });
    }
  });

  it('applies where a key is named, and by itself only where that is asked too', () => {
    for (const template of all()) {
      expect(values(template, { RemediationKey: KEY_ARN })).toMatchObject({
        KmsKeyId: KEY_ARN,
        Mode: 'Apply',
      });
      expect(remediationIn(template, { RemediationKey: KEY_ARN })?.Properties.Automatic).toBe(false);
      expect(remediationIn(template, { AutomaticRemediation: 'true' })?.Properties.Automatic).toBe(false);
    }
    const asked = { RemediationKey: KEY_ARN, AutomaticRemediation: 'true' };
    expect(all().map((template) => remediationIn(template, asked)?.Properties.Automatic)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('gives a repair the time that it takes, and does a few at once', () => {
    for (const template of all()) {
      expect(remediationIn(template)?.Properties).toMatchObject({
        MaximumAutomaticAttempts: 3,
        RetryAttemptSeconds: 3600,
        ExecutionControls: {
          SsmControls: { ConcurrentExecutionRatePercentage: 10, ErrorPercentage: 10 },
        },
      });
      expect(remediationIn(template)?.Properties).not.toHaveProperty('TargetVersion');
    }
  });

  it('is of trails, and made after its rule', () => {
    for (const template of all()) {
      const [name] = resourcesOf(template, 'AWS::Config::ConfigRule').map(([id]) => id);
      expect(resourcesOf(template, 'AWS::Config::RemediationConfiguration')).toHaveLength(1);
      expect([template.Resources['Remediation']?.DependsOn].flat()).toEqual([name]);
      expect(remediationIn(template)?.Properties).toMatchObject({
        ConfigRuleName: 'cloudtrail-cmk-usable',
        ResourceType: 'AWS::CloudTrail::Trail',
        TargetType: 'SSM_DOCUMENT',
      });
    }
  });

  it('starts a document that the stack makes, with all that it demands', () => {
    for (const template of all()) {
      const required = Object.entries<any>(documentOf(template).parameters).filter(
        ([, shape]) => !('default' in shape),
      );
      expect(Object.keys(values(template))).toEqual(
        expect.arrayContaining(required.map(([parameter]) => parameter)),
      );
    }
  });

  it.each([{}, { RemediationKey: KEY_ARN }])('gives values that the document takes: %o', (given) => {
    for (const template of all()) {
      const { parameters } = documentOf(template);
      for (const [name, text] of Object.entries(values(template, given))) {
        const { allowedPattern = '', allowedValues = [text] } = parameters[name];
        expect(allowedValues).toContain(text);
        // A role of the stack has its name only once it is made.
        if (text !== '{RemediationRole.Arn}') expect(text).toMatch(new RegExp(allowedPattern));
      }
    }
  });

  it('gives each parameter either a value of the resource or one of its own', () => {
    for (const template of all()) {
      for (const value of Object.values<object>(remediationIn(template)?.Properties.Parameters)) {
        expect(Object.keys(value)).toHaveLength(1);
        expect(['ResourceValue', 'StaticValue']).toEqual(expect.arrayContaining(Object.keys(value)));
      }
    }
  });

  it('is left out of the account pack where no role is named, and with the rule of the stack', () => {
    const pack = PACKS['account'] ?? stack;

    expect(render(pack, PLACE).Resources).not.toHaveProperty('Remediation');
    expect(render(stack, PLACE, { CreateRule: 'false' }).Resources).not.toHaveProperty('Remediation');
  });

  it('asks for a key in the StackSet too, where no setting is checked before', () => {
    expect(textAt('release/trailkey-stackset.json')).toContain('AutomaticRemediationRequiresKey');
  });
});

describe('the documents of the stack', () => {
  it('are those that are built, under plain names, and can be updated', () => {
    const made = resourcesOf(stack, 'AWS::SSM::Document').map(([, { Properties }]) => Properties);

    expect(Object.fromEntries(made.map(({ Name, Content }) => [Name, Content]))).toEqual(builtDocuments());
    for (const properties of made) {
      expect(properties).toMatchObject({
        DocumentType: 'Automation',
        TargetType: '/AWS::CloudTrail::Trail',
        UpdateMethod: 'NewVersion',
      });
      expect(properties).not.toHaveProperty('VersionName');
    }
  });
});

type Statement = { Effect: string; Action: string | string[]; Resource: unknown };

const statementsOf = (role: string, given: Record<string, string> = {}): readonly Statement[] =>
  render(stack, PLACE, given).Resources[role]?.Properties.Policies.flatMap(
    ({ PolicyDocument }: any) => PolicyDocument.Statement,
  );
const actions = (role: string, effect: string, given: Record<string, string> = {}): readonly string[] =>
  statementsOf(role, given)
    .filter(({ Effect }) => Effect === effect)
    .flatMap(({ Action }) => Action)
    .toSorted();

const SERVICES: Record<string, string> = {
  StarlingDoveService: 'config',
  TrentService: 'kms',
  CloudTrail_20131101: 'cloudtrail',
};

/** What documents call: in steps of their own, and in their scripts as they were recorded. */
const calledBy = (...names: readonly (keyof typeof SCENARIOS)[]): readonly string[] => {
  const inScripts = names.flatMap((name) => {
    const recorded: Record<string, readonly Recorded[]> = JSON.parse(
      textAt(`test/automation/recorded/${name}.json`),
    );
    return Object.values(recorded).flatMap((scripts) =>
      scripts.flatMap(({ did }) =>
        did.flatMap((one) => {
          if (typeof one === 'number') return [];
          const [service = '', operation] = one.target.split('.');
          return [`${SERVICES[service]}:${operation}`];
        }),
      ),
    );
  });
  const inSteps = names.flatMap((name) =>
    builtDocuments()[name].mainSteps.flatMap(({ inputs }: any) =>
      inputs.Api ? [`${inputs.Service}:${inputs.Api}`] : [],
    ),
  );
  return [...new Set([...inScripts, ...inSteps])].toSorted();
};

/** CloudTrail makes these in the name of whoever changes an organization trail. */
const IN_OUR_NAME = [
  'iam:CreateServiceLinkedRole',
  'iam:GetRole',
  'organizations:DescribeOrganization',
  'organizations:ListAWSServiceAccessForOrganization',
  'organizations:ListAccounts',
];

describe('the roles of the documents', () => {
  it('may make each call that the documents make, and no other', () => {
    expect(actions('RemediationRole', 'Allow')).toEqual(
      [...calledBy('Trailkey-EncryptTrail'), ...IN_OUR_NAME].toSorted(),
    );
    expect(actions('RepairRole', 'Allow', { AllowStopLogging: 'true' })).toEqual(
      [
        ...calledBy('Trailkey-EncryptTrail', 'Trailkey-RestoreKey', 'Trailkey-BackOut'),
        ...IN_OUR_NAME,
      ].toSorted(),
    );
  });

  it('stop and start logging only with allowStopLogging', () => {
    expect(actions('RepairRole', 'Allow').filter((action) => action.endsWith('Logging'))).toEqual([]);
    expect(actions('RemediationRole', 'Allow', { AllowStopLogging: 'true' })).not.toContain(
      'cloudtrail:StopLogging',
    );
  });

  it('deny every change of a key to the one that AWS Config uses, and the end of logging', () => {
    const denied = actions('RemediationRole', 'Deny');
    const isDenied = (action: string) =>
      denied.some((one) => (one.endsWith('*') ? action.startsWith(one.slice(0, -1)) : action === one));

    for (const action of CHANGES_OF_KEYS) expect(isDenied(`kms:${action}`), action).toBe(true);
    for (const action of ['kms:DescribeKey', 'kms:GenerateDataKey']) expect(isDenied(action)).toBe(false);
    expect(['cloudtrail:StopLogging', 'cloudtrail:DeleteTrail'].every(isDenied)).toBe(true);
  });

  it('deny the one for people whatever harms a key, and the end of a trail', () => {
    const denied = actions('RepairRole', 'Deny');

    expect(denied).toEqual(
      expect.arrayContaining(['kms:Disable*', 'kms:Schedule*', 'kms:Put*', 'cloudtrail:DeleteTrail']),
    );
    expect(denied.filter((action) => /^kms:(Enable|Cancel)/.test(action))).toEqual([]);
  });

  it('are assumed by automations of this account and Region alone, as documented', () => {
    const documented = filledIn(textAt('docs/policies/remediation-role-trust.json'));

    expect(JSON.parse(documented).Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'ssm.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: { 'aws:SourceAccount': '111122223333' },
          ArnLike: { 'aws:SourceArn': 'arn:aws:ssm:eu-west-1:111122223333:automation-execution/*' },
        },
      },
    ]);
    for (const role of ['RemediationRole', 'RepairRole']) {
      const { AssumeRolePolicyDocument } = render(stack, PLACE).Resources[role]?.Properties ?? {};
      expect(AssumeRolePolicyDocument).toEqual(JSON.parse(documented));
    }
  });

  it('have the names that the documents and packs count on', () => {
    const named = ['RemediationRole', 'RepairRole'].map(
      (role) => render(stack, PLACE).Resources[role]?.Properties.RoleName,
    );

    expect(named).toEqual(['trailkey-remediation-eu-west-1', 'trailkey-repair-eu-west-1']);
  });

  it.each([
    ['trailkey-remediation-REGION', 'RemediationRole'],
    ['trailkey-repair-REGION', 'RepairRole'],
  ])('%s is documented action by action', (name, role) => {
    const [, section = ''] =
      new RegExp(`\n## [^\n]*${name}[^\n]*\n([\\s\\S]*?)(?=\n## |$)`).exec(textAt('docs/permissions.md')) ??
      [];
    const documented = [...section.matchAll(/^\| `([a-z]+:[A-Za-z]+)`/gm)].map(([, action = '']) => action);

    expect(documented.toSorted()).toEqual(actions(role, 'Allow', { AllowStopLogging: 'true' }));
  });
});

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html (write, tagging, permissions management) */
const CHANGES_OF_KEYS = [
  'CancelKeyDeletion',
  'ConnectCustomKeyStore',
  'CreateAlias',
  'CreateCustomKeyStore',
  'CreateGrant',
  'CreateKey',
  'DeleteAlias',
  'DeleteCustomKeyStore',
  'DeleteImportedKeyMaterial',
  'DisableKey',
  'DisableKeyRotation',
  'DisconnectCustomKeyStore',
  'EnableKey',
  'EnableKeyRotation',
  'ImportKeyMaterial',
  'PutKeyPolicy',
  'ReplicateKey',
  'RetireGrant',
  'RevokeGrant',
  'RotateKeyOnDemand',
  'ScheduleKeyDeletion',
  'SynchronizeMultiRegionKey',
  'TagResource',
  'UntagResource',
  'UpdateAlias',
  'UpdateCustomKeyStore',
  'UpdateKeyDescription',
  'UpdatePrimaryRegion',
];
