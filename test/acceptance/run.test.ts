import { describe, expect, it } from 'vitest';
import { sandboxWith } from './sandboxes.js';

const CHANGED = ['CreateBucket', 'CreateKey', 'CreateTrail'];

describe('a run', () => {
  it('drives the key through its states, answers the open questions and removes everything', async () => {
    const sandbox = await sandboxWith();
    const before = sandbox.existing();
    const [audit] = structuredClone(sandbox.aws.trails);

    const { exitCode, stdout, report } = await sandbox.run();

    expect(report).toMatchSnapshot();
    expect(exitCode).toBe(0);
    expect(stdout).toContain(report);
    expect(sandbox.existing()).toEqual(before);
    expect(sandbox.aws.trails[0]?.kmsKeyId).toBe(audit?.kmsKeyId);
    expect(sandbox.aws.keys.filter(({ state }) => state === 'PendingDeletion')).toHaveLength(2);
  });

  it('says what it will create and what that costs, and starts nothing without a yes', async () => {
    const sandbox = await sandboxWith();

    const { exitCode, stdout, stderr } = await sandbox.run({ isConfirmed: false, answer: 'n\n' });

    expect(exitCode).toBe(2);
    expect(stdout).toMatchSnapshot();
    expect(stderr).toBe('Continue? [y/N] Nothing was started.\n');
    for (const name of CHANGED) expect(sandbox.calls.map(({ operation }) => operation)).not.toContain(name);
  });

  it('starts after a yes', async () => {
    const sandbox = await sandboxWith();

    const { exitCode } = await sandbox.run({ steps: ['bucket'], isConfirmed: false, answer: 'y\n' });

    expect(exitCode).toBe(0);
  });
});
