import { describe, expect, it } from 'vitest';
import { STEPS } from '../../scripts/acceptance/plan.js';
import { REMOVING, rowsIn, sandboxWith, stepIn } from '../acceptance/sandboxes.js';
import { RUN_ID } from '../support/acceptance/sandbox.js';
import { ACCOUNT, simulatedTrail, TRAIL_ARN } from '../support/aws-simulator/state.js';
import type { Call } from '../support/stand-in.js';

const BUCKET = `trailkey-acceptance-eu-west-1-${RUN_ID}`;
const STATE = 'trailkey-acceptance.json';
const CHANGED = ['CreateBucket', 'CreateKey', 'CreateTrail'];
const countIn = (calls: readonly Call[], name: string): number =>
  calls.filter(({ operation }) => operation === name).length;

it.each(STEPS.map(({ id }) => id))(
  'if AWS refuses every call of step %s, the run continues unless the step is essential, and removes everything',
  async (step) => {
    const index = STEPS.findIndex(({ id }) => id === step);
    const { title, isEssential = false } = STEPS[index] ?? {};
    const sandbox = await sandboxWith();
    const before = sandbox.existing();
    const message = `User: arn:aws:sts::${ACCOUNT}:assumed-role/admin/ann is refused.`;

    const { exitCode, report } = await sandbox.run({
      faults: (_, stderr) => (stepIn(stderr) === index + 1 ? { error: 'SomeException', message } : undefined),
    });

    const rows = rowsIn(report);
    expect(rows[index]).toEqual([title, expect.stringMatching(/^\*\*failed\*\*: .*PRINCIPAL is refused/)]);
    expect(rows.map(([, seen]) => seen).includes('not run')).toBe(isEssential);
    expect(exitCode).toBe(1);
    expect(sandbox.existing()).toEqual(before);
    expect(report).toContain('Everything was removed.');
    expect(report).not.toMatch(new RegExp(`${ACCOUNT}|arn:aws:kms|ann`));
  },
);

it.each([5, 12, 20])('Ctrl-C in step %i ends the run and removes everything', async (step) => {
  const sandbox = await sandboxWith();
  const before = sandbox.existing();

  const { exitCode, report, stderr } = await sandbox.run({
    onWait: (printed, { interrupt }) => {
      if (stepIn(printed) === step) interrupt();
    },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('Interrupted. Removing everything.');
  expect(report).toContain('The run was interrupted.');
  expect(rowsIn(report).map(([, seen]) => seen)[step - 1]).toBe('not run');
  expect(sandbox.existing()).toEqual(before);
});

it('an automation that waits for approval does not outlive a run that was killed', async () => {
  const sandbox = await sandboxWith();
  const steps = ['bucket', 'keys', 'trail', 'pending-deletion', 'restore-key'];

  await sandbox.run({
    steps,
    faults: ({ operation }) =>
      operation === 'SendAutomationSignal' ? { error: 'SomeException' } : undefined,
    onWait: (_, { kill }) => {
      if (sandbox.automations().includes('InProgress')) kill();
    },
  });
  expect(sandbox.automations()).toEqual(['InProgress']);
  await sandbox.run({ cleanUpOnly: true });

  expect(sandbox.automations()).toEqual(['Cancelled']);
});

it.each(['CreateBucket', 'CreateKey', 'CreateTrail', 'CreateLogGroup', 'PutRule', 'PutTargets'])(
  'what %s created is removed if its response was lost',
  async (operation) => {
    const sandbox = await sandboxWith();
    const before = sandbox.existing();
    let isLost = false;

    await sandbox.run({
      steps: ['bucket', 'keys', 'trail', 'events'],
      faults: (call) => {
        if (call.operation !== operation || isLost) return undefined;
        isLost = true;
        sandbox.perform(call);
        return 'reset';
      },
    });

    expect(isLost).toBe(true);
    expect(sandbox.existing()).toEqual(before);
  },
);

describe('what cannot be removed', () => {
  const FAILING = [
    ['DescribeAutomationExecutions', `automations for trail trailkey-acceptance-${RUN_ID}`],
    ['DeleteTrail', `trail trailkey-acceptance-${RUN_ID}`],
    ['ListTags', `trail trailkey-acceptance-${RUN_ID}`],
    ['DeleteRule', `EventBridge rule trailkey-acceptance-${RUN_ID}`],
    ['DeleteLogGroup', `EventBridge rule trailkey-acceptance-${RUN_ID}`],
    ['ScheduleKeyDeletion', 'key arn:aws:kms:'],
    ['ListKeys', 'keys that were created without a response'],
    ['DeleteObjects', `bucket ${BUCKET}`],
    ['DeleteBucket', `bucket ${BUCKET}`],
  ] as const;

  it.each(FAILING)('because of %s is listed, and the next run removes it', async (operation, what) => {
    const sandbox = await sandboxWith();
    const before = sandbox.existing();
    const denied = (call: Call, stderr: string) =>
      call.operation === operation && stderr.includes(REMOVING) ? ('denied' as const) : undefined;
    // Ended early, so that there is something to remove.
    const onWait = (printed: string, { interrupt }: { readonly interrupt: () => void }) => {
      if (stepIn(printed) === 5) interrupt();
    };

    const first = await sandbox.run({ faults: denied, onWait });
    expect(first.stderr).toContain(`Not removed: ${what}`);
    expect(first.report).not.toContain('Everything was removed.');
    expect(first.exitCode).toBe(1);

    const second = await sandbox.run({ cleanUpOnly: true });
    expect(second.stdout).toContain(`This removes what run ${RUN_ID} left`);
    expect(second.exitCode).toBe(0);
    expect(sandbox.existing()).toEqual(before);
  });

  it('is tried again, because CloudTrail delivers for some minutes', async () => {
    const sandbox = await sandboxWith();
    let refused = 0;

    const { exitCode } = await sandbox.run({
      steps: ['bucket'],
      faults: ({ operation }) => {
        if (operation !== 'DeleteBucket' || refused === 3) return undefined;
        refused += 1;
        return { error: 'BucketNotEmpty', status: 409 };
      },
    });

    expect(refused).toBe(3);
    expect(exitCode).toBe(0);
  });

  it('contains a trail of the same name that another person created', async () => {
    const sandbox = await sandboxWith();
    const name = `trailkey-acceptance-${RUN_ID}`;
    const arn = TRAIL_ARN.replace('audit', name);
    sandbox.aws.trails.push(simulatedTrail({ name, arn }));

    const { stderr, report } = await sandbox.run();

    expect(rowsIn(report)[2]?.[1]).toContain('the trail does not have the tag');
    expect(stderr).toContain(`Not removed: trail ${name}: the trail does not have the tag`);
    expect(sandbox.aws.trails.map((trail) => trail.arn)).toContain(arn);
  });

  it('is nothing if there was no run', async () => {
    const sandbox = await sandboxWith();

    const { exitCode, stdout } = await sandbox.run({ cleanUpOnly: true });

    expect(stdout).toBe('There is nothing to remove in eu-west-1.\n');
    expect(exitCode).toBe(0);
  });
});

describe('a run whose process was killed', () => {
  const killIn = (step: number) => ({
    onWait: (printed: string, { kill }: { readonly kill: () => void }) => {
      if (stepIn(printed) === step) kill();
    },
  });

  it.each([7, 17])('in step %i is continued by its tag', async (step) => {
    const sandbox = await sandboxWith();
    const before = sandbox.existing();

    await sandbox.run(killIn(step));
    const { exitCode, stdout, report } = await sandbox.run({ newRunId: 'ffffffffff' });

    expect(stdout).toContain(`This continues run ${RUN_ID}`);
    expect(stdout).toContain(`${step - 1} of ${STEPS.length} steps have a result`);
    expect(rowsIn(report).filter(([, seen]) => /\*\*|not run/.test(seen))).toEqual([]);
    expect(exitCode).toBe(0);
    for (const name of CHANGED) expect(countIn(sandbox.calls, name)).toBe(name === 'CreateKey' ? 2 : 1);
    expect(sandbox.existing()).toEqual(before);
  });

  it('runs steps without a saved result again, with the same trail and keys', async () => {
    const sandbox = await sandboxWith();
    const before = sandbox.existing();

    await sandbox.run(killIn(5));
    sandbox.objects(BUCKET)?.set(STATE, '{"results":[{"id":"bucket"}],"answers":7}');
    const { exitCode, stdout } = await sandbox.run();

    expect(stdout).toContain(`0 of ${STEPS.length} steps have a result`);
    expect(exitCode).toBe(0);
    expect(countIn(sandbox.calls, 'CreateKey')).toBe(2);
    expect(sandbox.existing()).toEqual(before);
  });

  it.each([undefined, '', 'not JSON', '[]'])('and whose state is %j is only removed', async (text) => {
    const sandbox = await sandboxWith();
    const before = sandbox.existing();

    await sandbox.run(killIn(5));
    if (text === undefined) sandbox.objects(BUCKET)?.clear();
    else sandbox.objects(BUCKET)?.set(STATE, text);
    const { exitCode, stdout } = await sandbox.run();

    expect(stdout).toContain(`This removes what run ${RUN_ID} left`);
    expect(exitCode).toBe(0);
    expect(sandbox.existing()).toEqual(before);
  });

  it('while everything was removed is not started again', async () => {
    const sandbox = await sandboxWith();
    const before = sandbox.existing();

    await sandbox.run({
      steps: ['bucket', 'keys', 'trail'],
      faults: ({ operation }) => (operation === 'DeleteBucket' ? 'denied' : undefined),
      onWait: (printed, { kill }) => {
        if (printed.includes(REMOVING)) kill();
      },
    });
    const { exitCode, stdout } = await sandbox.run();

    expect(stdout).toContain(`This removes what run ${RUN_ID} left`);
    expect(exitCode).toBe(0);
    expect(sandbox.existing()).toEqual(before);
  });
});
