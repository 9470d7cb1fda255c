import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { builtDocuments } from '../automation/documents.js';
import { ROOT } from '../support/project.js';

/** Runs the model with documents, and returns its report. */
const runModel = (documents: string, runs: number) => {
  const folder = mkdtempSync(`${tmpdir()}/trailkey-model-`);
  writeFileSync(`${folder}/documents.json`, documents);
  const { stdout, stderr, error } = spawnSync(
    'python3',
    ['test/ssm-documents/model.py', `${folder}/documents.json`, String(runs)],
    { cwd: ROOT, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 },
  );
  rmSync(folder, { recursive: true });
  expect(error).toBeUndefined();
  expect(stderr, 'This needs botocore: pip install boto3').toBe('');
  return JSON.parse(stdout);
};

it('no order of events leaves a trail worse off without saying so', () => {
  const { runs, violations, examples, disturbances } = runModel(JSON.stringify(builtDocuments()), 40_000);

  expect(violations, JSON.stringify(examples, undefined, 1)).toEqual({});
  expect(runs).toBeGreaterThan(60_000);
  for (const step of ['Assess', 'UpdateTrail', 'VerifyDelivery', 'RollBack', 'SetPreviousKey', 'EnableKey'])
    for (const kind of [
      'denied',
      'throttled',
      'conflict',
      'lost',
      'lost-applied',
      'slow',
      'killed',
      'third-key',
    ])
      expect(disturbances, 'each disturbance occurs in each step').toHaveProperty(`${kind} in ${step}`);
});

/** A fault in a document, and a violation that it leads to. */
const FAULTS = [
  ['the trail is not compared before a change', 'if now != change.before:', 'if False:', 'overwrites a key'],
  [
    'one error is enough',
    'apart >= INTERVAL_SECONDS if delivery.attempted_at is None else apart > 0',
    'True',
    'a working key is rolled back for one error',
  ],
  ['earlier deliveries count', 'SPREAD_SECONDS = 180', 'SPREAD_SECONDS = 0', 'no longer delivers'],
  [
    'the key is not read back',
    'while not has_key(change, now := current_key(change)):',
    'while False:',
    'does not have the previous key',
  ],
  [
    'the key is not read with the delivery',
    'read_trail(watched.arn, watched.region, watched.account).key == watched.key',
    'True',
    'does not have the target key',
  ],
  [
    'a previous key that cannot be read is not restored',
    'present is not None and present.is_known and present.problem',
    'present is not None and present.problem',
    'nothing prevented the rollback',
  ],
  [
    'conflicts are not waited for',
    'time.time() >= change.deadline',
    'True',
    'busy for less than three minutes',
  ],
  [
    'a failed step ends the automation',
    '"onFailure":"step:RollBack"',
    '"onFailure":"Abort"',
    'does not name',
  ],
  ['a script waits too long', 'CONFIRM_SECONDS = 310', 'CONFIRM_SECONDS = 590', 'takes \\d+ seconds'],
] as const;

it.each(FAULTS)('the model notices that %s', (...[, from, to, violation]) => {
  const text = JSON.stringify(builtDocuments());
  expect(text).toContain(from);

  const { violations } = runModel(text.replaceAll(from, to), 1500);

  expect(Object.keys(violations).join('\n')).toMatch(new RegExp(violation));
});
