import { expect, it, vi } from 'vitest';
import { judgeTrails } from '../src/evaluate.js';
import { found, KEY_ARN, NOW, parameters, sighting, trail } from './support/builders.js';

it('asks for the key that each trail names, and judges in the order given', async () => {
  const lookUp = vi.fn(async () => found({ state: 'Disabled' }));

  const findings = await judgeTrails([sighting(), sighting({ trail: trail({ kmsKeyId: undefined }) })], {
    keys: { lookUp },
    parameters: parameters(),
    now: NOW,
  });

  expect(findings.map(({ code }) => code)).toEqual(['KEY_DISABLED', 'NO_KMS_KEY']);
  expect(lookUp).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ arn: KEY_ARN }));
});

it('throws what the key source throws: a passing fault is never a verdict', async () => {
  const keys = { lookUp: () => Promise.reject(new Error('throttled')) };

  await expect(judgeTrails([sighting()], { keys, parameters: parameters(), now: NOW })).rejects.toThrow(
    'throttled',
  );
});
