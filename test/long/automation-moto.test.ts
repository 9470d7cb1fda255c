import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtDocuments } from '../automation/documents.js';
import { type Python, startPython } from '../support/automation/python.js';
import { runDocument } from '../support/automation/run-document.js';
import { type Moto, startMoto } from '../support/moto.js';

const REGION = 'eu-central-1';
const ACCOUNT = '123456789012';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/trailkey-repair-${REGION}`;

let moto: Moto;
let python: Python;
let now = Date.now();
let key = '';

beforeAll(async () => {
  moto = await startMoto(REGION);
  python = await startPython({
    endpoint: moto.env['AWS_ENDPOINT_URL'] ?? '',
    region: REGION,
    accountId: ACCOUNT,
    advance: (seconds) => {
      now += seconds * 1000;
    },
    now: () => now,
  });
  const create = ['create-bucket', '--bucket', 'logs'];
  const place = ['--create-bucket-configuration', `LocationConstraint=${REGION}`];
  await moto.aws('s3api', ...create, ...place);
  await moto.aws('cloudtrail', 'create-trail', '--name', 'audit', '--s3-bucket-name', 'logs');
  await moto.aws('cloudtrail', 'start-logging', '--name', 'audit');
  key = await moto.aws('kms', 'create-key', '--query', 'KeyMetadata.Arn');
  await moto.aws('kms', 'create-alias', '--alias-name', 'alias/trailkey', '--target-key-id', idOf(key));
});
afterAll(() => {
  python?.stop();
  moto?.stop();
});

const idOf = (arn: string): string => arn.split('/').at(-1) ?? '';

const run = (document: string, given: Record<string, string>) =>
  runDocument(builtDocuments()[document], {
    parameters: Object.fromEntries(
      Object.entries({ AutomationAssumeRole: ROLE, ...given }).map(([name, value]) => [name, [value]]),
    ),
    endpoint: moto.env['AWS_ENDPOINT_URL'] ?? '',
    region: REGION,
    accountId: ACCOUNT,
    runScript: python.runScript,
    approve: async () => 'Approved',
    sleep: async (seconds) => {
      now += seconds * 1000;
    },
    now: () => now,
  });

const keyOfTrail = (): Promise<string> =>
  moto.aws('cloudtrail', 'get-trail', '--name', 'audit', '--query', 'Trail.KmsKeyId');
const stateOfKey = (): Promise<string> =>
  moto.aws('kms', 'describe-key', '--key-id', idOf(key), '--query', 'KeyMetadata.KeyState');

it('the documents change a trail and a key that we did not write, and back', async () => {
  const dryRun = await run('Trailkey-EncryptTrail', { TrailName: 'audit', KmsKeyId: 'alias/trailkey' });
  expect(dryRun.status, JSON.stringify(dryRun.steps)).toBe('Success');
  expect(await keyOfTrail()).toBe('None');

  const encrypted = await run('Trailkey-EncryptTrail', {
    TrailName: 'audit',
    KmsKeyId: 'alias/trailkey',
    Mode: 'Apply',
    DeliveryWaitSeconds: '60',
  });
  expect(encrypted.status, JSON.stringify(encrypted.steps)).toBe('Success');
  expect(await keyOfTrail()).toBe(key);

  await moto.aws('kms', 'schedule-key-deletion', '--key-id', idOf(key));
  const restored = await run('Trailkey-RestoreKey', {
    TrailName: 'audit',
    KeyArn: key,
    Approvers: 'someone',
    DeliveryWaitSeconds: '60',
  });
  expect(restored.status, JSON.stringify(restored.steps)).toBe('Success');
  expect(await stateOfKey()).toBe('Enabled');

  const { 'Assess.TrailArn': trail = [], 'Assess.PreviousKmsKeyId': previous = [] } = encrypted.outputs;
  const backedOut = await run('Trailkey-BackOut', {
    TrailArn: trail[0] ?? '',
    ExpectedKmsKeyId: key,
    PreviousKmsKeyId: previous[0] ?? '',
  });
  expect(backedOut.status, JSON.stringify(backedOut.steps)).toBe('Success');
  expect(['', 'None']).toContain(await keyOfTrail());
});
