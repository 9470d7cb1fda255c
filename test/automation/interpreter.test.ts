import { describe, expect, it } from 'vitest';
import { runDocument, type StepRun } from '../support/automation/run-document.js';
import {
  ACCOUNT,
  automationWith,
  branchStep,
  documentOf,
  output,
  ranIn,
  runSteps,
  scriptStep,
} from '../support/automation/small-documents.js';

const fails = () => new Error('no');
const NO_OUTPUT = ['No output available yet because the step is not successfully executed'];

describe('the way through the steps', () => {
  it('follows the order of the document and ends in success', async () => {
    const execution = await runSteps([scriptStep('one'), scriptStep('two')]);

    expect(execution.status).toBe('Success');
    expect(ranIn(execution)).toEqual(['one Success', 'two Success']);
    expect(execution).not.toHaveProperty('failureMessage');
  });

  it('goes to nextStep after a success', async () => {
    const steps = [scriptStep('one', { nextStep: 'three' }), scriptStep('two'), scriptStep('three')];

    expect(ranIn(await runSteps(steps))).toEqual(['one Success', 'three Success']);
  });

  it.each([
    ['Success', {}],
    ['Failed', { one: fails }],
  ])('ends at isEnd after a step that is %s', async (stepStatus, scripts) => {
    const steps = [scriptStep('one', { isEnd: true, onFailure: 'Continue' }), scriptStep('two')];

    const execution = await runSteps(steps, scripts);

    expect(execution.status).toBe('Success');
    expect(ranIn(execution)).toEqual([`one ${stepStatus}`]);
  });

  it.each([{}, { onFailure: 'Abort' }])(
    'aborts on failure, by default and when told (%o)',
    async (fields) => {
      const execution = await runSteps(
        [scriptStep('one', { ...fields, nextStep: 'two' }), scriptStep('two')],
        {
          one: fails,
        },
      );

      expect(execution.status).toBe('Failed');
      expect(execution.failureMessage).toBe('Error: no');
      expect(ranIn(execution)).toEqual(['one Failed']);
      expect(execution.steps[1]?.status).toBe('Pending');
    },
  );

  it.each([
    ['is a success in all, as such a step is not critical', {}, 'Success'],
    ['is a failure in all where the step is critical', { isCritical: true }, 'Failed'],
  ])('goes on after a failure with Continue, which %s', async (_, fields, status) => {
    const execution = await runSteps(
      [scriptStep('one', { onFailure: 'Continue', ...fields }), scriptStep('two')],
      {
        one: fails,
      },
    );

    expect(execution.status).toBe(status);
    expect(ranIn(execution)).toEqual(['one Failed', 'two Success']);
  });

  it.each([
    ['stays Failed, as the step is critical', {}, 'Failed'],
    ['ends in Success where the step is not critical', { isCritical: false }, 'Success'],
  ])('goes to the step of onFailure, and %s', async (_, fields, status) => {
    const steps = [
      scriptStep('work', { onFailure: 'step:undo', nextStep: 'report', ...fields }),
      scriptStep('report', { isEnd: true }),
      scriptStep('undo'),
    ];

    const execution = await runSteps(steps, { work: fails });

    expect(execution.status).toBe(status);
    expect(ranIn(execution)).toEqual(['work Failed', 'undo Success']);
  });

  it('attempts a step again until it succeeds', async () => {
    let calls = 0;
    const scripts = {
      one: () => {
        calls += 1;
        return calls < 3 ? new Error('not yet') : {};
      },
    };

    const { status, steps } = await runSteps([scriptStep('one', { maxAttempts: 3 })], scripts);

    expect(status).toBe('Success');
    expect(steps[0]).toMatchObject({ status: 'Success', attempts: 3 });
    expect(steps[0]).not.toHaveProperty('failureMessage');
  });

  it('attempts a step no more often than it says, and once by default', async () => {
    const steps = [
      scriptStep('one', { maxAttempts: 2, onFailure: 'Continue' }),
      scriptStep('two', { onFailure: 'Continue' }),
    ];

    const execution = await runSteps(steps, { one: fails, two: fails });

    expect(execution.steps.map(({ attempts }) => attempts)).toEqual([2, 1]);
  });

  it('shows all steps at each change', async () => {
    const shown: string[] = [];
    const onStep = (steps: readonly StepRun[]) => shown.push(steps.map(({ status }) => status).join(' '));

    await runDocument(documentOf([scriptStep('one'), scriptStep('two')]), automationWith({}, { onStep }));

    expect(shown).toEqual([
      'Pending Pending',
      'InProgress Pending',
      'Success Pending',
      'Success InProgress',
      'Success Success',
    ]);
  });
});

describe('values', () => {
  it('keeps the type of what a whole text refers to, and pastes the rest as text', async () => {
    const parameters = {
      Name: { type: 'String', default: 'audit' },
      Names: { type: 'StringList', default: ['a', 'b'] },
      Count: { type: 'Integer', default: 3 },
      Sure: { type: 'Boolean', default: true },
    };
    const payload = {
      name: '{{ Name }}',
      names: '{{Names}}',
      nested: { count: '{{ Count }}', list: ['{{ Sure }}', 'x{{ Count }}{{ Sure }}'] },
      text: '{{ Name }} in {{ global:REGION }}',
      fixed: 7,
    };
    let seen: unknown;

    await runSteps(
      [scriptStep('one', {}, payload)],
      {
        one: (events) => {
          seen = events;
        },
      },
      { parameters },
    );

    expect(seen).toEqual({
      name: 'audit',
      names: ['a', 'b'],
      nested: { count: 3, list: [true, 'x3true'] },
      text: 'audit in eu-west-1',
      fixed: 7,
    });
  });

  it('knows the system variables, the date as of when the step runs', async () => {
    const payload = {
      account: '{{ global:ACCOUNT_ID }}',
      partition: '{{ global:AWS_PARTITION }}',
      date: '{{ global:DATE }}',
      time: '{{ global:DATE_TIME }}',
      id: '{{ automation:EXECUTION_ID }}',
    };
    const seen: any[] = [];
    let now = Date.parse('2026-01-05T03:12:09.500Z');
    const run = (events: unknown) => {
      seen.push(events);
      now += 60_000;
    };

    await runDocument(
      documentOf([scriptStep('one', {}, payload), scriptStep('two', {}, payload)]),
      automationWith({ one: run, two: run }, { now: () => now }),
    );

    expect(seen[0]).toMatchObject({
      account: ACCOUNT,
      partition: 'aws',
      date: '2026-01-05',
      time: '2026-01-05_03.12.09',
    });
    expect(seen[1].time).toBe('2026-01-05_03.13.09');
    expect(seen[0].id).toMatch(/^[0-9a-f-]{36}$/);
    expect(seen[1].id).toBe(seen[0].id);
  });

  it('assumes a role that is named by system variables', async () => {
    const assumeRole =
      'arn:{{ global:AWS_PARTITION }}:iam::{{ global:ACCOUNT_ID }}:role/x-{{ global:REGION }}';

    const { status } = await runDocument(
      documentOf([scriptStep('one')], { assumeRole }),
      automationWith({}, { partition: 'aws-us-gov', region: 'us-gov-west-1' }),
    );

    expect(status).toBe('Success');
  });

  it('gives outputs of every type to later steps, and shows them as texts', async () => {
    const given = { text: 'a', list: ['b', 'c'], number: 5, flag: false, map: { k: 1 }, maps: [{ k: 2 }] };
    const outputs = [
      output('text'),
      output('list', 'StringList'),
      output('number', 'Integer'),
      output('flag', 'Boolean'),
      output('map', 'StringMap'),
      output('maps', 'MapList'),
      output('deep', 'Integer', '$.Payload.maps[0].k'),
    ];
    const names = [...Object.keys(given), 'deep'];
    const payload = Object.fromEntries(names.map((name) => [name, `{{ one.${name} }}`]));
    let seen: unknown;

    const execution = await runSteps(
      [scriptStep('one', { outputs }), scriptStep('two', {}, payload)],
      {
        one: () => given,
        two: (events) => {
          seen = events;
        },
      },
      { outputs: names.map((name) => `one.${name}`) },
    );

    expect(seen).toEqual({ ...given, deep: 2 });
    expect(execution.steps[0]?.outputs).toEqual({
      text: ['a'],
      list: ['b', 'c'],
      number: ['5'],
      flag: ['false'],
      map: ['{"k":1}'],
      maps: ['{"k":2}'],
      deep: ['2'],
    });
    expect(execution.outputs['one.list']).toEqual(['b', 'c']);
  });

  it.each([
    ['String', 5, ['5']],
    ['String', true, ['true']],
    ['String', ['a'], ['a']],
    ['Integer', '-5', ['-5']],
    ['Integer', ['5'], ['5']],
    ['Boolean', 'true', ['true']],
    ['Boolean', [false], ['false']],
    ['StringList', 'a', ['a']],
    ['StringList', 5, ['5']],
    ['StringList', [], []],
  ])('converts to %s as AWS documents: %j', async (type, value, shown) => {
    const execution = await runSteps([scriptStep('one', { outputs: [output('x', type)] })], {
      one: () => ({ x: value }),
    });

    expect(execution.steps[0]?.outputs).toEqual({ x: shown });
  });

  it.each([
    ['String', ['a', 'b']],
    ['String', { k: 1 }],
    ['String', 1.5],
    ['Integer', 'five'],
    ['Integer', 1.5],
    ['Integer', true],
    ['Boolean', 'True'],
    ['Boolean', 1],
    ['StringList', [1]],
    ['StringList', { k: 1 }],
    ['StringMap', 'text'],
    ['MapList', ['text']],
  ])('refuses a conversion to %s that AWS does not document: %j', async (type, value) => {
    const run = runSteps([scriptStep('one', { outputs: [output('x', type)] })], {
      one: () => ({ x: value }),
    });

    await expect(run).rejects.toThrow(`Output one.x should be of type ${type}`);
  });

  it.each([
    ['', 0],
    ['x'.repeat(513), 513],
  ])('refuses an output of no or too many characters', async (x, length) => {
    const run = runSteps([scriptStep('one', { outputs: [output('x')] })], { one: () => ({ x }) });

    await expect(run).rejects.toThrow(`should have 1 to 512 characters and has ${length}`);
  });

  it('takes an output of 512 characters', async () => {
    const x = '\u{1F511}'.repeat(512);

    const { steps } = await runSteps([scriptStep('one', { outputs: [output('x')] })], { one: () => ({ x }) });

    expect(steps[0]?.outputs).toEqual({ x: [x] });
  });

  it('refuses an output of more than 50 entries', async () => {
    const steps = [scriptStep('one', { outputs: [output('x', 'StringList')] })];

    await expect(runSteps(steps, { one: () => ({ x: Array(51).fill('a') }) })).rejects.toThrow(
      'at most 50 entries',
    );
  });

  it.each([{}, { x: null }, { y: 1 }])('has no output where the value is missing: %j', async (payload) => {
    const execution = await runSteps(
      [scriptStep('one', { outputs: [output('x')] })],
      { one: () => payload },
      { outputs: ['one.x'] },
    );

    expect(execution.status).toBe('Success');
    expect(execution.steps[0]?.outputs).toEqual({});
    expect(execution.outputs).toEqual({ 'one.x': NO_OUTPUT });
  });

  it('shows what SSM shows for the outputs of steps that failed or did not run', async () => {
    const outputs = [output('x')];

    const execution = await runSteps(
      [scriptStep('one', { outputs }), scriptStep('two', { outputs })],
      { one: fails },
      { outputs: ['one.x', 'two.x'] },
    );

    expect(execution.outputs).toEqual({ 'one.x': NO_OUTPUT, 'two.x': NO_OUTPUT });
  });

  it.each([
    ['failed', [scriptStep('one', { onFailure: 'Continue', outputs: [output('x')] })]],
    ['does not run before it', []],
  ])('fails a step that refers to the output of one that %s', async (_, before) => {
    const after = before.length > 0 ? [] : [scriptStep('one', { outputs: [output('x')] })];
    const payload = { x: '{{ one.x }}' };

    const execution = await runSteps([...before, scriptStep('two', {}, payload), ...after], { one: fails });

    expect(execution.status).toBe('Failed');
    expect(execution.failureMessage).toContain('{{ one.x }} has no value');
  });
});

describe('a branch', () => {
  const PARAMETERS = {
    Mode: { type: 'String', default: 'Apply' },
    Count: { type: 'Integer', default: 5 },
    Sure: { type: 'Boolean', default: true },
  };
  const taken = async (condition: object, fields: object = {}) => {
    const steps = [
      branchStep('choose', { NextStep: 'chosen', ...condition }, { ...fields }),
      scriptStep('other', { isEnd: true }),
      scriptStep('chosen'),
    ];
    return ranIn(await runSteps(steps, {}, { parameters: PARAMETERS }));
  };

  it.each([
    { Variable: '{{ Mode }}', operator: 'StringEquals', met: 'Apply', unmet: 'apply' },
    { Variable: '{{ Mode }}', operator: 'EqualsIgnoreCase', met: 'APPLY', unmet: 'APPLIES' },
    { Variable: '{{ Mode }}', operator: 'StartsWith', met: 'App', unmet: 'ply' },
    { Variable: '{{ Mode }}', operator: 'EndsWith', met: 'ply', unmet: 'App' },
    { Variable: '{{ Mode }}', operator: 'Contains', met: 'ppl', unmet: 'pal' },
    { Variable: '{{ Count }}', operator: 'NumericEquals', met: 5, unmet: 4 },
    { Variable: '{{ Count }}', operator: 'NumericGreater', met: 4, unmet: 5 },
    { Variable: '{{ Count }}', operator: 'NumericLesser', met: 6, unmet: 5 },
    { Variable: '{{ Count }}', operator: 'NumericGreaterOrEquals', met: 5, unmet: 6 },
    { Variable: '{{ Count }}', operator: 'NumericLesserOrEquals', met: 5, unmet: 4 },
    { Variable: '{{ Sure }}', operator: 'BooleanEquals', met: true, unmet: false },
  ])('compares $Variable by $operator', async ({ Variable, operator, met, unmet }) => {
    expect(await taken({ Variable, [operator]: met })).toEqual(['choose Success', 'chosen Success']);
    expect(await taken({ Variable, [operator]: unmet })).toEqual(['choose Success', 'other Success']);
  });

  const YES = { Variable: '{{ Sure }}', BooleanEquals: true };
  const NO = { Variable: '{{ Sure }}', BooleanEquals: false };

  it.each([
    [{ And: [YES, YES] }, true],
    [{ And: [YES, NO] }, false],
    [{ Or: [NO, YES] }, true],
    [{ Or: [NO, NO] }, false],
    [{ Not: NO }, true],
    [{ Not: YES }, false],
    [{ And: [{ Or: [NO, YES] }, { Not: { And: [YES, NO] } }] }, true],
  ])('combines %j', async (condition, met) => {
    expect((await taken(condition)).at(-1)).toBe(met ? 'chosen Success' : 'other Success');
  });

  it('takes the first of several choices that are met', async () => {
    const Choices = [
      { NextStep: 'three', ...NO },
      { NextStep: 'two', ...YES },
      { NextStep: 'three', ...YES },
    ];
    const steps = [
      { name: 'choose', action: 'aws:branch', inputs: { Choices } },
      scriptStep('two', { isEnd: true }),
      scriptStep('three'),
    ];

    expect(ranIn(await runSteps(steps, {}, { parameters: PARAMETERS }))).toEqual([
      'choose Success',
      'two Success',
    ]);
  });

  it('goes to its default where no choice is met', async () => {
    const inputs = { Choices: [{ NextStep: 'two', ...NO }], Default: 'three' };
    const steps = [
      { name: 'choose', action: 'aws:branch', inputs },
      scriptStep('two', { isEnd: true }),
      scriptStep('three'),
    ];

    expect(ranIn(await runSteps(steps, {}, { parameters: PARAMETERS })).at(-1)).toBe('three Success');
  });

  it('ends where no choice is met and it says isEnd', async () => {
    expect(await taken(NO, { isEnd: true })).toEqual(['choose Success']);
    expect(await taken(YES, { isEnd: true })).toEqual(['choose Success', 'chosen Success']);
  });

  it('fails where its variable has no value', async () => {
    const steps = [
      scriptStep('one', { outputs: [output('x')] }),
      branchStep('choose', { NextStep: 'end', Not: { Variable: '{{ one.x }}', StringEquals: 'a' } }),
      scriptStep('end'),
    ];

    expect(ranIn(await runSteps(steps, { one: () => ({}) }))).toEqual(['one Success', 'choose Failed']);
  });
});

describe('a script', () => {
  it('gets its text, handler, runtime and payload', async () => {
    const seen: unknown[] = [];
    const automation = automationWith();
    const runScript: typeof automation.runScript = async (script) => {
      seen.push(script);
      return { payload: null };
    };
    const { InputPayload: _, ...inputs } = scriptStep('one')['inputs'] as Record<string, unknown>;

    await runDocument(documentOf([{ name: 'one', action: 'aws:executeScript', inputs }]), {
      ...automation,
      runScript,
    });

    expect(seen).toEqual([
      { step: 'one', text: inputs['Script'], handler: 'main', runtime: 'python3.11', payload: {} },
    ]);
  });

  it.each([
    { how: 'as long as it may, unless it says so', fields: {}, seconds: 600, status: 'Success' },
    { how: 'longer than it may', fields: {}, seconds: 601, status: 'TimedOut' },
    { how: 'longer than it says', fields: { timeoutSeconds: 30 }, seconds: 31, status: 'TimedOut' },
  ])('that takes $how', async ({ fields, seconds, status }) => {
    let now = 0;
    const scripts = {
      one: () => {
        now += seconds * 1000;
      },
    };

    const execution = await runDocument(
      documentOf([scriptStep('one', fields)]),
      automationWith(scripts, { now: () => now }),
    );

    expect(execution.steps[0]?.status).toBe(status);
    expect(execution.status).toBe(status);
  });

  it('that fails after its time is up has timed out', async () => {
    let now = 0;
    const scripts = {
      one: () => {
        now += 601_000;
        return new Error('late');
      },
    };

    const execution = await runDocument(
      documentOf([scriptStep('one')]),
      automationWith(scripts, { now: () => now }),
    );

    expect(execution).toMatchObject({
      status: 'TimedOut',
      failureMessage: 'Step timed out after 600 seconds.',
    });
  });

  it('may not return more than SSM keeps', async () => {
    const run = runSteps([scriptStep('one')], { one: () => 'x'.repeat(102_399) });

    await expect(run).rejects.toThrow('Step one returned 102401 bytes; SSM keeps 102400.');
  });
});

describe('a sleep', () => {
  const slept = async (inputs: object, now = 0) => {
    const seconds: number[] = [];
    const sleep = async (count: number) => void seconds.push(count);
    const steps = [{ name: 'nap', action: 'aws:sleep', inputs }];
    const parameters = { Minutes: { type: 'Integer', default: 4 } };
    const { status } = await runDocument(
      documentOf(steps, { parameters }),
      automationWith({}, { sleep, now: () => now }),
    );
    return [status, ...seconds];
  };

  it.each([
    ['PT3S', 3],
    ['PT10M', 600],
    ['PT1H2M3S', 3723],
    ['P1DT1S', 86_401],
    ['P7D', 604_800],
    ['PT{{ Minutes }}M', 240],
  ])('lasts %s', async (Duration, seconds) => {
    expect(await slept({ Duration })).toEqual(['Success', seconds]);
  });

  it('lasts until an instant, or not at all when that has passed', async () => {
    const Timestamp = '2030-01-01T00:01:00Z';

    expect(await slept({ Timestamp }, Date.parse('2030-01-01T00:00:00Z'))).toEqual(['Success', 60]);
    expect(await slept({ Timestamp }, Date.parse('2030-01-02T00:00:00Z'))).toEqual(['Success', 0]);
  });
});

describe('an approval', () => {
  const STEP = {
    name: 'ask',
    action: 'aws:approve',
    inputs: {
      Message: 'Restore {{ Key }}?',
      Approvers: '{{ Approvers }}',
      MinRequiredApprovals: '{{ Required }}',
      NotificationArn: 'arn:aws:sns:eu-west-1:111122223333:Automation-asks',
    },
  };
  const parameters = {
    Key: { type: 'String', default: 'the key' },
    Approvers: { type: 'StringList', default: ['alice', 'bob'] },
    Required: { type: 'Integer', default: 2 },
  };
  const DOCUMENT = documentOf(
    [
      STEP,
      {
        ...branchStep('sure', {
          NextStep: 'end',
          Variable: '{{ ask.ApprovalStatus }}',
          StringEquals: 'Approved',
        }),
        isEnd: true,
      },
      scriptStep('end'),
    ],
    { parameters },
  );

  it('waits for an answer, and goes on when it is Approved', async () => {
    const asked: unknown[] = [];
    const shown: (string | undefined)[] = [];

    const execution = await runDocument(
      DOCUMENT,
      automationWith(
        {},
        {
          approve: async (request) => {
            asked.push(request);
            return 'Approved';
          },
          onStep: ([step]) => shown.push(step?.status),
        },
      ),
    );

    expect(asked).toEqual([
      { step: 'ask', message: 'Restore the key?', approvers: ['alice', 'bob'], required: 2 },
    ]);
    expect(shown).toContain('Waiting');
    expect(execution.steps[0]?.outputs).toEqual({ ApprovalStatus: ['Approved'] });
    expect(ranIn(execution)).toEqual(['ask Success', 'sure Success', 'end Success']);
  });

  it('fails when it is rejected', async () => {
    const execution = await runDocument(DOCUMENT, automationWith({}, { approve: async () => 'Rejected' }));

    expect(execution.failureMessage).toBe('The approval was rejected.');
    expect(ranIn(execution)).toEqual(['ask Failed']);
  });

  it('is refused where there is nobody to ask', async () => {
    await expect(runDocument(DOCUMENT, automationWith())).rejects.toThrow('there is nobody to ask');
  });

  it.each([
    ['Required', ['3'], 'MinRequiredApprovals is 3, and there are 2 Approvers'],
    ['Required', ['0'], 'MinRequiredApprovals should be positive'],
    ['Approvers', [], 'Approvers should have 1 to 10 entries and has 0'],
    ['Approvers', Array(11).fill('x'), 'Approvers should have 1 to 10 entries and has 11'],
  ])('fails before it asks when %s is %j', async (name, values, message) => {
    const approve = async () => {
      throw new Error('asked');
    };

    const execution = await runDocument(
      DOCUMENT,
      automationWith({}, { approve, parameters: { [name]: values } }),
    );

    expect(execution.status).toBe('Failed');
    expect(execution.failureMessage).toContain(message);
  });
});
