import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Account, accountAt } from '../../scripts/acceptance/aws/account.js';
import { namesFor } from '../../scripts/acceptance/names.js';
import { newState } from '../../scripts/acceptance/state.js';
import { clientsFor } from '../../src/aws/clients.js';
import { callsUntil } from '../../src/aws/requests.js';
import { InterruptedError } from '../../src/core/errors.js';
import { type Moto, startMoto } from '../support/moto.js';

const PLACE = { region: 'eu-west-1', accountId: '123456789012', partition: 'aws' };
const RUN_ID = '0a1b2c3d4e';
const { names, trailArn } = newState(RUN_ID, PLACE);

let moto: Moto;
let account: Account;

beforeAll(async () => {
  moto = await startMoto(PLACE.region);
  const { AWS_ENDPOINT_URL: endpoint = '' } = moto.env;
  account = accountAt({
    ...PLACE,
    caller: 'arn:aws:iam::123456789012:user/ann',
    clients: clientsFor({
      account: PLACE.accountId,
      credentials: async () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
      maxAttempts: 1,
      endpoint,
      observer: {},
    }),
    call: callsUntil(new AbortController().signal, { aborted: () => new InterruptedError('') }),
  });
});
afterAll(() => moto.stop());

/** moto accepts only a key ID where AWS accepts an ARN as well. */
const idOf = (arn: string): string => arn.split('/').at(-1) ?? '';

it('a bucket is created with its tag, keeps the state of the run, and is removed with its objects', async () => {
  await account.bucket.create(names.bucket, RUN_ID, trailArn);
  await account.bucket.create(names.bucket, RUN_ID, trailArn);
  expect(await account.bucket.readState(names.bucket)).toBeUndefined();

  await account.bucket.writeState(names.bucket, '{"results":[]}');

  expect(await account.bucket.readState(names.bucket)).toBe('{"results":[]}');
  expect(await account.bucket.list('trailkey-acceptance-eu-west-1-')).toEqual([
    { name: names.bucket, runId: RUN_ID },
  ]);
  expect(await moto.aws('s3api', 'get-bucket-policy', '--bucket', names.bucket)).toContain(trailArn);

  await account.bucket.remove(names.bucket);
  await account.bucket.remove(names.bucket);
  expect(await account.bucket.list('trailkey-acceptance-')).toEqual([]);
});

it('keys are created with their tags, found by them, driven through their states, and scheduled for deletion', async () => {
  const arn = await account.keys.create('second', RUN_ID, trailArn);
  await account.keys.create('first', 'another run', trailArn);

  expect(await account.keys.list(RUN_ID)).toEqual([{ arn, role: 'second' }]);
  await account.keys.disable(idOf(arn));
  expect(await account.keys.stateOf(arn)).toBe('Disabled');
  await account.keys.enable(idOf(arn));
  expect(await account.keys.stateOf(arn)).toBe('Enabled');
  await account.keys.setPolicy(idOf(arn), false, trailArn);
  await account.keys.scheduleDeletion(idOf(arn));
  await account.keys.scheduleDeletion(idOf(arn));
  expect(await account.keys.stateOf(arn)).toBe('PendingDeletion');
  await account.keys.enable(idOf(arn));
  expect(await account.keys.stateOf(arn)).toBe('Enabled');
  expect(await account.keys.exists('alias/missing')).toBe(false);
});

it('a trail is created with its tag, and removed only with it', async () => {
  await account.bucket.create(names.bucket, RUN_ID, trailArn);
  const keyArn = await account.keys.create('first', RUN_ID, trailArn);
  const trail = { bucket: names.bucket, keyArn, isMultiRegion: false };

  await account.trail.create(trailArn, trail, RUN_ID);

  expect(await account.trail.keyOf(trailArn)).toBe(keyArn);
  expect(await account.trail.delivery(trailArn)).toEqual({
    error: undefined,
    deliveredAt: expect.anything(),
  });
  expect((await account.trail.listed()).map(({ arn }) => arn)).toContain(trailArn);
  await expect(account.trail.remove(trailArn, 'another run')).rejects.toThrow('does not have the tag');
  await account.trail.remove(trailArn, RUN_ID);
  await account.trail.remove(trailArn, RUN_ID);
  expect(await account.trail.listed()).toEqual([]);
});

it('events are collected in a log group, and everything for it is removed', async () => {
  const events = namesFor(RUN_ID, PLACE.region);

  await account.events.collect('cloudtrail-cmk-usable', events, RUN_ID);
  await account.events.collect('cloudtrail-cmk-usable', events, RUN_ID);

  expect(await account.events.verdicts(events, [names.trail])).toEqual([]);
  expect(await moto.aws('events', 'list-targets-by-rule', '--rule', events.eventRule)).toContain(
    events.logGroup,
  );
  await account.events.remove(events);
  await account.events.remove(events);
  expect(await moto.aws('events', 'list-rules', '--query', 'length(Rules)')).toBe('0');
  expect(await moto.aws('logs', 'describe-log-groups', '--query', 'length(logGroups)')).toBe('0');
});
