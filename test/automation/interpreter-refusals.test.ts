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

const PARAMETERS = {
  Name: { type: 'String', default: 'a' },
  Names: { type: 'StringList', default: ['a'] },
  Count: { type: 'Integer', default: 1 },
};

/** Says why a document is refused before any step starts. */
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

const refusalOfSteps = (...steps: readonly unknown[]) =>
  refusalOf(documentOf(steps, { parameters: PARAMETERS }));

describe('a document', () => {
  const good = documentOf([scriptStep('one')]);
  const { assumeRole: _, ...without } = good;

  it.each([
    ['no object', [], 'document must be object'],
    [
      'of another schema',
      { ...good, schemaVersion: '2.2' },
      '/schemaVersion must be equal to constant: "0.3"',
    ],
    ['with an unknown key', { ...good, variables: {} }, 'additional properties: "variables"'],
    ['without steps', { ...good, mainSteps: [] }, '/mainSteps must NOT have fewer than 1 items'],
    ['without a role', without, "required property 'assumeRole'"],
    ['whose role is empty', { ...good, assumeRole: '' }, '/assumeRole must NOT have fewer than 1 characters'],
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
      'assumeRole refers to one.x, which is not available there',
    ],
    ['with an output that no step has', { ...good, outputs: ['one.y'] }, 'has no output one.y'],
    [
      'with an output in braces',
      documentOf([scriptStep('one', { outputs: [output('x')] })], { outputs: ['{{ one.x }}'] }),
      'has no output {{ one.x }}',
    ],
    ['of more than 64 KB', { ...good, description: 'é'.repeat(32_768) }, 'at most 65536 are allowed'],
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
    [{ name: 'ab' }, '/mainSteps/0/name must match pattern'],
    [{ name: 'a-step' }, '/mainSteps/0/name must match pattern'],
    [{ name: 'two' }, 'document has two twice'],
    [{ action: 'aws:runCommand' }, 'value of tag "action" must be in oneOf'],
    [{ onCancel: 'Abort' }, 'additional properties: "onCancel"'],
    [{ isCritical: true }, 'additional properties: "isCritical"'],
    [{ inputs: undefined }, "required property 'inputs'"],
    [{ onFailure: 'abort' }, '/onFailure must match pattern'],
    [{ onFailure: 'step:three' }, 'Step one leads to three, which does not exist'],
    [{ nextStep: 'three' }, 'Step one leads to three, which does not exist'],
    [{ isEnd: 'true' }, '/isEnd must be equal to constant: true'],
    [{ isEnd: true }, 'No way leads to step two'],
    [{ maxAttempts: 2 }, 'additional properties: "maxAttempts"'],
    [{ timeoutSeconds: 601 }, '/timeoutSeconds must be <= 600'],
    [{ timeoutSeconds: 0 }, '/timeoutSeconds must be >= 1'],
    [{ isEnd: true, nextStep: 'two' }, 'Step one has both isEnd and nextStep'],
    [{ isEnd: true, onFailure: 'step:two' }, 'Step one has isEnd, which ends after a failure too'],
    [{ onFailure: 'Continue' }, 'continues on failure; only a step with isEnd may do so'],
    [{ onFailure: 'step:two' }, 'goes on to two, which is there for failures'],
    [{ nextStep: 'one' }, 'The steps go in a circle: one → one'],
    [{ outputs: [{ Name: 'x', Selector: '$.Payload.x' }] }, "required property 'Type'"],
    [{ outputs: [{ ...output('x'), Type: 'Integer' }] }, '/Type must be equal to constant: "String"'],
    [{ outputs: [{ ...output('x'), Default: 1 }] }, 'additional properties: "Default"'],
    [{ outputs: [output('x'), output('x')] }, 'document has one.x twice'],
    [{ outputs: [output('x-y')] }, '/outputs/0/Name must match pattern'],
    [{ outputs: [output('x', '$.x')] }, '/outputs/0/Selector must match pattern'],
    [{ outputs: [output('x', '$.Payload[*].x')] }, '/outputs/0/Selector must match pattern'],
  ])('with %j is refused', async (fields, reason) => {
    expect(await refusalOfSteps(scriptStep('one', { ...fields }), scriptStep('two'))).toContain(reason);
  });

  it('that goes back is refused, with the whole circle', async () => {
    const refusal = await refusalOfSteps(
      scriptStep('one', { onFailure: 'step:other' }),
      scriptStep('two', { nextStep: 'three' }),
      branchStep('three', { NextStep: 'one', Variable: '{{ Name }}', StringEquals: 'a' }),
      scriptStep('other'),
    );

    expect(refusal).toContain('one → two → three → one');
  });

  it('that several ways lead to is no circle', async () => {
    const steps = [
      scriptStep('one', { onFailure: 'step:end' }),
      branchStep('choose', { NextStep: 'last', Variable: '{{ Name }}', StringEquals: 'b' }),
      scriptStep('end', { isEnd: true }),
      scriptStep('other', { nextStep: 'last' }),
      scriptStep('last', { nextStep: 'end' }),
    ];

    const { status } = await runDocument(documentOf(steps, { parameters: PARAMETERS }), automationWith());

    expect(status).toBe('Success');
  });
});

describe('a reference', () => {
  it.each([
    ['{{ Other }}', 'refers to Other, which is not available there'],
    ['{{ one.y }}', 'refers to one.y'],
    ['{{ global:DATE }}', 'refers to global:DATE'],
    ['{{ automation:EXECUTION_ID }}', 'refers to automation:EXECUTION_ID'],
    ['{{ ssm:name }}', 'refers to ssm:name'],
    ['a {{ Name', 'has braces that are no reference'],
    ['{{ a-b }}', 'has braces that are no reference'],
    ['{{ {{ Name }} }}', 'has braces that are no reference'],
    ['all of {{ Names }}', 'has the list Names within a text'],
  ])('%j is refused', async (x, reason) => {
    expect(await refusalOfSteps(scriptStep('one', {}, { x }))).toContain(reason);
  });

  const one = (fields: object = {}) => scriptStep('one', { outputs: [output('x')], ...fields });
  const two = scriptStep('two', {}, { x: '{{ one.x }}' });
  const choose = branchStep('choose', { NextStep: 'two', Variable: '{{ Name }}', StringEquals: 'a' });

  it.each([
    ['to a later step', [two, one()]],
    [
      'to a step that has failed by then',
      [one({ onFailure: 'step:two', isEnd: undefined, nextStep: 'end' }), two, scriptStep('end')],
    ],
    [
      'to a step that some way leaves out',
      [choose, { ...one(), name: 'other' }, scriptStep('two', {}, { x: '{{ other.x }}' })],
    ],
  ])('%s is refused', async (_, steps) => {
    expect(await refusalOfSteps(...steps)).toMatch(/Step two refers to \w+\.x, which is not available there/);
  });
});

describe('inputs of', () => {
  const { Script, ...rest } = scriptStep('one')['inputs'] as Record<string, unknown>;
  const script = { Script, ...rest };
  const api = { Service: 'cloudtrail', Api: 'GetTrail', Name: 'x' };
  const property = { ...api, PropertySelector: '$.a', DesiredValues: ['b'] };
  const approve = { Message: 'Well?', Approvers: ['alice'], MinRequiredApprovals: 1 };

  it.each([
    ['aws:executeScript', { ...script, Attachment: 'a.zip' }, 'additional properties: "Attachment"'],
    [
      'aws:executeScript',
      { ...script, Runtime: 'python3.8' },
      '/Runtime must be equal to constant: "python3.11"',
    ],
    ['aws:executeScript', { ...script, Handler: 'run' }, 'Script has no function run, the Handler'],
    ['aws:executeScript', { ...script, Handler: 'a.b' }, '/Handler must match pattern'],
    ['aws:executeScript', rest, "required property 'Script'"],
    ['aws:executeScript', { ...script, InputPayload: '{"a": 1}' }, '/InputPayload must be object'],
    ['aws:executeScript', { ...script, Script: `${Script}# {{ Name }}` }, '/Script must match pattern'],
    ['aws:executeAwsApi', { ...api, Service: 'ec2' }, 'allowed values: ["cloudtrail","config"]'],
    ['aws:executeAwsApi', { ...api, Api: 'get_trail' }, '/Api must match pattern'],
    ['aws:executeAwsApi', { ...api, Api: '{{ Name }}' }, '/Api must match pattern'],
    ['aws:executeAwsApi', { ...api, Name: '{{ Other }}' }, 'refers to Other'],
    ['aws:assertAwsResourceProperty', api, "required property 'PropertySelector'"],
    ['aws:assertAwsResourceProperty', { ...property, PropertySelector: 'a' }, '/PropertySelector must match'],
    ['aws:assertAwsResourceProperty', { ...property, DesiredValues: 'b' }, '/DesiredValues must be array'],
    ['aws:assertAwsResourceProperty', { ...property, DesiredValues: [] }, 'fewer than 1 items'],
    ['aws:assertAwsResourceProperty', { ...property, DesiredValues: [true] }, '/0 must be string'],
    ['aws:waitForAwsResourceProperty', { ...property, DesiredValues: ['{{ Names }}'] }, '/0 must be string'],
    ['aws:approve', { ...approve, Approvers: undefined }, "required property 'Approvers'"],
    ['aws:approve', { ...approve, Approvers: [] }, 'fewer than 1 items'],
    ['aws:approve', { ...approve, Approvers: '{{ Name }}' }, '/Approvers must be array'],
    ['aws:approve', { ...approve, MinRequiredApprovals: 'one' }, '/MinRequiredApprovals must be integer'],
    ['aws:approve', { ...approve, Message: 'x'.repeat(4097) }, 'more than 4096 characters'],
    ['aws:approve', { ...approve, NotificationArn: 'x' }, 'additional properties: "NotificationArn"'],
  ])('%s: %j are refused', async (action, inputs, reason) => {
    const timeouts = { 'aws:approve': 60, 'aws:waitForAwsResourceProperty': 60 };
    const timeoutSeconds = Object.entries(timeouts).find(([name]) => name === action)?.[1];

    expect(await refusalOfSteps({ name: 'one', action, inputs, timeoutSeconds })).toContain(reason);
  });

  it('approvals and waits say how long they wait, approvals 30 days at most', async () => {
    const step = { name: 'one', action: 'aws:approve', inputs: approve };

    expect(await refusalOfSteps(step)).toContain("required property 'timeoutSeconds'");
    expect(await refusalOfSteps({ ...step, timeoutSeconds: 2_592_001 })).toContain('must be <= 2592000');
  });

  const choice = { NextStep: 'other', Variable: '{{ Name }}', StringEquals: 'a' };

  it.each([
    [{}, "required property 'Default'"],
    [{ Default: 'other', Choices: [] }, 'fewer than 1 items'],
    [{ Default: 'nowhere', Choices: [choice] }, 'Step choose leads to nowhere'],
    [{ Default: 'other', Choices: [{ ...choice, NextStep: 'nowhere' }] }, 'Step choose leads to nowhere'],
    [{ Default: 'other', Choices: [{ ...choice, NextStep: undefined }] }, "required property 'NextStep'"],
    [{ Default: 'other', Choices: [{ ...choice, Contains: 'a' }] }, 'additional properties: "Contains"'],
    [{ Default: 'other', Choices: [{ ...choice, StringEquals: '{{ Name }}' }] }, '/StringEquals must match'],
    [{ Default: 'other', Choices: [{ ...choice, StringEquals: 1 }] }, '/StringEquals must be string'],
    [{ Default: 'other', Choices: [{ ...choice, Variable: 'Name' }] }, 'Variable should be one parameter'],
    [
      { Default: 'other', Choices: [{ ...choice, Variable: '{{ Name }}x' }] },
      'Variable should be one parameter',
    ],
    [
      { Default: 'other', Choices: [{ ...choice, Variable: '{{ global:REGION }}' }] },
      'Variable should be one',
    ],
    [{ Default: 'other', Choices: [{ ...choice, Variable: '{{ Count }}' }] }, '/Variable must be string'],
    [{ Default: 'other', Choices: [{ NextStep: 'other', And: [] }] }, "required property 'Variable'"],
    [{ Default: 'other', Choices: [{ NextStep: 'other', Or: [choice] }] }, 'fewer than 2 items'],
    [{ Default: 'other', Choices: [{ NextStep: 'other', Or: [choice, choice] }] }, 'properties: "NextStep"'],
  ])('aws:branch: %j are refused', async (inputs, reason) => {
    const step = { name: 'choose', action: 'aws:branch', inputs };

    expect(await refusalOfSteps(step, scriptStep('other'))).toContain(reason);
  });
});

/** Runs a document with one parameter and gives its value, as the only step sees it. */
const valueFor = async (definition: object, given?: readonly string[]): Promise<unknown> => {
  let seen: unknown;
  const one = ({ x }: Readonly<Record<string, unknown>>) => {
    seen = x;
  };
  const parameters = { Param: definition };
  await runDocument(
    documentOf([scriptStep('one', {}, { x: '{{ Param }}' })], { parameters }),
    automationWith({ one }, { parameters: given ? { Param: given } : {} }),
  );
  return seen;
};

describe('a parameter', () => {
  const longest = 'x'.repeat(512);

  it.each([
    [{ type: 'String' }, ['a'], 'a'],
    [{ type: 'String', default: 'b' }, undefined, 'b'],
    [{ type: 'String', default: 'b' }, ['a'], 'a'],
    [{ type: 'String' }, [longest], longest],
    [{ type: 'StringList' }, ['a', 'b'], ['a', 'b']],
    [{ type: 'StringList' }, [], []],
    [{ type: 'Integer' }, ['-3'], -3],
    [{ type: 'AWS::IAM::Role::Arn' }, [ROLE], ROLE],
    [{ type: 'String', allowedValues: ['a', 'b'] }, ['b'], 'b'],
    [{ type: 'Integer', allowedValues: [1, 2] }, ['2'], 2],
    [{ type: 'StringList', allowedValues: [['a', 'b'], ['c']] }, ['a', 'b'], ['a', 'b']],
    [{ type: 'String', allowedPattern: '^(?:a|b)[\\w/.-]*$' }, ['b/x-1'], 'b/x-1'],
    [{ type: 'StringList', allowedPattern: '^[ab]$' }, ['a', 'b'], ['a', 'b']],
  ])('%j takes %j', async (definition, given, value) => {
    expect(await valueFor(definition, given)).toEqual(value);
  });

  it.each([
    [{ type: 'String' }, undefined, 'Param has no default and was not given'],
    [{ type: 'String' }, [''], 'Param must NOT have fewer than 1 characters'],
    [{ type: 'String' }, ['x'.repeat(513)], 'more than 512 characters'],
    [{ type: 'String' }, ['a', 'b'], 'must be string'],
    [{ type: 'String' }, [], 'must be string'],
    [{ type: 'String' }, ['{{ global:REGION }}'], 'must match pattern'],
    [{ type: 'StringList' }, ['a', ''], 'Param/1 must NOT have fewer than 1 characters'],
    [{ type: 'StringList' }, Array(51).fill('a'), 'more than 50 items'],
    [{ type: 'Integer' }, ['1.5'], 'must be integer'],
    [{ type: 'AWS::IAM::Role::Arn' }, ['arn:aws:iam::111122223333:user/a'], 'must match pattern'],
    [{ type: 'String', allowedValues: ['a'] }, ['A'], 'one of the allowed values: ["a"]'],
    [{ type: 'StringList', allowedValues: [['a', 'b']] }, ['a'], 'one of the allowed values'],
    [{ type: 'String', allowedPattern: '^[ab]$' }, ['c'], 'must match pattern "^[ab]$"'],
    [{ type: 'StringList', allowedPattern: '^[ab]$' }, ['a', 'c'], 'Param/1 must match pattern "^[ab]$"'],
  ])('%j refuses %j', async (definition, given, message) => {
    await expect(valueFor(definition, given)).rejects.toThrow(message);
  });

  it.each([
    [{}, "required property 'type'"],
    [{ type: 'Boolean' }, 'value of tag "type" must be in oneOf'],
    [{ type: 'String', displayType: 'textarea' }, 'additional properties: "displayType"'],
    [{ type: 'String', minChars: 2 }, 'additional properties: "minChars"'],
    [{ type: 'Integer', allowedPattern: '^1$' }, 'additional properties: "allowedPattern"'],
    [{ type: 'String', default: '' }, '/default must'],
    [{ type: 'String', default: 5 }, '/default must be string'],
    [{ type: 'Integer', default: '5' }, '/default must be integer'],
    [{ type: 'StringList', default: 'a' }, '/default must be array'],
    [{ type: 'String', default: 'c', allowedValues: ['a'] }, 'default must be equal to one of'],
    [{ type: 'String', default: 'c', allowedPattern: '^a$' }, 'default must match pattern'],
    [{ type: 'String', allowedValues: [1] }, '/allowedValues/0 must be string'],
    [{ type: 'String', allowedPattern: '[ab]' }, 'should begin with ^ and end with $'],
    [{ type: 'String', allowedPattern: '^a\\$' }, 'should begin with ^ and end with $'],
    [{ type: 'String', allowedPattern: '^a|b$' }, 'has alternatives outside a group'],
    [{ type: 'String', allowedPattern: '^(?!a).*$' }, 'has what RE2 lacks'],
    [{ type: 'String', allowedPattern: '^(a)\\1$' }, 'has what RE2 lacks'],
    [{ type: 'String', allowedPattern: '^\\Aa$' }, 'has what RE2 lacks'],
    [{ type: 'String', allowedPattern: '^[[:alpha:]]$' }, 'has what RE2 lacks'],
    [{ type: 'String', allowedPattern: '^a{1,2000}$' }, 'repeats more than 1000 times'],
    [{ type: 'String', allowedPattern: '^(a$' }, 'is no regular expression'],
  ])('%j is refused', async (definition, message) => {
    await expect(valueFor(definition, ['a'])).rejects.toThrow(message);
  });

  it.each(['a-b', 'a.b', '', 'x'.repeat(51)])('named %j is refused', async (name) => {
    const parameters = { [name]: { type: 'String', default: 'a' } };

    expect(await refusalOf(documentOf([scriptStep('one')], { parameters }))).toContain(
      'document/parameters must match pattern',
    );
  });

  it('that does not exist is refused', async () => {
    const run = runDocument(
      documentOf([scriptStep('one')]),
      automationWith({}, { parameters: { Other: ['a'] } }),
    );

    await expect(run).rejects.toThrow('The document has no parameter Other');
  });
});
