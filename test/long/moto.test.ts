import { execFile, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json-value.js';
import type { VerdictCode } from '../../src/core/verdict.js';
import { packageArtifact, runArtifact } from '../support/artifact.js';
import { trailItem } from '../support/builders.js';
import { folderOf } from '../support/files.js';
import { type Moto, startMoto } from '../support/moto.js';
import { ROOT } from '../support/project.js';
import { changeOf } from '../support/rule-event.js';
import { runCheck } from '../support/run-check.js';

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto(REGION);
});
afterAll(() => moto.stop());

type Scene = {
  readonly scene: string;
  readonly expected: VerdictCode;
  /** Creates the state and returns the trail's kmsKeyId, or undefined for no key. */
  readonly play: () => Promise<string | undefined>;
  readonly parameters?: JsonObject;
};

const REGION = 'us-east-1';
const OTHER_REGION = 'eu-central-1';

const createKey = (...args: readonly string[]): Promise<string> =>
  moto.aws('kms', 'create-key', '--query', 'KeyMetadata.Arn', ...args);

/** moto accepts only a key ID where AWS accepts an ARN as well. */
const idOf = (arn: string): string => arn.split('/').at(-1) ?? '';

const SCENES: readonly Scene[] = [
  { scene: 'no key', expected: 'NO_KMS_KEY', play: async () => undefined },
  { scene: 'an enabled key', expected: 'CMK_USABLE', play: () => createKey() },
  {
    scene: 'an enabled key, by its bare id',
    expected: 'CMK_USABLE',
    play: async () => idOf(await createKey()),
  },
  {
    scene: 'an enabled key in another Region',
    expected: 'CMK_USABLE',
    play: () => createKey('--region', OTHER_REGION),
  },
  {
    scene: 'an enabled multi-Region key',
    expected: 'CMK_USABLE',
    play: () => createKey('--multi-region'),
  },
  {
    scene: 'an alias of an enabled key',
    expected: 'CMK_USABLE',
    play: async () => {
      const key = await createKey();
      await moto.aws('kms', 'create-alias', '--alias-name', 'alias/evaluated', '--target-key-id', idOf(key));
      return 'alias/evaluated';
    },
  },
  {
    scene: 'a disabled key',
    expected: 'KEY_DISABLED',
    play: async () => {
      const key = await createKey();
      await moto.aws('kms', 'disable-key', '--key-id', idOf(key));
      return key;
    },
  },
  {
    scene: 'a key waiting for deletion',
    expected: 'KEY_PENDING_DELETION',
    play: async () => {
      const key = await createKey();
      await moto.aws('kms', 'schedule-key-deletion', '--key-id', idOf(key), '--pending-window-in-days', '7');
      return key;
    },
  },
  {
    scene: 'a key waiting for deletion in another Region',
    expected: 'KEY_PENDING_DELETION',
    play: async () => {
      const key = await createKey('--region', OTHER_REGION);
      await moto.aws('kms', 'schedule-key-deletion', '--key-id', idOf(key), '--region', OTHER_REGION);
      return key;
    },
  },
  {
    scene: 'a key that does not exist',
    expected: 'KEY_NOT_FOUND',
    play: async () => `arn:aws:kms:${REGION}:123456789012:key/00000000-0000-4000-8000-000000000000`,
  },
  {
    scene: 'an asymmetric key',
    expected: 'KEY_WRONG_TYPE',
    play: () => createKey('--key-spec', 'RSA_2048', '--key-usage', 'SIGN_VERIFY'),
  },
  {
    scene: 'a key that is not allowed',
    expected: 'KEY_NOT_ALLOWED',
    play: () => createKey(),
    parameters: { kmsKeyArns: `arn:aws:kms:${REGION}:123456789012:key/11111111-1111-4111-8111-111111111111` },
  },
  {
    scene: 'a key whose policy shuts CloudTrail out',
    expected: 'KEY_POLICY_BLOCKS_CLOUDTRAIL',
    play: () =>
      createKey(
        '--policy',
        JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: 'arn:aws:iam::123456789012:root' },
              Action: 'kms:*',
              Resource: '*',
            },
          ],
        }),
      ),
    parameters: { checkKeyPolicy: 'true' },
  },
  {
    scene: 'a key that does not rotate',
    expected: 'KEY_ROTATION_OFF',
    play: () => createKey(),
    parameters: { requireKeyRotation: 'true' },
  },
  {
    scene: 'a key that rotates',
    expected: 'CMK_USABLE',
    play: async () => {
      const key = await createKey();
      await moto.aws('kms', 'enable-key-rotation', '--key-id', idOf(key));
      return key;
    },
    parameters: { requireKeyRotation: 'true' },
  },
];

/** The trails that describe-trails returns, evaluated by the packaged function: the code of each scene, or the error. */
const evaluateScenes = async (): Promise<readonly string[]> => {
  const artifact = packageArtifact();
  try {
    await moto.aws('s3', 'mb', 's3://logs');
    const events: JsonObject[] = [];
    for (const [index, { play, parameters }] of SCENES.entries()) {
      events.push(eventFor(await trailWith(`trail-${index}`, await play()), parameters));
    }
    const { log, errors } = await runArtifact(artifact, events, moto.env);
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    return errors.map((error, index) =>
      error ? `${error.name}: ${error.message}` : Object.keys(lines[index].codes).join(),
    );
  } finally {
    rmSync(artifact.folder, { recursive: true, force: true });
  }
};

it('the packaged function evaluates each key state that moto supports', async () => {
  const codes = await evaluateScenes();

  expect(SCENES.map(({ scene }, index) => [scene, codes[index]])).toEqual(
    SCENES.map(({ scene, expected }) => [scene, expected]),
  );
});

it('check reads what the AWS CLI prints about a trail and its key', async () => {
  const key = await createKey();
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudtrail.amazonaws.com' },
        Action: 'kms:GenerateDataKey*',
        Resource: '*',
      },
    ],
  };
  const policyArgs = ['--policy-name', 'default', '--policy', JSON.stringify(policy)];
  await moto.aws('kms', 'put-key-policy', '--key-id', key, ...policyArgs);
  await moto.aws('kms', 'enable-key-rotation', '--key-id', key);
  await moto.aws('s3', 'mb', 's3://printed');
  const trail = ['--name', 'printed', '--s3-bucket-name', 'printed', '--kms-key-id', key];
  await moto.aws('cloudtrail', 'create-trail', ...trail);
  const print = async (format: string, ...args: readonly string[]): Promise<string> => {
    const env = { ...process.env, ...moto.env };
    return (await promisify(execFile)('aws', [...args, '--output', format], { env })).stdout;
  };
  const keyFile = [
    await print('json', 'kms', 'describe-key', '--key-id', key),
    await print('json', 'kms', 'get-key-rotation-status', '--key-id', key),
  ].join('');
  const getPolicy = ['kms', 'get-key-policy', '--key-id', key, '--policy-name', 'default'];
  const folder = await folderOf({
    'describe.json': await print('json', 'cloudtrail', 'describe-trails'),
    'get.json': await print('json', 'cloudtrail', 'get-trail', '--name', 'printed'),
    'query.json': await print('json', 'cloudtrail', 'describe-trails', '--query', 'trailList'),
    'list.json': await print('json', 'cloudtrail', 'list-trails'),
    'status.json': await print('json', 'cloudtrail', 'get-trail-status', '--name', 'printed'),
    'key.json': keyFile + (await print('json', ...getPolicy)),
    'key-text.json': keyFile + (await print('text', ...getPolicy, '--query', 'Policy')),
  });
  const evaluate = async (...files: readonly string[]) => {
    const args = ['--param', 'checkKeyPolicy=strict', '--param', 'requireKeyRotation=true'];
    const { report } = await runCheck(...files.map((file) => `${folder}/${file}`), ...args);
    return [...report.findings.map(({ code }) => code), ...report.errors.map(({ message }) => message)];
  };

  for (const trails of ['describe.json', 'get.json', 'query.json']) {
    for (const keys of ['key.json', 'key-text.json']) {
      expect([trails, keys, await evaluate(trails, keys, 'status.json')]).toEqual([
        trails,
        keys,
        ['CMK_USABLE'],
      ]);
    }
  }
  expect(await evaluate('list.json', 'key.json')).toEqual([expect.stringContaining('list-trails')]);
});

it('serverless invoke local evaluates an example event against the endpoint', () => {
  const { status, stdout, stderr } = spawnSync(
    'npx',
    ['serverless', 'invoke', 'local', '-f', 'configRule', '--path', 'examples/events/trail-change.json'],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, ...moto.env } },
  );

  expect(status, stderr).toBe(0);
  expect(stdout).toContain('KEY_NOT_FOUND: 1');
});

/** Creates a trail and returns it as CloudTrail describes it. */
const trailWith = async (name: string, kmsKeyId: string | undefined): Promise<JsonObject> => {
  const key = kmsKeyId === undefined ? [] : ['--kms-key-id', kmsKeyId];
  await moto.aws('cloudtrail', 'create-trail', '--name', name, '--s3-bucket-name', 'logs', ...key);
  const query = 'trailList[0].[TrailARN,HomeRegion,KmsKeyId]';
  const [trailARN, homeRegion, named] = (
    await moto.aws('cloudtrail', 'describe-trails', '--trail-name-list', name, '--query', query)
  ).split('\t');
  await moto.aws('cloudtrail', 'delete-trail', '--name', name);
  return {
    name,
    trailARN,
    homeRegion,
    ...(named === 'None' ? { kmsKeyId: undefined } : { kmsKeyId: named }),
  };
};

const eventFor = (trail: JsonObject, parameters: JsonObject = {}): JsonObject =>
  changeOf(
    trailItem(trail, {
      awsAccountId: '123456789012',
      awsRegion: REGION,
      ARN: trail['trailARN'],
      resourceId: trail['name'],
    }),
    { accountId: '123456789012', resultToken: 'TESTMODE', ruleParameters: JSON.stringify(parameters) },
  );
