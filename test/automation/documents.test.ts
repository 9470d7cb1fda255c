import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ROOT, textAt } from '../support/project.js';
import { builtDocuments } from './documents.js';
import { type Recorded, replayer } from './recording.js';
import { expectOutcome, outcomeOf, type ScenarioRunner, startScenarioRunner } from './scenario-runner.js';
import { SCENARIOS } from './scenarios/all.js';
import type { Scenario } from './scenarios/scenario.js';

const DOCUMENTS = builtDocuments();
const NAMES = Object.keys(DOCUMENTS);
const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const MULTI_REGION_ID = 'mrk-1234567890abcdef1234567890abcdef';

describe.each(Object.entries(SCENARIOS))('%s, its scripts as they were recorded', (name, scenarios) => {
  const recorded: Readonly<Record<string, readonly Recorded[]>> = JSON.parse(
    textAt(`test/automation/recorded/${name}.json`),
  );
  let runner: ScenarioRunner;
  beforeAll(async () => {
    runner = await startScenarioRunner();
  });
  afterAll(() => runner.close());

  it.each(Object.entries(scenarios))('%s', async (what, scenario: Scenario) => {
    const runScript = replayer(runner, recorded[what] ?? []);

    const execution = await runner.run(scenario, DOCUMENTS[scenario.document], runScript);

    expectOutcome(outcomeOf(execution, runner.aws), scenario);
  });
});

describe.each(NAMES)('%s', (name) => {
  const { parameters, mainSteps, schemaVersion, assumeRole, description } = DOCUMENTS[name];

  it('is of schema 0.3, described in Markdown, under a name that AWS does not keep for itself', () => {
    expect(schemaVersion).toBe('0.3');
    expect(description).toMatch(new RegExp(`^# ${name.replace('-Organization', '')}\n`));
    expect(name).not.toMatch(/^(aws|amazon|amzn|AWSEC2|AWSSupport|AWSConfigRemediation)/i);
  });

  it('runs under a role that it is given, or names itself', () => {
    expect(assumeRole).toBe(
      name.endsWith('-Organization')
        ? 'arn:{{ global:AWS_PARTITION }}:iam::{{ global:ACCOUNT_ID }}:role/trailkey-remediation-{{ global:REGION }}'
        : '{{ AutomationAssumeRole }}',
    );
    expect('AutomationAssumeRole' in parameters).toBe(!name.endsWith('-Organization'));
  });

  it('says of every parameter and step what it is for, and bounds every value', () => {
    for (const [parameter, shape] of Object.entries<any>(parameters)) {
      expect(shape.description, parameter).toMatch(/\.$/);
      expect(shape.allowedPattern ?? shape.allowedValues, parameter).toBeDefined();
      if (shape.allowedPattern) expect(shape.allowedPattern, parameter).toMatch(/^\^.*\$$/);
    }
    for (const step of mainSteps) expect(step.description, step.name).toMatch(/\.$/);
  });

  it('is small enough, and holds no script that SSM would take for variables', () => {
    // CloudFormation sends YAML; its writer quotes strings, and others write blocks.
    for (const defaultStringType of ['QUOTE_DOUBLE', 'PLAIN'] as const)
      expect(Buffer.byteLength(stringify(DOCUMENTS[name], { defaultStringType }))).toBeLessThan(63_488);
    for (const { inputs } of mainSteps) expect(inputs.Script ?? '').not.toContain('{{');
  });

  it('calls a script that is there, in one piece', () => {
    for (const { action, inputs } of mainSteps.filter((step: any) => step.action === 'aws:executeScript')) {
      expect(action).toBe('aws:executeScript');
      expect(inputs.Script).toContain(`def ${inputs.Handler}(events`);
      expect(inputs.Script).not.toMatch(/^from (calls|keys|set_trail_key|trails|verify_delivery) import/m);
    }
  });
});

describe('parameters', () => {
  it('are strings, lists or roles: CloudFormation sends numbers as strings', () => {
    for (const { parameters } of Object.values<any>(DOCUMENTS)) {
      for (const [name, { type, default: value = '' }] of Object.entries<any>(parameters)) {
        expect(['String', 'StringList', 'AWS::IAM::Role::Arn'], name).toContain(type);
        expect(typeof value, name).toBe('string');
      }
    }
  });
});

describe('parameters of one name', () => {
  it('are the same in all documents', () => {
    const shapes = new Map<string, unknown>();
    for (const { parameters } of Object.values<any>(DOCUMENTS)) {
      for (const [name, { description: _, ...shape }] of Object.entries<any>(parameters)) {
        expect(shapes.get(name) ?? shape, name).toEqual(shape);
        shapes.set(name, shape);
      }
    }
  });
});

describe('patterns', () => {
  const arn = (rest: string, partition = 'aws') => `arn:${partition}:${rest}`;
  const key = (id: string, partition?: string) => arn(`kms:eu-west-1:111122223333:key/${id}`, partition);
  const cases: readonly [parameter: string, accepted: string[], rejected: string[]][] = [
    [
      'Trailkey-EncryptTrail TrailName',
      [
        'audit',
        'a.b-c_d',
        'x'.repeat(128),
        arn('cloudtrail:eu-west-1:111122223333:trail/audit'),
        arn('cloudtrail:us-gov-west-1:111122223333:trail/audit', 'aws-us-gov'),
        arn('cloudtrail:cn-north-1:111122223333:trail/audit', 'aws-cn'),
        arn('cloudtrail:eusc-de-east-1:111122223333:trail/audit', 'aws-eusc'),
      ],
      ['', 'ab', '-audit', 'x'.repeat(129), 'audit log', 'audit\n', arn('s3:::audit'), '{{ global:REGION }}'],
    ],
    [
      'Trailkey-EncryptTrail KmsKeyId',
      [
        'alias/trailkey',
        'alias/aws/cloudtrail',
        KEY_ID,
        MULTI_REGION_ID,
        key(KEY_ID),
        key(MULTI_REGION_ID),
        key(KEY_ID, 'aws-cn'),
        key(KEY_ID, 'aws-iso-b'),
        arn('kms:eu-west-1:111122223333:alias/trailkey'),
      ],
      [
        '',
        'none',
        'trailkey',
        'alias/',
        `key/${KEY_ID}`,
        arn(`kms:eu-west-1:111122223333:${KEY_ID}`),
        `${KEY_ID} `,
        'alias/x;y',
      ],
    ],
    [
      'Trailkey-EncryptTrail DeliveryWaitSeconds',
      ['0', '7', '99', '399', '479', '480'],
      ['', '-1', '481', '540', '0480', '1e2', '1000', '4 80'],
    ],
    [
      'Trailkey-EncryptTrail ConfigRuleName',
      ['none', 'cloudtrail-cmk-usable', 'x_1'],
      ['', 'a b', 'x'.repeat(129)],
    ],
    [
      'Trailkey-EncryptTrail AutomationAssumeRole',
      [
        arn('iam::111122223333:role/trailkey-remediation-eu-west-1'),
        arn('iam::111122223333:role/path/to/role', 'aws-us-gov'),
      ],
      ['', arn('iam::111122223333:user/someone'), arn('iam::1111:role/x')],
    ],
    [
      'Trailkey-RestoreKey KeyArn',
      [key(KEY_ID), key(MULTI_REGION_ID, 'aws-us-gov')],
      ['', KEY_ID, 'alias/trailkey', arn('kms:eu-west-1:111122223333:alias/x')],
    ],
    [
      'Trailkey-RestoreKey Approvers',
      [
        'someone',
        arn('iam::111122223333:user/someone'),
        arn('iam::111122223333:role/path/security'),
        arn('sts::111122223333:assumed-role/security/someone@example.com'),
      ],
      ['', 'some one', arn('iam::111122223333:group/all'), '*'],
    ],
    ['Trailkey-BackOut ExpectedKmsKeyId', ['none', key(KEY_ID)], ['', 'None', 'alias/x']],
    ['Trailkey-BackOut PreviousKmsKeyId', ['none', key(KEY_ID), 'alias/x', KEY_ID], ['', 'None', 'x']],
    ['Trailkey-RestoreKey MinRequiredApprovals', ['1', '9', '10'], ['', '0', '01', '11', '1.5']],
    [
      'Trailkey-BackOut TrailArn',
      [arn('cloudtrail:eu-west-1:111122223333:trail/audit')],
      ['audit', '', arn('cloudtrail:eu-west-1:111122223333:trail/')],
    ],
  ];

  it.each(cases)('%s is what AWS writes, and nothing else', (named, accepted, rejected) => {
    const [document = '', parameter = ''] = named.split(' ');
    const pattern = new RegExp(DOCUMENTS[document].parameters[parameter].allowedPattern);

    expect(accepted.filter((value) => !pattern.test(value))).toEqual([]);
    expect(rejected.filter((value) => pattern.test(value))).toEqual([]);
  });
});

describe('approvers that the settings name', () => {
  const approvers = ['arn:aws:iam::111122223333:role/security', 'arn:aws:iam::111122223333:role/audit'];
  const { parameters, mainSteps } = builtDocuments(approvers)['Trailkey-RestoreKey'];

  it('are the only value of the parameter, and stand in the step itself', () => {
    expect(parameters.Approvers).toMatchObject({ allowedValues: [approvers], default: approvers });
    expect(mainSteps.filter(({ action }: any) => action === 'aws:approve')).toHaveLength(3);
    for (const { action, inputs } of mainSteps)
      if (action === 'aws:approve') expect(inputs.Approvers).toEqual(approvers);
  });
});

describe('the release', () => {
  it('holds each document as it is deployed', () => {
    for (const name of NAMES) {
      expect(JSON.parse(readFileSync(`${ROOT}release/ssm-documents/${name}.json`, 'utf8'))).toEqual(
        DOCUMENTS[name],
      );
    }
  });
});
