import { describe, expect, it } from 'vitest';
import { clientsFor } from '../../src/aws/clients.js';
import { callsWithin } from '../../src/aws/requests.js';
import { automationIn, ssmAutomations } from '../../src/aws/ssm.js';
import type { Automations } from '../../src/ports.js';
import { type Answers, type Call, startStandIn } from '../support/stand-in.js';

const ID = '00000000-0000-4000-8000-000000000000';
const OLDER_ID = '00000000-0000-4000-8000-000000000001';

/** Asks SSM as the answers have it, and gives what came and the calls that were made. */
const asking = async <T>(
  answers: Answers,
  ask: (automations: Automations) => Promise<T>,
): Promise<{ readonly result: T | Error; readonly calls: readonly Call[] }> => {
  const standIn = await startStandIn(() => answers);
  const connection = {
    clients: clientsFor({
      account: '111122223333',
      credentials: async () => ({ accessKeyId: 'AKIATEST', secretAccessKey: 'secret' }),
      maxAttempts: 1,
      endpoint: standIn.url,
      observer: {},
    }),
    call: callsWithin(10_000),
  };
  try {
    const result = await ask(ssmAutomations(connection)('eu-west-1')).catch((error: Error) => error);
    return { result, calls: [...standIn.calls] };
  } finally {
    await standIn.close();
  }
};

describe('an execution', () => {
  it('is read as SSM tells of it', () => {
    const read = automationIn(
      {
        AutomationExecutionStatus: 'Failed',
        FailureMessage: 'why',
        Outputs: { 'Assess.Reason': ['a', 'b'] },
        StepExecutions: [
          {
            StepName: 'Assess',
            StepStatus: 'Success',
            ExecutionStartTime: new Date(1000),
            ExecutionEndTime: new Date(3000),
          },
          { StepName: 'UpdateTrail', StepStatus: 'Failed', FailureMessage: 'refused' },
        ],
      },
      ID,
    );

    expect(read).toEqual({
      id: ID,
      status: 'Failed',
      failure: 'why',
      outputs: { 'Assess.Reason': 'a, b' },
      steps: [
        { name: 'Assess', status: 'Success', startedAt: 1000, endedAt: 3000, failure: undefined },
        {
          name: 'UpdateTrail',
          status: 'Failed',
          startedAt: undefined,
          endedAt: undefined,
          failure: 'refused',
        },
      ],
    });
  });

  it('of which nothing is told has not begun', () => {
    expect(automationIn({ StepExecutions: [{}] }, ID)).toMatchObject({
      status: 'Pending',
      outputs: {},
      steps: [{ name: '', status: 'Pending' }],
    });
    expect(automationIn({}, ID).steps).toEqual([]);
  });
});

describe('the outputs of an execution', () => {
  it('are those of its steps where it has none of its own', () => {
    const { outputs } = automationIn(
      { StepExecutions: [{ StepName: 'Assess', Outputs: { TrailArn: ['arn'] } }, { Outputs: { X: ['y'] } }] },
      ID,
    );

    expect(outputs).toEqual({ 'Assess.TrailArn': 'arn', '.X': 'y' });
  });
});

describe('starting', () => {
  it('that is denied says it in the words of AWS, which name the right and who lacks it', async () => {
    const message = 'User: arn:aws:iam::111122223333:user/ann is not authorized to perform: iam:PassRole';
    const { result } = await asking(
      { StartAutomationExecution: () => ({ error: 'AccessDeniedException', message }) },
      ({ start }) => start('Trailkey-BackOut', {}),
    );

    expect(String(result)).toBe(
      `AccessDeniedError: ssm:StartAutomationExecution is denied in eu-west-1: ${message}. docs/permissions.md lists what a repair needs.`,
    );
  });

  it('sends a token, so that a lost answer starts nothing twice', async () => {
    const { result, calls } = await asking(
      { StartAutomationExecution: () => ({ AutomationExecutionId: ID }) },
      ({ start }) => start('Trailkey-BackOut', { Logging: ['Keep'] }),
    );

    expect(result).toBe(ID);
    expect(calls[0]?.body).toEqual({
      DocumentName: 'Trailkey-BackOut',
      Parameters: { Logging: ['Keep'] },
      ClientToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it.each([
    [{ error: 'AutomationDefinitionNotFoundException' }, 'There is no SSM document Trailkey-BackOut'],
    [{}, 'ssm:StartAutomationExecution answered without an id'],
    [
      { error: 'InvalidAutomationExecutionParametersException' },
      'ssm:StartAutomationExecution failed in eu-west-1',
    ],
  ])('throws %j as a sentence', async (answer, words) => {
    const { result } = await asking({ StartAutomationExecution: () => answer }, ({ start }) =>
      start('Trailkey-BackOut', {}),
    );

    expect(String(result)).toContain(words);
  });
});

describe('reading', () => {
  it('throws where SSM answers nothing', async () => {
    const { result } = await asking({ GetAutomationExecution: () => ({}) }, ({ read }) => read(ID));

    expect(String(result)).toContain(`answered nothing about ${ID}`);
  });
});

describe('the latest execution', () => {
  const pages: Answers = {
    DescribeAutomationExecutions: ({ body }) =>
      body['NextToken']
        ? { AutomationExecutionMetadataList: [{ AutomationExecutionId: OLDER_ID }, {}] }
        : { AutomationExecutionMetadataList: [{ AutomationExecutionId: ID }], NextToken: 'more' },
    GetAutomationExecution: ({ body }) => ({
      AutomationExecution: {
        AutomationExecutionStatus: 'Success',
        Outputs: { Id: [body['AutomationExecutionId']] },
      },
    }),
  };

  it('is the first that is wanted, on whatever page', async () => {
    const { result, calls } = await asking(pages, ({ latest }) =>
      latest('Trailkey-EncryptTrail', ({ outputs }) => outputs['Id'] === OLDER_ID),
    );

    expect(result).toMatchObject({ id: OLDER_ID });
    expect(calls[0]?.body).toEqual({
      Filters: [
        { Key: 'DocumentNamePrefix', Values: ['Trailkey-EncryptTrail'] },
        { Key: 'ExecutionStatus', Values: ['Success', 'Failed', 'Cancelled', 'TimedOut'] },
      ],
    });
  });

  it('is none where none is wanted, or there is none', async () => {
    const wanted = await asking(pages, ({ latest }) => latest('Trailkey-EncryptTrail', () => false));
    const listed = await asking({ DescribeAutomationExecutions: () => ({}) }, ({ latest }) =>
      latest('Trailkey-EncryptTrail', () => true),
    );

    expect([wanted.result, listed.result]).toEqual([undefined, undefined]);
  });
});
