import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PARAMETER_NAMES, parseRuleParameters } from '../src/core/rule-parameters.js';
import { account, answersFor, metadata, row } from './support/account.js';
import { KEY_ARN, keyItem, trailItem } from './support/builders.js';
import { invokeAt } from './support/invoke.js';
import { ROOT, textAt } from './support/project.js';
import { changeOf, oversizedChangeOf, scheduled } from './support/rule-event.js';
import { packagingErrors } from './support/settings.js';
import { emailOf, render, resourcesOf, type Template, templateAt } from './support/stack.js';
import { type Answers, startStandIn } from './support/stand-in.js';

let stack: Template;
let stackSet: Template;
const PACKS: Record<string, Template> = Object.fromEntries(
  ['account', 'organization'].map((name) => [name, parse(textAt(`conformance-packs/${name}.yaml`))]),
);
const OTHER_KEY = 'arn:aws:kms:eu-west-1:111122223333:key/99999999-12ab-34cd-56ef-1234567890ab';
const PLACES = [
  { 'AWS::Partition': 'aws', 'AWS::Region': 'eu-west-1', 'AWS::AccountId': '111122223333' },
  { 'AWS::Partition': 'aws-us-gov', 'AWS::Region': 'us-gov-west-1', 'AWS::AccountId': '222233334444' },
  { 'AWS::Partition': 'aws-cn', 'AWS::Region': 'cn-north-1', 'AWS::AccountId': '444455556666' },
] as const;

beforeAll(() => {
  stack = templateAt('.serverless/cloudformation-template-update-stack.json');
  stackSet = templateAt('release/trailkey-stackset.json');
});

const resource = (template: Template, name: string) => template.Resources[name]?.Properties;

describe('the stack', () => {
  it('has a function of few rights, with its log in JSON and for a time', () => {
    expect(resource(stack, 'ConfigRuleLambdaFunction')).toMatchObject({
      FunctionName: 'trailkey-config-rule',
      Handler: 'handlers/config-rule.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: 60,
      LoggingConfig: { LogFormat: 'JSON' },
    });
    expect(resource(stack, 'ConfigRuleLogGroup')).toMatchObject({ RetentionInDays: 30 });
    expect(resource(stack, 'ConfigRuleLambdaFunction')).not.toHaveProperty('DeadLetterConfig');
  });

  it('lets AWS Config invoke it for this account alone, and makes the rule only then', () => {
    expect(resource(stack, 'ConfigRulePermission')).toMatchObject({
      Principal: 'config.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
    });
    expect(stack.Resources['ConfigRule']?.DependsOn).toEqual(['ConfigRulePermission']);
  });

  it('names the function as it is, never as $LATEST', () => {
    const named = resource(stack, 'ConfigRule').Source.SourceIdentifier;

    expect(named).toEqual({ 'Fn::GetAtt': ['ConfigRuleLambdaFunction', 'Arn'] });
    expect(JSON.stringify(stack)).not.toContain('$LATEST');
  });

  it('leaves the rule, the keys, the mails and the dashboard out where that is asked', () => {
    const [place] = PLACES;
    const full = render(stack, place, {
      NotificationEmail: 'a@example.com',
      CreateDashboard: 'true',
      ReservedConcurrency: '5',
      CreateTrailKey: 'true',
    });
    const bare = render(stack, place, { CreateRule: 'false', WatchKeys: 'false' });

    // The document for packs is made where the rule is left to one.
    expect(Object.keys(full.Resources)).toHaveLength(Object.keys(stack.Resources).length - 1);
    expect(Object.keys(full.Resources)).not.toContain('EncryptTrailOrganizationDocument');
    expect(Object.keys(bare.Resources)).toContain('EncryptTrailOrganizationDocument');
    expect(full.Resources['ConfigRuleLambdaFunction']?.Properties.ReservedConcurrentExecutions).toBe('5');
    for (const name of ['ConfigRule', 'NotificationTopic', 'PendingDeletionNotification', 'Dashboard']) {
      expect(Object.keys(bare.Resources)).not.toContain(name);
    }
    const unwatched = render(stack, place, { WatchKeys: 'false' }).Resources['ConfigRule']?.Properties;
    expect(unwatched.Scope.ComplianceResourceTypes).toEqual(['AWS::CloudTrail::Trail']);
    expect(bare.Resources['ErrorAlarm']?.Properties).not.toHaveProperty('AlarmActions');
  });

  describe('with an email address', () => {
    const notifying = () => render(stack, PLACES[0], { NotificationEmail: 'a@example.com' }).Resources;
    const rulesOf = () => Object.values(notifying()).filter(({ Type }) => Type === 'AWS::Events::Rule');

    it('lets only its own EventBridge rules publish, with a role, and alarms of this account', () => {
      const { AssumeRolePolicyDocument, Policies } = notifying()['NotificationRole']?.Properties ?? {};
      const [{ Condition }] = AssumeRolePolicyDocument.Statement;
      const [{ PolicyDocument }] = Policies;
      const published = notifying()['NotificationTopicPolicy']?.Properties.PolicyDocument.Statement;

      expect(Condition).toEqual({
        StringEquals: { 'aws:SourceAccount': '111122223333' },
        ArnLike: { 'aws:SourceArn': 'arn:aws:events:eu-west-1:111122223333:rule/trailkey-*' },
      });
      expect(PolicyDocument.Statement).toEqual([
        { Sid: 'Publish', Effect: 'Allow', Action: 'sns:Publish', Resource: '{NotificationTopic}' },
      ]);
      expect(published).toEqual([
        expect.objectContaining({
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
        }),
      ]);
      expect(rulesOf()).toHaveLength(2);
      for (const { Properties } of rulesOf()) {
        expect(Properties.Name).toMatch(/^trailkey-/);
        expect(Properties.Targets).toEqual([
          expect.objectContaining({ Arn: '{NotificationTopic}', RoleArn: '{NotificationRole.Arn}' }),
        ]);
      }
    });

    it('sends emails with the trail, the Region, the annotation and the command that fixes the trail', () => {
      const event = {
        account: '111122223333',
        region: 'eu-west-1',
        detail: {
          resourceId: 'audit',
          newEvaluationResult: { annotation: 'KEY_DISABLED: Key k is disabled.' },
        },
      };

      const emails = rulesOf().map(({ Properties }) =>
        emailOf(Properties.Targets[0].InputTransformer, event),
      );

      for (const email of emails) {
        expect(email).toContain('CloudTrail trail audit (account 111122223333, eu-west-1)');
        expect(email).toContain('KEY_DISABLED: Key k is disabled.');
        expect(email).not.toMatch(/[<>]/);
      }
      expect(emails.map((email) => email.match(/^(?:trailkey|aws) .*$/gm))).toEqual([
        ['trailkey scan --region eu-west-1', 'trailkey explain KEY_PENDING_DELETION'],
        ['trailkey scan --region eu-west-1', 'trailkey remediate audit --region eu-west-1 --dry-run'],
      ]);
      // @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html
      for (const { Properties } of rulesOf())
        expect(Properties.Targets[0].InputTransformer.InputTemplate.length).toBeLessThanOrEqual(8192);
    });
  });

  it('has a dashboard that is JSON', () => {
    const { DashboardBody } =
      render(stack, PLACES[0], { CreateDashboard: 'true' }).Resources['Dashboard']?.Properties ?? {};

    expect(JSON.parse(DashboardBody).widgets).toHaveLength(3);
  });
});

describe('the template of the StackSet', () => {
  it('declares the same as the stack, but for the deployment bucket', () => {
    const shared = Object.keys(stack.Resources).filter(
      (name) => !name.startsWith('ServerlessDeploymentBucket'),
    );

    expect(Object.keys(stackSet.Resources)).toEqual(shared);
    for (const name of shared.filter((one) => one !== 'ConfigRuleLambdaFunction')) {
      expect(stackSet.Resources[name]).toEqual(stack.Resources[name]);
    }
    expect({ ...resource(stackSet, 'ConfigRuleLambdaFunction'), Code: null }).toEqual({
      ...resource(stack, 'ConfigRuleLambdaFunction'),
      Code: null,
    });
  });

  it('takes the code from a bucket in each Region, under a key that changes with the code', () => {
    const sum = createHash('sha256')
      .update(readFileSync(`${ROOT}release/trailkey-config-rule.zip`))
      .digest('hex');
    const rendered = render(stackSet, PLACES[1], { ArtifactBucketPrefix: 'artifacts' });

    expect(rendered.Resources['ConfigRuleLambdaFunction']?.Properties.Code).toEqual({
      S3Bucket: 'artifacts-us-gov-west-1',
      S3Key: expect.stringMatching(new RegExp(`^trailkey/\\d+\\.\\d+\\.\\d+/${sum}\\.zip$`)),
    });
  });

  it('leaves the rule to a pack unless asked', () => {
    expect(stackSet.Parameters['CreateRule'].Default).toBe('false');
    expect(stack.Parameters['CreateRule'].Default).toBe('true');
  });

  it('is small enough to be read from a bucket', () => {
    expect(textAt('release/trailkey-stackset.json').length).toBeLessThan(1_000_000);
  });
});

describe.each(Object.entries(PACKS))('the %s pack', (name, pack) => {
  it('holds only what a pack may hold, and is small enough', () => {
    const types = Object.values(pack.Resources).map(({ Type }) => Type);

    expect(
      types.every((type) =>
        ['AWS::Config::ConfigRule', 'AWS::Config::RemediationConfiguration'].includes(type),
      ),
    ).toBe(true);
    expect(Buffer.byteLength(textAt(`conformance-packs/${name}.yaml`))).toBeLessThanOrEqual(51_200);
    expect(textAt(`release/conformance-packs/${name}.yaml`)).toBe(textAt(`conformance-packs/${name}.yaml`));
  });

  it.each(PLACES)('makes the rule that the stack makes: %o', (place) => {
    const given = { KmsKeyArns: KEY_ARN, CheckKeyPolicy: 'true', Frequency: 'One_Hour' };
    const { SourceDetails, SourceIdentifier, ...source } =
      render(pack, place, given).Resources['ConfigRule']?.Properties.Source ?? {};
    const ofStack = render(stack, place, given).Resources['ConfigRule']?.Properties;

    expect({ ...render(pack, place, given).Resources['ConfigRule']?.Properties, Source: null }).toEqual({
      ...ofStack,
      Source: null,
    });
    expect(SourceDetails).toEqual(ofStack.Source.SourceDetails);
    expect(source).toEqual({ Owner: 'CUSTOM_LAMBDA' });
    expect(SourceIdentifier).toBe(
      `arn:${place['AWS::Partition']}:lambda:${place['AWS::Region']}:${place['AWS::AccountId']}:function:${resource(stack, 'ConfigRuleLambdaFunction').FunctionName}`,
    );
  });

  it('has a parameter for each of the rule, and uses each that it has', () => {
    const used = JSON.stringify([pack.Resources, pack.Conditions]);

    expect(Object.keys(pack.Parameters).filter((one) => !used.includes(`{"Ref":"${one}"}`))).toEqual([]);
    expect(Object.keys(pack.Parameters).toSorted()).toEqual(
      [
        'Frequency',
        'WatchKeys',
        'RemediationKey',
        ...(name === 'account' ? ['RemediationRoleArn', 'AutomaticRemediation'] : []),
        ...PARAMETER_NAMES.map((one) => one.charAt(0).toUpperCase() + one.slice(1)),
      ].toSorted(),
    );
  });
});

describe('the rule, wherever it is made', () => {
  const all = () => [stack, stackSet, ...Object.values(PACKS)];

  it('keeps to the limits of AWS Config', () => {
    for (const template of all()) {
      const rules = resourcesOf(template, 'AWS::Config::ConfigRule');
      expect(rules).toHaveLength(1);
      for (const [, { Properties }] of rules) {
        expect(Properties.ConfigRuleName.length).toBeLessThanOrEqual(37);
        expect(Properties.Description.length).toBeLessThanOrEqual(256);
        expect(Properties.Description).toMatch(/^Checks if .*\. The rule is NON_COMPLIANT if .*\.$/);
        expect(
          Properties.Source.SourceDetails.map(({ MessageType }: { MessageType: string }) => MessageType),
        ).toEqual([
          'ConfigurationItemChangeNotification',
          'OversizedConfigurationItemChangeNotification',
          'ScheduledNotification',
        ]);
      }
    }
  });

  it('is given the parameters that it reads, and leaves empty ones out', () => {
    const given = {
      KmsKeyArns: KEY_ARN,
      KeyVerification: 'live',
      UnverifiableKey: 'NOT_APPLICABLE',
      OrganizationTrails: 'everywhere',
      CheckKeyPolicy: 'true',
      RequireKeyRotation: 'true',
      KeyMaterialExpiryDays: '30',
    };
    for (const template of all()) {
      const parametersWith = (values: Record<string, string>) =>
        render(template, PLACES[0], { CreateRule: 'true', ...values }).Resources['ConfigRule']?.Properties
          .InputParameters;
      expect(parametersWith({})).toEqual({});
      expect(Object.keys(parametersWith(given))).toEqual(PARAMETER_NAMES);
      expect(parseRuleParameters(parametersWith(given))).toMatchObject({
        checkKeyPolicy: 'true',
        keyMaterialExpiryDays: 30,
      });
    }
  });

  it('hard-codes no partition, account or Region', () => {
    for (const template of all()) {
      expect(JSON.stringify({ ...template, Parameters: null })).not.toMatch(
        /arn:aws[a-z-]*:|\b\d{12}\b|\b(us|eu|ap|cn|sa|ca|me|af)-(gov-)?[a-z]+-\d\b/,
      );
    }
  });

  it.each(PLACES)('renders without a word of another partition: %o', (place) => {
    for (const template of all()) {
      const rendered = JSON.stringify(
        withoutPatterns(
          render(template, place, {
            CreateRule: 'true',
            NotificationEmail: 'a@example.com',
            CreateTrailKey: 'true',
            AllowStopLogging: 'true',
          }).Resources,
        ),
      );
      const arns = rendered.match(/arn:[a-z-]+/g) ?? [];
      expect(new Set(arns)).toEqual(new Set([`arn:${place['AWS::Partition']}`]));
    }
  });
});

/** Less the documents of SSM, whose patterns take the ARNs of any partition. */
const withoutPatterns = (resources: Template['Resources']) =>
  Object.values(resources).filter(({ Type }) => Type !== 'AWS::SSM::Document');

describe('the role of the function', () => {
  const actionsOf = (template: Template): readonly string[] =>
    resource(template, 'ConfigRuleRole').Policies.flatMap(({ PolicyDocument }: any) =>
      PolicyDocument.Statement.flatMap(({ Action }: any) => Action),
    );

  it('may make each call that the rule makes, and no other', async () => {
    const policies = { [KEY_ARN]: '{"Statement":[]}' };
    const played = account({
      keys: { [KEY_ARN]: metadata() },
      recorded: [row()],
      policies,
      rotation: { [KEY_ARN]: true },
    });
    let refuses = false;
    const answers: Answers = answersFor(played);
    const standIn = await startStandIn(() =>
      refuses
        ? { ...answers, SelectResourceConfig: () => ({ error: 'InvalidExpressionException' }) }
        : answers,
    );
    const asking = { ruleParameters: '{"checkKeyPolicy":"true","requireKeyRotation":"true"}' };
    const { configuration: _, ...summary } = trailItem();
    for (const event of [
      changeOf(trailItem(), asking),
      oversizedChangeOf(summary),
      scheduled(),
      changeOf(keyItem()),
    ]) {
      await invokeAt(standIn.url, event);
      refuses = event !== changeOf(keyItem());
    }
    await standIn.close();
    const services: Record<string, string> = { StarlingDoveService: 'config', TrentService: 'kms' };
    const called = new Set(
      standIn.calls.map(({ service, operation }) => `${services[service] ?? 'cloudtrail'}:${operation}`),
    );

    expect(
      actionsOf(stack)
        .filter((action) => !action.startsWith('logs:'))
        .toSorted(),
    ).toEqual([...called].toSorted());
  });

  it('is documented action by action', () => {
    const [, section = ''] =
      /## [^\n]*trailkey-config-rule-REGION[^\n]*\n([\s\S]*?)(?=\n## |$)/.exec(
        textAt('docs/permissions.md'),
      ) ?? [];
    const documented = [...section.matchAll(/^\| `([a-z]+:[A-Za-z]+)`/gm)].map(([, action]) => action);

    expect(documented.toSorted()).toEqual(actionsOf(stack).toSorted());
  });
});

describe('a release', () => {
  it('names each file with its sum', () => {
    const { files } = JSON.parse(textAt('release/manifest.json'));

    for (const [file, sum] of Object.entries(files)) {
      expect(
        createHash('sha256')
          .update(readFileSync(`${ROOT}release/${file}`))
          .digest('hex'),
      ).toBe(sum);
      expect(textAt('release/SHA256SUMS')).toContain(`${sum}  ${file}\n`);
    }
    expect(Object.keys(files)).toHaveLength(12);
  });
});

describe('wrong settings', () => {
  const WRONG: readonly (readonly [settings: object, sentence: string])[] = [
    [{ parameters: { kmsKeyArns: 'alias/x' } }, 'parameters: kmsKeyArns'],
    [{ parameters: { checkKeyPolicy: 'perhaps' } }, 'parameters: checkKeyPolicy'],
    [
      { frequency: 'Daily' },
      'frequency is "Daily", but must be one of One_Hour, Three_Hours, Six_Hours, Twelve_Hours, TwentyFour_Hours.',
    ],
    [{ dashboard: null }, 'dashboard is "", but must be one of true, false.'],
    [{ dashbord: false }, '"dashbord" is not a setting. The settings are createRule, watchKeys,'],
    [
      { notificationEmail: 'nobody' },
      'notificationEmail is "nobody", but must be empty or an email address.',
    ],
    [{ remediation: { automatic: true } }, 'remediation.automatic is "true", but remediation.key is empty.'],
    [
      { createRule: false, remediation: { automatic: true, key: KEY_ARN } },
      'remediation.automatic is "true", but createRule is "false". Set the remediation in the conformance pack',
    ],
    [
      { remediation: { key: 'not a key' } },
      'remediation.key is "not a key", but must be empty or a key ARN, alias, alias ARN or key ID.',
    ],
    [
      { approvers: 'some one' },
      'approvers is "some one", but must be empty or at most 10 ARNs or names of users, roles or sessions, separated by commas.',
    ],
    [{ approvers: Array(11).fill('ann').join() }, 'but must be empty or at most 10 ARNs or names'],
    [{ logRetentionDays: 31 }, 'logRetentionDays is "31", but must be one of 1, 3, 5,'],
    [{ reservedConcurrency: 0 }, 'reservedConcurrency is "0", but must be empty or a number from 1 to 9999.'],
    [{ trailKey: { bucketKey: 'perhaps' } }, 'trailKey.bucketKey is "perhaps", but must be true or false.'],
    [{ trailKey: { trailNme: '*' } }, '"trailKey.trailNme" is not a setting.'],
    [
      { parameters: { kmsKeyArns: OTHER_KEY }, remediation: { key: KEY_ARN } },
      `remediation.key is "${KEY_ARN}", but must be one of parameters.kmsKeyArns, the keys that the rule accepts.`,
    ],
  ];
  const errors = packagingErrors(...WRONG.map(([settings]) => settings));

  it.each(WRONG)('%o have an error with a sentence for the problem', (settings, sentence) => {
    const error = errors[WRONG.findIndex(([one]) => one === settings)];

    expect(error).toMatch(/^custom\.trailkey in serverless\.yml is invalid: /);
    expect(error).toContain(sentence);
  });

  it('have one error for all problems', () => {
    const [error] = packagingErrors({ frequency: 'Daily', dashboard: 'perhaps' });

    expect(error).toMatch(/frequency is "Daily", but .* dashboard is "perhaps", but /);
  });

  const RIGHT: readonly object[] = [
    {},
    {
      remediation: { automatic: true, key: KEY_ARN },
      parameters: { kmsKeyArns: `${OTHER_KEY}, ${KEY_ARN}` },
    },
    { approvers: Array(10).fill('ann').join(', '), reservedConcurrency: 9999, logRetentionDays: 1 },
    { parameters: { kmsKeyArns: null }, trailKey: { readers: 'arn:aws:iam::111122223333:role/a' } },
  ];

  it('right ones have none', () => {
    expect(packagingErrors(...RIGHT)).toEqual(RIGHT.map(() => ''));
  });

  it('of the remediation key are those that its document refuses', () => {
    const { allowedPattern } = parse(textAt('ssm-documents/Trailkey-EncryptTrail.yaml')).parameters.KmsKeyId;

    expect(stack.Parameters['RemediationKey'].AllowedPattern).toBe(`^$|${allowedPattern}`);
  });
});
