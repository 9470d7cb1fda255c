import { describe, expect, it } from 'vitest';
import { clientsFor } from '../../src/aws/clients.js';
import { callsWithin } from '../../src/aws/requests.js';
import { parseExecution, ssmAutomations } from '../../src/aws/ssm.js';
import type { Automations } from '../../src/ports.js';
import { type Answers, type Call, startStandIn } from '../support/stand-in.js';

const ID = '00000000-0000-4000-8000-000000000000';
const OLDER_ID = '00000000-0000-4000-8000-000000000001';

/** Calls SSM with the responses of a stand-in, and returns the result and the calls. */
const callSsm = async <T>(
  answers: Answers,
  use: (automations: Automations) => Promise<T>,
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
    const result = await use(ssmAutomations(connection)('eu-west-1')).catch((error: Error) => error);
    return { result, calls: [...standIn.calls] };
  } finally {
    await standIn.close();
  }
};

describe('an execution', () => {
  it('is converted from the response of SSM', () => {
    const read = parseExecution(
      {
        DocumentName: 'Trailkey-EncryptTrail',
        ExecutionStartTime: new Date(500),
        ExecutedBy: 'arn:aws:iam::111122223333:user/ann',
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
          { StepName: 'UpdateTrail', StepStatus: 'Failed', FailureMessage: 'denied' },
        ],
      },
      ID,
    );

    expect(read).toEqual({
      id: ID,
      document: 'Trailkey-EncryptTrail',
      startedAt: 500,
      startedBy: 'arn:aws:iam::111122223333:user/ann',
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
          failure: 'denied',
        },
      ],
    });
  });

  it('without a status is pending', () => {
    expect(parseExecution({ StepExecutions: [{}] }, ID)).toMatchObject({
      status: 'Pending',
      outputs: {},
      steps: [{ name: '', status: 'Pending' }],
    });
    expect(parseExecution({}, ID).steps).toEqual([]);
  });
});

describe('the outputs of an execution', () => {
  it('are those of its steps if it has none of its own', () => {
    const { outputs } = parseExecution(
      { StepExecutions: [{ StepName: 'Assess', Outputs: { TrailArn: ['arn'] } }, { Outputs: { X: ['y'] } }] },
      ID,
    );

    expect(outputs).toEqual({ 'Assess.TrailArn': 'arn', '.X': 'y' });
  });
});

describe('starting', () => {
  it('reports a denied call with the message of AWS, which contains the action and the caller', async () => {
    const message = 'User: arn:aws:iam::111122223333:user/ann is not authorized to perform: iam:PassRole';
    const { result } = await callSsm(
      { StartAutomationExecution: () => ({ error: 'AccessDeniedException', message }) },
      ({ start }) => start('Trailkey-BackOut', {}),
    );

    expect(String(result)).toBe(
      `AccessDeniedError: ssm:StartAutomationExecution is denied in eu-west-1: ${message}. For the permissions that remediation needs, see docs/permissions.md.`,
    );
  });

  it('sends a client token, so that a retry does not start a second execution', async () => {
    const { result, calls } = await callSsm(
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
    [{ error: 'AutomationDefinitionNotFoundException' }, 'SSM document Trailkey-BackOut does not exist'],
    [{}, 'ssm:StartAutomationExecution returned a response without AutomationExecutionId'],
    [
      { error: 'InvalidAutomationExecutionParametersException' },
      'ssm:StartAutomationExecution failed in eu-west-1',
    ],
  ])('throws an error for the response %j', async (response, message) => {
    const { result } = await callSsm({ StartAutomationExecution: () => response }, ({ start }) =>
      start('Trailkey-BackOut', {}),
    );

    expect(String(result)).toContain(message);
  });
});

describe('reading', () => {
  it('throws an error for a response without the execution', async () => {
    const { result } = await callSsm({ GetAutomationExecution: () => ({}) }, ({ read }) => read(ID));

    expect(String(result)).toContain(`returned no execution for ${ID}`);
  });
});

describe('the latest execution', () => {
  const execution = (
    AutomationExecutionId: string,
    ExecutionStartTime?: number,
    name = 'Trailkey-EncryptTrail',
  ) => ({
    AutomationExecutionId,
    ExecutionStartTime,
    DocumentName: name,
  });
  const listed = (...pages: readonly (readonly object[])[]): Answers => ({
    DescribeAutomationExecutions: ({ body }) => {
      const page = Number(body['NextToken'] ?? 0);
      const more = page + 1 < pages.length ? { NextToken: String(page + 1) } : {};
      return { AutomationExecutionMetadataList: pages[page] ?? [], ...more };
    },
    GetAutomationExecution: ({ body }) => ({
      AutomationExecution: {
        AutomationExecutionStatus: 'Success',
        Outputs: { Id: [body['AutomationExecutionId']] },
      },
    }),
  });
  const pages = listed(
    [execution(ID, 2)],
    [execution(OLDER_ID, 1), { DocumentName: 'Trailkey-EncryptTrail' }],
  );
  const idOfLatest = async (answers: Answers) => {
    const { result } = await callSsm(answers, ({ latest }) => latest('Trailkey-EncryptTrail', () => true));
    return result instanceof Error ? result : result?.id;
  };

  it('is the first that matches, on any page', async () => {
    const { result, calls } = await callSsm(pages, ({ latest }) =>
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

  it('is the one that started last, in whichever order SSM lists them', async () => {
    expect(await idOfLatest(listed([execution(OLDER_ID, 1)], [execution(ID, 2)]))).toBe(ID);
    expect(await idOfLatest(listed([execution(ID, 2), execution(OLDER_ID, 1)]))).toBe(ID);
    expect(await idOfLatest(listed([execution(OLDER_ID), execution(ID, 2)]))).toBe(ID);
  });

  it('is one of the document or of its variant for organizations, and of no other', async () => {
    const others = [
      'Trailkey-EncryptTrail2',
      'Trailkey-EncryptTrail-Organization-2',
      'trailkey-encrypttrail',
    ].map((name) => execution(ID, 3, name));
    const shared = execution(ID, 4, 'arn:aws:ssm:eu-west-1:999988887777:document/Trailkey-EncryptTrail');

    expect(await idOfLatest(listed([...others, shared]))).toBeUndefined();
    expect(await idOfLatest(listed([...others, shared, execution(OLDER_ID, 1)]))).toBe(OLDER_ID);
    expect(await idOfLatest(listed([execution(OLDER_ID, 1, 'Trailkey-EncryptTrail-Organization')]))).toBe(
      OLDER_ID,
    );
  });

  it('is undefined if none matches or none exists', async () => {
    const matching = await callSsm(pages, ({ latest }) => latest('Trailkey-EncryptTrail', () => false));

    expect(matching.result).toBeUndefined();
    expect(await idOfLatest(listed([]))).toBeUndefined();
  });
});
