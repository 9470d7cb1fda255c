import { describe, expect, it, onTestFinished } from 'vitest';
import { type Automation, runDocument } from '../support/automation/run-document.js';
import {
  automationWith,
  documentOf,
  REGION,
  ranIn,
  scriptStep,
} from '../support/automation/small-documents.js';
import { type Answers, type Faults, startStandIn } from '../support/stand-in.js';

/** Runs steps against a service that answers so, and gives what it was asked. */
const runAgainst = async (
  steps: readonly unknown[],
  answers: Answers,
  { faults = () => undefined, ...overrides }: Partial<Automation> & { faults?: Faults } = {},
) => {
  const standIn = await startStandIn(() => answers, faults);
  onTestFinished(() => standIn.close());
  const parameters = {
    KeyId: { type: 'String', default: 'key-1' },
    Names: { type: 'StringList', default: ['a', 'b'] },
  };
  const execution = await runDocument(
    documentOf(steps, { parameters }),
    automationWith({}, { endpoint: standIn.url, ...overrides }),
  );
  return { execution, calls: standIn.calls };
};

const apiStep = (Service: string, Api: string, args: object = {}) => ({
  name: 'call',
  action: 'aws:executeAwsApi',
  inputs: { Service, Api, ...args },
});

const propertyStep = (action: string, fields: object = {}) => ({
  name: 'look',
  action,
  inputs: {
    Service: 'kms',
    Api: 'DescribeKey',
    KeyId: '{{ KeyId }}',
    PropertySelector: '$.KeyMetadata.KeyState',
    DesiredValues: ['Enabled', 'Disabled'],
  },
  ...fields,
});

const inState = (KeyState: unknown) => ({ KeyMetadata: { KeyState } });

describe('aws:executeAwsApi', () => {
  it.each([
    ['cloudtrail', 'UpdateTrail', 'CloudTrail_20131101'],
    ['config', 'StartConfigRulesEvaluation', 'StarlingDoveService'],
    ['kms', 'EnableKey', 'TrentService'],
    ['ssm', 'GetDocument', 'AmazonSSM'],
  ])(
    'calls %s in the automation’s Region with its arguments resolved',
    async (service, operation, target) => {
      const args = {
        Name: '{{ KeyId }}',
        Names: '{{ Names }}',
        Flag: true,
        Tags: [{ Key: 'x', Value: '{{ KeyId }}!' }],
      };

      const { execution, calls } = await runAgainst([apiStep(service, operation, args)], {
        [operation]: () => ({}),
      });

      expect(execution.status).toBe('Success');
      expect(calls).toEqual([
        {
          service: target,
          operation,
          region: REGION,
          body: { Name: 'key-1', Names: ['a', 'b'], Flag: true, Tags: [{ Key: 'x', Value: 'key-1!' }] },
        },
      ]);
    },
  );

  it('picks its outputs from the answer; what is not there gives none', async () => {
    const outputs = [
      { Name: 'Arn', Selector: '$.Trails[1].Arn', Type: 'String' },
      { Name: 'Beyond', Selector: '$.Trails[2].Arn', Type: 'String' },
      { Name: 'Length', Selector: '$.Trails.length', Type: 'Integer' },
    ];

    const { execution } = await runAgainst([{ ...apiStep('cloudtrail', 'ListTrails'), outputs }], {
      ListTrails: () => ({ Trails: [{ Arn: 'a' }, { Arn: 'b' }] }),
    });

    expect(execution.steps[0]?.outputs).toEqual({ Arn: ['b'] });
  });

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
    const { execution } = await runAgainst(
      [apiStep('cloudtrail', 'UpdateTrail')],
      {},
      { faults: () => fault },
    );

    expect(ranIn(execution)).toEqual(['call Failed']);
    expect(execution.failureMessage).toContain(message);
  });

  it('calls again as often as maxAttempts says', async () => {
    const { execution, calls } = await runAgainst(
      [{ ...apiStep('cloudtrail', 'UpdateTrail'), maxAttempts: 3 }],
      { UpdateTrail: () => ({}) },
      { faults: (_, earlier) => (earlier < 2 ? 'throttle' : undefined) },
    );

    expect(calls.length).toBe(3);
    expect(execution.steps[0]).toMatchObject({ status: 'Success', attempts: 3 });
  });
});

describe('aws:assertAwsResourceProperty', () => {
  const STEP = propertyStep('aws:assertAwsResourceProperty');

  it('succeeds with a desired value', async () => {
    const { execution, calls } = await runAgainst([STEP], { DescribeKey: () => inState('Disabled') });

    expect(execution.status).toBe('Success');
    expect(calls.map(({ body }) => body)).toEqual([{ KeyId: 'key-1' }]);
  });

  it.each(['PendingDeletion', undefined])('fails with %s', async (state) => {
    const { execution } = await runAgainst([STEP], { DescribeKey: () => inState(state) });

    expect(execution.status).toBe('Failed');
    expect(execution.failureMessage).toContain(
      `Property value: ${state ?? 'null'}. Desired values: ["Enabled"`,
    );
  });

  it('refuses to compare what is no text', async () => {
    await expect(runAgainst([STEP], { DescribeKey: () => inState(true) })).rejects.toThrow(
      'only texts are compared',
    );
  });
});

describe('aws:waitForAwsResourceProperty', () => {
  const WAIT = 'aws:waitForAwsResourceProperty';

  /** Answers with one state after another, the last for ever, and counts the seconds that are slept. */
  const waitFor = async (
    states: readonly string[],
    fields: object = {},
    faults: Faults = () => undefined,
  ) => {
    let seconds = 0;
    let asked = 0;
    const sleep = async (count: number) => {
      seconds += count;
    };
    const DescribeKey = () => inState(states[Math.min(asked++, states.length - 1)]);
    const { execution, calls } = await runAgainst(
      [propertyStep(WAIT, fields), scriptStep('after')],
      { DescribeKey },
      { sleep, now: () => seconds * 1000, faults },
    );
    return { execution, polls: calls.length, seconds };
  };

  it('does not sleep when it finds the value at once', async () => {
    const { execution, polls, seconds } = await waitFor(['Enabled']);

    expect(execution.status).toBe('Success');
    expect([polls, seconds]).toEqual([1, 0]);
  });

  it('polls every ten seconds', async () => {
    const { execution, polls, seconds } = await waitFor(['PendingDeletion', 'PendingDeletion', 'Disabled']);

    expect(execution.status).toBe('Success');
    expect([polls, seconds]).toEqual([3, 20]);
  });

  it.each([
    [{ timeoutSeconds: 25 }, 3, 25],
    [{ timeoutSeconds: 30 }, 3, 30],
    [{}, 360, 3600],
  ])('times out with %j', async (fields, polls, seconds) => {
    const waited = await waitFor(['PendingDeletion'], fields);

    expect(waited.execution.status).toBe('TimedOut');
    expect(ranIn(waited.execution)).toEqual(['look TimedOut']);
    expect(waited.execution.failureMessage).toContain('while the property was PendingDeletion');
    expect([waited.polls, waited.seconds]).toEqual([polls, seconds]);
  });

  it('has failed when it timed out, for onFailure', async () => {
    const { execution } = await waitFor(['PendingDeletion'], { timeoutSeconds: 5, onFailure: 'step:after' });

    expect(ranIn(execution)).toEqual(['look TimedOut', 'after Success']);
    expect(execution.status).toBe('TimedOut');
  });

  it('fails when a poll is refused', async () => {
    const { execution, polls } = await waitFor(['PendingDeletion'], {}, (_, earlier) =>
      earlier > 0 ? 'denied' : undefined,
    );

    expect(execution.failureMessage).toContain(
      '(AccessDeniedException) when calling the DescribeKey operation',
    );
    expect(polls).toBe(2);
  });
});
