import { describe, expect, it, onTestFinished } from 'vitest';
import { runDocument } from '../support/automation/run-document.js';
import {
  automationWith,
  branchStep,
  documentOf,
  output,
  REGION,
  ranIn,
  runSteps,
  scriptStep,
} from '../support/automation/small-documents.js';
import type { Automation, StepRun } from '../support/automation/types.js';
import { type Answers, type Faults, startStandIn } from '../support/stand-in.js';

const fails = () => new Error('no');
const NO_OUTPUT = ['No output available yet because the step is not successfully executed'];

describe('the order of steps', () => {
  it('is that of the document, and ends in success', async () => {
    const execution = await runSteps([scriptStep('one'), scriptStep('two')]);

    expect(execution.status).toBe('Success');
    expect(ranIn(execution)).toEqual(['one Success', 'two Success']);
    expect(execution).not.toHaveProperty('failureMessage');
  });

  it('goes on at nextStep after a success, and ends at isEnd', async () => {
    const steps = [
      branchStep('zero', { NextStep: 'last', Variable: '{{ Mode }}', StringEquals: 'a' }),
      scriptStep('last', { isEnd: true }),
      scriptStep('other', { nextStep: 'last' }),
    ];
    const parameters = { Mode: { type: 'String', default: 'b' } };

    const execution = await runSteps(steps, {}, { parameters });

    expect(execution.status).toBe('Success');
    expect(ranIn(execution)).toEqual(['zero Success', 'last Success', 'other Success']);
  });

  it.each([
    { does: 'ends in failure by default', fields: {}, status: 'Failed' },
    { does: 'ends in failure with Abort', fields: { onFailure: 'Abort' }, status: 'Failed' },
    {
      does: 'ends in success with Continue',
      fields: { onFailure: 'Continue', isEnd: true },
      status: 'Success',
    },
  ])('$does after a failure', async ({ fields, status }) => {
    const execution = await runSteps([scriptStep('one', fields)], { one: fails });

    expect(execution.status).toBe(status);
    expect(ranIn(execution)).toEqual(['one Failed']);
    expect(execution.failureMessage).toBe(status === 'Failed' ? 'Error: no' : undefined);
  });

  it('goes on at the step of onFailure after a failure, and ends in failure', async () => {
    const steps = [
      scriptStep('one', { onFailure: 'step:undo' }),
      scriptStep('two', { isEnd: true }),
      scriptStep('undo'),
    ];

    const execution = await runSteps(steps, { one: fails });

    expect(execution).toMatchObject({ status: 'Failed', failureMessage: 'Error: no' });
    expect(ranIn(execution)).toEqual(['one Failed', 'undo Success']);
  });

  it('is shown at each change', async () => {
    const shown: string[] = [];
    const onStep = (steps: readonly StepRun[]) => shown.push(steps.map(({ status }) => status).join(' '));

    await runDocument(documentOf([scriptStep('one'), scriptStep('two')]), automationWith({}, { onStep }));

    expect(shown).toEqual(['InProgress Pending', 'Success Pending', 'Success InProgress', 'Success Success']);
  });
});

describe('values', () => {
  it('keep their type where a reference is the whole text, and are text within one', async () => {
    const parameters = {
      Name: { type: 'String', default: 'audit' },
      Names: { type: 'StringList', default: ['a', 'b'] },
      Count: { type: 'Integer', default: 3 },
    };
    const payload = {
      names: '{{Names}}',
      nested: { count: '{{ Count }}', list: ['x{{ Count }}'] },
      text: '{{ Name }} in {{ global:REGION }}, {{ global:ACCOUNT_ID }}, {{ global:AWS_PARTITION }}',
      fixed: 7,
    };
    let seen: unknown;
    const one = (events: unknown) => {
      seen = events;
    };

    await runSteps([scriptStep('one', {}, payload)], { one }, { parameters });

    expect(seen).toEqual({
      names: ['a', 'b'],
      nested: { count: 3, list: ['x3'] },
      text: 'audit in eu-west-1, 111122223333, aws',
      fixed: 7,
    });
  });

  it('of outputs are given to later steps, and shown', async () => {
    const outputs = [output('x'), output('deep', '$.Payload.a.b')];
    let seen: unknown;

    const execution = await runSteps(
      [scriptStep('one', { outputs }), scriptStep('two', {}, { x: '{{ one.x }}', deep: '{{ one.deep }}' })],
      {
        one: () => ({ x: 'y', a: { b: 'z' } }),
        two: (events) => {
          seen = events;
        },
      },
      { outputs: ['one.x'] },
    );

    expect(seen).toEqual({ x: 'y', deep: 'z' });
    expect(execution.outputs).toEqual({ 'one.x': ['y'] });
  });

  it.each(['', 'x'.repeat(513), 5, true, ['a'], { k: 1 }])(
    'of outputs that are %j are refused',
    async (x) => {
      const run = runSteps([scriptStep('one', { outputs: [output('x')] })], { one: () => ({ x }) });

      await expect(run).rejects.toThrow('Output one.x should be a text of 1 to 512 characters');
    },
  );

  it('of outputs may have 512 characters', async () => {
    const x = '\u{1F511}'.repeat(512);

    const { steps } = await runSteps([scriptStep('one', { outputs: [output('x')] })], { one: () => ({ x }) });

    expect(steps[0]?.outputs).toEqual({ x: [x] });
  });

  it.each([{}, { x: null }])('that are missing fail the step that refers to them: %j', async (payload) => {
    const execution = await runSteps(
      [scriptStep('one', { outputs: [output('x')] }), scriptStep('two', {}, { x: '{{ one.x }}' })],
      { one: () => payload },
      { outputs: ['one.x'] },
    );

    expect(ranIn(execution)).toEqual(['one Success', 'two Failed']);
    expect(execution.failureMessage).toContain('{{ one.x }} has no value');
    expect(execution.outputs).toEqual({ 'one.x': NO_OUTPUT });
  });
});

it('assumes a role that is named by system variables', async () => {
  const assumeRole = 'arn:{{ global:AWS_PARTITION }}:iam::{{ global:ACCOUNT_ID }}:role/x-{{ global:REGION }}';

  const { status } = await runDocument(
    documentOf([scriptStep('one')], { assumeRole }),
    automationWith({}, { partition: 'aws-us-gov', region: 'us-gov-west-1' }),
  );

  expect(status).toBe('Success');
});

describe('a branch', () => {
  const chosen = async (choice: object, mode: string) => {
    const steps = [
      branchStep('choose', { NextStep: 'end', ...choice }),
      scriptStep('other', { isEnd: true }),
      scriptStep('end'),
    ];
    const parameters = { Mode: { type: 'String', default: mode } };
    return ranIn(await runSteps(steps, {}, { parameters })).at(-1);
  };
  const equals = (StringEquals: string) => ({ Variable: '{{ Mode }}', StringEquals });

  it.each([
    [equals('Apply'), 'Apply', 'end'],
    [equals('Apply'), 'apply', 'other'],
    [{ Or: [equals('a'), equals('b')] }, 'b', 'end'],
    [{ Or: [equals('a'), equals('b')] }, 'c', 'other'],
  ])('on %j goes with %s to %s', async (choice, mode, step) => {
    expect(await chosen(choice, mode)).toBe(`${step} Success`);
  });

  it('fails where its variable has no value', async () => {
    const steps = [
      scriptStep('one', { outputs: [output('x')] }),
      branchStep('choose', { NextStep: 'other', Variable: '{{ one.x }}', StringEquals: 'a' }),
      scriptStep('other'),
    ];

    expect(ranIn(await runSteps(steps, { one: () => ({}) }))).toEqual(['one Success', 'choose Failed']);
  });
});

describe('a script', () => {
  it('gets its text, handler, runtime and payload', async () => {
    const seen: unknown[] = [];
    const runScript: Automation['runScript'] = async (script) => {
      seen.push(script);
      return { payload: null };
    };

    await runDocument(documentOf([scriptStep('one', {}, { a: 1 })]), automationWith({}, { runScript }));

    expect(seen).toEqual([
      {
        step: 'one',
        text: 'def main(events, context):\n  return events\n',
        handler: 'main',
        runtime: 'python3.11',
        payload: { a: 1 },
      },
    ]);
  });

  it.each([
    { how: 'as long as it may', fields: {}, seconds: 600, result: {}, status: 'Success' },
    { how: 'longer than it may', fields: {}, seconds: 601, result: {}, status: 'TimedOut' },
    {
      how: 'longer than it says',
      fields: { timeoutSeconds: 30 },
      seconds: 31,
      result: {},
      status: 'TimedOut',
    },
    { how: 'too long and fails', fields: {}, seconds: 601, result: fails(), status: 'TimedOut' },
  ])('that takes $how ends in $status', async ({ fields, seconds, result, status }) => {
    let now = 0;
    const one = () => {
      now += seconds * 1000;
      return result;
    };

    const execution = await runDocument(
      documentOf([scriptStep('one', fields)]),
      automationWith({ one }, { now: () => now }),
    );

    expect(execution.steps[0]?.status).toBe(status);
    expect(execution.status).toBe(status);
  });

  it('may not return more than SSM keeps', async () => {
    const run = runSteps([scriptStep('one')], { one: () => 'x'.repeat(102_399) });

    await expect(run).rejects.toThrow('Step one returned 102401 bytes; SSM keeps 102400.');
  });
});

describe('an approval', () => {
  const step = {
    name: 'ask',
    action: 'aws:approve',
    timeoutSeconds: 60,
    inputs: {
      Message: 'Restore {{ Key }}?',
      Approvers: '{{ Approvers }}',
      MinRequiredApprovals: '{{ Required }}',
    },
  };
  const document = documentOf([step, scriptStep('end')], {
    parameters: {
      Key: { type: 'String', default: 'the key' },
      Approvers: { type: 'StringList', default: ['alice', 'bob'] },
      Required: { type: 'Integer', default: 2 },
    },
  });

  it('waits for an answer, and goes on when it is Approved', async () => {
    const asked: unknown[] = [];
    const shown: (string | undefined)[] = [];
    const approve: Automation['approve'] = async (request) => {
      asked.push(request);
      return 'Approved';
    };

    const execution = await runDocument(
      document,
      automationWith({}, { approve, onStep: ([first]) => shown.push(first?.status) }),
    );

    expect(asked).toEqual([
      { step: 'ask', message: 'Restore the key?', approvers: ['alice', 'bob'], required: 2 },
    ]);
    expect(shown).toContain('Waiting');
    expect(ranIn(execution)).toEqual(['ask Success', 'end Success']);
  });

  it('fails when it is rejected', async () => {
    const execution = await runDocument(document, automationWith({}, { approve: async () => 'Rejected' }));

    expect(execution.failureMessage).toBe('The approval was rejected.');
    expect(ranIn(execution)).toEqual(['ask Failed']);
  });

  it('is refused where there is nobody to ask', async () => {
    await expect(runDocument(document, automationWith())).rejects.toThrow('there is nobody to ask');
  });

  it.each([
    ['Required', ['3'], 'MinRequiredApprovals is 3, and there are 2 Approvers'],
    ['Required', ['0'], '/MinRequiredApprovals must be >= 1'],
    ['Approvers', [], '/Approvers must NOT have fewer than 1 items'],
    ['Approvers', Array(11).fill('x'), '/Approvers must NOT have more than 10 items'],
  ])('fails before it asks when %s is %j', async (name, values, message) => {
    const approve = async () => {
      throw new Error('asked');
    };

    const execution = await runDocument(
      document,
      automationWith({}, { approve, parameters: { [name]: values } }),
    );

    expect(execution.status).toBe('Failed');
    expect(execution.failureMessage).toContain(message);
  });
});

/** Runs steps against a service that answers so, and gives what it was asked. */
const runAgainst = async (
  steps: readonly unknown[],
  answers: Answers,
  { faults = () => undefined, ...overrides }: Partial<Automation> & { faults?: Faults } = {},
) => {
  const standIn = await startStandIn(() => answers, faults);
  onTestFinished(() => standIn.close());
  const execution = await runDocument(
    documentOf(steps, {
      parameters: {
        Name: { type: 'String', default: 'audit' },
        Names: { type: 'StringList', default: ['a', 'b'] },
      },
    }),
    automationWith({}, { endpoint: standIn.url, ...overrides }),
  );
  return { execution, calls: standIn.calls };
};

const apiStep = (fields: object = {}, inputs: object = {}) => ({
  name: 'call',
  action: 'aws:executeAwsApi',
  inputs: { Service: 'cloudtrail', Api: 'UpdateTrail', ...inputs },
  ...fields,
});

describe('aws:executeAwsApi', () => {
  it.each([
    ['cloudtrail', 'UpdateTrail', 'CloudTrail_20131101'],
    ['config', 'StartConfigRulesEvaluation', 'StarlingDoveService'],
  ])(
    'calls %s in the Region of the automation with its arguments resolved',
    async (Service, Api, service) => {
      const args = { Name: '{{ Name }}', Names: '{{ Names }}', Flag: true, Tags: [{ Value: '{{ Name }}!' }] };

      const { execution, calls } = await runAgainst([apiStep({}, { Service, Api, ...args })], {
        [Api]: () => ({}),
      });

      const body = { Name: 'audit', Names: ['a', 'b'], Flag: true, Tags: [{ Value: 'audit!' }] };
      expect(execution.status).toBe('Success');
      expect(calls).toMatchObject([{ service, operation: Api, region: REGION, body }]);
    },
  );

  it.each([
    [
      'throttle',
      'An error occurred (ThrottlingException) when calling the UpdateTrail operation: Rate exceeded',
    ],
    [
      'server-error',
      'An error occurred (InternalFailure) when calling the UpdateTrail operation: Something broke',
    ],
    [
      { error: 'com.amazonaws.cloudtrail#KmsException', message: 'The key is disabled.' },
      'An error occurred (KmsException) when calling the UpdateTrail operation: The key is disabled.',
    ],
    ['malformed', 'The answer to UpdateTrail could not be parsed.'],
    ['reset', 'Connection was closed before we received a valid response from endpoint URL'],
  ] as const)('fails on %j, in words like those of the SDK', async (fault, message) => {
    const { execution } = await runAgainst([apiStep()], {}, { faults: () => fault });

    expect(ranIn(execution)).toEqual(['call Failed']);
    expect(execution.failureMessage).toContain(message);
  });

  it.each([
    [2, { status: 'Success', attempts: 3 }],
    [3, { status: 'Failed', attempts: 3 }],
  ])('calls again as often as maxAttempts says: %i faults', async (count, step) => {
    const { execution, calls } = await runAgainst(
      [apiStep({ maxAttempts: 3 })],
      { UpdateTrail: () => ({}) },
      { faults: (_, earlier) => (earlier < count ? 'throttle' : undefined) },
    );

    expect(calls.length).toBe(3);
    expect(execution.steps[0]).toMatchObject(step);
  });
});

describe('a property of an answer', () => {
  const propertyStep = (action: string, fields: object = {}) => ({
    ...apiStep(fields, {
      Api: 'GetTrail',
      Name: '{{ Name }}',
      PropertySelector: '$.Trail.Key',
      DesiredValues: ['x', 'y'],
    }),
    action,
  });
  const trailWith = (Key: unknown) => () => ({ Trail: { Key } });

  /** Answers with one value after another, the last one permanently, and counts the seconds that are slept. */
  const waitFor = async (keys: readonly string[], fields: object = {}, faults: Faults = () => undefined) => {
    let seconds = 0;
    let asked = 0;
    const { execution, calls } = await runAgainst(
      [propertyStep('aws:waitForAwsResourceProperty', { timeoutSeconds: 30, ...fields })],
      { GetTrail: () => trailWith(keys[Math.min(asked++, keys.length - 1)])() },
      {
        sleep: async (count) => {
          seconds += count;
        },
        now: () => seconds * 1000,
        faults,
      },
    );
    return { execution, polls: calls.length, seconds };
  };

  it('is desired: the step succeeds', async () => {
    const { execution, calls } = await runAgainst([propertyStep('aws:assertAwsResourceProperty')], {
      GetTrail: trailWith('y'),
    });

    expect(execution.status).toBe('Success');
    expect(calls.map(({ body }) => body)).toEqual([{ Name: 'audit' }]);
  });

  it.each(['z', undefined])('is %s and not desired: the step fails', async (key) => {
    const { execution } = await runAgainst([propertyStep('aws:assertAwsResourceProperty')], {
      GetTrail: trailWith(key),
    });

    expect(execution.status).toBe('Failed');
    expect(execution.failureMessage).toContain(`Property value: ${key ?? 'null'}. Desired values: ["x","y"]`);
  });

  it('that is no text is not compared', async () => {
    const run = runAgainst([propertyStep('aws:assertAwsResourceProperty')], { GetTrail: trailWith(true) });

    await expect(run).rejects.toThrow('only texts are compared');
  });

  it.each([
    { keys: ['x'], fields: {}, ends: { polls: 1, seconds: 0, execution: { status: 'Success' } } },
    { keys: ['z', 'z', 'x'], fields: {}, ends: { polls: 3, seconds: 20, execution: { status: 'Success' } } },
    {
      keys: ['z'],
      fields: { timeoutSeconds: 25 },
      ends: { polls: 3, seconds: 25, execution: { status: 'TimedOut' } },
    },
    { keys: ['z'], fields: {}, ends: { polls: 3, seconds: 30, execution: { status: 'TimedOut' } } },
  ])('is waited for, with polls every ten seconds: $keys $fields', async ({ keys, fields, ends }) => {
    expect(await waitFor(keys, fields)).toMatchObject(ends);
  });

  it('is not waited for where a poll is refused', async () => {
    const denied: Faults = (_, earlier) => (earlier > 0 ? 'denied' : undefined);

    const { execution, polls } = await waitFor(['z'], {}, denied);

    expect(execution.failureMessage).toContain('(AccessDeniedException) when calling the GetTrail operation');
    expect(polls).toBe(2);
  });
});
