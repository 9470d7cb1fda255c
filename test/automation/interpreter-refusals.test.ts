import { describe, expect, it } from 'vitest';
import { runDocument } from '../support/automation/run-document.js';
import {
  automationWith,
  branchStep,
  documentOf,
  output,
  ROLE,
  scriptStep,
} from '../support/automation/small-documents.js';

/** Says why a document is refused; a document that runs is none of it. */
const refusalOf = async (document: unknown): Promise<string> => {
  const started: string[] = [];
  const automation = automationWith({}, { onStep: () => started.push('started') });
  const reason = await runDocument(document, automation).then(
    () => 'taken',
    ({ name, message }: Error) => `${name}: ${message}`,
  );
  expect(started).toEqual([]);
  return reason;
};

const refusalOfStep = (fields: object) =>
  refusalOf(documentOf([scriptStep('one', { ...fields }), scriptStep('two')]));

const PARAMETERS = {
  Name: { type: 'String', default: 'a' },
  Names: { type: 'StringList', default: ['a'] },
  Count: { type: 'Integer', default: 1 },
};

describe('a document', () => {
  const good = documentOf([scriptStep('one')]);
  const { assumeRole: _, ...without } = good;

  it('that is good is taken', async () => {
    expect((await runDocument(good, automationWith())).status).toBe('Success');
  });

  it.each([
    ['no object', [], 'The document should be an object and is an array'],
    ['of another schema', { ...good, schemaVersion: '2.2' }, 'schemaVersion should be the text 0.3'],
    ['whose version is a number', { ...good, schemaVersion: 0.3 }, 'schemaVersion should be the text 0.3'],
    ['with an unknown key', { ...good, variables: {} }, 'The document has the unknown key variables'],
    ['with attached files', { ...good, files: {} }, 'The document has the unknown key files'],
    ['without steps', { ...good, mainSteps: [] }, 'mainSteps is empty'],
    ['whose steps are no list', { ...good, mainSteps: {} }, 'mainSteps should be an array'],
    ['without a role', without, 'The document lacks assumeRole'],
    ['whose role is empty', { ...good, assumeRole: '' }, 'assumeRole should be a text and is empty'],
    ['whose role is a name', { ...good, assumeRole: 'repair' }, 'assumeRole should be a role of account'],
    [
      'whose role is in another account',
      { ...good, assumeRole: 'arn:aws:iam::999999999999:role/x' },
      'should be a role of account 111122223333 in aws',
    ],
    [
      'whose role is in another partition',
      { ...good, assumeRole: ROLE.replace('aws', 'aws-cn') },
      'should be a role of account 111122223333 in aws',
    ],
    [
      'whose role is an output',
      documentOf([scriptStep('one', { outputs: [output('x')] })], { assumeRole: '{{ one.x }}' }),
      'assumeRole refers to one.x, which the document does not have',
    ],
    ['whose outputs are no list', { ...good, outputs: {} }, 'outputs should be an array'],
    [
      'with an output that no step has',
      { ...good, outputs: ['one.y'] },
      "should be a step's output and is one.y",
    ],
    [
      'with an output in braces',
      documentOf([scriptStep('one', { outputs: [output('x')] })], { outputs: ['{{ one.x }}'] }),
      "should be a step's output and is {{ one.x }}",
    ],
    ['whose parameters are no object', { ...good, parameters: [] }, 'parameters should be an object'],
    ['of more than 64 KB', { ...good, description: 'é'.repeat(32_768) }, 'and at most 65536 are allowed'],
  ])('%s is refused', async (_name, document, reason) => {
    const refusal = await refusalOf(document);

    expect(refusal).toContain('RefusedError: ');
    expect(refusal).toContain(reason);
  });

  it('of 64 KB is taken', async () => {
    const room = 65_536 - JSON.stringify({ ...good, description: '' }).length;

    const { status } = await runDocument({ ...good, description: 'x'.repeat(room) }, automationWith());

    expect(status).toBe('Success');
  });
});

describe('a step', () => {
  it.each([
    [{ name: 'ab' }, 'mainSteps[0].name should match'],
    [{ name: 'a-step' }, 'mainSteps[0].name should match'],
    [{ name: 'x'.repeat(129) }, 'mainSteps[0].name should match'],
    [{ name: 'two' }, 'Two steps have the name two'],
    [{ action: 'aws:runCommand' }, 'Step one has the action aws:runCommand; known are aws:approve'],
    [{ onCancel: 'Abort' }, 'Step one has the unknown key onCancel'],
    [{ inputs: undefined }, 'Step one lacks inputs'],
    [{ onFailure: 'abort' }, 'Step one.onFailure should match'],
    [{ onFailure: 'step:three' }, 'Step one leads to three, which does not exist'],
    [{ nextStep: 'three' }, 'Step one leads to three, which does not exist'],
    [{ isCritical: 'true' }, 'Step one.isCritical should be true or false'],
    [{ isEnd: 'true' }, 'Step one.isEnd should be true or false'],
    [{ maxAttempts: 0 }, 'Step one.maxAttempts should be a whole number from 1'],
    [{ maxAttempts: '2' }, 'Step one.maxAttempts should be a whole number'],
    [{ timeoutSeconds: 601 }, 'Step one.timeoutSeconds should be a whole number from 1 to 600'],
    [{ timeoutSeconds: 0 }, 'Step one.timeoutSeconds should be a whole number from 1 to 600'],
    [{ isEnd: true, nextStep: 'two' }, 'Step one has both isEnd and nextStep'],
    [{ isEnd: true, onFailure: 'step:two' }, 'Step one has isEnd, which ends after a failure too'],
    [{ isCritical: false }, 'Step one aborts on failure and has isCritical false'],
    [{ nextStep: 'one' }, 'The steps go in a circle: one → one'],
    [{ onFailure: 'step:one' }, 'The steps go in a circle: one → one'],
    [{ outputs: {} }, 'Step one.outputs should be an array'],
    [{ outputs: [{ Name: 'x', Selector: '$.Payload.x' }] }, 'lacks Type'],
    [{ outputs: [{ ...output('x'), Default: 1 }] }, 'has the unknown key Default'],
    [{ outputs: [output('x'), output('x')] }, 'declares x twice'],
    [{ outputs: [output('x-y')] }, 'outputs[0].Name should match'],
    [{ outputs: [output('x', 'Text')] }, 'outputs[0].Type should be one of String, StringList'],
    [{ outputs: [output('x', 'String', 'Payload.x')] }, 'outputs[0].Selector should be like'],
    [{ outputs: [output('x', 'String', '$..x')] }, 'outputs[0].Selector should be like'],
    [{ outputs: [output('x', 'String', '$.Payload[*].x')] }, 'outputs[0].Selector should be like'],
    [{ outputs: [output('x', 'String', '$.Payload[?(@.a)]')] }, 'outputs[0].Selector should be like'],
  ])('with %j is refused', async (fields, reason) => {
    expect(await refusalOfStep(fields)).toContain(reason);
  });

  it.each(['abc', 'x'.repeat(128)])('named %s is taken', async (name) => {
    expect((await runDocument(documentOf([scriptStep(name)]), automationWith())).status).toBe('Success');
  });

  it('that goes back is refused, with the whole circle', async () => {
    const steps = [
      scriptStep('one', { onFailure: 'step:two' }),
      scriptStep('two', { nextStep: 'three' }),
      branchStep('three', { NextStep: 'one', Variable: '{{ Name }}', StringEquals: 'a' }),
    ];

    expect(await refusalOf(documentOf(steps, { parameters: PARAMETERS }))).toContain(
      'one → two → three → one',
    );
  });

  it('that ways lead to from all over is no circle', async () => {
    const steps = [
      scriptStep('one', { onFailure: 'step:end' }),
      {
        name: 'choose',
        action: 'aws:branch',
        inputs: {
          Choices: [{ NextStep: 'end', Variable: '{{ Name }}', StringEquals: 'b' }],
          Default: 'last',
        },
      },
      scriptStep('end', { isEnd: true }),
      scriptStep('last', { nextStep: 'end' }),
    ];

    const { status } = await runDocument(documentOf(steps, { parameters: PARAMETERS }), automationWith());

    expect(status).toBe('Success');
  });

  it('that continues on failure may only name the step that follows', async () => {
    const steps = [scriptStep('one', { onFailure: 'Continue', nextStep: 'three' }), scriptStep('two')];

    expect(await refusalOf(documentOf([...steps, scriptStep('three')]))).toContain(
      'continues on failure and has a nextStep that does not follow it',
    );
  });
});

describe('a reference', () => {
  it.each([
    ['{{ Other }}', 'refers to Other, which the document does not have'],
    ['{{ two.x }}', 'refers to two.x, which the document does not have'],
    ['{{ one.Payload }}', 'refers to one.Payload, which the document does not have'],
    ['{{ global:TIME }}', 'refers to global:TIME, which the document does not have'],
    ['{{ automation:NAME }}', 'refers to automation:NAME'],
    ['{{ ssm:name }}', 'refers to ssm:name'],
    ['{{ variable:name }}', 'refers to variable:name'],
    ['a {{ Name', 'has braces that are no reference'],
    ['{{ a-b }}', 'has braces that are no reference'],
    ['{{ {{ Name }} }}', 'has braces that are no reference'],
    ['all of {{ Names }}', 'has Names, of type StringList, within a text'],
    [['{{ Names }}'], 'has Names, of type StringList, within a list'],
    [{ '{{ Name }}': 1 }, 'has a reference in the key'],
    [null, 'is null'],
  ])('%j is refused', async (x, reason) => {
    const document = documentOf([scriptStep('one', {}, { x })], { parameters: PARAMETERS });

    expect(await refusalOf(document)).toContain(reason);
  });
});

describe('inputs of', () => {
  const SCRIPT = scriptStep('one')['inputs'] as object;
  const API = { Service: 'kms', Api: 'EnableKey', KeyId: 'x' };
  const PROPERTY = { ...API, PropertySelector: '$.a', DesiredValues: ['b'] };
  const APPROVE = { Message: 'Well?', Approvers: ['alice'], MinRequiredApprovals: 1 };

  it.each([
    ['aws:executeScript', { ...SCRIPT, Attachment: 'a.zip' }, 'inputs has the unknown key Attachment'],
    ['aws:executeScript', { ...SCRIPT, Runtime: 'python3.8' }, 'Runtime should be python3.11 or later'],
    ['aws:executeScript', { ...SCRIPT, Runtime: 'nodejs20.x' }, 'Runtime should be python3.11 or later'],
    ['aws:executeScript', { ...SCRIPT, Handler: 'run' }, 'Script defines no function run, the Handler'],
    ['aws:executeScript', { ...SCRIPT, Handler: 'a.b' }, 'Handler should be the name of a function'],
    ['aws:executeScript', { ...SCRIPT, Script: undefined }, 'inputs lacks Script'],
    [
      'aws:executeScript',
      { ...SCRIPT, InputPayload: '{"a": 1}' },
      'InputPayload should be of type StringMap',
    ],
    [
      'aws:executeScript',
      { ...SCRIPT, Script: 'def main(events, context):\n  return "{{ Name }}"' },
      'Script holds {{, and SSM would paste a value in as text',
    ],
    ['aws:executeAwsApi', { ...API, Service: undefined }, 'inputs lacks Service'],
    [
      'aws:executeAwsApi',
      { ...API, Service: 'ec2' },
      'Service should be one of cloudtrail, config, kms, ssm',
    ],
    ['aws:executeAwsApi', { ...API, Api: 'enable_key' }, 'Api should be spelled like GetTrail'],
    ['aws:executeAwsApi', { ...API, Api: '{{ Name }}' }, 'Api holds {{'],
    ['aws:executeAwsApi', { ...API, KeyId: '{{ Other }}' }, 'KeyId refers to Other'],
    ['aws:waitForAwsResourceProperty', API, 'inputs lacks PropertySelector'],
    [
      'aws:waitForAwsResourceProperty',
      { ...PROPERTY, PropertySelector: 'a' },
      'PropertySelector should be like',
    ],
    [
      'aws:waitForAwsResourceProperty',
      { ...PROPERTY, DesiredValues: 'b' },
      'DesiredValues should be of type StringList',
    ],
    [
      'aws:assertAwsResourceProperty',
      { ...PROPERTY, DesiredValues: [] },
      'DesiredValues should have an entry',
    ],
    [
      'aws:assertAwsResourceProperty',
      { ...PROPERTY, DesiredValues: [true] },
      'should be of type StringList and is of type unknown',
    ],
    ['aws:approve', { ...APPROVE, Approvers: undefined }, 'inputs lacks Approvers'],
    ['aws:approve', { ...APPROVE, Approvers: [] }, 'Approvers should have 1 to 10 entries'],
    [
      'aws:approve',
      { ...APPROVE, Approvers: '{{ Name }}' },
      'Approvers should be of type StringList and is of type String',
    ],
    [
      'aws:approve',
      { ...APPROVE, MinRequiredApprovals: '1' },
      'MinRequiredApprovals should be of type Integer',
    ],
    ['aws:approve', { ...APPROVE, Message: 'x'.repeat(4097) }, 'Message has more than 4096 characters'],
    [
      'aws:approve',
      { ...APPROVE, NotificationArn: 'arn:aws:sns:eu-west-1:111122223333:asks' },
      'begins with Automation',
    ],
    ['aws:approve', { ...APPROVE, Comment: 'x' }, 'inputs has the unknown key Comment'],
    ['aws:sleep', {}, 'should have either Duration or Timestamp'],
    ['aws:sleep', { Duration: 'PT1S', Timestamp: '2030-01-01T00:00:00Z' }, 'should have either Duration or'],
    ['aws:sleep', { Duration: '10' }, 'Duration should be like PT10M'],
    ['aws:sleep', { Duration: 'PT' }, 'Duration should be like PT10M'],
    ['aws:sleep', { Duration: '-PT1S' }, 'Duration should be like PT10M'],
    ['aws:sleep', { Duration: 'P8D' }, 'at most 604800 seconds, and is P8D'],
    ['aws:sleep', { Timestamp: 'tomorrow' }, 'Timestamp should be like 2030-01-01T01:00:00Z'],
  ])('%s: %j are refused', async (action, inputs, reason) => {
    const steps = [{ name: 'one', action, inputs }];

    expect(await refusalOf(documentOf(steps, { parameters: PARAMETERS }))).toContain(reason);
  });

  it.each([
    'aws:approve',
    'aws:assertAwsResourceProperty',
    'aws:branch',
    'aws:sleep',
    'aws:waitForAwsResourceProperty',
  ])('%s go without declared outputs', async (action) => {
    const steps = [{ name: 'one', action, inputs: {}, outputs: [output('x')] }];

    expect(await refusalOf(documentOf(steps))).toContain(
      'Step one declares outputs, which its action does not take',
    );
  });

  it('approvals may wait 30 days', async () => {
    const step = { name: 'one', action: 'aws:approve', inputs: APPROVE, timeoutSeconds: 30 * 86_400 + 1 };

    expect(await refusalOf(documentOf([step]))).toContain('should be a whole number from 1 to 2592000');
  });
});

describe('a branch', () => {
  const CHOICE = { NextStep: 'end', Variable: '{{ Name }}', StringEquals: 'a' };
  const refusalOfBranch = (inputs: object, fields: object = {}) =>
    refusalOf(
      documentOf([{ name: 'choose', action: 'aws:branch', inputs, ...fields }, scriptStep('end')], {
        parameters: PARAMETERS,
      }),
    );

  it.each([
    [{}, 'inputs lacks Choices'],
    [{ Choices: [] }, 'Choices is empty'],
    [{ Choices: [CHOICE], default: 'end' }, 'inputs has the unknown key default'],
    [{ Choices: [CHOICE], Default: 'nowhere' }, 'Step choose leads to nowhere'],
    [{ Choices: [{ ...CHOICE, NextStep: 'nowhere' }] }, 'Step choose leads to nowhere'],
    [{ Choices: [{ ...CHOICE, NextStep: undefined }] }, 'NextStep should be a text'],
    [{ Choices: [{ NextStep: 'end', StringEquals: 'a' }] }, 'lacks Variable'],
    [{ Choices: [{ NextStep: 'end', Variable: '{{ Name }}' }] }, 'should have one operator'],
    [{ Choices: [{ ...CHOICE, Contains: 'a' }] }, 'should have one operator'],
    [
      { Choices: [{ NextStep: 'end', Variable: '{{ Name }}', StringMatches: 'a' }] },
      'has the unknown key StringMatches',
    ],
    [
      { Choices: [{ NextStep: 'end', Variable: '{{ Count }}', StringEquals: '1' }] },
      'compares Count, of type Integer, by StringEquals',
    ],
    [
      { Choices: [{ NextStep: 'end', Variable: '{{ Name }}', NumericEquals: 1 }] },
      'compares Name, of type String, by NumericEquals',
    ],
    [
      { Choices: [{ NextStep: 'end', Variable: '{{ Count }}', NumericEquals: '1' }] },
      'should be a fixed value of type Integer',
    ],
    [{ Choices: [{ ...CHOICE, StringEquals: '{{ Count }}' }] }, 'should be a fixed value of type String'],
    [
      { Choices: [{ ...CHOICE, Variable: 'Name' }] },
      'Variable should be a reference to one parameter or output',
    ],
    [
      { Choices: [{ ...CHOICE, Variable: '{{ Name }}x' }] },
      'Variable should be a reference to one parameter or output',
    ],
    [{ Choices: [{ ...CHOICE, Variable: '{{ global:REGION }}' }] }, 'Variable should be a reference to one'],
    [{ Choices: [{ ...CHOICE, Variable: '{{ Other }}' }] }, 'refers to Other'],
    [{ Choices: [{ NextStep: 'end', And: [CHOICE] }] }, 'And should have two conditions or more'],
    [{ Choices: [{ NextStep: 'end', And: [CHOICE, CHOICE] }] }, 'And[0] has the unknown key NextStep'],
    [{ Choices: [{ NextStep: 'end', Or: {} }] }, 'Or should be an array'],
    [{ Choices: [{ NextStep: 'end', Not: [] }] }, 'Not should be an object'],
    [{ Choices: [{ ...CHOICE, Not: {} }] }, 'has the unknown key Variable'],
  ])('%j is refused', async (inputs, reason) => {
    expect(await refusalOfBranch(inputs)).toContain(reason);
  });

  it('with nextStep, or isEnd and a default, is refused', async () => {
    expect(await refusalOfBranch({ Choices: [CHOICE] }, { nextStep: 'end' })).toContain('write Default');
    expect(await refusalOfBranch({ Choices: [CHOICE], Default: 'end' }, { isEnd: true })).toContain(
      'is a branch with both Default and isEnd',
    );
  });
});
