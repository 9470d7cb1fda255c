import { describe, expect, it } from 'vitest';
import { rowsIn, sandboxWith } from '../acceptance/sandboxes.js';
import type { Deployment } from '../support/acceptance/dashboard.js';
import { ACCOUNT, simulatedTrail, TARGET_KEY, TRAIL_ARN } from '../support/aws-simulator/state.js';

const CREATED = ['bucket', 'keys', 'trail'];

describe('a run does not start', () => {
  const CASES: readonly (readonly [string, Partial<Deployment>, string])[] = [
    [
      'without a rule',
      { rules: 0 },
      'Expected one rule whose name begins with cloudtrail-cmk-usable; found 0',
    ],
    ['with two rules', { rules: 2 }, 'found 2'],
    ['with a rule that is deleted', { state: 'DELETING' }, 'Rule cloudtrail-cmk-usable is DELETING.'],
    ['without changes of keys', { scope: ['AWS::CloudTrail::Trail'] }, 'does not evaluate changes of keys'],
    ['without key states', { parameters: { keyVerification: 'presence' } }, 'does not check key states'],
    ['with a list of keys', { parameters: { kmsKeyArns: TARGET_KEY } }, 'allows only the keys in kmsKeyArns'],
    [
      'with parameters that are not valid',
      { parameters: { checkKeyPolicy: 'perhaps' } },
      'checkKeyPolicy must be',
    ],
    ['with an automatic remediation', { isAutomatic: true }, 'The remediation is automatic'],
    ['without a recorder', { isRecording: false }, 'The recorder of AWS Config is off'],
  ];

  it.each(CASES)('%s', async (_, deployment, problem) => {
    const sandbox = await sandboxWith(deployment);
    const before = sandbox.existing();

    await expect(sandbox.run()).rejects.toThrow(problem);
    expect(sandbox.existing()).toEqual(before);
  });

  it('with all problems in one message', async () => {
    const sandbox = await sandboxWith({ isRecording: false, isAutomatic: true });

    await expect(sandbox.run()).rejects.toThrow(/automatic.*recorder.*trailkey doctor$/);
  });

  it('without a permission, and names it', async () => {
    const sandbox = await sandboxWith();

    await expect(sandbox.run({ faults: () => 'denied' })).rejects.toThrow(
      's3:ListAllMyBuckets is denied in eu-west-1. Allow it for your user or role.',
    );
  });
});

describe('a run expects what the deployment does', () => {
  const seenIn = (report: string | undefined, title: string): string | undefined =>
    rowsIn(report).find(([one]) => one === title)?.[1];

  it.each(['true', 'strict'])('with checkKeyPolicy %s', async (checkKeyPolicy) => {
    const sandbox = await sandboxWith({ parameters: { checkKeyPolicy } });

    const { exitCode, report } = await sandbox.run({ steps: [...CREATED, 'policy'] });

    expect(seenIn(report, 'Remove CloudTrail from the key policy')).toBe('KEY_POLICY_BLOCKS_CLOUDTRAIL');
    expect(exitCode).toBe(0);
  });

  it('with requireKeyRotation', async () => {
    const sandbox = await sandboxWith({ parameters: { requireKeyRotation: 'true' } });

    expect((await sandbox.run({ steps: [...CREATED, 'usable'] })).exitCode).toBe(0);
  });

  const BUTTONS: readonly (readonly [Deployment['button'], string])[] = [
    [undefined, '**skipped**: the rule has no remediation'],
    [{ mode: 'Apply', key: 'alias/trailkey' }, '**skipped**: the button changes trails'],
    [
      { mode: 'DryRun', key: 'alias/missing' },
      'FAILED; nothing was changed; the key of the button does not exist',
    ],
  ];

  it.each(BUTTONS)('with the button %j', async (button, seen) => {
    const sandbox = await sandboxWith({ button });

    const { exitCode, report } = await sandbox.run({ steps: [...CREATED, 'disabled-again', 'button'] });

    expect(seenIn(report, 'Press Remediate in AWS Config')).toBe(seen);
    expect(exitCode).toBe(0);
  });
});

describe('a run reports', () => {
  it('a person who may not press the button', async () => {
    const sandbox = await sandboxWith();

    const { report } = await sandbox.run({
      steps: [...CREATED, 'button'],
      faults: ({ operation }) => (operation === 'StartRemediationExecution' ? 'denied' : undefined),
    });

    expect(report).toContain(
      'AWS Config did not start it: config:StartRemediationExecution is denied in eu-west-1.',
    );
  });

  it('an evaluation that had to be started', async () => {
    const sandbox = await sandboxWith({ evaluatesChanges: false });

    const { report } = await sandbox.run({ steps: [...CREATED, 'disabled'] });

    expect(report).toContain('KEY_DISABLED, only after an evaluation was started');
    expect(report).toContain('Not seen: the result was reported only after an evaluation was started.');
  });

  it('a rule that reports nothing', async () => {
    const sandbox = await sandboxWith({ evaluatesChanges: false });

    const { exitCode, report } = await sandbox.run({
      steps: [...CREATED, 'disabled'],
      faults: ({ operation }) =>
        operation === 'StartConfigRulesEvaluation' ? { error: 'LimitExceededException' } : undefined,
    });

    expect(report).toContain('**different**: no result, and no other result in time');
    expect(report).toContain('No: no result was seen, also after an evaluation was started.');
    expect(exitCode).toBe(1);
  });

  it('a result that is not cleared', async () => {
    const sandbox = await sandboxWith({ evaluatesChanges: false });

    const { exitCode, report } = await sandbox.run({
      steps: [...CREATED, 'usable', 'deleted'],
      faults: ({ operation }, stderr) =>
        operation === 'StartConfigRulesEvaluation' && stderr.includes('Delete the trail')
          ? { error: 'LimitExceededException' }
          : undefined,
    });

    expect(report).toContain('| Delete the trail | no result | **different**: still a result | 1500 |');
    expect(exitCode).toBe(1);
  });

  it('a disabled key that CloudTrail accepts', async () => {
    const sandbox = await sandboxWith();

    const { exitCode, report } = await sandbox.run({
      // The key is not disabled, so that the simulated CloudTrail accepts it.
      steps: [...CREATED, 'same-key'],
    });

    expect(report).toContain('**different**: accepted');
    expect(report).toContain('No: UpdateTrail accepted the disabled key.');
    expect(exitCode).toBe(1);
  });

  it('a trail without a delivery error', async () => {
    const sandbox = await sandboxWith();

    const { exitCode, report } = await sandbox.run({ steps: [...CREATED, 'delivery-error'] });

    expect(report).toContain('**different**: no error in time');
    expect(report).toContain('No error was reported in 1800 s.');
    expect(exitCode).toBe(1);
  });

  it('policies that do not take effect, after three minutes', async () => {
    const sandbox = await sandboxWith();

    const { exitCode, report } = await sandbox.run({
      steps: CREATED,
      faults: ({ operation }) =>
        operation === 'CreateTrail' ? { error: 'InsufficientEncryptionPolicyException' } : undefined,
    });

    expect(report).toMatch(/\*\*failed\*\*: .*InsufficientEncryptionPolicyException.* \| 180 \|/);
    expect(exitCode).toBe(1);
  });

  it('events for every change', async () => {
    const sandbox = await sandboxWith({ sendsEveryEvent: true });

    const steps = ['events', 'disabled', 'pending-deletion', 'compliance-events'];
    const { report } = await sandbox.run({ steps: [...CREATED, ...steps] });

    expect(report).toContain(
      'Yes: an event was sent for the change from KEY_DISABLED to KEY_PENDING_DELETION.',
    );
  });

  it('an older default version, and documents with one version', async () => {
    const older = await sandboxWith({
      versions: [
        { DocumentVersion: '1', IsDefaultVersion: true },
        { DocumentVersion: '2', IsDefaultVersion: false },
      ],
    });
    const one = await sandboxWith({ versions: [{ DocumentVersion: '1', IsDefaultVersion: true }] });

    expect((await older.run({ steps: ['bucket', 'documents'] })).report).toContain(
      'has 2 versions, and the newest is not the default.',
    );
    expect((await one.run({ steps: ['bucket', 'documents'] })).report).toContain(
      'Trailkey-BackOut has one version.',
    );
  });

  it('the IDs of shadow trails and organization trails', async () => {
    const sandbox = await sandboxWith();
    const ofOrganization = TRAIL_ARN.replace(ACCOUNT, '999988887777').replace('audit', 'organization');
    sandbox.aws.trails.push(
      simulatedTrail({ name: 'organization', arn: ofOrganization, isOrganization: true }),
    );

    const { exitCode, report } = await sandbox.run({ steps: [...CREATED, 'ids'], shadowRegion: 'us-east-1' });

    expect(report).toContain('Organization trails of another account: ARN.');
    expect(report).toContain('Shadow trails: ARN.');
    expect(report).toContain('DescribeTrails returned 1, and ListTrails 1 of them.');
    expect(exitCode).toBe(0);
  });
});
