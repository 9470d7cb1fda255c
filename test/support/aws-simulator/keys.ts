import {
  changed,
  type KeyState,
  Refusal,
  type SimulatedAws,
  type SimulatedCall,
  type SimulatedKey,
} from './state.js';

const ARN =
  /^arn:(?<partition>[^:]+):kms:(?<region>[a-z0-9-]+):(?<account>\d{12}):(?<resource>(?:key|alias)\/.+)$/;
const KEY_ID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

/** The Region, account and resource that a key's or alias's ARN names; undefined for anything else. */
export const partsOf = (
  reference: string,
): { readonly region: string; readonly account: string; readonly resource: string } | undefined => {
  const { region = '', account = '', resource = '' } = ARN.exec(reference)?.groups ?? {};
  return region === '' ? undefined : { region, account, resource };
};

/** What a reference to a key says: an ARN stays, an alias or id is completed with account and Region; undefined for no such text. */
export const arnOf = (aws: SimulatedAws, reference: string, region: string): string | undefined => {
  const start = `arn:${aws.partition}:kms:${region}:${aws.accountId}:`;
  if (reference.startsWith('alias/')) return start + reference;
  if (KEY_ID.test(reference)) return `${start}key/${reference}`;
  return partsOf(reference) && reference;
};

/** The key behind an ARN of a key or alias. */
export const keyBehind = (aws: SimulatedAws, arn: string): SimulatedKey | undefined => {
  const { region, account, resource } = partsOf(arn) ?? {};
  const alias = aws.aliases.find((one) => one.name === resource && one.region === region);
  const target = alias && account === aws.accountId ? alias.target : arn;
  return aws.keys.find((key) => key.arn === target);
};

/**
 * The key that a call of KMS is about, as KMS finds it: in the Region that is asked, and if its policy lets the caller in.
 *
 * @throws NotFoundException, InvalidArnException, AccessDeniedException
 */
const keyAsked = (aws: SimulatedAws, reference: string, region: string): SimulatedKey => {
  if (reference.startsWith('arn:') && !partsOf(reference))
    throw new Refusal('InvalidArnException', `${reference} is no ARN of a key or an alias`);
  const arn = arnOf(aws, reference, region);
  if (arn === undefined) throw new Refusal('NotFoundException', `Invalid keyId '${reference}'`);
  const parts = partsOf(arn);
  if (parts?.region !== region || !arn.startsWith(`arn:${aws.partition}:`))
    throw new Refusal('NotFoundException', `Invalid arn ${parts?.region}`);
  const key = keyBehind(aws, arn);
  if (key?.closed || (!key && parts.account !== aws.accountId)) throw denied(arn);
  if (key) return key;
  const what = parts.resource.startsWith('alias/')
    ? `Alias ${arn} is not found.`
    : `Key '${arn}' does not exist`;
  throw new Refusal('NotFoundException', what);
};

/** As keyAsked, where neither an alias nor a key of another account or of AWS will do. */
const ownKeyAsked = (aws: SimulatedAws, reference: string, region: string): SimulatedKey => {
  if (reference.startsWith('alias/')) throw new Refusal('NotFoundException', `Invalid keyId '${reference}'`);
  if (reference.includes(':alias/'))
    throw new Refusal('InvalidArnException', `${reference} is an alias: expected a key id or a key ARN`);
  const key = keyAsked(aws, reference, region);
  if (partsOf(key.arn)?.account !== aws.accountId) throw denied(key.arn);
  return key;
};

/** KMS says the same of a key that shuts the caller out and of another account's key that is not there. */
const denied = (arn: string): Refusal =>
  new Refusal(
    'AccessDeniedException',
    `The caller is not authorized to use ${arn}: it does not exist in this Region, or no policy allows it`,
  );

/** Why a data key for logs cannot be had: the key is absent, of the wrong type, closed to CloudTrail, or in a state that forbids it. */
export type KeyProblem = 'missing' | 'wrong-type' | 'shut-out' | 'disabled' | 'wrong-state';

/**
 * Tells why CloudTrail cannot encrypt under a key; undefined where it can.
 *
 * As with KMS itself, the policy is asked before the state: who is not let in does not learn it.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
 */
export const problemOf = (key: SimulatedKey | undefined): KeyProblem | undefined => {
  if (!key) return 'missing';
  if (key.manager === 'AWS' || !key.admitsCloudTrail) return 'shut-out';
  if (key.spec !== 'SYMMETRIC_DEFAULT' || key.usage !== 'ENCRYPT_DECRYPT') return 'wrong-type';
  if (key.state === 'Disabled') return 'disabled';
  return key.state === 'Enabled' || key.state === 'Updating' ? undefined : 'wrong-state';
};

/** DescribeKey: takes every kind of reference; leaves out what the key is marked to lack. */
export const describeKey = ({ aws, region, body }: SimulatedCall): object => {
  const metadata = metadataOf(keyAsked(aws, body['KeyId'], region));
  return { KeyMetadata: metadata };
};

const metadataOf = (key: SimulatedKey): object => {
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
export const enableKey = ({ aws, region, body }: SimulatedCall): object => {
  const key = ownKeyAsked(aws, body['KeyId'], region);
  if (key.manager === 'AWS') throw denied(key.arn);
  if (key.state === 'Enabled') return {};
  if (key.state !== 'Disabled') throw wrongState(key);
  turn(key, 'Enabled');
  changed(aws, 'EnableKey', key.arn);
  return {};
};

/** CancelKeyDeletion: the key is disabled thereafter. */
export const cancelKeyDeletion = ({ aws, region, body }: SimulatedCall): object => {
  const key = ownKeyAsked(aws, body['KeyId'], region);
  if (key.manager === 'AWS') throw denied(key.arn);
  if (!/^Pending(?:Replica)?Deletion$/.test(key.state))
    throw new Refusal('KMSInvalidStateException', `${key.arn} is not pending deletion.`);
  key.deletionDate = undefined;
  turn(key, 'Disabled');
  changed(aws, 'CancelKeyDeletion', key.arn);
  return { KeyId: key.arn };
};

const turn = (key: SimulatedKey, state: KeyState): void => {
  if (key.settlesAfter > 0) {
    key.becomes = { state, after: key.settlesAfter };
  } else {
    key.state = state;
    key.becomes = undefined;
  }
};

const wrongState = ({ arn, state }: SimulatedKey): Refusal =>
  new Refusal(
    'KMSInvalidStateException',
    state === 'PendingDeletion' ? `${arn} is pending deletion.` : `${arn} is in state ${state}.`,
  );

/** GetKeyPolicy: never of another account's key. */
export const getKeyPolicy = ({ aws, region, body }: SimulatedCall): object => {
  const key = ownKeyAsked(aws, body['KeyId'], region);
  const start = `arn:${aws.partition}`;
  const owner = {
    Effect: 'Allow',
    Principal: { AWS: `${start}:iam::${aws.accountId}:root` },
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
export const getKeyRotationStatus = ({ aws, region, body }: SimulatedCall): object => {
  if (/(?:^|:)alias\//.test(body['KeyId']))
    throw new Refusal('NotFoundException', `Invalid keyId '${body['KeyId']}'`);
  const key = keyAsked(aws, body['KeyId'], region);
  if (key.spec !== 'SYMMETRIC_DEFAULT')
    throw new Refusal('UnsupportedOperationException', `${key.arn} is not symmetric`);
  return { KeyId: key.arn, KeyRotationEnabled: key.rotates && key.state !== 'PendingDeletion' };
};
