import { denied, keyAsked, ownKeyAsked, partsOf } from './key-lookup.js';
import { changed, type KeyState, Refusal, type WorldCall, type WorldKey } from './state.js';

/** DescribeKey: takes every kind of reference; leaves out what the key is marked to lack. */
export const describeKey = ({ world, region, body }: WorldCall): object => {
  const metadata = metadataOf(keyAsked(world, body['KeyId'], region));
  return { KeyMetadata: metadata };
};

const metadataOf = (key: WorldKey): object => {
  const { account, resource = '' } = partsOf(key.arn) ?? {};
  const members = {
    AWSAccountId: account,
    KeyId: resource.replace(/^key\//, ''),
    Arn: key.arn,
    CreationDate: 1_700_000_000.25,
    Enabled: key.state === 'Enabled',
    Description: '',
    KeyUsage: key.usage,
    KeyState: key.state,
    KeyManager: key.manager,
    CustomerMasterKeySpec: key.spec,
    KeySpec: key.spec,
    Origin: key.origin,
    MultiRegion: resource.startsWith('key/mrk-'),
    ...(key.state === 'PendingDeletion' && key.deletionDate !== undefined
      ? { DeletionDate: key.deletionDate / 1000 }
      : {}),
  };
  return Object.fromEntries(Object.entries(members).filter(([name]) => !key.lacks.includes(name)));
};

/** EnableKey: from Disabled; an enabled key stays as it is. */
export const enableKey = ({ world, region, body }: WorldCall): object => {
  const key = ownKeyAsked(world, body['KeyId'], region);
  if (key.manager === 'AWS') throw denied(key.arn);
  if (key.state === 'Enabled') return {};
  if (key.state !== 'Disabled') throw wrongState(key);
  turn(key, 'Enabled');
  changed(world, 'EnableKey', key.arn);
  return {};
};

/** CancelKeyDeletion: the key is disabled thereafter. */
export const cancelKeyDeletion = ({ world, region, body }: WorldCall): object => {
  const key = ownKeyAsked(world, body['KeyId'], region);
  if (key.manager === 'AWS') throw denied(key.arn);
  if (!/^Pending(?:Replica)?Deletion$/.test(key.state))
    throw new Refusal('KMSInvalidStateException', `${key.arn} is not pending deletion.`);
  key.deletionDate = undefined;
  turn(key, 'Disabled');
  changed(world, 'CancelKeyDeletion', key.arn);
  return { KeyId: key.arn };
};

const turn = (key: WorldKey, state: KeyState): void => {
  if (key.settlesAfter > 0) {
    key.becomes = { state, after: key.settlesAfter };
  } else {
    key.state = state;
    key.becomes = undefined;
  }
};

const wrongState = ({ arn, state }: WorldKey): Refusal =>
  new Refusal(
    'KMSInvalidStateException',
    state === 'PendingDeletion' ? `${arn} is pending deletion.` : `${arn} is in state ${state}.`,
  );

/** GetKeyPolicy: never of another account's key. */
export const getKeyPolicy = ({ world, region, body }: WorldCall): object => {
  const key = ownKeyAsked(world, body['KeyId'], region);
  const start = `arn:${world.partition}`;
  const owner = {
    Effect: 'Allow',
    Principal: { AWS: `${start}:iam::${world.accountId}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  const cloudTrail = {
    Effect: 'Allow',
    Principal: { Service: 'cloudtrail.amazonaws.com' },
    Action: ['kms:GenerateDataKey*', 'kms:DescribeKey'],
    Resource: '*',
  };
  const Statement = key.admitsCloudTrail ? [owner, cloudTrail] : [owner];
  return { Policy: JSON.stringify({ Version: '2012-10-17', Statement }), PolicyName: 'default' };
};

/** GetKeyRotationStatus: also across accounts; a key that waits for deletion does not rotate. */
export const getKeyRotationStatus = ({ world, region, body }: WorldCall): object => {
  if (/(?:^|:)alias\//.test(body['KeyId']))
    throw new Refusal('NotFoundException', `Invalid keyId '${body['KeyId']}'`);
  const key = keyAsked(world, body['KeyId'], region);
  if (key.spec !== 'SYMMETRIC_DEFAULT')
    throw new Refusal('UnsupportedOperationException', `${key.arn} is not symmetric`);
  return { KeyId: key.arn, KeyRotationEnabled: key.rotates && key.state !== 'PendingDeletion' };
};
