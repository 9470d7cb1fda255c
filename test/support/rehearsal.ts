import { rmSync } from 'node:fs';
import type { JsonObject } from '../../src/core/json-value.js';
import type { VerdictCode } from '../../src/core/verdict.js';
import { packageArtifact, runArtifact } from './artifact.js';
import { trailItem } from './builders.js';
import { type Moto, startMoto } from './moto.js';
import { changeOf } from './rule-event.js';

/** A state of things at AWS, and how the rule should judge and did judge it. */
export type Act = { readonly scene: string; readonly expected: VerdictCode; readonly judged: string };

type Scene = {
  readonly scene: string;
  readonly expected: VerdictCode;
  /** Brings the state about and gives what the trail names; undefined for no key. */
  readonly play: (moto: Moto) => Promise<string | undefined>;
  readonly parameters?: JsonObject;
};

const REGION = 'us-east-1';
const OTHER_REGION = 'eu-central-1';

const createKey = (moto: Moto, ...args: readonly string[]): Promise<string> =>
  moto.aws('kms', 'create-key', '--query', 'KeyMetadata.Arn', ...args);

/** moto takes a bare id where AWS takes an ARN as well. */
const idOf = (arn: string): string => arn.split('/').at(-1) ?? '';

const SCENES: readonly Scene[] = [
  { scene: 'no key', expected: 'NO_KMS_KEY', play: async () => undefined },
  { scene: 'an enabled key', expected: 'CMK_USABLE', play: (moto) => createKey(moto) },
  {
    scene: 'an enabled key, by its bare id',
    expected: 'CMK_USABLE',
    play: async (moto) => idOf(await createKey(moto)),
  },
  {
    scene: 'an enabled key in another Region',
    expected: 'CMK_USABLE',
    play: (moto) => createKey(moto, '--region', OTHER_REGION),
  },
  {
    scene: 'an enabled multi-Region key',
    expected: 'CMK_USABLE',
    play: (moto) => createKey(moto, '--multi-region'),
  },
  {
    scene: 'an alias of an enabled key',
    expected: 'CMK_USABLE',
    play: async (moto) => {
      const key = await createKey(moto);
      await moto.aws('kms', 'create-alias', '--alias-name', 'alias/rehearsal', '--target-key-id', idOf(key));
      return 'alias/rehearsal';
    },
  },
  {
    scene: 'a disabled key',
    expected: 'KEY_DISABLED',
    play: async (moto) => {
      const key = await createKey(moto);
      await moto.aws('kms', 'disable-key', '--key-id', idOf(key));
      return key;
    },
  },
  {
    scene: 'a key waiting for deletion',
    expected: 'KEY_PENDING_DELETION',
    play: async (moto) => {
      const key = await createKey(moto);
      await moto.aws('kms', 'schedule-key-deletion', '--key-id', idOf(key), '--pending-window-in-days', '7');
      return key;
    },
  },
  {
    scene: 'a key waiting for deletion in another Region',
    expected: 'KEY_PENDING_DELETION',
    play: async (moto) => {
      const key = await createKey(moto, '--region', OTHER_REGION);
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
    play: (moto) => createKey(moto, '--key-spec', 'RSA_2048', '--key-usage', 'SIGN_VERIFY'),
  },
  {
    scene: 'a key that is not allowed',
    expected: 'KEY_NOT_ALLOWED',
    play: (moto) => createKey(moto),
    parameters: { kmsKeyArns: `arn:aws:kms:${REGION}:123456789012:key/11111111-1111-4111-8111-111111111111` },
  },
  {
    scene: 'a key whose policy shuts CloudTrail out',
    expected: 'KEY_POLICY_BLOCKS_CLOUDTRAIL',
    play: (moto) =>
      createKey(
        moto,
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
    play: (moto) => createKey(moto),
    parameters: { requireKeyRotation: 'true' },
  },
  {
    scene: 'a key that rotates',
    expected: 'CMK_USABLE',
    play: async (moto) => {
      const key = await createKey(moto);
      await moto.aws('kms', 'enable-key-rotation', '--key-id', idOf(key));
      return key;
    },
    parameters: { requireKeyRotation: 'true' },
  },
];

/** Plays all scenes: trails and keys are made by the aws command line, the verdicts come from the packaged function's log. */
export const rehearse = async (): Promise<readonly Act[]> => {
  const artifact = packageArtifact();
  const moto = await startMoto(REGION);
  try {
    await moto.aws('s3', 'mb', 's3://logs');
    const events: JsonObject[] = [];
    for (const [index, { play, parameters }] of SCENES.entries()) {
      events.push(eventFor(await trailWith(`rehearsal-${index}`, await play(moto), moto), parameters));
    }
    const { log, errors } = await runArtifact(artifact, events, moto.env);
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    return SCENES.map(({ scene, expected }, index) => ({
      scene,
      expected,
      judged: errors[index]
        ? `${errors[index].name}: ${errors[index].message}`
        : Object.keys(lines[index].codes).join(),
    }));
  } finally {
    moto.stop();
    rmSync(artifact.folder, { recursive: true, force: true });
  }
};

/** Makes a trail and gives it as CloudTrail then describes it. */
const trailWith = async (name: string, kmsKeyId: string | undefined, moto: Moto): Promise<JsonObject> => {
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
